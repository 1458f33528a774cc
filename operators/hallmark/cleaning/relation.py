"""The table a step reads: its columns, checked references to them, and the query that projects them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from hallmark.dataset import Column
from hallmark.errors import StageError, closest

if TYPE_CHECKING:
    from sqlglot import exp

__all__ = ["Cleaned", "Projection", "Relation", "folded"]

Projection: TypeAlias = "tuple[Column, exp.Expression]"
"""A column, and the expression that computes it."""
Cleaned: TypeAlias = "tuple[exp.Select, tuple[Column, ...]]"
"""A query, and the columns it gives."""

_ASCII_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


def folded(name: str) -> str:
    """Return the name as DuckDB compares it: ASCII letters without case, all others as they are."""
    return name.translate(_ASCII_LOWER)


@dataclass(frozen=True)
class Relation:
    """What one step reads.

    Args:
        step: the step's name, for messages.
        source: the table, view or common table expression.
        columns: its columns, in order.
    """

    step: str
    source: str
    columns: tuple[Column, ...]

    def fault(self, found: str, remedy: str) -> StageError:
        """Return an error that names the step."""
        return StageError(f"{self.step}: {found}", remedy)

    def column(self, name: str) -> Column:
        """Return the column of that exact name.

        Raises:
            StageError: there is none; it names the closest one.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise self.missing(name)

    def missing(self, name: str) -> StageError:
        """Return the error for a name that no column has."""
        have = [c.name for c in self.columns]
        likely = closest(name, have)
        remedy = f"did you mean {likely!r}?" if likely else f"the columns here are {', '.join(map(repr, have))}"
        return self.fault(f"there is no column {name!r}", remedy)

    def ref(self, name: str) -> exp.Column:
        """Return a reference to the column, qualified so that no alias or function can stand in its way."""
        from sqlglot import exp

        self.column(name)
        return exp.column(exp.to_identifier(name, quoted=True), table=exp.to_identifier(self.source, quoted=True))

    def refs(self, names: Iterable[str]) -> list[exp.Column]:
        """Return references to several columns."""
        return [self.ref(name) for name in names]

    def same(self) -> list[Projection]:
        """Return every column as it is."""
        return [(column, self.ref(column.name)) for column in self.columns]

    def select(self, projections: Sequence[Projection]) -> Cleaned:
        """Return the query that gives these columns, in order, and the columns."""
        from sqlglot import exp

        table = exp.Table(this=exp.to_identifier(self.source, quoted=True))
        query = exp.Select().select(*(_named(e, c.name) for c, e in projections), copy=False).from_(table, copy=False)
        return query, tuple(column for column, _ in projections)

    def replacing(self, changes: Mapping[str, Projection]) -> Cleaned:
        """Return the query that gives every column, those named in ``changes`` as given there."""
        for name in changes:
            self.column(name)
        return self.select([changes.get(column.name, (column, ref)) for column, ref in self.same()])


def _named(expression: exp.Expression, name: str) -> exp.Expression:
    from sqlglot import exp

    if isinstance(expression, exp.Column) and expression.name == name:
        return expression
    return exp.alias_(expression, exp.to_identifier(name, quoted=True), copy=False)
