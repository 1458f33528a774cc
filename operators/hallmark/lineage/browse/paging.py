"""One page of a query: by offset, as Marquez has it, or from where the last page ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, func, select

from hallmark.catalog.keyset import NoSuchPage, Order, after, cursor_of
from hallmark.errors import LineageError
from hallmark.lineage.browse.values import Page

__all__ = ["Window", "by", "page"]

T = TypeVar("T")


@dataclass(frozen=True)
class Window:
    """Which rows of a list: so many, and from where; the cursor wins over the offset."""

    limit: int = 100
    offset: int = 0
    cursor: str | None = None


def by(column: ColumnElement[Any], *, down: bool = False) -> Order:
    """Sort by a column of the query."""
    return Order(str(column.key), column, down)


def page(
    connection: Connection,
    query: Select[Any],
    orders: Sequence[Order],
    window: Window,
    made: Callable[[Sequence[RowMapping]], Sequence[T]],
) -> Page[T]:
    """Return one page of a query whose columns include those it is sorted by.

    Args:
        connection: of the catalog.
        query: without order and limit.
        orders: the columns it is sorted by, first things first.
        window: which rows.
        made: turns rows into what they stand for.

    Raises:
        LineageError: the cursor was not made by this function for this list.
    """
    keys = query.with_only_columns(orders[-1].by, maintain_column_froms=True)
    total = connection.scalar(select(func.count()).select_from(keys.subquery())) or 0
    chosen = query.order_by(*(order.clause for order in orders)).limit(window.limit + 1)
    if window.cursor is not None:
        chosen = chosen.where(_behind(window.cursor, orders))
    else:
        chosen = chosen.offset(window.offset)
    rows = connection.execute(chosen).mappings().all()
    shown = rows[: window.limit]
    more = len(rows) > window.limit and bool(shown)
    return Page(made(shown), total, cursor_of([shown[-1][order.name] for order in orders]) if more else None)


def _behind(cursor: str, orders: Sequence[Order]) -> ColumnElement[bool]:
    try:
        return after(cursor, orders)
    except NoSuchPage:
        raise LineageError("the cursor is not one of this list", "begin without a cursor") from None
