"""Figures of every column of what was written, in one scan: the source of OpenLineage's dataQualityMetrics."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from hallmark.dataset import Column
from hallmark.engines.duckdb import first_row, relation

if TYPE_CHECKING:
    import duckdb

__all__ = ["ColumnProfile", "Profile", "profile"]

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_NUMERIC = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "FLOAT", "DOUBLE", "DECIMAL")


@dataclass(frozen=True)
class ColumnProfile:
    """One column: ``distinct`` is approximate (HyperLogLog); numeric figures are None for other types."""

    nulls: int
    distinct: int
    min: float | None = None
    max: float | None = None
    sum: float | None = None
    mean: float | None = None
    quantiles: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Profile:
    """Row count and one :class:`ColumnProfile` a column."""

    rows: int
    columns: dict[str, ColumnProfile]

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def profile(connection: duckdb.DuckDBPyConnection, view: str, columns: Sequence[Column]) -> Profile:
    """Compute the profile of a view in one scan.

    Personal columns get counts only: their smallest or largest value is a value.
    """
    figures = [figure for column in columns for figure in _figures(column)]
    query = exp.select(exp.Count(this=exp.Star()), *figures).from_(relation(view))
    row = first_row(connection, query)
    answers = iter(row[1:])
    rows = int(row[0])
    return Profile(rows, {c.name: _column(rows, [next(answers) for _ in _figures(c)]) for c in columns})


def _figures(column: Column) -> list[exp.Expression]:
    """Return the aggregates of one column, counts first."""
    name = exp.column(column.name, quoted=True)
    counts: list[exp.Expression] = [exp.Count(this=name.copy()), exp.ApproxDistinct(this=name.copy())]
    is_number = column.type.startswith(_NUMERIC) and not column.type.endswith("]")
    if column.personal or not is_number:
        return counts
    number = exp.cast(name, "DOUBLE")
    finite = exp.Filter  # NaN and infinities would make JSON that nobody can read
    where = exp.Where(this=exp.func("isfinite", number.copy()))
    points = exp.Array(expressions=[exp.Literal.number(q) for q in QUANTILES])
    aggregates = [
        exp.Min(this=number.copy()),
        exp.Max(this=number.copy()),
        exp.Sum(this=number.copy()),
        exp.Avg(this=number.copy()),
        exp.func("approx_quantile", number.copy(), points),
    ]
    return counts + [finite(this=a, expression=where.copy()) for a in aggregates]


def _column(rows: int, answers: list[Any]) -> ColumnProfile:
    present, distinct, *numbers = answers
    if not numbers:
        return ColumnProfile(rows - present, distinct)
    # The sum of finite numbers need not be finite.
    low, high, total, mean = (n if n is not None and math.isfinite(n) else None for n in numbers[:4])
    quantiles = numbers[4]
    points = dict(zip(map(str, QUANTILES), quantiles, strict=True)) if quantiles else {}
    return ColumnProfile(rows - present, distinct, low, high, total, mean, points)
