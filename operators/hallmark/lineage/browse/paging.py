"""One page of a query: by offset, as Marquez has it, or from where the last page ended.

A cursor holds the sort keys of the last row. Pages by cursor cost the same however far down they are, and miss or
repeat nothing when rows are added meanwhile.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Integer, RowMapping, Select, and_, func, or_, select

from hallmark.catalog.tables import Utc
from hallmark.errors import LineageError
from hallmark.lineage.browse.values import Page
from hallmark.lineage.events.shape import clean_text

__all__ = ["CHUNK", "Order", "Window", "chunks", "page"]

CHUNK = 400
_TOO_LARGE = 2**63

T = TypeVar("T")


@dataclass(frozen=True)
class Window:
    """Which rows of a list: so many, and from where; the cursor wins over the offset."""

    limit: int = 100
    offset: int = 0
    cursor: str | None = None


@dataclass(frozen=True)
class Order:
    """A column that rows are sorted by; the last of several has to tell all rows apart."""

    column: ColumnElement[Any]
    down: bool = False

    @property
    def name(self) -> str:
        """What the column is called."""
        return str(self.column.key)

    @property
    def clause(self) -> ColumnElement[Any]:
        """For ORDER BY."""
        return self.column.desc() if self.down else self.column.asc()

    def beyond(self, value: Any) -> ColumnElement[bool]:
        """The rows that come after a value."""
        found: ColumnElement[bool] = self.column < value if self.down else self.column > value
        return found


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
    keys = query.with_only_columns(orders[-1].column, maintain_column_froms=True)
    total = connection.scalar(select(func.count()).select_from(keys.subquery())) or 0
    chosen = query.order_by(*(order.clause for order in orders)).limit(window.limit + 1)
    if window.cursor is not None:
        chosen = chosen.where(_after(orders, _decoded(window.cursor, orders)))
    else:
        chosen = chosen.offset(window.offset)
    rows = connection.execute(chosen).mappings().all()
    shown = rows[: window.limit]
    more = len(rows) > window.limit and bool(shown)
    return Page(made(shown), total, _encoded(shown[-1], orders) if more else None)


def chunks(items: Sequence[T]) -> Iterator[list[T]]:
    """Yield items in lists short enough for the parameters of one statement."""
    remaining = iter(items)
    while some := list(islice(remaining, CHUNK)):
        yield some


def _after(orders: Sequence[Order], values: Sequence[Any]) -> ColumnElement[bool]:
    return or_(
        *(
            and_(*(o.column == v for o, v in zip(orders[:at], values, strict=False)), order.beyond(value))
            for at, (order, value) in enumerate(zip(orders, values, strict=True))
        )
    )


def _encoded(row: RowMapping, orders: Sequence[Order]) -> str:
    values = [row[order.name] for order in orders]
    text = json.dumps([v.isoformat() if isinstance(v, datetime) else v for v in values])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decoded(cursor: str, orders: Sequence[Order]) -> list[Any]:
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return [_typed(order, value) for order, value in zip(orders, list(values), strict=True)]
    except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error):
        raise LineageError("the cursor is not one of this list", "begin without a cursor") from None


def _typed(order: Order, value: Any) -> Any:
    if isinstance(order.column.type, Utc):
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError(value)
        return moment.astimezone(UTC)
    if isinstance(order.column.type, Integer):
        if type(value) is not int or abs(value) >= _TOO_LARGE:
            raise ValueError(value)
    elif not isinstance(value, str) or clean_text(value) != value:
        raise ValueError(value)
    return value
