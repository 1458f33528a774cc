"""The data that is checked, as the compiler sees it: columns of a kind, and an engine that answers queries."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from sqlglot import exp

from hallmark.errors import closest
from hallmark.quality.compiler.dialects import Dialect
from hallmark.quality.compiler.kinds import Field, Kind
from hallmark.quality.compiler.refusal import Refusal
from hallmark.quality.compiler.requests import column, placed

__all__ = ["Engine", "Table"]


class Engine(Protocol):
    """Whoever runs the SQL."""

    @property
    def dialect(self) -> Dialect:
        """What is particular to it."""
        ...

    def fetch(self, sql: str) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        ...

    def batches(self, sql: str) -> Iterable[list[tuple[Any, ...]]]:
        """Return a query's rows piece by piece."""
        ...


@dataclass(frozen=True)
class Table:
    """Some rows and who answers questions about them.

    Args:
        name: what a message calls it.
        fields: its columns, in order.
        source: what a query selects from.
        engine: runs the queries.
        numbered: whether rows have positions worth telling (those of a frame).
        ordered: whether rows have an order of their own, so that a column can increase.
    """

    name: str
    fields: tuple[Field, ...]
    source: exp.Expression
    engine: Engine
    numbered: bool = False
    ordered: bool = False

    @cached_property
    def by_name(self) -> dict[str, Field]:
        return {field.name: field for field in self.fields}

    @property
    def names(self) -> list[str]:
        return [field.name for field in self.fields]

    @property
    def dialect(self) -> Dialect:
        return self.engine.dialect

    def field(self, name: Any) -> Field:
        """Return a column.

        Raises:
            Refusal: there is none of that name.
        """
        found = self.by_name.get(name) if isinstance(name, str) else None
        if found is None:
            likely = closest(str(name), self.names)
            raise Refusal(f"the data has no column {name!r}" + (f"; did you mean {likely!r}?" if likely else ""))
        return found

    def selection(self, used: Iterable[str]) -> exp.Expression:
        """Return the rows as something to select from, NaN turned into NULL: a NaN is a missing value.

        Args:
            used: names of the columns that the query uses; none means all.
        """
        wanted = set(used) & self.by_name.keys()
        chosen = [f for f in self.fields if f.name in wanted] if wanted else list(self.fields)
        if not any(f.kind in self._cleaners for f in chosen):
            return self.source.copy()
        cleaned = [
            exp.alias_(self._cleaners[f.kind](column(f.name)), f.name, quoted=True)
            if f.kind in self._cleaners
            else column(f.name)
            for f in chosen
        ]
        return exp.select(*cleaned).from_(self.source.copy()).subquery("rows", copy=False)

    def over_source(self, predicate: exp.Expression) -> exp.Expression:
        """Return a check's predicate as one over :attr:`source` itself, where a NaN is not turned into NULL."""
        settled = placed(predicate, self.selection)

        def clean(node: exp.Expression) -> exp.Expression:
            found = self.by_name.get(node.name) if isinstance(node, exp.Column) else None
            cleaner = self._cleaners.get(found.kind) if found is not None else None
            return node if cleaner is None else cleaner(node)

        return settled.transform(clean) if self._cleaners else settled

    @cached_property
    def _cleaners(self) -> dict[Kind, Callable[[exp.Expression], exp.Expression]]:
        known = {Kind.FLOAT: self.dialect.without_nan, Kind.TIMESTAMP: self.dialect.moment}
        return {kind: cleaner for kind, cleaner in known.items() if cleaner is not None}
