"""A column's figures as a card of the page, with what the suite expects of it marked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hallmark.quality.report.figures import Shown, count, figure, percent, shown
from hallmark.quality.report.plot import Plot, name_of, plot, position
from hallmark.quality.report.words import limits
from hallmark.quality.result import MASK, Outcome

__all__ = ["CARDS", "Card", "Top", "cards"]

CARDS, TOP = 150, 8
_RANGE, _SET = "expect_column_values_to_be_between", "expect_column_values_to_be_in_set"


@dataclass(frozen=True)
class Top:
    """One of the most frequent values: rows, share of the values that are present, and whether it is allowed."""

    value: Shown
    count: int
    share: str
    width: float
    allowed: bool | None


@dataclass(frozen=True)
class Card:
    """One column."""

    name: str
    type: str
    not_met: int
    expectations: int
    nulls: int | None
    rows: int
    null_share: str
    facts: tuple[tuple[str, str], ...]
    plot: Plot | None
    top: tuple[Top, ...]
    others: str


def cards(profile: Mapping[str, Any], outcomes: Sequence[Outcome]) -> tuple[tuple[Card, ...], int]:
    """Return the cards of a profile's columns and how many columns there is no card for.

    Those come first that failed, then the others that the suite looks at, each in the order of the data.
    """
    columns: Mapping[str, Any] = profile.get("columns") or {}
    about: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        for name in set(outcome.expectation.columns):
            about.setdefault(name, []).append(outcome)
    ordered = sorted(columns, key=lambda name: _rank(about.get(name, ())))
    rows = int(profile.get("rows") or 0)
    made = tuple(_card(name, columns[name] or {}, rows, about.get(name, ())) for name in ordered[:CARDS])
    return made, max(len(ordered) - CARDS, 0)


def _rank(about: Sequence[Outcome]) -> int:
    if not about:
        return 2
    return 0 if any(not outcome.success for outcome in about) else 1


def _card(name: str, column: Mapping[str, Any], rows: int, about: Sequence[Outcome]) -> Card:
    nulls = column.get("nulls")
    present = rows - int(nulls or 0)
    top, others = _top(column, present, _allowed(about))
    return Card(
        str(shown(name, 100)),
        str(shown(column["type"], 60)) if column.get("type") else "",
        sum(not outcome.success for outcome in about),
        len(about),
        nulls,
        rows,
        percent(int(nulls or 0), rows),
        tuple(_facts(column, present)),
        plot(column, _expected_range(about)),
        top,
        others,
    )


def _facts(column: Mapping[str, Any], present: int) -> Iterator[tuple[str, str]]:
    distinct = column.get("distinct")
    if distinct is not None:
        # An approximate count may be greater than what there is.
        yield "distinct", f"about {count(min(distinct, max(present, 0)))}"
    for label, key in _FACTS:
        if column.get(key) is not None:
            yield label, figure(column[key])
        if key == "min":
            yield from _quantile_facts(column.get("quantiles"))
    if column.get("true") is not None:
        yield "true", f"{count(column['true'])} ({percent(int(column['true']), present)})"
    low, high = column.get("min_length"), column.get("max_length")
    if low is not None and high is not None:
        yield "length", figure(low) if low == high else f"{figure(low)} to {figure(high)}"


def _quantile_facts(quantiles: Any) -> Iterator[tuple[str, str]]:
    known = quantiles if isinstance(quantiles, Mapping) else {}
    for name, value in known.items():
        share = name_of(name)
        if share is not None and value is not None:
            yield ("median" if share == 0.5 else f"{figure(100 * share)} % below"), figure(value)


_FACTS = (("min", "min"), ("max", "max"), ("mean", "mean"), ("std. dev.", "stddev"))


def _expected_range(about: Sequence[Outcome]) -> tuple[Any, Any]:
    """Return the limits that all rows are held against: where several expectations give one, the first."""
    found = [limits(o.expectation.kwargs) for o in about if o.expectation.type == _RANGE and _of_all_rows(o)]
    return next((ends for ends in found if any(position(end) is not None for end in ends)), (None, None))


def _allowed(about: Sequence[Outcome]) -> frozenset[str] | None:
    for outcome in about:
        values = outcome.expectation.kwargs.get("value_set")
        if outcome.expectation.type == _SET and _of_all_rows(outcome) and isinstance(values, (list, tuple, set)):
            # A profile may have values as texts.
            return frozenset(map(str, values))
    return None


def _of_all_rows(outcome: Outcome) -> bool:
    return not outcome.expectation.kwargs.get("row_condition")


def _top(column: Mapping[str, Any], present: int, allowed: frozenset[str] | None) -> tuple[tuple[Top, ...], str]:
    """Return the most frequent values, and in words how many rows have another one."""
    entries = [entry for entry in column.get("top") or () if isinstance(entry, Mapping) and entry.get("count")]
    entries = sorted(entries, key=lambda entry: -int(entry["count"]))[:TOP]
    most = max((int(entry["count"]) for entry in entries), default=1)
    made = tuple(
        Top(
            shown(entry.get("value"), 60),
            int(entry["count"]),
            percent(int(entry["count"]), present),
            round(100 * int(entry["count"]) / most, 1),
            None if allowed is None or entry.get("value") == MASK else str(entry.get("value")) in allowed,
        )
        for entry in entries
    )
    left = present - sum(t.count for t in made)
    return made, f"{count(left)} ({percent(left, present)})" if made and left > 0 else ""
