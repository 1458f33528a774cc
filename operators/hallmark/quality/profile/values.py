"""What a profile says: of the table its rows, of each column its figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hallmark.receipt import plain

__all__ = ["ColumnProfile", "Histogram", "Profile", "TopValue"]


@dataclass(frozen=True)
class TopValue:
    """A frequent value (a number, a text, or a date in ISO 8601) and the rows that have it."""

    value: int | float | str
    count: int


@dataclass(frozen=True)
class Histogram:
    """How many values lie between each edge and the next.

    Args:
        edges: ascending, one more than ``counts``; numbers, or dates and times in ISO 8601. A bin has its lower edge
            and not its upper one; the last bin has both.
        counts: values in each bin.
    """

    edges: tuple[int | float | str, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True)
class ColumnProfile:
    """One column. What its type has no figure for is None or empty; of a personal column there are counts alone.

    Of more than half a million rows the quantiles, top values and histogram come from a sample of about so many, and
    their counts stand for all rows.

    Args:
        nulls: missing values. NaN is one of them, as it is to the gate.
        distinct: different values, approximately (HyperLogLog, some per cent off), never more than there are values.
        min, max: of numbers that are finite; of dates and times in ISO 8601.
        sum, mean, stddev: of numbers that are finite; the deviation is the sample's (n - 1).
        quantiles: of numbers, approximately (t-digest), by the share below: ``{"0.5": 12.0}``.
        true: how many booleans are true.
        min_length, max_length: of texts, in characters.
        top: the most frequent values, those that occur once left out. Which ones they are is found approximately
            (filtered space-saving); how often each occurs is counted.
        histogram: of numbers, dates and times.
    """

    nulls: int
    distinct: int
    min: int | float | str | None = None
    max: int | float | str | None = None
    sum: float | None = None
    mean: float | None = None
    stddev: float | None = None
    quantiles: dict[str, float] = field(default_factory=dict)
    true: int | None = None
    min_length: int | None = None
    max_length: int | None = None
    top: tuple[TopValue, ...] = ()
    histogram: Histogram | None = None


@dataclass(frozen=True)
class Profile:
    """Row count and one :class:`ColumnProfile` a column."""

    rows: int
    columns: dict[str, ColumnProfile]

    def to_dict(self) -> dict[str, Any]:
        """Return the profile in JSON's types; every number is finite."""
        data: dict[str, Any] = plain(self)
        return data
