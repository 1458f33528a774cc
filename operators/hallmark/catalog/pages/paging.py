"""Lists page by page, each beginning where the last one ended, and counted no further than a reader would count."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, func, literal, select

from hallmark.catalog.keyset import NoSuchPage, Order, after, cursor_of
from hallmark.catalog.tables import Utc

__all__ = ["COUNTED", "EPOCH", "NoSuchPage", "Order", "Page", "Window", "count", "page", "stamp"]

COUNTED = 10_000
# Stands for a time that there is none of, so that rows without one have their place in the order too.
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

T = TypeVar("T")


@dataclass(frozen=True)
class Window:
    """Which rows of a list: so many, from the beginning or behind a cursor."""

    limit: int = 50
    cursor: str | None = None


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some rows of a list; ``more`` says that there are more than ``total``, which is counted to :data:`COUNTED`."""

    items: Sequence[T]
    total: int
    more: bool
    next_cursor: str | None = None


def stamp(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return a time to sort by."""
    return func.coalesce(column, literal(EPOCH, Utc))


def count(connection: Connection, query: Select[Any], most: int = COUNTED) -> tuple[int, bool]:
    """Count a query's rows, and say whether there are more than were counted."""
    rows = query.with_only_columns(literal(1).label("one"), maintain_column_froms=True).order_by(None)
    found = connection.scalar(select(func.count()).select_from(rows.limit(most + 1).subquery())) or 0
    return min(found, most), found > most


def page(
    connection: Connection,
    query: Select[Any],
    orders: Sequence[Order],
    window: Window,
    made: Callable[[RowMapping], T],
    *,
    counted: bool = True,
) -> Page[T]:
    """Return one page of a query.

    Args:
        connection: of the catalog.
        query: without order and limit.
        orders: what it is sorted by, first things first.
        window: which rows.
        made: turns a row into what it stands for.
        counted: whether to count the list.

    Raises:
        NoSuchPage: the cursor was not made by this function for this list.
    """
    total, more = count(connection, query) if counted else (0, False)
    keys = [order.by.label(f"sort_{order.name}") for order in orders]
    chosen = query.add_columns(*keys).order_by(*(order.clause for order in orders)).limit(window.limit + 1)
    if window.cursor is not None:
        chosen = chosen.where(after(window.cursor, orders))
    rows = connection.execute(chosen).mappings().all()
    shown = rows[: window.limit]
    last = [shown[-1][f"sort_{order.name}"] for order in orders] if len(rows) > window.limit and shown else None
    return Page([made(row) for row in shown], total, more, cursor_of(last) if last else None)
