"""Ranges somewhat wider than what was observed, in numbers a reader can remember."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta

__all__ = ["around", "beside", "days_around", "floor_share", "integers_around", "moments_around", "outward"]

_LAST_DIGITS = 2**-51
# Beyond these, rounding leaves what a double holds.
_GREATEST, _GREATEST_DIGITS = 1e300, 300


def integers_around(low: int, high: int, share: float) -> tuple[int, int]:
    """Widen a range of integers by a share of its width; signs are kept."""
    width = math.ceil(share * (high - low))
    if not width:
        return low, high
    step = 10 ** max(len(str(width)) - 2, 0)
    least, most = (low - width) // step * step, -(-(high + width) // step) * step
    return max(least, 0) if low >= 0 else least, min(most, 0) if high <= 0 else most


def around(low: float, high: float, share: float) -> tuple[float, float]:
    """Widen a range of numbers in the same way."""
    width = share * (high - low)
    if not width or not math.isfinite(width):
        return low, high
    least, most = outward(low - width, high + width, width)
    return max(least, 0.0) if low >= 0 else min(least, low), min(most, 0.0) if high <= 0 else max(most, high)


def outward(low: float, high: float, width: float) -> tuple[float, float]:
    """Round two bounds away from each other, to two digits of a width."""
    digits = 1 - math.floor(math.log10(width))
    if not max(abs(low), abs(high)) < _GREATEST or abs(digits) > _GREATEST_DIGITS:
        return low, high
    return _down(low, digits), -_down(-high, digits)


def _down(value: float, digits: int) -> float:
    rounded = round(value, digits)
    # Plus zero, for there is a negative one.
    return (rounded if rounded <= value else round(value - 10.0**-digits, digits)) + 0.0


def days_around(low: str, high: str, share: float) -> tuple[str, str] | None:
    """Widen a range of dates by a share of its days, at least one; None beyond the calendar."""
    try:
        first, last = date.fromisoformat(low), date.fromisoformat(high)
        width = timedelta(days=max(1, math.ceil(share * (last - first).days))) if share else timedelta()
        return (first - width).isoformat(), (last + width).isoformat()
    except (ValueError, OverflowError):
        return None


def moments_around(low: str, high: str, share: float) -> tuple[str, str] | None:
    """Widen a range of moments by a share of its duration, at least a day, to whole days; None beyond the calendar."""
    try:
        first, last = datetime.fromisoformat(low), datetime.fromisoformat(high)
        if not share:
            return low, high
        width = max(timedelta(days=1), share * (last - first))
        midnight = {"hour": 0, "minute": 0, "second": 0, "microsecond": 0}
        end = (last + width + timedelta(days=1)).replace(**midnight)  # type: ignore[arg-type]
        return (first - width).replace(**midnight).isoformat(), end.isoformat()  # type: ignore[arg-type]
    except (ValueError, OverflowError):
        return None


def floor_share(share: float) -> float:
    """Round a share down to thousandths."""
    return math.floor(share * 1000) / 1000


def beside(low: float, high: float) -> tuple[float, float]:
    """Widen a range by what decimals may be off as doubles: libraries round them in different ways."""
    return low - abs(low) * _LAST_DIGITS, high + abs(high) * _LAST_DIGITS
