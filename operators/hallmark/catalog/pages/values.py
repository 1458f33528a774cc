"""What lists and pages are made of: values, each with ``to_dict`` for JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from hallmark.catalog.values import Answer

__all__ = [
    "Attention",
    "AttentionKind",
    "Batch",
    "Cell",
    "Count",
    "DatasetItem",
    "DatasetPage",
    "Day",
    "Earlier",
    "Field",
    "Fresh",
    "Freshness",
    "GatePage",
    "GateRun",
    "Moment",
    "Outcome",
    "ReceiptItem",
    "RunOfDag",
    "Samples",
    "Strip",
    "StripRow",
    "StripRun",
    "Suite",
    "VersionItem",
    "VersionPage",
]

AttentionKind = Literal["failed_gate", "stale", "model", "review"]


@dataclass(frozen=True, kw_only=True)
class Field(Answer):
    """A column of a schema; of a ``personal`` one values are masked."""

    name: str
    type: str
    nullable: bool = True
    description: str | None = None
    classification: str | None = None
    personal: bool = False


@dataclass(frozen=True, kw_only=True)
class Suite(Answer):
    """Where a suite is kept; ``url`` leads to it at the commit that ran, where that is known."""

    path: str
    url: str | None = None


@dataclass(frozen=True, kw_only=True)
class DatasetItem(Answer):
    """A dataset as a list shows it.

    Args:
        rows, bytes, partition: of the newest version, which may be of one partition.
        freshness_seconds, fresh_until: how old the contract lets it be, and until when it is not.
        stale: whether that has passed; None where nothing is promised.
        last_gate_success: whether every expectation of the last check held.
        last_gate_published: whether what was checked was published, be it with warnings.
        dag_id: the DAG that publishes it.
        columns: how many.
    """

    name: str
    owner: str | None
    description: str | None
    tags: Sequence[str]
    classification: str | None
    latest_version: str | None
    last_published_at: datetime | None
    rows: int | None
    bytes: int | None
    partition: str | None
    partition_by: str | None
    freshness_seconds: int | None
    fresh_until: datetime | None
    stale: bool | None
    last_gate_success: bool | None
    last_gate_at: datetime | None
    last_gate_receipt_id: str | None
    last_gate_published: bool | None
    checks_passed: int | None
    checks_failed: int | None
    dag_id: str | None
    columns: int


@dataclass(frozen=True, kw_only=True)
class DatasetPage(DatasetItem):
    """A dataset as its own page shows it.

    Args:
        contract: path of its contract, if it has one.
        primary_key, unique: columns that tell rows apart.
        schema: the contract's columns, or those of the newest version.
        versions, partitions: how many there are.
        total_rows, total_bytes: of the newest version of every partition together.
        gate: the last check.
        waiting: batches in quarantine that nobody has decided on.
    """

    namespace: str
    location: str
    suite: Suite | None
    contract: str | None
    primary_key: Sequence[str]
    unique: Sequence[str]
    schema: Sequence[Field]
    versions: int
    partitions: int
    total_rows: int | None
    total_bytes: int | None
    gate: GateRun | None
    waiting: int


@dataclass(frozen=True, kw_only=True)
class VersionItem(Answer):
    """A version of a dataset as its timeline shows it, with the run that published it."""

    version: str
    partition: str | None
    rows: int | None
    bytes: int | None
    files: int | None
    columns: int
    has_profile: bool
    published_at: datetime
    receipt_id: str
    dag_id: str
    task_id: str
    run_id: str
    map_index: int
    principal: str
    gate_success: bool | None
    checks_passed: int | None
    checks_failed: int | None
    quarantined: int


@dataclass(frozen=True, kw_only=True)
class VersionPage(VersionItem):
    """A version with its columns and their figures."""

    schema: Sequence[Field]
    profile: Mapping[str, Any] | None


@dataclass(frozen=True, kw_only=True)
class ReceiptItem(Answer):
    """A receipt as a list shows it; ``seconds`` is how long the stage took."""

    id: str
    dag_id: str
    task_id: str
    run_id: str
    map_index: int
    try_number: int
    kind: str
    state: str
    output_name: str | None
    output_kind: str | None
    output_version: str | None
    output_partition: str | None
    rows_in: int | None
    rows_out: int | None
    quarantined: int
    gate_success: bool | None
    checks_passed: int | None
    checks_failed: int | None
    started_at: datetime
    finished_at: datetime | None
    seconds: float | None
    principal: str
    message: str


@dataclass(frozen=True, kw_only=True)
class GateRun(Answer):
    """One run of a suite. ``success``: every expectation held; ``published``: what was checked was let through."""

    receipt_id: str
    output_name: str | None
    output_kind: str | None
    version: str | None
    partition: str | None
    at: datetime
    success: bool
    published: bool
    state: str
    checks_passed: int
    checks_failed: int
    quarantined: int
    dag_id: str
    task_id: str
    run_id: str
    map_index: int
    try_number: int
    kind: str
    principal: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Earlier(Answer):
    """What the same expectation came to in the gate run before."""

    success: bool
    observed: Any = None
    unexpected_count: int | None = None
    unexpected_percent: float | None = None


@dataclass(frozen=True, kw_only=True)
class Moment(Answer):
    """One time that an expectation was checked."""

    receipt_id: str
    at: datetime
    success: bool


@dataclass(frozen=True, kw_only=True)
class Samples(Answer):
    """Values that an expectation did not hold of, and whole rows that have them; personal columns are masked."""

    values: Sequence[Any] = ()
    rows: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, kw_only=True)
class Outcome(Answer):
    """One expectation of a gate run.

    Args:
        key: tells it from the suite's others, also in other runs.
        observed: the figure that was found, where it looks at one.
        change: against the run before: ``broken``, ``fixed``, ``same`` or ``new``; None without a run before.
        before: what it came to then.
        history: the last times it was checked, oldest first, this one included.
        samples: None for who may not see rows.
        line, url: where it stands in the suite's file, and the address of that at the commit that ran; None where
            nobody knows.
    """

    position: int
    key: str
    expectation: str
    column: str | None
    severity: str
    success: bool
    kwargs: Mapping[str, Any]
    meta: Mapping[str, Any] | None
    observed: Any
    element_count: int | None
    unexpected_count: int | None
    unexpected_percent: float | None
    exception: str | None
    change: Literal["new", "fixed", "broken", "same"] | None = None
    before: Earlier | None = None
    history: Sequence[Moment] = ()
    samples: Samples | None = None
    line: int | None = None
    url: str | None = None


@dataclass(frozen=True, kw_only=True)
class GatePage(GateRun):
    """A gate run as its own page shows it, with the runs before and after it on the same dataset."""

    suite: Suite | None
    previous: str | None
    next: str | None
    results: Sequence[Outcome]


@dataclass(frozen=True, kw_only=True)
class Cell(Answer):
    """One expectation in one run."""

    success: bool
    observed: Any = None
    unexpected_count: int | None = None
    unexpected_percent: float | None = None
    error: str | None = None


@dataclass(frozen=True, kw_only=True)
class StripRun(Answer):
    """A column of a heat strip: one gate run."""

    receipt_id: str
    at: datetime
    state: str
    gate_success: bool
    dag_id: str
    run_id: str
    version: str | None
    partition: str | None


@dataclass(frozen=True, kw_only=True)
class StripRow(Answer):
    """A row of a heat strip: one expectation; a cell is None where the run's suite did not have it."""

    key: str
    expectation: str
    column: str | None
    severity: str
    cells: Sequence[Cell | None]


@dataclass(frozen=True, kw_only=True)
class Strip(Answer):
    """Expectations by runs, the oldest run first."""

    runs: Sequence[StripRun]
    rows: Sequence[StripRow]


@dataclass(frozen=True, kw_only=True)
class Batch(Answer):
    """Rows that one run set apart and nobody has decided on, as the catalog knows them.

    Args:
        standing: ``open``: can be released; ``released``: published, and only to be taken out; ``refused``: their run
            published nothing; ``superseded``: another run has published their partition since.
    """

    dataset: str
    receipt_id: str
    owner: str | None
    partition: str | None
    rows: int
    standing: Literal["open", "released", "refused", "superseded"]
    dag_id: str
    task_id: str
    run_id: str
    map_index: int
    set_apart_at: datetime
    message: str


@dataclass(frozen=True, kw_only=True)
class Attention(Answer):
    """Something that wants somebody's attention now; ``detail`` says what, ``since`` from when on."""

    kind: AttentionKind
    name: str
    owner: str | None
    classification: str | None
    since: datetime | None
    detail: str
    dag_id: str | None
    task_id: str | None = None
    run_id: str | None = None
    map_index: int | None = None
    receipt_id: str | None = None
    version: str | None = None
    partition: str | None = None


@dataclass(frozen=True, kw_only=True)
class Day(Answer):
    """What gates and stages came to on one day of UTC.

    Args:
        passed, failed: gates whose every expectation held, and others.
        published, refused, stages_failed: stages by their end.
    """

    day: str
    passed: int = 0
    failed: int = 0
    published: int = 0
    refused: int = 0
    stages_failed: int = 0


@dataclass(frozen=True, kw_only=True)
class Fresh(Answer):
    """A dataset that has to be fresh."""

    name: str
    owner: str | None
    freshness_seconds: int
    last_published_at: datetime | None
    fresh_until: datetime | None
    stale: bool


@dataclass(frozen=True, kw_only=True)
class Freshness(Answer):
    """How many datasets promise to be fresh, and keep it; ``never`` were not published at all."""

    promised: int
    fresh: int
    stale: int
    never: int
    datasets: Sequence[Fresh]


@dataclass(frozen=True, kw_only=True)
class Count(Answer):
    """How many have a value; None stands for those that have none."""

    value: str | None
    count: int


@dataclass(frozen=True, kw_only=True)
class RunOfDag(Answer):
    """One DAG run's stages, counted by the state of their receipts."""

    run_id: str
    started_at: datetime
    finished_at: datetime | None
    stages: int
    published: int
    refused: int
    failed: int
    skipped: int
    running: int
    checks_passed: int = field(default=0)
    checks_failed: int = field(default=0)
