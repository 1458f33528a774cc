"""The step that fills nulls with a figure of the column, of the row's group where that has one."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from hallmark.cleaning.sqltypes import data_type, family, literal
from hallmark.cleaning.step import Step, check_choice, check_scalar, column_names, registered
from hallmark.errors import StageError

if TYPE_CHECKING:
    from sqlglot import exp

    from hallmark.cleaning.relation import Cleaned, Relation

__all__ = ["METHODS", "Impute"]

_MEASURABLE = frozenset({"integer", "decimal", "floating", "date", "timestamp", "time"})


def _sorted(value: exp.Expression) -> exp.Expression:
    """Feed an aggregate in order of value, so that its result does not depend on the order of the rows."""
    from sqlglot import exp

    return exp.Order(this=value, expressions=[exp.Ordered(this=value.copy(), nulls_first=False)])


def _mean(value: exp.Expression, kind: str) -> exp.Expression:
    from sqlglot import exp

    # Sums of integers and decimals are exact in any order; sums of floating numbers are not.
    return exp.Avg(this=_sorted(value) if kind == "floating" else value)


def _median(value: exp.Expression, kind: str) -> exp.Expression:
    from sqlglot import exp

    return exp.Median(this=value)


def _mode(value: exp.Expression, kind: str) -> exp.Expression:
    from sqlglot import exp

    return exp.Anonymous(this="MODE", expressions=[_sorted(value)])


def _min(value: exp.Expression, kind: str) -> exp.Expression:
    from sqlglot import exp

    return exp.Min(this=value)


def _max(value: exp.Expression, kind: str) -> exp.Expression:
    from sqlglot import exp

    return exp.Max(this=value)


METHODS: Mapping[str, Callable[[exp.Expression, str], exp.Expression]] = {
    "mean": _mean,
    "median": _median,
    "mode": _mode,
    "min": _min,
    "max": _max,
}
"""Aggregates by name, each of a column reference and the family of its type."""

_BETWEEN = frozenset({"mean", "median"})


@registered("impute")
@dataclass(frozen=True)
class Impute(Step):
    """Fill the nulls of a column; values that are there stay as they are, and so does the type.

    NaN is a value, not a null: put ``Replace(column, {float("nan"): None})`` before to fill it too.

    Args:
        column: the column to fill.
        method: ``mean``, ``median`` (numbers, dates and times; rounded where the type is whole), ``mode`` (of equally
            frequent values the least), ``min``, ``max``, or ``constant``.
        by: columns that form groups; a row takes its group's figure, or that of all rows where its group has none.
        value: what to fill with, for ``constant``.
    """

    column: str
    method: Literal["mean", "median", "mode", "min", "max", "constant"]
    by: Sequence[str] = ()
    value: Any = None

    def __post_init__(self) -> None:
        column_names(self, self.column)
        object.__setattr__(self, "by", column_names(self, self.by, at_least=0))
        check_choice(self, "method", self.method, (*METHODS, "constant"))
        if self.column in self.by:
            raise StageError(f"Impute: column {self.column!r} is filled and grouped by", "group by other columns")
        if self.method == "constant":
            self._check_constant()
        elif self.value is not None:
            raise StageError(f"Impute: method {self.method!r} takes no value", 'use method "constant" to give one')

    def _check_constant(self) -> None:
        if self.by:
            raise StageError("Impute: a constant is the same for every group", "leave out by")
        if self.value is None or (isinstance(self.value, float) and math.isnan(self.value)):
            raise StageError('Impute: method "constant" has no value', "give value=")
        check_scalar(self, self.value)

    def _query(self, relation: Relation) -> Cleaned:
        from sqlglot import exp

        column = relation.column(self.column)
        if self.method == "constant":
            figures = [literal(relation, self.column, self.value)]
            column = replace(column, nullable=False)
        else:
            groups = relation.refs(self.by)
            figures = [f for part in ([groups, []] if groups else [[]]) for f in self._figures(relation, part)]
        filled = exp.Coalesce(this=relation.ref(self.column), expressions=figures)
        return relation.replacing({self.column: (column, filled)})

    def _figures(self, relation: Relation, groups: list[exp.Column]) -> list[exp.Expression]:
        """Return what fills a null, the first that is not null itself."""
        type_ = relation.column(self.column).type
        kind, value = family(type_), relation.ref(self.column)
        if self.method not in _BETWEEN:
            return [_over(METHODS[self.method](value, kind), groups)]
        if kind not in _MEASURABLE:
            raise relation.fault(f"column {self.column!r} is {type_}, which has no {self.method}", 'use "mode"')
        return self._between(value, kind, data_type(relation, type_), groups)

    def _between(
        self, value: exp.Column, kind: str, type_: exp.DataType, groups: list[exp.Column]
    ) -> list[exp.Expression]:
        """A figure that need not be one of the values, brought back into the column's type."""
        from sqlglot import exp

        # The mean of dates would come as nanoseconds, which end in the year 2262.
        wide = (
            exp.TryCast(this=value, to=exp.DataType.build("TIMESTAMP", dialect="duckdb")) if kind == "date" else value
        )
        figure = _over(METHODS[self.method](wide, kind), groups)
        if kind == "floating":
            return [exp.Cast(this=figure, to=type_)]
        rounded = exp.Round(this=figure) if kind == "integer" else figure
        # A double can round past the end of a 64-bit type, and then the greatest value is the nearest.
        return [exp.TryCast(this=rounded, to=type_), _over(exp.Max(this=value.copy()), groups)]

    def _summary(self) -> str:
        if self.method == "constant":
            return f"fill nulls of {self.column} with {self.value!r}"
        return f"fill nulls of {self.column} with the {self.method}" + (f" by {', '.join(self.by)}" if self.by else "")


def _over(aggregate: exp.Expression, groups: list[exp.Column]) -> exp.Expression:
    from sqlglot import exp

    return exp.Window(this=aggregate, partition_by=[group.copy() for group in groups] or None)
