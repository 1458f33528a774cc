"""Wide tables, some columns at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TypeVar

__all__ = ["chunked"]

Item = TypeVar("Item")

# At least so many columns go into one query, which reads no others.
SMALLEST = 50


def chunked(items: Sequence[Item], width: int) -> Iterator[Sequence[Item]]:
    """Yield the columns of one query after the other.

    Planning a query takes time by the square of what it asks for, and by how wide the table is.

    Args:
        items: one for each column that is asked about.
        width: columns of the table.
    """
    size = max(SMALLEST, math.isqrt(2 * width))
    for start in range(0, len(items), size):
        yield items[start : start + size]
