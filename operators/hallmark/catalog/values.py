"""What the catalog answers: values, each with ``to_dict`` for JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hallmark.dataset import Column, DatasetVersion
from hallmark.receipt import plain

__all__ = [
    "Answer",
    "DatasetDetail",
    "DatasetSummary",
    "Event",
    "Gate",
    "GateResult",
    "ModelDetail",
    "ModelSummary",
    "ModelVersion",
    "PublishedVersion",
    "RunSummary",
]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What all answers share."""

    def to_dict(self) -> dict[str, Any]:
        """Return the answer in JSON's types, times as ISO 8601 in UTC."""
        data: dict[str, Any] = plain(self)
        return data


@dataclass(frozen=True, kw_only=True)
class GateResult(Answer):
    """One expectation's result.

    Args:
        receipt_id: of the stage that was checked.
        position: place in the suite, from 0.
        expectation: its type, for example ``expect_column_values_to_not_be_null``.
        column_name: the column, or several joined by commas; None for one on the whole table.
        severity: ``critical``, ``warning`` or ``info``.
        success: whether it held.
        element_count, unexpected_count: rows looked at and rows that failed, where the expectation counts rows.
        unexpected_percent: 0 to 100.
        observed_value: what was found, where the expectation looks at one figure.
        kwargs, meta: of the expectation.
        exception: why it could not be evaluated, if so.
        checked_at: when the stage was checked.
    """

    receipt_id: str
    position: int
    expectation: str
    column_name: str | None
    severity: str
    success: bool
    element_count: int | None
    unexpected_count: int | None
    unexpected_percent: float | None
    observed_value: Any
    kwargs: Mapping[str, Any]
    meta: Mapping[str, Any] | None
    exception: str | None
    checked_at: datetime


@dataclass(frozen=True, kw_only=True)
class Gate(Answer):
    """The last check of a dataset, whether or not it let the version through."""

    receipt_id: str
    success: bool
    checked_at: datetime
    results: tuple[GateResult, ...]


@dataclass(frozen=True, kw_only=True)
class PublishedVersion(Answer):
    """One published version of a dataset, and the run that published it.

    ``rows``, ``bytes`` and ``files`` are of the partition, if the version wrote one.
    """

    version: str
    partition: str | None
    rows: int | None
    bytes: int | None
    files: int | None
    columns: tuple[Column, ...]
    profile: Mapping[str, Any] | None
    published_at: datetime
    receipt_id: str
    dag_id: str
    task_id: str
    run_id: str
    principal: str


@dataclass(frozen=True, kw_only=True)
class DatasetSummary(Answer):
    """A dataset as a list shows it.

    ``rows`` and ``bytes`` are of what can be read now: of the newest version of every partition together.
    """

    name: str
    owner: str | None
    description: str | None
    tags: tuple[str, ...]
    classification: str | None
    latest_version: str | None
    last_published_at: datetime | None
    last_gate_success: bool | None
    last_gate_at: datetime | None
    partitions: int
    rows: int | None
    bytes: int | None


@dataclass(frozen=True, kw_only=True)
class DatasetDetail(DatasetSummary):
    """A dataset as its own page shows it; ``versions`` newest first."""

    namespace: str
    location: str
    suite: str | None
    partition_by: str | None
    schema: tuple[Column, ...]
    versions: tuple[PublishedVersion, ...]
    gate: Gate | None


@dataclass(frozen=True, kw_only=True)
class ModelVersion(Answer):
    """One registered version of a model.

    Args:
        state: of the last stage that judged it: ``published`` or ``refused``.
        metrics: of all stages that reported some, the last one's value for each.
        gate_success: of the last suite that was run on it.
        stage: the task that trained it, of ``dag_id`` in ``run_id``.
        judged_at, judged_by: when the last stage judged it, and that stage's receipt.
        trained_on: the exact versions it was trained on.
        receipt_id: of the training.
    """

    model: str
    version: str
    namespace: str
    location: str
    aliases: tuple[str, ...]
    state: str
    metrics: Mapping[str, float]
    gate_success: bool | None
    dag_id: str
    stage: str
    run_id: str
    principal: str
    trained_at: datetime
    judged_at: datetime
    judged_by: str
    receipt_id: str
    trained_on: tuple[DatasetVersion, ...]


@dataclass(frozen=True, kw_only=True)
class ModelSummary(Answer):
    """A model as a list shows it; state, metrics and time are the newest version's."""

    name: str
    latest_version: str
    versions_count: int
    aliases: Mapping[str, str]
    state: str
    metrics: Mapping[str, float]
    trained_at: datetime


@dataclass(frozen=True, kw_only=True)
class ModelDetail(ModelSummary):
    """A model as its own page shows it; ``versions`` newest first."""

    versions: tuple[ModelVersion, ...]


@dataclass(frozen=True, kw_only=True)
class RunSummary(Answer):
    """One task of one DAG run: the state of its latest try."""

    key: str
    dag_id: str
    task_id: str
    run_id: str
    map_index: int
    try_number: int
    operator: str
    kind: str
    logical_date: str | None
    state: str
    started_at: datetime
    finished_at: datetime | None
    message: str
    receipt_id: str
    output_name: str | None
    output_version: str | None


@dataclass(frozen=True, kw_only=True)
class Event(Answer):
    """One OpenLineage event; ``body`` is the event as it was emitted."""

    event_id: str
    run_id: str | None
    event_type: str | None
    event_time: datetime
    job_namespace: str | None
    job_name: str | None
    body: Mapping[str, Any] = field(repr=False)
