"""What a stage leaves behind: the receipt, and the values it is made of."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from hallmark.dataset import DatasetVersion

__all__ = ["CodeVersion", "ColumnEdge", "ColumnLineage", "Receipt", "StageRun", "State"]

State = Literal["running", "audited", "published", "refused", "failed", "skipped"]


@dataclass(frozen=True)
class StageRun:
    """Which try of which task this is.

    ``key`` names the work (all tries share it), ``attempt`` one try of it.
    """

    dag_id: str
    task_id: str
    run_id: str
    map_index: int = -1
    try_number: int = 1
    operator: str = ""
    kind: str = ""
    logical_date: str | None = None

    @property
    def key(self) -> str:
        return f"{self.dag_id}/{self.task_id}[{self.map_index}]/{self.run_id}"


@dataclass(frozen=True)
class CodeVersion:
    """Where the stage's code lives and in which state it ran.

    ``sha256`` is of the DAG file; ``commit``, ``repository`` and ``path`` are git's, if the file is under git.
    """

    file: str
    sha256: str
    repository: str | None = None
    commit: str | None = None
    path: str | None = None
    dirty: bool = False


@dataclass(frozen=True)
class ColumnEdge:
    """One column's influence on another, in the words of OpenLineage's columnLineage facet 1-2-0.

    Args:
        source: namespace, location and column of the input.
        type: ``DIRECT`` (its value goes in) or ``INDIRECT`` (it decides).
        subtype: DIRECT: IDENTITY, TRANSFORMATION, AGGREGATION; INDIRECT: JOIN, GROUP_BY, FILTER, SORT, WINDOW, CONDITIONAL.
        description: the expression, for a reader.
        masking: whether the value cannot be seen in the output (a hash, a count).
    """

    namespace: str
    location: str
    column: str
    type: Literal["DIRECT", "INDIRECT"] = "DIRECT"
    subtype: str = "IDENTITY"
    description: str = ""
    masking: bool = False


@dataclass(frozen=True)
class ColumnLineage:
    """Edges into each output column, and the edges that influence every row (filters, joins, grouping)."""

    fields: Mapping[str, tuple[ColumnEdge, ...]] = field(default_factory=dict)
    dataset: tuple[ColumnEdge, ...] = ()


@dataclass(frozen=True)
class Receipt:
    """Proof of one stage's run: from what, by what, checked how, published as what.

    Args:
        id: a UUID, also the name of the run facet's receipt.
        run: which try of which task.
        state: ``published``; ``refused`` by the gate; ``failed``; ``skipped``.
        inputs: exact versions read.
        output: the version written; its ``version`` is empty while unpublished.
        gate: the result of the output's suite in GX's suite-result shape, or None without a suite.
        profile: row count and per-column figures of what was written (``hallmark.quality.Profile.to_dict()``).
        seconds: duration of each of the five steps.
        parameters: the rendered arguments of the stage, secrets removed.
        environment: names and versions of the Python packages that decide the result.
        principal: who caused the run.
        metrics: model metrics, for stages on models.
        message: why it was refused, failed or skipped.
    """

    id: str
    run: StageRun
    state: State
    started_at: datetime
    finished_at: datetime | None = None
    inputs: tuple[DatasetVersion, ...] = ()
    output: DatasetVersion | None = None
    code: CodeVersion | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    gate: Mapping[str, Any] | None = None
    profile: Mapping[str, Any] | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)
    principal: str = "airflow"
    sql: str | None = None
    columns: ColumnLineage = field(default_factory=ColumnLineage)
    metrics: Mapping[str, float] = field(default_factory=dict)
    quarantined: int = 0
    message: str = ""

    def with_(self, **changes: Any) -> Receipt:
        """Return this receipt with some fields replaced."""
        return dataclasses.replace(self, **changes)

    @property
    def rows_in(self) -> int | None:
        known = [v.rows for v in self.inputs if v.rows is not None]
        return sum(known) if known else None

    @property
    def rows_out(self) -> int | None:
        return self.output.rows if self.output else None
