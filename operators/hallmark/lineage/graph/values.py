"""What the lineage graph answers: values, each with ``to_dict`` for JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from hallmark.catalog.lineage_tables import number_of
from hallmark.catalog.values import Answer, Event

__all__ = [
    "ALL_ROWS",
    "Assertion",
    "Cause",
    "Chain",
    "Change",
    "ColumnFlow",
    "Difference",
    "Edge",
    "EventPage",
    "Graph",
    "How",
    "Impact",
    "ImpactedColumn",
    "ImpactedNode",
    "Kind",
    "Link",
    "Node",
    "Suite",
    "Verdict",
]

Kind = Literal["dataset", "job"]
# Whether a value goes in, decides, or may matter: a job that tells nothing of columns reads the whole dataset.
How = Literal["direct", "indirect", "possible"]

Verdict = Literal["passed", "warned", "failed"]

# As the output column of an edge: it decides which rows there are, and so concerns every column.
ALL_ROWS = ""


@dataclass(frozen=True, kw_only=True)
class Node(Answer):
    """A dataset (a model is one too) or a job.

    Args:
        id: ``dataset:<namespace>:<name>`` or ``job:<namespace>:<name>``; in a graph of the past with what
            :attr:`at` says behind it.
        kind: which of the two.
        namespace, name: OpenLineage's, of the name that stands for all names of a dataset.
        hallmark: Hallmark's name, if it is one of the catalog's datasets or models.
        type: ``TABLE``, ``MODEL``, ``FILE`` … of a dataset, ``DAG``, ``TASK``, ``QUERY`` … of a job, where known.
        owner: who answers for it, where known.
        version: newest version of a dataset.
        state: of a job's latest run: START, RUNNING, COMPLETE, FAIL, ABORT or OTHER.
        run_id: that run.
        seen_at: when it was last told of.
        failed: assertions that failed in the latest run of the jobs that check it (of a dataset), or in its latest
            run (of a job). What is only a warning does not count.
        column: the one that was asked for.
        at: the version of a dataset, or the run of a job, that was asked for.
    """

    id: str
    kind: Kind
    namespace: str
    name: str
    hallmark: str | None = None
    type: str | None = None
    owner: str | None = None
    version: str | None = None
    state: str | None = None
    run_id: str | None = None
    seen_at: datetime | None = None
    failed: int = 0
    column: str | None = None
    at: str | None = None

    @property
    def number(self) -> int:
        """What the tables call it."""
        return number_of(self.namespace, self.name)

    @property
    def label(self) -> str:
        """What a reader calls it: Hallmark's name, else OpenLineage's without the namespace."""
        return self.hallmark or self.name

    @property
    def ails(self) -> bool:
        """Whether its latest run failed, or assertions did."""
        return self.failed > 0 or self.state in {"FAIL", "ABORT"}


@dataclass(frozen=True, kw_only=True)
class Edge(Answer):
    """A job reads a dataset, or a dataset is written by a job: ids of nodes, in the direction of the data."""

    source: str
    target: str


@dataclass(frozen=True, kw_only=True)
class ColumnFlow(Answer):
    """One column's influence on another, or on all rows of a dataset, where ``target_column`` is empty.

    Args:
        source, target: ids of the datasets.
        job: id of the job that makes it so.
        type: ``DIRECT`` (its value goes in) or ``INDIRECT`` (it decides); empty where the producer does not say.
        subtype: what is done, for example ``AGGREGATION``.
        masking: whether the value cannot be seen in the output.
        description: for a reader.
    """

    source: str
    source_column: str
    target: str
    target_column: str
    job: str
    type: str = ""
    subtype: str = ""
    masking: bool = False
    description: str | None = None


@dataclass(frozen=True, kw_only=True)
class Graph(Answer):
    """What lies around a node.

    Args:
        start: the id of the node that was asked for.
        nodes: by id, without an order that means anything but for ``start``, which is first.
        edges: those along which the nodes were reached.
        column_edges: between columns of the nodes, if they were asked for.
        truncated: whether there is more than the limit let through.
    """

    start: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    column_edges: tuple[ColumnFlow, ...] = ()
    truncated: bool = False

    def node(self, id: str) -> Node:
        """Return one of the nodes.

        Raises:
            KeyError: there is none of that id.
        """
        return {node.id: node for node in self.nodes}[id]


@dataclass(frozen=True, kw_only=True)
class ImpactedColumn(Answer):
    """A column that depends on the one asked for; an empty ``column`` stands for all rows of the dataset.

    ``distance`` counts datasets, and is of the shortest way of the strongest kind.
    """

    dataset: str
    column: str
    how: How
    distance: int


@dataclass(frozen=True, kw_only=True)
class ImpactedNode(Answer):
    """A dataset, model or job that depends on the column: by the strongest way, and the nearest of those."""

    node: Node
    how: How
    distance: int


@dataclass(frozen=True, kw_only=True)
class Impact(Answer):
    """Everything downstream of a column, nearest first.

    Args:
        start: the dataset, with its column.
        columns: of ``datasets`` and ``models``, whose ids they name.
        datasets, models, jobs: each once.
        truncated: whether there is more than the limit let through.
    """

    start: Node
    columns: tuple[ImpactedColumn, ...]
    datasets: tuple[ImpactedNode, ...]
    models: tuple[ImpactedNode, ...]
    jobs: tuple[ImpactedNode, ...]
    truncated: bool = False

    @property
    def owners(self) -> dict[str, int]:
        """Who has to be told, and of how many things, most first."""
        count: dict[str, int] = {}
        for each in (*self.datasets, *self.models, *self.jobs):
            if each.node.owner:
                count[each.node.owner] = count.get(each.node.owner, 0) + 1
        return dict(sorted(count.items(), key=lambda item: (-item[1], item[0])))

    def to_dict(self) -> dict[str, Any]:
        """Return the answer in JSON's types, with the owners."""
        return {**super().to_dict(), "owners": self.owners}


@dataclass(frozen=True, kw_only=True)
class Suite(Answer):
    """How what was written was checked.

    Args:
        name: the suite's, where known.
        verdict: ``passed``; ``warned`` where nothing was missed that blocks; ``failed``.
        passed, failed: how many expectations were met, and how many were not.
    """

    name: str | None
    verdict: Verdict
    passed: int
    failed: int


@dataclass(frozen=True, kw_only=True)
class Link(Answer):
    """What made one version, or several partitions' versions in the same way.

    Args:
        id: how other links call it in their ``inputs``.
        dataset: the name: Hallmark's, else the id of a node.
        kind: ``dataset``, ``model``, ``file`` or ``query``.
        versions: those it stands for, oldest first; of a file its checksum, of a query nothing.
        partitions: what they are partitions of, in the same order; empty without partitions.
        rows: of all together.
        receipts: ids of the receipts; empty for a source, and for what the catalog has no receipt of.
        runs: the runs that wrote them: Airflow's run ids of receipts, else OpenLineage's.
        job: ``dag.task``, or the id of a job; None for a source.
        code: where the code lies and in which state it was.
        suite: what it was checked against, None if it was not.
        principal: who caused the runs.
        first_at, last_at: when the versions were written.
        inputs: ids of links.
    """

    id: str
    dataset: str
    kind: str
    versions: tuple[str, ...] = ()
    partitions: tuple[str, ...] = ()
    rows: int | None = None
    receipts: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()
    job: str | None = None
    code: Mapping[str, Any] | None = None
    suite: Suite | None = None
    principal: str | None = None
    first_at: datetime | None = None
    last_at: datetime | None = None
    inputs: tuple[str, ...] = ()

    @property
    def is_source(self) -> bool:
        """Whether it came from outside: nobody told what made it."""
        return self.job is None


@dataclass(frozen=True, kw_only=True)
class Chain(Answer):
    """How a version came to be, back to its sources; the links of the version itself are first.

    Args:
        dataset: the name that was asked for.
        version: the version.
        starts: ids of the links that the version consists of.
        links: each once, whoever refers to it.
        truncated: whether there is more than the limit let through.
    """

    dataset: str
    version: str
    starts: tuple[str, ...]
    links: tuple[Link, ...]
    truncated: bool = False

    @property
    def sources(self) -> tuple[Link, ...]:
        """What came from outside."""
        return tuple(link for link in self.links if link.is_source)


@dataclass(frozen=True, kw_only=True)
class Assertion(Answer):
    """An assertion that did not hold: on which dataset, and what was found."""

    dataset: str
    assertion: str
    column: str | None = None
    severity: str | None = None
    actual: str | None = None
    expected: str | None = None
    description: str | None = None


@dataclass(frozen=True, kw_only=True)
class Cause(Answer):
    """The nearest job upstream that failed, or whose checks did.

    Args:
        job: the job, with its latest run.
        at: when that run ended, or was last told of.
        error: what the run said, if it failed with a message.
        assertions: those that did not hold.
        path: from the job to the node that was asked for, both included.
    """

    job: Node
    at: datetime
    error: str | None
    assertions: tuple[Assertion, ...]
    path: tuple[Node, ...]


@dataclass(frozen=True, kw_only=True)
class Change(Answer):
    """One thing that two runs do not have in common.

    Args:
        what: ``input``, ``output``, ``column``, ``column edge``, ``code``, ``sql``, ``parameter``, ``package``,
            ``rows``, ``assertion``, ``state`` or ``duration``.
        name: which one.
        before, after: what it was in either run; None where it was not there.
    """

    what: str
    name: str
    before: Any = None
    after: Any = None


@dataclass(frozen=True, kw_only=True)
class Difference(Answer):
    """What changed from one run of a job to another."""

    job: Node
    run_a: str
    run_b: str
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, kw_only=True)
class EventPage(Answer):
    """Events, newest first, and where the next page begins; None where there is none."""

    events: tuple[Event, ...] = field(default=())
    cursor: str | None = None
