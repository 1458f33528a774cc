"""The rules: what is suggested of a table and of a column. Each is a function of the facts, and listed at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from hallmark.dataset import Column
from hallmark.quality.profile import Profile
from hallmark.quality.suggest.bounds import (
    around,
    beside,
    days_around,
    floor_share,
    integers_around,
    moments_around,
    outward,
)
from hallmark.quality.suggest.facts import Facts, Leeway
from hallmark.quality.suggest.values import Suggestion
from hallmark.quality.suite import Expectation, Severity

__all__ = ["of_column", "of_table"]

# Past versions that the bounds of counts and means follow.
_LOOK_BACK = 7
_ROWS_WITHIN, _SIGMAS = 0.3, 3
# A value that occurs more seldom may be one of many that did not occur.
_SELDOM = 3
_MISSING = frozenset({"", "-", "?", "n/a", "na", "nan", "nil", "none", "null", "unknown"})
# Sums of single-precision numbers differ by so much with the order of the rows.
_ROUNDING = 1e-5


def of_table(profile: Profile, columns: Sequence[Column], leeway: Leeway) -> Iterator[Suggestion]:
    """Yield what is suggested of the whole table."""
    names = [column.name for column in columns]
    new = "no other may be there" if leeway.strict else "others may come"
    yield _critical(
        "expect_table_columns_to_match_set",
        {"column_set": names, "exact_match": leeway.strict},
        f"{len(names):,} columns; {new}",
    )
    if profile.rows:
        yield _followed(
            "expect_table_row_count_to_be_between",
            {"min_value": profile.rows // 2, "max_value": profile.rows * 2},
            f"{profile.rows:,} rows; half of that to double of it, and within {_ROWS_WITHIN * 100:.0f} % of the median "
            f"of the last {_LOOK_BACK} versions",
            {"versions": _LOOK_BACK, "centre": "median", "within": _ROWS_WITHIN},
        )


def of_column(facts: Facts, leeway: Leeway) -> Iterator[Suggestion]:
    """Yield what is suggested of one column."""
    for rule in _RULES:
        yield from rule(facts, leeway)


def _not_null(facts: Facts, leeway: Leeway) -> Iterator[Suggestion]:
    missing = f"{facts.profile.nulls:,} of {facts.rows:,} missing{_spelled_out(facts)}"
    kwargs: dict[str, Any] = {"column": facts.column.name}
    if facts.rows and not facts.profile.nulls:
        yield _critical("expect_column_values_to_not_be_null", kwargs, missing)
        return
    mostly = floor_share(facts.present / facts.rows * (1 - leeway.share)) if facts.rows else 0.0
    if mostly > 0:
        why = f"{missing} ({facts.profile.nulls / facts.rows * 100:.3g} %); {_margin(leeway)}"
        yield _warning("expect_column_values_to_not_be_null", {**kwargs, "mostly": mostly}, why, leeway)


def _spelled_out(facts: Facts) -> str:
    """Tell of texts that seem to mean that there is none."""
    found = [f"{t.count:,} are {t.value!r}" for t in facts.profile.top if str(t.value).strip().lower() in _MISSING]
    return f", but {' and '.join(found)}" if found else ""


def _unique(facts: Facts, leeway: Leeway) -> Iterator[Suggestion]:
    if not facts.unique:
        return
    kwargs = {"column": facts.column.name}
    why = f"no value twice among {facts.present:,}"
    if facts.profile.nulls or facts.family not in {"integer", "text"}:
        yield _warning("expect_column_values_to_be_unique", kwargs, why, leeway)
    else:
        yield _critical("expect_column_values_to_be_unique", kwargs, f"{why}: a key")


def _value_set(facts: Facts, leeway: Leeway) -> Iterator[Suggestion]:
    if not _has_set(facts):
        return
    assert facts.values is not None  # noqa: S101  it has a set
    rarest, times = min(facts.values.items(), key=lambda item: (item[1], item[0]))
    kwargs = {"column": facts.column.name, "value_set": sorted(facts.values)}
    why = f"{len(facts.values)} different values among {facts.present:,}; the rarest, {rarest!r}, {times:,} times"
    yield _warning("expect_column_values_to_be_in_set", kwargs, why, leeway)


def _has_set(facts: Facts) -> bool:
    """Tell whether a text has few values, each of them often."""
    return bool(facts.values) and min((facts.values or {"": 0}).values()) >= _SELDOM


def _pattern(facts: Facts, leeway: Leeway) -> Iterator[Suggestion]:
    if facts.pattern is None or _has_set(facts):
        return
    kwargs = {"column": facts.column.name, "regex": facts.pattern.regex}
    why = f"all {facts.present:,} are {facts.pattern.name}"
    yield _warning("expect_column_values_to_match_regex", kwargs, why, leeway)


def _fixed_length(facts: Facts, leeway: Leeway) -> Iterator[Suggestion]:
    length = facts.profile.max_length
    same = facts.telling and length and length == facts.profile.min_length
    if not same or _has_set(facts) or (facts.pattern is not None and facts.pattern.fixed):
        return
    kwargs = {"column": facts.column.name, "value": length}
    why = f"all {facts.present:,} have {length:,} characters"
    yield _warning("expect_column_value_lengths_to_equal", kwargs, why, leeway)


def _number_range(facts: Facts, leeway: Leeway) -> Iterator[Suggestion]:
    low, high = facts.profile.min, facts.profile.max
    if not _is_measure(facts) or not isinstance(low, (int, float)) or not isinstance(high, (int, float)):
        return
    least, most = _ENDS[facts.family](low, high, leeway.share)
    yield _range(facts, (least, most), _observed(_figure(low), _figure(high), leeway), leeway)


def _of_decimals(low: float, high: float, share: float) -> tuple[float, float]:
    return around(*beside(low, high), share)


# How a range is widened, by the family of the numbers.
_ENDS: Mapping[str, Callable[..., tuple[Any, Any]]] = {
    "integer": integers_around,
    "decimal": _of_decimals,
    "floating": around,
}


def _is_measure(facts: Facts) -> bool:
    """Tell whether a column has numbers that measure something: a key has no range, and infinity none either."""
    key = facts.family == "integer" and facts.unique and not facts.profile.nulls
    return facts.family in _ENDS and facts.telling and not key and not facts.infinite


def _time_range(facts: Facts, leeway: Leeway) -> Iterator[Suggestion]:
    low, high = facts.profile.min, facts.profile.max
    widen = {"date": days_around, "timestamp": moments_around}.get(facts.family)
    if widen is None or not facts.telling or not isinstance(low, str) or not isinstance(high, str):
        return
    ends = widen(low, high, leeway.share)
    if ends is not None:
        why = f"{_observed(low, high, leeway)}. If the data moves on, put a $PARAMETER in place of an end"
        yield _range(facts, ends, why, leeway)


def _mean(facts: Facts, _leeway: Leeway) -> Iterator[Suggestion]:
    mean, deviation = facts.profile.mean, facts.profile.stddev
    if not _is_measure(facts) or mean is None or not deviation:
        return
    greatest = max(abs(float(end)) for end in (facts.profile.min or 0, facts.profile.max or 0))
    if greatest * facts.rows > 1e300:
        return
    width = max(deviation / 2, _ROUNDING * greatest)
    least, most = outward(mean - width, mean + width, width)
    yield _followed(
        "expect_column_mean_to_be_between",
        {"column": facts.column.name, "min_value": least, "max_value": most},
        f"mean {_figure(mean)}, standard deviation {_figure(deviation)}; half a deviation to both sides, and within "
        f"{_SIGMAS} sigmas of the last {_LOOK_BACK} versions' means",
        {"versions": _LOOK_BACK, "centre": "mean", "sigmas": _SIGMAS},
    )


def _range(facts: Facts, ends: tuple[Any, Any], why: str, leeway: Leeway) -> Suggestion:
    kwargs = {"column": facts.column.name, "min_value": ends[0], "max_value": ends[1]}
    return _warning("expect_column_values_to_be_between", kwargs, why, leeway)


def _critical(type_: str, kwargs: dict[str, Any], why: str) -> Suggestion:
    return Suggestion(Expectation(type_, kwargs, "critical"), why)


def _warning(type_: str, kwargs: dict[str, Any], why: str, leeway: Leeway) -> Suggestion:
    severity: Severity = "critical" if leeway.strict else "warning"
    return Suggestion(Expectation(type_, kwargs, severity), why)


def _followed(type_: str, kwargs: dict[str, Any], why: str, history: dict[str, Any]) -> Suggestion:
    """Suggest bounds that follow the published versions; what they are today is news, not a fault."""
    return Suggestion(Expectation(type_, kwargs, "warning", {"hallmark": {"history": history}}), why)


def _observed(low: str, high: str, leeway: Leeway) -> str:
    return f"observed {low} alone" if low == high else f"observed {low} … {high}; {_margin(leeway)}"


def _margin(leeway: Leeway) -> str:
    return f"a margin of {leeway.share * 100:.3g} %" if leeway.share else "no margin"


def _figure(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,.6g}"


Rule = Callable[[Facts, Leeway], Iterator[Suggestion]]
_RULES: tuple[Rule, ...] = (
    _not_null,
    _unique,
    _value_set,
    _pattern,
    _fixed_length,
    _number_range,
    _time_range,
    _mean,
)
