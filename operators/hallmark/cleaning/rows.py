"""Steps that leave rows out: duplicates, rows with nulls, rows that a predicate does not hold for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from hallmark.cleaning.step import ColumnsStep, Step, check_choice, check_sql, column_names, registered

if TYPE_CHECKING:
    from sqlglot import exp

    from hallmark.cleaning.relation import Cleaned, Relation

__all__ = ["DropDuplicates", "DropNulls", "Filter"]


@registered("drop_duplicates")
@dataclass(frozen=True)
class DropDuplicates(Step):
    """Keep one row for each key; nulls in a key count as equal.

    Which row stays never depends on the order in which rows are read: ties are settled by all other columns, in order.

    Args:
        keys: the columns whose values name a row; without any, whole rows are compared.
        order_by: columns that rank the rows of a key; a null ranks behind any value, whichever row is kept.
        keep: ``"first"`` keeps the least in that ranking, ``"last"`` the greatest.
    """

    keys: Sequence[str] = ()
    order_by: Sequence[str] | None = None
    keep: Literal["first", "last"] = "first"

    def __post_init__(self) -> None:
        object.__setattr__(self, "keys", column_names(self, self.keys, at_least=0))
        object.__setattr__(self, "order_by", column_names(self, self.order_by or (), at_least=0))
        check_choice(self, "keep", self.keep, ("first", "last"))

    def _query(self, relation: Relation) -> Cleaned:
        from sqlglot import exp

        keys = list(self.keys) or [c.name for c in relation.columns]
        ranking = [*(self.order_by or ()), *(c.name for c in relation.columns)]
        order = [self._ordered(ref) for ref in relation.refs(n for n in dict.fromkeys(ranking) if n not in keys)]
        number = exp.Window(
            this=exp.RowNumber(),
            partition_by=relation.refs(keys),
            order=exp.Order(expressions=order) if order else None,
        )
        query, columns = relation.select(relation.same())
        query.set("qualify", exp.Qualify(this=exp.EQ(this=number, expression=exp.Literal.number(1))))
        return query, columns

    def _ordered(self, ref: exp.Expression) -> exp.Expression:
        from sqlglot import exp

        return exp.Ordered(this=ref, desc=self.keep == "last", nulls_first=False)

    def _summary(self) -> str:
        key = ", ".join(self.keys) or "all columns"
        ranked = f" by {', '.join(self.order_by)}" if self.order_by else ""
        return f"drop duplicates of {key}, keeping the {self.keep}{ranked}"


@registered("drop_nulls")
@dataclass(frozen=True, init=False)
class DropNulls(ColumnsStep):
    """Leave out rows that have a null in any of the columns.

    Args:
        columns: those that must have a value.
    """

    def _query(self, relation: Relation) -> Cleaned:
        from sqlglot import exp

        present = [exp.Not(this=exp.Is(this=ref, expression=exp.Null())) for ref in relation.refs(self.columns)]
        query, columns = relation.select(relation.same())
        filled = tuple(replace(c, nullable=False) if c.name in self.columns else c for c in columns)
        return query.where(*present, copy=False), filled

    def _summary(self) -> str:
        return f"drop rows without {' or '.join(self.columns)}"


@registered("filter")
@dataclass(frozen=True)
class Filter(Step):
    """Keep the rows for which a predicate is true; where it is null, the row goes.

    Args:
        sql: one boolean SQL expression over the columns of a row.
    """

    sql: str

    def __post_init__(self) -> None:
        check_sql(self, self.sql)

    def _query(self, relation: Relation) -> Cleaned:
        from sqlglot import exp

        from hallmark.cleaning.expression import parse
        from hallmark.cleaning.inquiry import type_of

        predicate, uses = parse(relation, self.sql)
        if predicate.find(exp.Window):
            raise relation.fault(f"{self.sql!r} holds a window function", "Derive it as a column, then filter by that")
        if (found := type_of(relation, predicate, uses)) != "BOOLEAN":
            raise relation.fault(f"{self.sql!r} is {found}, not BOOLEAN", "write a comparison, such as dep_delay > 15")
        query, columns = relation.select(relation.same())
        return query.where(predicate, copy=False), columns

    def _summary(self) -> str:
        return f"keep rows where {self.sql}"
