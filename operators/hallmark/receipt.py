"""What a stage leaves behind: the receipt, and the values it is made of."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from numbers import Integral, Real
from typing import Any, Literal, TypeVar

from hallmark.dataset import Column, DatasetVersion
from hallmark.errors import StageError

__all__ = ["GATE", "CodeVersion", "ColumnEdge", "ColumnLineage", "Receipt", "StageRun", "State", "plain"]

# The kind of a stage that checks what it reads and writes nothing.
GATE = "gate"

T = TypeVar("T")

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
        """Name of the work that all tries share."""
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
        subtype: DIRECT: IDENTITY, TRANSFORMATION, AGGREGATION;
            INDIRECT: JOIN, GROUP_BY, FILTER, SORT, WINDOW, CONDITIONAL.
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


def edges_from(
    version: DatasetVersion, columns: Iterable[str], subtype: str, description: str, *, masking: bool = True
) -> tuple[ColumnEdge, ...]:
    """Return a DIRECT edge from each of some columns of a version; masked, unless their values can still be seen."""
    return tuple(
        ColumnEdge(version.namespace, version.location, name, "DIRECT", subtype, description, masking)
        for name in columns
    )


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
        dialect: of the SQL; None if it is the engine's own.
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
    dialect: str | None = None

    def with_(self, **changes: Any) -> Receipt:
        """Return this receipt with some fields replaced."""
        return dataclasses.replace(self, **changes)

    def to_dict(self) -> dict[str, Any]:
        """Return the receipt in JSON's types, times as ISO 8601 with their zone.

        Raises:
            StageError: a time of the receipt has no zone.
        """
        if any(moment is not None and moment.tzinfo is None for moment in (self.started_at, self.finished_at)):
            raise StageError(f"receipt {self.id} has a time without a zone", "take times with datetime.now(UTC)")
        return {f.name: plain(getattr(self, f.name)) for f in dataclasses.fields(self)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Receipt:
        """Return the receipt that :meth:`to_dict` wrote, here or in another version of Hallmark."""
        read = {name: read(data[name]) for name, read in _READ.items() if data.get(name) is not None}
        return _of(cls, {**data, **read})

    @property
    def rows_in(self) -> int | None:
        """Rows of all inputs together, None where no input's count is known."""
        known = [v.rows for v in self.inputs if v.rows is not None]
        return sum(known) if known else None

    @property
    def rows_out(self) -> int | None:
        """Rows of the output, None while they are not known."""
        return self.output.rows if self.output else None


def plain(value: Any) -> Any:
    """Return a value in JSON's types: dataclasses and mappings as objects, sequences as arrays, times in ISO 8601.

    JSON has no number for what is not finite: those become ``"NaN"``, ``"Infinity"`` and ``"-Infinity"``. What JSON
    cannot say otherwise (a decimal, a path) becomes its text.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    for kinds, convert in _PLAIN:
        if isinstance(value, kinds):
            return convert(value)
    return str(value)


def _number(value: Any) -> float | str:
    number = float(value)
    return number if math.isfinite(number) else json.dumps(number)


# The first row that fits decides: a bool is an Integral too, a datetime a date.
_PLAIN: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    ((bool, str, type(None)), lambda value: value),
    (Integral, int),
    (Real, _number),
    (Mapping, lambda value: {str(key): plain(item) for key, item in value.items()}),
    ((list, tuple), lambda value: [plain(item) for item in value]),
    ((set, frozenset), lambda value: sorted((plain(item) for item in value), key=repr)),
    ((date, time), lambda value: value.isoformat()),
)


def _of(kind: Callable[..., T], data: Mapping[str, Any]) -> T:
    """Build a value of the fields it knows: a later version may have written more."""
    known = {f.name for f in dataclasses.fields(kind)}  # type: ignore[arg-type]
    return kind(**{name: value for name, value in data.items() if name in known})


def _version(data: Mapping[str, Any]) -> DatasetVersion:
    return _of(DatasetVersion, {**data, "columns": tuple(_of(Column, column) for column in data.get("columns", ()))})


def _edges(data: Any) -> tuple[ColumnEdge, ...]:
    return tuple(_of(ColumnEdge, edge) for edge in data)


def _lineage(data: Mapping[str, Any]) -> ColumnLineage:
    fields = {column: _edges(edges) for column, edges in data.get("fields", {}).items()}
    return ColumnLineage(fields, _edges(data.get("dataset", ())))


def _numbers(data: Mapping[str, Any]) -> dict[str, float]:
    return {name: float(value) for name, value in data.items()}


# How the fields are read that JSON has no type for.
_READ: dict[str, Callable[[Any], Any]] = {
    "run": lambda data: _of(StageRun, data),
    "started_at": datetime.fromisoformat,
    "finished_at": datetime.fromisoformat,
    "inputs": lambda data: tuple(_version(version) for version in data),
    "output": _version,
    "code": lambda data: _of(CodeVersion, data),
    "seconds": _numbers,
    "columns": _lineage,
    "metrics": _numbers,
}
