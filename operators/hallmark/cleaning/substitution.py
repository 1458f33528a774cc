"""Steps that put other values in the place of some: clip to bounds, replace by a list."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from hallmark.cleaning.sqltypes import family, literal
from hallmark.cleaning.step import Step, check_choice, check_scalar, column_names, registered
from hallmark.errors import StageError

if TYPE_CHECKING:
    from sqlglot import exp

    from hallmark.cleaning.relation import Cleaned, Relation

__all__ = ["Clip", "Replace"]

_ORDERED = frozenset({"integer", "decimal", "floating", "date", "timestamp", "time"})


@registered("clip")
@dataclass(frozen=True)
class Clip(Step):
    """Hold a column between bounds; the bounds themselves are within, null stays null.

    A floating NaN is beyond any bound: it is kept by ``"clip"``, which has no bound to put in its place.

    Args:
        column: a column of numbers, dates or times.
        low: the least value allowed, in the column's unit; a date or time may be spelled in ISO form.
        high: the greatest value allowed.
        outside: what becomes of a value outside: ``"clip"`` makes it the bound it crossed, ``"null"`` a null.
    """

    column: str
    low: Any = None
    high: Any = None
    outside: Literal["clip", "null"] = "clip"

    def __post_init__(self) -> None:
        column_names(self, self.column)
        check_choice(self, "outside", self.outside, ("clip", "null"))
        bounds = [bound for bound in (self.low, self.high) if bound is not None]
        if not bounds:
            raise StageError(f"Clip of {self.column!r} has no bound", "give low, high or both")
        for bound in bounds:
            check_scalar(self, bound)
            if isinstance(bound, float) and not math.isfinite(bound):
                raise StageError(f"Clip: the bound {bound!r} bounds nothing", "give a finite one, or None")
        self._check_order()

    def _check_order(self) -> None:
        if self.low is None or self.high is None:
            return
        try:
            crossed = self.low > self.high
        except TypeError as error:
            raise StageError(
                f"Clip: {self.low!r} and {self.high!r} cannot be compared", "give both bounds in one type"
            ) from error
        if crossed:
            raise StageError(f"Clip: low={self.low!r} is above high={self.high!r}", "exchange them")

    def _query(self, relation: Relation) -> Cleaned:
        from sqlglot import exp

        column = relation.column(self.column)
        if family(column.type) not in _ORDERED:
            raise relation.fault(f"column {self.column!r} is {column.type}, which has no bounds", "leave it out")
        value, case = relation.ref(self.column), exp.Case()
        for condition, bound in self._outside(relation, value):
            case = case.when(condition, bound if self.outside == "clip" else exp.Null())
        changed = replace(column, nullable=column.nullable or self.outside == "null")
        return relation.replacing({self.column: (changed, case.else_(value))})

    def _outside(self, relation: Relation, value: exp.Expression) -> list[tuple[exp.Expression, exp.Expression]]:
        from sqlglot import exp

        found = []
        if family(relation.column(self.column).type) == "floating":
            found.append((exp.IsNan(this=value), value))
        for bound, beyond in ((self.low, exp.LT), (self.high, exp.GT)):
            if bound is not None:
                limit = literal(relation, self.column, bound)
                found.append((beyond(this=value, expression=limit), limit))
        return found

    def _summary(self) -> str:
        bounds = [f"{word} {bound}" for word, bound in (("from", self.low), ("to", self.high)) if bound is not None]
        otherwise = "is clipped" if self.outside == "clip" else "becomes null"
        return f"hold {self.column} {' '.join(bounds)}; what is outside {otherwise}"


@registered("replace")
@dataclass(frozen=True, init=False)
class Replace(Step):
    """Put other values in the place of some, all at once: ``{"a": "b", "b": "a"}`` swaps two.

    Args:
        column: the column.
        values: new value by old value; None stands for null on either side, ``float("nan")`` for NaN.
    """

    column: str
    values: tuple[tuple[Any, Any], ...]

    def __init__(self, column: str, values: Mapping[Any, Any]) -> None:
        object.__setattr__(self, "column", column)
        object.__setattr__(self, "values", tuple(values.items()))
        self.__post_init__()

    def __post_init__(self) -> None:
        column_names(self, self.column)
        if not self.values:
            raise StageError(f"Replace of {self.column!r} has no values", "give at least one, as {old: new}")
        for value in (value for pair in self.values for value in pair if value is not None):
            check_scalar(self, value)

    def _query(self, relation: Relation) -> Cleaned:
        from sqlglot import exp

        column = relation.column(self.column)
        value, case = relation.ref(self.column), exp.Case()
        for old, new in self.values:
            same = exp.Is if old is None else exp.EQ
            condition = same(this=value.copy(), expression=literal(relation, self.column, old))
            case = case.when(condition, literal(relation, self.column, new))
        return relation.replacing(
            {self.column: (replace(column, nullable=self._nullable(column.nullable)), case.else_(value))}
        )

    def _nullable(self, before: bool) -> bool:
        return before or any(new is None for _, new in self.values)

    def _summary(self) -> str:
        return f"replace in {self.column}: " + ", ".join(f"{old!r} by {new!r}" for old, new in self.values)
