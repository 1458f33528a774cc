"""What a check asks of the data, and the name by which it speaks of the rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

__all__ = ["ROWS", "Figure", "Fold", "Request", "Rows", "column", "conjunction", "count_where", "rows"]

# Stands for the data in a check's queries until they are run.
ROWS = "hallmark_rows"


@dataclass(frozen=True)
class Figure:
    """One aggregate over the rows. All figures that are asked for together come from one scan."""

    expression: exp.Expression


@dataclass(frozen=True)
class Rows:
    """A query of its own over :data:`ROWS`; answered with the list of its rows. The same query is run once."""

    query: exp.Query


@dataclass(frozen=True)
class Fold:
    """A query whose rows may be many: ``fold`` takes them in batches, and what it returns is the answer."""

    query: exp.Query
    fold: Callable[[Iterable[list[tuple[Any, ...]]]], Any]


Request = Figure | Rows | Fold


def column(name: str) -> exp.Column:
    """Return a column of the rows as an expression; whatever is in the name, it is one quoted identifier."""
    return exp.column(name, quoted=True)


def rows(*chosen: exp.Expression, where: exp.Expression | None = None) -> exp.Select:
    """Return a query over the rows."""
    query = exp.select(*chosen).from_(exp.Table(this=exp.to_identifier(ROWS, quoted=True)))
    return query if where is None else query.where(where.copy(), copy=False)


def conjunction(*conditions: exp.Expression | None) -> exp.Expression | None:
    """Return the conditions joined by AND; None where there are none."""
    given = [c.copy() for c in conditions if c is not None]
    return exp.and_(*given) if given else None


def aggregate(function: exp.Expression, where: exp.Expression | None = None) -> exp.Expression:
    """Return an aggregate over the rows that meet a condition."""
    if where is None:
        return function
    return exp.Filter(this=function, expression=exp.Where(this=where.copy()))


def count_where(where: exp.Expression | None) -> exp.Expression:
    """Return the aggregate that counts the rows that meet a condition."""
    return aggregate(exp.Count(this=exp.Star()), where)


def placed(query: exp.Expression, sources: Callable[[frozenset[str]], exp.Expression]) -> exp.Expression:
    """Return a query with the data in the place of :data:`ROWS`.

    Args:
        query: of a check.
        sources: gives the data as something to select from, for the names of the columns that are used.
    """
    used = frozenset(c.name for c in query.find_all(exp.Column))
    whole = any(isinstance(s, exp.Star) and not isinstance(s.parent, exp.Count) for s in query.find_all(exp.Star))
    source = sources(frozenset() if whole else used)

    def swap(node: exp.Expression) -> exp.Expression:
        return source.copy() if isinstance(node, exp.Table) and node.name == ROWS else node

    return query.transform(swap)
