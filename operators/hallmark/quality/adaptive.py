"""Thresholds that follow the data: bounds computed from the profiles of the last published versions.

An expectation asks for it in its ``meta``, so that the suite stays one that Great Expectations reads:

    - type: expect_table_row_count_to_be_between
      meta: {hallmark: {history: {versions: 7, centre: median, within: 0.3}}}

The profiles come from the catalog; no earlier version is read again.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from hallmark.errors import SuiteError, closest
from hallmark.quality.suite import Expectation, Suite

__all__ = ["History", "adapted", "versions_needed"]

Profiles = Sequence[Mapping[str, Any]]

# Sums of floating-point numbers differ in their last digits by the order of the rows.
ROUNDING = 1e-9
# What the profile's sketches are off: of HyperLogLog, and of the t-digest's median.
_OF_DISTINCT, _OF_MEDIAN = 0.05, 0.02


@dataclass(frozen=True)
class History:
    """How an expectation's bounds follow from the past.

    Args:
        versions: how many published versions to look back.
        centre: ``median``, ``mean`` or ``last``: what stands for them.
        within: half the width allowed, as a share of the centre.
        sigmas: half the width allowed, in sample standard deviations of the past figures. One of the two is given.
        at_least: with fewer versions than these the expectation keeps the bounds it has.
    """

    versions: int = 7
    centre: str = "median"
    within: float | None = None
    sigmas: float | None = None
    at_least: int = 3


@dataclass(frozen=True)
class _Figure:
    """Where a profile has the figure that an expectation is about.

    Args:
        of: reads it from the whole profile and the column's; None if it is not there.
        slack: how far the profile's figure may be off, as a share of it.
        least, most: what the figure can be.
        whole: whether it is a count.
    """

    of: Callable[[Mapping[str, Any], Mapping[str, Any]], Any]
    slack: float = ROUNDING
    least: float = -math.inf
    most: float = math.inf
    whole: bool = False


def adapted(suite: Suite, history: Profiles) -> Suite:
    """Return the suite with the bounds that its expectations' histories give.

    A computed bound never loosens one that the suite gives: the tighter of the two holds. What was used is noted in
    the expectation's ``meta`` under ``hallmark.history.used``.

    Args:
        suite: expectations without a ``hallmark.history`` in their meta stay as they are.
        history: profiles (:meth:`hallmark.quality.profile.Profile.to_dict`) of published versions, newest first.

    Raises:
        SuiteError: an expectation's history is not one, or no profile has the figure that it is about.
    """
    return replace(suite, expectations=tuple(_adapted(suite, e, history) for e in suite.expectations))


def versions_needed(suite: Suite) -> int:
    """Return how many versions back the suite looks, 0 if it looks at none.

    Raises:
        SuiteError: an expectation's history is not one.
    """
    asked = [_history(suite, e) for e in suite.expectations if _asked(e) is not None]
    return max((history.versions for history in asked), default=0)


def _adapted(suite: Suite, expectation: Expectation, profiles: Profiles) -> Expectation:
    if _asked(expectation) is None:
        return expectation
    history, figure = _history(suite, expectation), _FIGURES[expectation.type]
    values = _values(expectation, figure, profiles[: history.versions])
    if len(values) < history.at_least:
        return _noting(expectation, {"note": f"history too short ({len(values)} of {history.at_least})"})
    centre, low, high = _bounds(history, figure, values)
    used = {"versions": len(values), "centre": centre, "low": low, "high": high}
    kwargs = _tightened(expectation.kwargs, low, high)
    if kwargs is None:
        return _noting(expectation, {**used, "note": "the suite's own bounds exclude those, and hold"})
    return _noting(replace(expectation, kwargs=kwargs), used)


def _asked(expectation: Expectation) -> Any:
    hallmark = expectation.meta.get("hallmark")
    return hallmark.get("history") if isinstance(hallmark, Mapping) else None


def _history(suite: Suite, expectation: Expectation) -> History:
    """Read what an expectation asks for."""
    if expectation.type not in _FIGURES:
        known = ", ".join(_FIGURES)
        raise _fault(suite, expectation, "and no profile has what it is about", f"take the history out, or use {known}")
    if "row_condition" in expectation.kwargs:
        raise _fault(suite, expectation, "and a row_condition, and profiles are of all rows", "take one of the two out")
    asked = _asked(expectation)
    if not isinstance(asked, Mapping):
        raise _fault(suite, expectation, f"that is {asked!r}", "write history: {versions: 7, within: 0.3}")
    _refuse_unknown(suite, expectation, asked)
    given = {"centre": "mean"} if "sigmas" in asked else {}
    at_least = {"at_least": min(3, asked["versions"])} if _is_whole(asked.get("versions")) else {}
    history = History(**{**given, **at_least, **{str(k): v for k, v in asked.items() if k != "used"}})
    for problem, remedy in _problems(history):
        raise _fault(suite, expectation, problem, remedy)
    return history


def _refuse_unknown(suite: Suite, expectation: Expectation, asked: Mapping[Any, Any]) -> None:
    names = asdict(History())
    for name in asked:
        if name not in names and name != "used":
            likely = closest(str(name), names)
            remedy = f"did you mean {likely!r}?" if likely else f"use {', '.join(names)}"
            raise _fault(suite, expectation, f"with {name!r}, which is not known", remedy)


def _problems(history: History) -> Any:
    """Yield what is wrong with a history, each with its remedy."""
    if not _is_whole(history.versions) or history.versions < 1:
        yield f"of {history.versions!r} versions", "give a whole number from 1"
    elif not _is_whole(history.at_least) or not 1 <= history.at_least <= history.versions:
        yield f"of at least {history.at_least!r} versions", f"give a whole number from 1 to {history.versions}"
    if history.centre not in _CENTRES:
        yield f"around {history.centre!r}", f"use {', '.join(_CENTRES)}"
    if (history.within is None) == (history.sigmas is None):
        yield "without one width", "give either within (a share of the centre) or sigmas"
    for name in ("within", "sigmas"):
        width = getattr(history, name)
        if width is not None and not (_is_number(width) and width >= 0):
            yield f"with {name} {width!r}", "give a number from 0"
    if history.sigmas is not None and history.at_least == 1:
        yield "whose sigma is to be had of one version", "ask for at_least: 2"


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _values(expectation: Expectation, figure: _Figure, profiles: Profiles) -> list[float]:
    """Return the figure of each version that has it, newest first."""
    column = expectation.kwargs.get("column")
    found = []
    for profile in profiles:
        of_column = {} if column is None else (profile.get("columns") or {}).get(column) or {}
        value = figure.of(profile, of_column)
        if _is_number(value):
            found.append(float(value))
    return found


def _bounds(history: History, figure: _Figure, values: Sequence[float]) -> tuple[float, float, float]:
    """Return the centre of past figures, and the least and greatest that is allowed."""
    centre = float(_CENTRES[history.centre](values))
    width = history.within * abs(centre) if history.within is not None else 0.0
    if history.sigmas is not None:
        width = history.sigmas * (statistics.stdev(values) if len(values) > 1 else 0.0)
    width = max(width, figure.slack * abs(centre))
    low, high = max(centre - width, figure.least), min(centre + width, figure.most)
    return (centre, math.floor(low), math.ceil(high)) if figure.whole else (centre, low, high)


def _tightened(kwargs: Mapping[str, Any], low: float, high: float) -> dict[str, Any] | None:
    """Return the arguments with both bounds, None if those given and those computed leave nothing between them."""
    least, most = _tighter(kwargs.get("min_value"), low, max), _tighter(kwargs.get("max_value"), high, min)
    if _is_number(least) and _is_number(most) and least > most:
        return None
    return {**kwargs, "min_value": least, "max_value": most}


def _tighter(given: Any, computed: float, choose: Callable[[Any, Any], Any]) -> Any:
    """Choose between two bounds. One that is a parameter or a date cannot be compared with a number, and holds."""
    if given is None:
        return computed
    return choose(given, computed) if _is_number(given) else given


def _noting(expectation: Expectation, used: Mapping[str, Any]) -> Expectation:
    hallmark = expectation.meta["hallmark"]
    history = {**hallmark["history"], "used": dict(used)}
    return replace(expectation, meta={**expectation.meta, "hallmark": {**hallmark, "history": history}})


def _fault(suite: Suite, expectation: Expectation, found: str, remedy: str) -> SuiteError:
    return SuiteError(f"suite {suite.name} has {expectation.title} with a history {found}", remedy)


def _share(part: Callable[[Mapping[str, Any], Mapping[str, Any]], Any], rows: str) -> Callable[..., Any]:
    """Return what computes a share of the rows (``all``) or of the values that are there (``present``)."""

    def of(profile: Mapping[str, Any], column: Mapping[str, Any]) -> float | None:
        if "nulls" not in column:
            return None
        total = profile["rows"] - (column["nulls"] if rows == "present" else 0)
        return part(profile, column) / total if total else None

    return of


def _column(name: str) -> Callable[..., Any]:
    return lambda _profile, column: column.get(name)


_CENTRES: Mapping[str, Callable[[Sequence[float]], float]] = {
    "median": statistics.median,
    "mean": statistics.fmean,
    "last": lambda values: values[0],
}
_DISTINCT = _share(lambda _profile, column: column["distinct"], "present")
_PRESENT = _share(lambda profile, column: profile["rows"] - column["nulls"], "all")
_FIGURES: Mapping[str, _Figure] = {
    "expect_table_row_count_to_be_between": _Figure(lambda profile, _: profile.get("rows"), least=0, whole=True),
    "expect_column_mean_to_be_between": _Figure(_column("mean")),
    "expect_column_min_to_be_between": _Figure(_column("min")),
    "expect_column_max_to_be_between": _Figure(_column("max")),
    "expect_column_sum_to_be_between": _Figure(_column("sum")),
    "expect_column_stdev_to_be_between": _Figure(_column("stddev"), least=0),
    "expect_column_median_to_be_between": _Figure(
        lambda _, column: (column.get("quantiles") or {}).get("0.5"), slack=_OF_MEDIAN
    ),
    "expect_column_unique_value_count_to_be_between": _Figure(
        _column("distinct"), slack=_OF_DISTINCT, least=0, whole=True
    ),
    "expect_column_proportion_of_unique_values_to_be_between": _Figure(_DISTINCT, slack=_OF_DISTINCT, least=0, most=1),
    "expect_column_proportion_of_non_null_values_to_be_between": _Figure(_PRESENT, least=0, most=1),
}
