"""Families of types: which figures a column of each has, as aggregates and as values."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp

from hallmark.dataset import Column
from hallmark.quality.profile import bins
from hallmark.quality.profile.bins import Bins

__all__ = ["OTHER", "QUANTILES", "Family", "family_of"]

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
Aggregates = dict[str, exp.Expression]


@dataclass(frozen=True)
class Family:
    """What is measured of the columns of some types.

    Args:
        aggregates: by field of :class:`ColumnProfile`, what computes it of the column's values.
        value: turns what the engine answers for a value of the column into JSON's type; None where it has none.
        has_nan: whether some of its values are NaN, which is missing.
        has_infinity: whether some are infinite, which no figure can be told of.
        has_top: whether frequent values are looked for.
        bins: makes a histogram's bins of the smallest and the greatest value; None where there is no histogram.
    """

    name: str
    aggregates: Callable[[exp.Expression], Aggregates] = field(default=lambda _value: {})
    value: Callable[[Any], Any] = field(default=lambda answer: answer)
    has_nan: bool = False
    has_infinity: bool = False
    has_top: bool = True
    bins: Callable[[Any, Any], Bins | None] | None = None

    def present(self, value: exp.Expression) -> exp.Expression | None:
        """Return the condition under which a value that is not null counts as there."""
        return exp.Not(this=exp.func("isnan", value.copy())) if self.has_nan else None

    def finite(self, value: exp.Expression) -> exp.Expression | None:
        """Return the condition under which a value enters the figures."""
        return exp.func("isfinite", value.copy()) if self.has_infinity else None


def family_of(column: Column) -> Family:
    """Return the family of a column's type; a nested or unknown type has counts alone."""
    if column.type.rstrip().endswith("]"):
        return OTHER
    base = re.sub(r"\s+", " ", column.type.partition("(")[0]).strip().upper()
    return _FAMILIES.get(base, OTHER)


def _number(value: exp.Expression) -> Aggregates:
    # Doubles do not overflow as sums of the widest integers would.
    double = exp.cast(value.copy(), "DOUBLE")
    points = exp.Array(expressions=[exp.Literal.number(q) for q in QUANTILES])
    return {
        **_ends(value),
        "sum": exp.Sum(this=double.copy()),
        "mean": exp.Avg(this=double.copy()),
        "stddev": exp.StddevSamp(this=double.copy()),
        "quantiles": exp.func("approx_quantile", double, points),
    }


def _ends(value: exp.Expression) -> Aggregates:
    return {"min": exp.Min(this=value.copy()), "max": exp.Max(this=value.copy())}


def _text(value: exp.Expression) -> Aggregates:
    length = exp.Length(this=exp.cast(value.copy(), "VARCHAR"))
    return {"min_length": exp.Min(this=length), "max_length": exp.Max(this=length.copy())}


def _moment(value: exp.Expression) -> Aggregates:
    """Ask for the ends as text: Python has no dates before the year 1 or after 9999."""
    return {name: exp.cast(end, "VARCHAR") for name, end in _ends(value).items()}


def _boolean(value: exp.Expression) -> Aggregates:
    return {"true": exp.CountIf(this=value.copy())}


def iso(text: str) -> str:
    """Return the engine's spelling of a date or a time in ISO 8601: ``2013-01-01 06:00:00+00`` has a T and minutes."""
    text = re.sub(r"(?<=\d) (?=\d)", "T", text, count=1)
    return re.sub(r"(T.*[+-]\d\d)$", r"\1:00", text)


def finite_or_none(answer: Any) -> float | None:
    """Return a number as JSON has it: the sum of finite numbers need not be finite."""
    return float(answer) if answer is not None and math.isfinite(answer) else None


def _families(family: Family, *types: str) -> Mapping[str, Family]:
    return dict.fromkeys(types, family)


OTHER = Family("other", has_top=False)
_INTEGER = Family("integer", _number, int, bins=bins.of_integers)
_DECIMAL = Family("decimal", _number, finite_or_none, bins=bins.of_numbers)
_FLOATING = Family("floating", _number, finite_or_none, has_nan=True, has_infinity=True, bins=bins.of_numbers)
_TEXT = Family("text", _text, str)
_DATE = Family("date", _moment, iso, has_infinity=True, bins=bins.of_dates)
_TIMESTAMP = Family("timestamp", _moment, iso, has_infinity=True, bins=bins.of_timestamps)
_TIME = Family("time", value=str)
_BOOLEAN = Family("boolean", _boolean, has_top=False)

_FAMILIES: Mapping[str, Family] = {
    **_families(_INTEGER, "TINYINT", "SMALLINT", "INTEGER", "INT", "BIGINT", "HUGEINT"),
    **_families(_INTEGER, "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"),
    **_families(_DECIMAL, "DECIMAL", "NUMERIC"),
    **_families(_FLOATING, "FLOAT", "REAL", "DOUBLE"),
    **_families(_TEXT, "VARCHAR", "TEXT", "STRING", "ENUM"),
    **_families(_DATE, "DATE"),
    **_families(_TIMESTAMP, "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "DATETIME"),
    **_families(_TIMESTAMP, "TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ"),
    **_families(_TIME, "TIME"),
    **_families(_BOOLEAN, "BOOLEAN", "BOOL"),
}
