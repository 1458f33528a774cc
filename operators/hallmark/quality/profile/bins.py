"""Where a histogram's bins lie: of the smallest and the greatest value, edges of (nearly) equal width.

The engine counts the values up to and including a bound. So each bin but the last is bounded by the greatest value
below its upper edge.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

__all__ = ["BINS", "Bins", "of_dates", "of_integers", "of_numbers", "of_timestamps"]

BINS = 20
_DAY, _MICROSECOND = timedelta(days=1), timedelta(microseconds=1)


@dataclass(frozen=True)
class Bins:
    """Bins in ascending order.

    Args:
        edges: one more than there are bins.
        bounds: the greatest value of each bin, in the engine's spelling.
        type: of the bounds; None for the column's own.
    """

    edges: tuple[int | float | str, ...]
    bounds: tuple[str, ...]
    type: str | None = None


def of_integers(low: int, high: int) -> Bins:
    """Return bins between integers: where there are not more values than bins, one a value."""
    edges = _steps(high + 1 - low)
    return Bins(tuple(low + e for e in edges), tuple(str(low + e - 1) for e in edges[1:]))


def of_dates(low: str, high: str) -> Bins | None:
    """Return bins of whole days, None for days that no calendar of ISO 8601 has."""
    try:
        first, last = date.fromisoformat(low), date.fromisoformat(high)
        edges = [first + e * _DAY for e in _steps((last - first).days + 1)]
    except (ValueError, OverflowError):
        return None
    return Bins(tuple(e.isoformat() for e in edges), tuple((e - _DAY).isoformat() for e in edges[1:]))


def of_timestamps(low: str, high: str) -> Bins | None:
    """Return bins of equal duration, None for moments that no calendar of ISO 8601 has."""
    try:
        first, last = datetime.fromisoformat(low), datetime.fromisoformat(high)
    except ValueError:
        return None
    steps = _steps((last - first) // _MICROSECOND)
    edges = [first + e * _MICROSECOND for e in steps] if len(steps) > 1 else [first, last]
    bounds = [*(e - _MICROSECOND for e in edges[1:-1]), last]
    return Bins(tuple(e.isoformat() for e in edges), tuple(_spelled(b) for b in bounds))


def of_numbers(low: float, high: float) -> Bins:
    """Return bins of equal width between two finite numbers; one bin if they are the same."""
    # Each end has its share: their difference may be more than a double holds.
    between = [low * (1 - n / BINS) + high * (n / BINS) for n in range(1, BINS)]
    edges = sorted({low, high, *(min(max(edge, low), high) for edge in between)})
    edges = edges if len(edges) > 1 else [low, high]
    bounds = [*(math.nextafter(e, -math.inf) for e in edges[1:-1]), high]
    return Bins(tuple(edges), tuple(map(repr, bounds)), "DOUBLE")


def _steps(count: int) -> Sequence[int]:
    """Divide so many values among the bins: where each begins, and the end."""
    bins = min(BINS, count)
    return [count * n // bins for n in range(bins + 1)] if bins else [0]


def _spelled(moment: datetime) -> str:
    return (moment.astimezone(UTC) if moment.tzinfo else moment).isoformat()
