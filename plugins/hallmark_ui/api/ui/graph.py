"""The graph of datasets, models and jobs as the pages draw it: little of each node, and all in one answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import Query
from sqlalchemy import Connection

from hallmark.catalog.pages import Reach
from hallmark.lineage import graph
from hallmark_ui.api.nodes import found, or_absent, told_version
from hallmark_ui.api.ui.listing import router_of
from hallmark_ui.api.ui.people import PagesDep

__all__ = ["GraphNode", "GraphView", "router"]

router = router_of("graph")

MOST = 2000
_FURTHEST = 20

NodeName = Annotated[
    str,
    Query(
        min_length=1,
        max_length=4000,
        description="A node's `base`, or a name: `flights/features`, `shop.load_orders`. With `.column` behind it, the "
        "graph of that column; with `@version`, the graph as it was then.",
        examples=["flights/features"],
    ),
]
Steps = Annotated[int, Query(ge=0, le=_FURTHEST, description="How far to go, counting jobs.")]
AsOf = Annotated[
    str | None, Query(max_length=500, description="A version of the dataset or a run of the job: the graph of then.")
]


@dataclass(frozen=True, kw_only=True)
class GraphColumn:
    """A column of a dataset, as its last event told."""

    name: str
    type: str | None


@dataclass(frozen=True, kw_only=True)
class GraphNode:
    """A dataset (a model is one too) or a job.

    Args:
        id: with the version or run behind it in a graph of the past, which ``at`` has too; ``base`` is it without.
        hallmark: Hallmark's name, of its own datasets and models.
        type: ``TABLE``, ``MODEL``, ``FILE``, ``DAG``, ``TASK`` and others, where known.
        version: newest version of a dataset or model; in a graph of the past the one of then.
        state, run_id: of a job's latest run: START, RUNNING, COMPLETE, FAIL, ABORT or OTHER.
        failed: assertions that failed in the latest run, warnings aside.
        error: what a failed run said, cut off when it is long.
        gate_success, stale: of Hallmark's own, whether the last check held, and whether it is older than promised.
        dag_id, task_id: of a job of Airflow's; ``dag_id`` also of what a DAG publishes.
        up, down: how many neighbours there are, drawn or not; null in a graph of the past.
        columns: of a dataset, if asked for.
        hidden: made by a DAG that the user may not read: nothing but its name is told.
    """

    id: str
    base: str
    at: str | None
    kind: Literal["dataset", "job"]
    namespace: str
    name: str
    hallmark: str | None
    type: str | None
    owner: str | None = None
    version: str | None = None
    state: str | None = None
    run_id: str | None = None
    seen_at: datetime | None = None
    failed: int = 0
    error: str | None = None
    gate_success: bool | None = None
    stale: bool | None = None
    dag_id: str | None = None
    task_id: str | None = None
    up: int | None = None
    down: int | None = None
    columns: Sequence[GraphColumn] | None = None
    hidden: bool = False


@dataclass(frozen=True, kw_only=True)
class GraphEdge:
    """A job reads a dataset, or a dataset is written by a job: ids, in the direction of the data."""

    source: str
    target: str


@dataclass(frozen=True, kw_only=True)
class GraphView:
    """What lies around a node; ``truncated``: there is more than ``limit`` let through."""

    start: str
    nodes: Sequence[GraphNode]
    edges: Sequence[GraphEdge]
    column_edges: Sequence[graph.ColumnFlow]
    truncated: bool


@router.get("/graph", summary="What lies around a dataset, a model or a job")
def get_graph(
    pages: PagesDep,
    node: NodeName,
    up: Steps = 5,
    down: Steps = 5,
    columns: Annotated[bool, Query(description="Whether to tell columns, and what flows between them.")] = False,
    as_of: AsOf = None,
    limit: Annotated[int, Query(ge=1, le=MOST, description="How many nodes at most.")] = MOST,
) -> GraphView:
    """Return what lies upstream and downstream: today, or as it was at a version or a run.

    Of what DAGs make that the user may not read, only names are told.
    """

    def work(connection: Connection, reach: Reach) -> GraphView:
        start = found(connection, node)
        # The graph counts datasets too.
        far: dict[str, Any] = {"up": 2 * up, "down": 2 * down, "columns": columns, "limit": limit}
        with or_absent():
            moment = told_version(connection, start, as_of) if as_of else None
            around = graph.graph(connection, start, **far, as_of=moment)
        return _view(around, graph.details(connection, around.nodes, columns=columns), reach)

    return pages(work)


def _view(around: graph.Graph, known: Mapping[str, graph.Details], reach: Reach) -> GraphView:
    now = datetime.now(UTC)
    nodes = [_node(each, known[each.id], reach, now) for each in around.nodes]
    hidden = {node.id for node in nodes if node.hidden}
    flows = [each for each in around.column_edges if not {each.source, each.target, each.job} & hidden]
    return GraphView(
        start=around.start,
        nodes=nodes,
        edges=[GraphEdge(source=each.source, target=each.target) for each in around.edges],
        column_edges=flows,
        truncated=around.truncated,
    )


def _node(node: graph.Node, known: graph.Details, reach: Reach, now: datetime) -> GraphNode:
    named = {name: getattr(node, name) for name in ("id", "at", "kind", "namespace", "name", "hallmark", "type")}
    base = f"{node.kind}:{node.namespace}:{node.name}"
    if known.dag_id is not None and not reach.sees(known.dag_id):
        return GraphNode(**named, base=base, hidden=True)
    until = known.fresh_until
    same = ("error", "gate_success", "dag_id", "task_id", "up", "down")
    return GraphNode(
        **named,
        base=base,
        owner=known.owner or node.owner,
        version=node.at if node.at and node.kind == "dataset" else known.version or node.version,
        **{name: getattr(node, name) for name in ("state", "run_id", "seen_at", "failed")},
        **{name: getattr(known, name) for name in same},
        stale=None if until is None else until < now,
        columns=None if known.columns is None else [GraphColumn(**vars(each)) for each in known.columns],
    )
