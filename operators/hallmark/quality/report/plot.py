"""Where the parts of a column's picture stand: histogram bars, the box of its quantiles, the range that is expected."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from hallmark.quality.report.figures import count, figure, percent

__all__ = ["BOTTOM", "HEIGHT", "WIDTH", "Bar", "Box", "Limit", "Plot", "plot", "position"]

# In the units of the picture's viewBox.
WIDTH, HEIGHT, BOTTOM, TOP, EDGE = 400.0, 118.0, 90.0, 6.0, 4.0
_MOST_BARS = 60
# An expected limit outside of the data is drawn if it is no farther away than this share of the data's span.
_NEAR = 0.35
_LEAST = 1.5


@dataclass(frozen=True)
class Bar:
    """One bin; ``inside`` tells whether any of it is within the expected range."""

    x: float
    y: float
    width: float
    height: float
    inside: bool
    told: str


@dataclass(frozen=True)
class Box:
    """Where the 5th, 25th, 50th, 75th and 95th percentile stand."""

    low: float
    left: float
    middle: float
    right: float
    high: float


@dataclass(frozen=True)
class Limit:
    """An expected limit: its line, and the band beyond it in which nothing should be."""

    x: float
    band_x: float
    band_width: float


@dataclass(frozen=True)
class Plot:
    """A column's picture, and in words what is on it.

    Args:
        bars: the histogram.
        box: the quantiles below it.
        limits: what is expected, as far as it lies within the picture.
        ends: what stands at the left and at the right end of the axis.
        told: the picture for those who do not see it.
        expected: the limits in words.
    """

    bars: tuple[Bar, ...]
    box: Box | None
    limits: tuple[Limit, ...]
    ends: tuple[str, str]
    told: str
    expected: str


def position(value: Any) -> float | None:
    """Return where a value stands on an axis: a number, or a date or time (ISO 8601 if a text) in seconds."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (date, datetime, str)):
        return _moment(value)
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def plot(column: Mapping[str, Any], expected: tuple[Any, Any]) -> Plot | None:
    """Draw a column of a profile.

    Args:
        column: its figures; ``histogram``, ``min``, ``max`` and ``quantiles`` are used where they are there.
        expected: least and greatest value allowed, each may be None.

    Returns:
        None if there is nothing to draw: too little is known, or all values are the same.
    """
    edges, counts = _histogram(column.get("histogram"))
    ends = (edges[0], edges[-1]) if edges else (column.get("min"), column.get("max"))
    low, high = (position(end) for end in ends)
    if low is None or high is None or high <= low:
        return None
    wanted = tuple(position(end) for end in expected)
    start, stop = _domain(low, high, wanted)
    across = _scale(start, stop)
    bars = _bars(edges, counts, across, wanted)
    box = _box(column.get("quantiles"), across)
    if not bars and box is None:
        return None
    marks = tuple(_limits(wanted, (start, stop), across))
    shown_ends = tuple(figure(expected[at] if edge in wanted else ends[at]) for at, edge in enumerate((start, stop)))
    return Plot(
        bars, box, marks, (shown_ends[0], shown_ends[1]), _told(edges, counts, ends), _expected(expected, wanted)
    )


def _histogram(histogram: Any) -> tuple[list[Any], list[int]]:
    """Return edges and counts, neighbouring bins joined until there are few enough; nothing if they are no pair."""
    if not isinstance(histogram, Mapping):
        return [], []
    edges, counts = list(histogram.get("edges") or ()), [int(c) for c in histogram.get("counts") or ()]
    if not counts or len(edges) != len(counts) + 1 or any(position(edge) is None for edge in edges):
        return [], []
    joined = -(-len(counts) // _MOST_BARS)
    kept = [sum(counts[at : at + joined]) for at in range(0, len(counts), joined)]
    return [*edges[:-1:joined], edges[-1]], kept


def _domain(low: float, high: float, wanted: Sequence[float | None]) -> tuple[float, float]:
    near = [w for w in wanted if w is not None and low - _NEAR * (high - low) <= w <= high + _NEAR * (high - low)]
    return min([low, *near]), max([high, *near])


def _scale(start: float, stop: float) -> Callable[[float], float]:
    # Halves first: the span of two finite numbers need not be finite.
    span = stop / 2 - start / 2
    return lambda at: round(EDGE + (WIDTH - 2 * EDGE) * min(max((at / 2 - start / 2) / span, 0.0), 1.0), 2)


def _bars(
    edges: Sequence[Any], counts: Sequence[int], across: Callable[[float], float], wanted: Sequence[float | None]
) -> tuple[Bar, ...]:
    most, total = max(counts, default=0), sum(counts)
    bars = []
    for left, right, number in zip(edges, edges[1:], counts, strict=False):
        low, high = position(left), position(right)
        if not number or low is None or high is None:
            continue
        height = max((BOTTOM - TOP) * number / most, _LEAST)
        told = f"{figure(left)} to {figure(right)}: {count(number)} ({percent(number, total)})"
        x, end = across(low), across(high)
        width = max(round(end - x - 1, 2), _LEAST)
        bars.append(Bar(x, round(BOTTOM - height, 2), width, round(height, 2), _inside(low, high, wanted), told))
    return tuple(bars)


def _inside(low: float, high: float, wanted: Sequence[float | None]) -> bool:
    least, greatest = wanted
    return (least is None or high > least) and (greatest is None or low <= greatest)


def _box(quantiles: Any, across: Callable[[float], float]) -> Box | None:
    known = quantiles if isinstance(quantiles, Mapping) else {}
    points = {float(name): position(value) for name, value in known.items() if position(name_of(name)) is not None}
    low, left, middle, right, high = (points.get(q) for q in (0.05, 0.25, 0.5, 0.75, 0.95))
    if low is None or left is None or middle is None or right is None or high is None:
        return None
    return Box(across(low), across(left), across(middle), across(right), across(high))


def name_of(name: Any) -> float | None:
    """Return the share that a quantile's name stands for, None if it stands for none."""
    try:
        return float(name)
    except (TypeError, ValueError):
        return None


def _limits(
    wanted: Sequence[float | None], domain: tuple[float, float], across: Callable[[float], float]
) -> Iterator[Limit]:
    """Yield the limits within the picture, each with the band on its far side."""
    for is_greatest, where in enumerate(wanted):
        if where is not None and domain[0] <= where <= domain[1]:
            x = across(where)
            yield Limit(x, x if is_greatest else 0.0, round(WIDTH - x if is_greatest else x, 2))


def _expected(expected: tuple[Any, Any], wanted: Sequence[float | None]) -> str:
    named = zip(expected, wanted, ("at least", "at most"), strict=True)
    return " and ".join(f"{word} {figure(value)}" for value, where, word in named if where is not None)


def _told(edges: Sequence[Any], counts: Sequence[int], ends: tuple[Any, Any]) -> str:
    if not counts:
        return f"Quantiles between {figure(ends[0])} and {figure(ends[1])}."
    peak = max(range(len(counts)), key=counts.__getitem__)
    return (
        f"Histogram from {figure(ends[0])} to {figure(ends[1])} in {len(counts)} bins. The fullest, "
        f"from {figure(edges[peak])} to {figure(edges[peak + 1])}, holds {count(counts[peak])} values."
    )


def _moment(value: date | datetime | str) -> float | None:
    try:
        moment = datetime.fromisoformat(value if isinstance(value, str) else value.isoformat())
    except ValueError:
        return None
    # Without a zone all are taken to be in the same one.
    return (moment.replace(tzinfo=None) - datetime(1970, 1, 1)).total_seconds()
