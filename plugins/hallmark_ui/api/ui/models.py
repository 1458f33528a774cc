"""What the pages are answered that the catalog alone does not know: mostly, what their user may do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from hallmark.catalog.pages.model_values import ModelVersionPage
from hallmark.catalog.pages.overview import Overview
from hallmark.catalog.pages.values import Count, DatasetPage, GatePage, ReceiptItem
from hallmark_ui.api.told import Told

__all__ = [
    "Asset",
    "BatchRow",
    "BatchRows",
    "BatchView",
    "DatasetView",
    "Facets",
    "Figures",
    "GateView",
    "Job",
    "Kind",
    "May",
    "MayHere",
    "Me",
    "ModelVersionView",
    "MyDags",
    "Neighbour",
    "OverviewView",
    "ReceiptView",
    "Review",
    "ReviewKind",
    "Reviews",
    "Rows",
    "RowsColumn",
    "Task",
    "Usage",
    "Verdict",
    "Verdicts",
]


@dataclass(frozen=True, kw_only=True)
class May:
    """What somebody may do, for one DAG at least."""

    review: bool
    see_rows: bool
    see_personal: bool
    manage_tokens: bool


@dataclass(frozen=True, kw_only=True)
class MyDags:
    """How many DAGs somebody may read and change; ``all``: also those that Airflow does not know."""

    all: bool
    readable: int
    editable: int


@dataclass(frozen=True, kw_only=True)
class Me:
    """Who is logged in."""

    name: str
    may: May
    dags: MyDags


@dataclass(frozen=True, kw_only=True)
class MayHere:
    """What somebody may do with this one thing."""

    see_rows: bool
    see_personal: bool
    review: bool


@dataclass(frozen=True, kw_only=True)
class OverviewView(Overview):
    """The first page, and the day of UTC that it is of."""

    at_day: date


@dataclass(frozen=True, kw_only=True)
class Facets:
    """What datasets can be narrowed by."""

    owners: Sequence[Count]
    tags: Sequence[Count]
    classifications: Sequence[Count]
    dags: Sequence[Count]


@dataclass(frozen=True, kw_only=True)
class DatasetView(DatasetPage):
    """A dataset; ``node`` is what lineage calls it, ``asset_uri`` what Airflow does."""

    node: str
    asset_uri: str
    may: MayHere


@dataclass(frozen=True, kw_only=True)
class RowsColumn:
    """A column of rows that are shown."""

    name: str
    type: str | None
    personal: bool
    masked: bool


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Some rows of a dataset's newest version."""

    version: str
    partition: str | None
    columns: Sequence[RowsColumn]
    rows: Sequence[Sequence[Any]]
    masked: bool


@dataclass(frozen=True, kw_only=True)
class Job:
    """A job that reads or writes."""

    node: str
    name: str
    type: str | None
    state: str | None
    run_id: str | None
    seen_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Neighbour:
    """A dataset or model one job away."""

    node: str
    name: str
    hallmark: str | None
    type: str | None
    owner: str | None


@dataclass(frozen=True, kw_only=True)
class Task:
    """A task of a DAG."""

    dag_id: str
    task_id: str


@dataclass(frozen=True, kw_only=True)
class Asset:
    """An asset of Airflow's, with the DAGs it starts and the tasks that update it."""

    id: int
    name: str
    uri: str
    scheduled_dags: Sequence[str]
    producing_tasks: Sequence[Task]
    consuming_tasks: Sequence[Task]


@dataclass(frozen=True, kw_only=True)
class Usage:
    """Who reads and writes a dataset, by lineage and by Airflow's assets."""

    readers: Sequence[Job]
    writers: Sequence[Job]
    upstream: Sequence[Neighbour]
    downstream: Sequence[Neighbour]
    assets: Sequence[Asset]


@dataclass(frozen=True, kw_only=True)
class GateView(GatePage):
    """A gate run; whether its samples are shown."""

    may: MayHere


@dataclass(frozen=True, kw_only=True)
class ModelVersionView(ModelVersionPage):
    """A model card; ``node`` is what lineage calls the model."""

    node: str


@dataclass(frozen=True, kw_only=True)
class Figures:
    """A version's evaluation: a row over all and one a slice, for each partition it was measured on."""

    dataset: str
    columns: Sequence[str]
    rows: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class ReceiptView(ReceiptItem):
    """A receipt whole; samples of rows are left out for who may not see rows."""

    body: Told
    code_url: str | None
    node: str | None
    may: MayHere


Kind = Literal["quarantine", "question"]


@dataclass(frozen=True, kw_only=True)
class ReviewKind:
    """A kind of thing that waits for a decision: how many, and what can be decided."""

    kind: Kind
    title: str
    actions: Sequence[str]
    count: int
    more: bool


@dataclass(frozen=True, kw_only=True)
class Review:
    """Something that waits for a decision.

    Args:
        actions: what this user may decide.
        url: of a question of Airflow's: its page, below Airflow's root.
    """

    kind: Kind
    id: str
    title: str
    name: str
    owner: str | None
    since: datetime
    dag_id: str
    task_id: str
    run_id: str
    map_index: int
    detail: str
    standing: str
    rows: int | None
    partition: str | None
    receipt_id: str | None
    actions: Sequence[str]
    url: str | None


@dataclass(frozen=True, kw_only=True)
class Reviews:
    """What waits; pages go on with batches in quarantine."""

    kinds: Sequence[ReviewKind]
    items: Sequence[Review]
    total: int
    more: bool
    next_cursor: str | None


@dataclass(frozen=True, kw_only=True)
class BatchView:
    """A batch in quarantine, as the table of the lake has it; ``why_not``: why it cannot be released."""

    dataset: str
    receipt_id: str
    partition: str | None
    rows: int
    failed: Mapping[str, int]
    dag_id: str
    task_id: str
    run_id: str
    set_apart_at: datetime | None
    standing: str
    actions: Sequence[str]
    why_not: str | None


@dataclass(frozen=True, kw_only=True)
class BatchRow:
    """A row in quarantine, and the expectations that it failed."""

    values: Sequence[Any]
    failed: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class BatchRows:
    """Some rows of a batch."""

    batch: BatchView
    columns: Sequence[RowsColumn]
    items: Sequence[BatchRow]
    offset: int
    total: int
    masked: bool


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What became of one batch; ``made`` is the receipt that tells of it."""

    dataset: str
    receipt_id: str
    done: bool
    state: str
    made: str | None
    detail: str


@dataclass(frozen=True, kw_only=True)
class Verdicts:
    """What became of each batch, in the order they were named in."""

    results: Sequence[Verdict]
