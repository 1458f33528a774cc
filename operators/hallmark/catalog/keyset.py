"""Places in a sorted list: a cursor holds the sort keys of a page's last row, and what comes after them is the next.

Pages by cursor cost the same however far down they are, and miss or repeat nothing when rows are added meanwhile.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, or_

from hallmark.catalog.tables import Utc

__all__ = ["NoSuchPage", "Order", "after", "cursor_of"]

_TOO_LARGE = 2**63


class NoSuchPage(ValueError):
    """A cursor is none of the list that it was handed to."""


@dataclass(frozen=True)
class Order:
    """An expression that rows are sorted by; the last of several has to tell all rows apart."""

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

    def from_(self, value: Any) -> ColumnElement[bool]:
        """The rows of a value, and those that come after it."""
        found: ColumnElement[bool] = self.by <= value if self.down else self.by >= value
        return found


def cursor_of(values: Sequence[Any]) -> str:
    """Return a cursor behind the row that has these sort keys."""
    text = json.dumps([v.isoformat() if isinstance(v, datetime) else v for v in values])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def after(cursor: str, orders: Sequence[Order]) -> ColumnElement[bool]:
    """Return the condition for the rows behind a cursor.

    Raises:
        NoSuchPage: the cursor was not made for a list of this order.
    """
    values = _decoded(cursor, orders)
    exact = or_(
        *(
            and_(*(o.by == v for o, v in zip(orders[:at], values, strict=False)), order.beyond(value))
            for at, (order, value) in enumerate(zip(orders, values, strict=True))
        )
    )
    # Said once more in a way that an index on the first column can begin at.
    return and_(orders[0].from_(values[0]), exact)


def _decoded(cursor: str, orders: Sequence[Order]) -> list[Any]:
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return [_typed(order, value) for order, value in zip(orders, list(values), strict=True)]
    except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error):
        raise NoSuchPage("the cursor is not one of this list; begin without a cursor") from None


def _typed(order: Order, value: Any) -> Any:
    if isinstance(order.by.type, Utc):
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError(value)
        return moment.astimezone(UTC)
    if isinstance(order.by.type, Integer):
        if type(value) is not int or abs(value) >= _TOO_LARGE:
            raise ValueError(value)
    elif not isinstance(value, str) or "\0" in value or not _sayable(value):
        raise ValueError(value)
    return value


def _sayable(text: str) -> bool:
    return text.encode("utf-8", "replace").decode() == text
