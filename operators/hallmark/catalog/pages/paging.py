"""Lists page by page, each beginning where the last one ended: the same cost however far down.

A cursor holds the sort keys of a page's last row. Lists are counted no further than a reader would count.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, Integer, RowMapping, Select, and_, func, literal, or_, select

from hallmark.catalog.tables import Utc

__all__ = ["COUNTED", "EPOCH", "NoSuchPage", "Order", "Page", "Window", "count", "page", "stamp"]

COUNTED = 10_000
# Stands for a time that there is none of, so that rows without one have their place in the order too.
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TOO_LARGE = 2**63

T = TypeVar("T")


class NoSuchPage(ValueError):
    """A cursor is none of the list that it was handed to."""


@dataclass(frozen=True)
class Window:
    """Which rows of a list: so many, from the beginning or behind a cursor."""

    limit: int = 50
    cursor: str | None = None


@dataclass(frozen=True)
class Order:
    """A labelled expression that rows are sorted by; the last of several has to tell all rows apart."""

    name: str
    by: ColumnElement[Any]
    down: bool = False

    @property
    def clause(self) -> ColumnElement[Any]:
        """For ORDER BY."""
        return self.by.desc() if self.down else self.by.asc()

    def beyond(self, value: Any) -> ColumnElement[bool]:
        """The rows that come after a value."""
        found: ColumnElement[bool] = self.by < value if self.down else self.by > value
        return found


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
        chosen = chosen.where(_after(orders, _decoded(window.cursor, orders)))
    rows = connection.execute(chosen).mappings().all()
    shown = rows[: window.limit]
    further = _encoded(shown[-1], orders) if len(rows) > window.limit and shown else None
    return Page([made(row) for row in shown], total, more, further)


def _after(orders: Sequence[Order], values: Sequence[Any]) -> ColumnElement[bool]:
    exact = or_(
        *(
            and_(*(o.by == v for o, v in zip(orders[:at], values, strict=False)), order.beyond(value))
            for at, (order, value) in enumerate(zip(orders, values, strict=True))
        )
    )
    # Said once more in a way that an index on the first column can begin at.
    first, value = orders[0], values[0]
    return and_(_from(first, value), exact)


def _from(order: Order, value: Any) -> ColumnElement[bool]:
    found: ColumnElement[bool] = order.by <= value if order.down else order.by >= value
    return found


def _encoded(row: RowMapping, orders: Sequence[Order]) -> str:
    values = [row[f"sort_{order.name}"] for order in orders]
    text = json.dumps([v.isoformat() if isinstance(v, datetime) else v for v in values])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decoded(cursor: str, orders: Sequence[Order]) -> list[Any]:
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return [_typed(order, value) for order, value in zip(orders, list(values), strict=True)]
    except (ValueError, TypeError, RecursionError, binascii.Error):
        raise NoSuchPage("the cursor is not one of this list; begin without a cursor") from None


def _typed(order: Order, value: Any) -> Any:
    if isinstance(order.by.type, Utc):
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError(value)
        return moment
    if isinstance(order.by.type, Integer):
        if type(value) is not int or abs(value) >= _TOO_LARGE:
            raise ValueError(value)
    elif not isinstance(value, str) or "\0" in value or not _sayable(value):
        raise ValueError(value)
    return value


def _sayable(text: str) -> bool:
    return text.encode("utf-8", "replace").decode() == text
