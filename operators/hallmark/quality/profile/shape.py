"""The second scan: how often the frequent values occur, and how many values lie in each bin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from hallmark.dataset import Column
from hallmark.engines.duckdb import data_type, first_row, relation
from hallmark.quality.profile.bins import Bins
from hallmark.quality.profile.families import family_of
from hallmark.quality.profile.values import ColumnProfile, Histogram, TopValue

if TYPE_CHECKING:
    import duckdb

__all__ = ["TOP", "Shape", "candidates_of", "shape_of"]

TOP = 10
# Longer texts are prose: none of them is frequent, and a profile is not the place to keep them.
LONGEST = 100


@dataclass(frozen=True)
class Shape:
    """A column of which values and bins are to be counted.

    Args:
        column: name and type.
        profile: its figures so far.
        candidates: values that may be the most frequent ones, in the engine's spelling.
    """

    column: Column
    profile: ColumnProfile
    candidates: tuple[str, ...] = ()

    @property
    def bins(self) -> Bins | None:
        """The bins of the histogram."""
        make, (low, high) = family_of(self.column).bins, (self.profile.min, self.profile.max)
        return None if make is None or low is None or high is None else make(low, high)

    @property
    def wanted(self) -> bool:
        """Whether there is anything to count."""
        return bool(self.candidates) or self.bins is not None


def candidates_of(measured: ColumnProfile, found: Sequence[str | None] | None) -> tuple[str, ...]:
    """Return which values found to be frequent are worth counting."""
    if not found or (measured.max_length or 0) > LONGEST:
        return ()
    return tuple(text for text in found if text is not None)


def shape_of(
    connection: duckdb.DuckDBPyConnection, view: str, shapes: Sequence[Shape], weight: float = 1.0
) -> Mapping[str, ColumnProfile]:
    """Count values and bins of some columns in one scan, and return their profiles with them.

    Args:
        connection: the engine.
        view: the rows, or a sample of them.
        shapes: the columns.
        weight: how many rows one row of a sample stands for.
    """
    asked = [aggregate for shape in shapes for aggregate in _aggregates(shape)]
    answers = iter(first_row(connection, exp.select(*asked).from_(relation(view))))
    return {shape.column.name: _with_counts(shape, answers, weight) for shape in shapes}


def _aggregates(shape: Shape) -> Iterator[exp.Expression]:
    """Yield one count a candidate, then the counts of the bins."""
    value = exp.column(shape.column.name, quoted=True)
    for text in shape.candidates:
        equal = exp.EQ(this=value.copy(), expression=exp.cast(exp.Literal.string(text), _type(shape.column)))
        yield exp.CountIf(this=equal)
    bins = shape.bins
    if bins is not None:
        yield _binned(value, shape.column, bins)


def _binned(value: exp.Expression, column: Column, bins: Bins) -> exp.Expression:
    kind = bins.type or column.type
    bounds = exp.cast(exp.Array(expressions=list(map(exp.Literal.string, bins.bounds))), data_type(f"{kind}[]"))
    finite = family_of(column).finite(value)
    counted = exp.func("histogram", exp.cast(value.copy(), data_type(kind)), bounds)
    where = counted if finite is None else exp.Filter(this=counted, expression=exp.Where(this=finite))
    return exp.func("map_values", where)


def _type(column: Column) -> exp.DataType:
    # A list of names is not a type by itself that a text must be cast to: text compares with it.
    return data_type("VARCHAR" if column.type.upper().startswith("ENUM") else column.type)


def _with_counts(shape: Shape, answers: Iterator[Any], weight: float) -> ColumnProfile:
    value = family_of(shape.column).value
    counted = [(text, round(int(next(answers)) * weight)) for text in shape.candidates]
    top = [TopValue(value(_read(shape.column, text)), count) for text, count in counted if count > 1]
    top.sort(key=lambda t: (-t.count, str(t.value)))
    bins = shape.bins
    histogram = None if bins is None else Histogram(bins.edges, _per_bin(bins, next(answers), weight))
    return replace(shape.profile, top=tuple(top[:TOP]), histogram=histogram)


def _read(column: Column, text: str) -> Any:
    family = family_of(column).name
    return float(text) if family in {"decimal", "floating"} else text


def _per_bin(bins: Bins, counts: Sequence[int], weight: float) -> tuple[int, ...]:
    """Give the last bin what lies beyond its bound: the engine may round the greatest value another way."""
    within = len(bins.bounds)
    exact = (*(int(c) for c in counts[: within - 1]), sum(map(int, counts[within - 1 :])))
    return tuple(round(c * weight) for c in exact)
