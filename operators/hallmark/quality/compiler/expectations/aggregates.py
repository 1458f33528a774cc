"""Expectations of one figure of a column: its mean, its extremes, how many values are different."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Generator, Sequence
from typing import Any

from sqlglot import exp

from hallmark.quality.compiler.arguments import comparable, flag, real, whole
from hallmark.quality.compiler.ask import Ask, Operand
from hallmark.quality.compiler.expectations.rows import SHARED
from hallmark.quality.compiler.formats import json_value
from hallmark.quality.compiler.kinds import COMPARABLE, NUMERIC, TEMPORAL, Kind
from hallmark.quality.compiler.literals import moment, number
from hallmark.quality.compiler.refusal import Refusal
from hallmark.quality.compiler.registry import Found, expectation
from hallmark.quality.compiler.requests import Figure, Request, Rows, rows
from hallmark.quality.compiler.run import Steps

DISTINCT = "a scan of its own for each column (distinct)"

# Yields questions, returns one value.
Value = Generator[Sequence[Request], Any, Any]


def decided(
    ask: Ask, value: Any, min_value: Any, max_value: Any, strict_min: Any, strict_max: Any, *, shown: Any = None
) -> Found:
    """Return the finding for a figure that should lie between two bounds; without a value it does not."""
    strict = (flag(strict_min, "strict_min"), flag(strict_max, "strict_max"))
    observed = (
        {} if ask.format.level == "BOOLEAN_ONLY" else {"observed_value": json_value(value) if shown is None else shown}
    )
    if value is None or value != value:
        return Found(False, observed if ask.format.level == "BOOLEAN_ONLY" else {"observed_value": None})
    low, high = _alike(value, min_value, "min_value"), _alike(value, max_value, "max_value")
    try:
        above = low is None or (value > low if strict[0] else value >= low)
        below = high is None or (value < high if strict[1] else value <= high)
    except TypeError as error:
        raise Refusal(
            f"the observed value {value!r} cannot be compared with {min_value!r} and {max_value!r}"
        ) from error
    return Found(bool(above and below), observed)


def _alike(value: Any, given: Any, argument: str) -> Any:
    """Turn a bound into something that compares with the value."""
    if given is None or not isinstance(value, (dt.date, dt.datetime)):
        return given
    when = moment(given)
    if when is None:
        raise Refusal(f"{argument} {given!r} cannot be compared with the date or time {value}")
    if isinstance(value, dt.datetime):
        full = when if isinstance(when, dt.datetime) else dt.datetime.combine(when, dt.time())
        if value.tzinfo is not None and full.tzinfo is None:
            return full.replace(tzinfo=dt.UTC)
        return full
    return when.date() if isinstance(when, dt.datetime) and when.time() == dt.time() else when


def numeric(ask: Ask, name: Any) -> Operand:
    """Return a column that holds numbers, or nothing.

    Raises:
        Refusal: it holds something else.
    """
    operand = ask.operand(name)
    if operand.kind not in NUMERIC | {Kind.BOOLEAN, Kind.NOTHING, Kind.TEXT}:
        raise Refusal(f"column {name!r} is {operand.field.type}, not numeric")
    return operand


def number_of(operand: Operand) -> exp.Expression:
    """Return a column's values as numbers to compute with."""
    double = exp.DataType.build("DOUBLE")
    if operand.kind is Kind.FLOAT:
        return operand.sql
    if operand.kind is Kind.BOOLEAN:
        return exp.Cast(this=exp.Cast(this=operand.sql, to=exp.DataType.build("INT")), to=double)
    return exp.Cast(this=operand.sql, to=double)


def statistic(ask: Ask, operand: Operand, figure: Callable[[exp.Expression], exp.Expression]) -> Value:
    """Return an aggregate of a column's numbers, which may be written as text."""
    if operand.kind not in {Kind.TEXT, Kind.NOTHING}:
        (value,) = yield [ask.figure(figure(number_of(operand)))]
        return value
    (present,) = yield [ask.count(operand.is_there)]
    if not present:
        return None
    written = exp.TryCast(this=operand.sql, to=exp.DataType.build("DOUBLE"))
    numbers, value = 0, None
    if ask.dialect.tries:
        numbers, value = yield [ask.figure(exp.Count(this=written)), ask.figure(figure(written.copy()))]
    if numbers != present:
        raise Refusal(f"column {operand.name!r} is {operand.field.type}, not numeric")
    return value


def mean(ask: Ask, operand: Operand) -> Value:
    """Return the mean of a column's values."""
    return (yield from statistic(ask, operand, lambda number: exp.Avg(this=number)))


def total(ask: Ask, operand: Operand) -> Value:
    """Return the sum of a column's values; of none it is null, as in SQL."""
    exact = operand.kind in {Kind.INTEGER, Kind.DECIMAL}
    return (yield from statistic(ask, operand, lambda number: exp.Sum(this=operand.sql if exact else number)))


def stdev(ask: Ask, operand: Operand) -> Value:
    """Return the sample standard deviation (n - 1); of fewer than two values there is none."""
    native = ask.dialect.stdev
    if native is not None:
        return (yield from statistic(ask, operand, native))
    center = yield from mean(ask, operand)
    if center is None:
        return None
    off = exp.Paren(this=exp.Sub(this=number_of(operand), expression=number(float(center))))
    squares, count = yield [
        ask.figure(exp.Sum(this=exp.Mul(this=off, expression=off.copy()))),
        ask.count(operand.is_there),
    ]
    return (squares / (count - 1)) ** 0.5 if count > 1 else None


def extreme(function: type[exp.AggFunc]) -> Callable[[Ask, Operand], Value]:
    """Return the function that brings a column's smallest or largest value."""

    def value(ask: Ask, operand: Operand) -> Value:
        if operand.kind not in COMPARABLE:
            raise Refusal(f"values of column {operand.name!r} ({operand.field.type}) have no order")
        argument = operand.sql
        if operand.kind is Kind.BOOLEAN:
            argument = exp.Cast(this=argument, to=exp.DataType.build("INT"))
        (found,) = yield [ask.figure(function(this=argument))]
        if operand.kind in TEMPORAL and isinstance(found, str):
            # SQLite keeps moments as texts.
            found = dt.datetime.fromisoformat(found) if operand.kind is not Kind.DATE else dt.date.fromisoformat(found)
        return bool(found) if operand.kind is Kind.BOOLEAN and found is not None else found

    return value


def ranked(ask: Ask, operand: Operand, ranks: Callable[[int], list[int]]) -> Value:
    """Return the values at some ranks (from 0) among a column's values in order; None where there are none."""
    (count,) = yield [ask.count(operand.is_there)]
    if not count:
        return None
    wanted = ranks(count)
    ordered = ask.value_rows(operand, where=operand.is_there).order_by(operand.sql)
    found = yield [Rows(ordered.limit(1).offset(rank)) for rank in wanted]
    return [fetched[0][0] for fetched in found]


def median(ask: Ask, operand: Operand) -> Value:
    """Return the median: of an even number of values, the mean of the two in the middle."""
    native = ask.dialect.median
    if native is not None:
        return (yield from statistic(ask, operand, native))
    middle = yield from ranked(ask, operand, lambda n: [(n - 1) // 2, n // 2])
    return None if middle is None else (middle[0] + middle[1]) / 2


def distinct_and_present(ask: Ask, operand: Operand) -> Value:
    """Return how many different values a column has, and how many values."""
    counts = rows(
        exp.Count(this=exp.Distinct(expressions=[operand.sql])), exp.Count(this=operand.sql), where=ask.domain
    )
    (fetched,) = yield [Rows(counts)]
    return fetched[0]


def distinct(ask: Ask, operand: Operand) -> Value:
    """Return how many different values a column has."""
    return (yield from distinct_and_present(ask, operand))[0]


def unique_share(ask: Ask, operand: Operand) -> Value:
    """Return how many different values there are for each value."""
    different, present = yield from distinct_and_present(ask, operand)
    return different / present if present else 0


def present_share(ask: Ask, operand: Operand) -> Value:
    """Return the share of rows with a value."""
    elements, present = yield [ask.count(), ask.count(operand.is_there)]
    return present / elements if elements else 0


def between(
    type_: str,
    value: Callable[[Ask, Operand], Value],
    how: str,
    column: Callable[[Ask, Any], Operand],
    bound: Callable[[Any, str], Any] = comparable,
) -> None:
    """Register the expectation that a figure of a column lies between two bounds."""

    def check(
        ask: Ask,
        *,
        column: str,
        min_value: Any = None,
        max_value: Any = None,
        strict_min: bool = False,
        strict_max: bool = False,
    ) -> Steps:
        low, high = bound(min_value, "min_value"), bound(max_value, "max_value")
        found = yield from value(ask, choose(ask, column))
        return decided(ask, found, low, high, strict_min, strict_max)

    choose = column
    expectation(type_, how)(check)


def _number(value: Any, argument: str) -> Any:
    return None if value is None else real(value, argument)


_TWICE = f"{SHARED}; on SQLite in two"
between("expect_column_mean_to_be_between", mean, SHARED, numeric)
between("expect_column_sum_to_be_between", total, SHARED, numeric)
between("expect_column_stdev_to_be_between", stdev, _TWICE, numeric, _number)
between("expect_column_median_to_be_between", median, f"{SHARED}; on SQLite by rank", numeric)
between("expect_column_min_to_be_between", extreme(exp.Min), SHARED, Ask.operand)
between("expect_column_max_to_be_between", extreme(exp.Max), SHARED, Ask.operand)
between("expect_column_unique_value_count_to_be_between", distinct, DISTINCT, Ask.operand, whole)
between("expect_column_proportion_of_unique_values_to_be_between", unique_share, DISTINCT, Ask.operand, _number)
between("expect_column_proportion_of_non_null_values_to_be_between", present_share, SHARED, Ask.operand, _number)


@expectation("expect_column_quantile_values_to_be_between", f"{SHARED}; on SQLite by rank")
def quantiles_between(ask: Ask, *, column: str, quantile_ranges: Any, allow_relative_error: Any = False) -> Steps:
    """Quantiles of a column lie between bounds of their own."""
    points, ranges = _quantile_ranges(quantile_ranges)
    values = yield from quantiles(ask, numeric(ask, column), points, linear=allow_relative_error == "linear")
    held = [v is not None and _inside(v, r) for v, r in zip(values, ranges, strict=True)]
    result = {
        "observed_value": {"quantiles": list(points), "values": [json_value(v) for v in values]},
        "details": {"success_details": held},
    }
    return Found(all(held), {} if ask.format.level == "BOOLEAN_ONLY" else result)


def quantiles(ask: Ask, operand: Operand, points: Sequence[float], *, linear: bool = False) -> Value:
    """Return quantiles as ``percentile_disc`` has them, or interpolated as ``percentile_cont`` has them."""
    native = ask.dialect.interpolated if linear else ask.dialect.quantile
    if native is not None and operand.kind in NUMERIC:
        argument = number_of(operand) if linear else operand.sql
        return (yield [ask.figure(native(argument, point)) for point in points])
    if not linear:
        import math

        found = yield from ranked(ask, operand, lambda n: [max(math.ceil(p * n), 1) - 1 for p in points])
        return found or [None] * len(points)
    return (yield from _interpolated(ask, operand, points))


def _interpolated(ask: Ask, operand: Operand, points: Sequence[float]) -> Value:
    (count,) = yield [ask.count(operand.is_there)]
    if not count:
        return [None] * len(points)
    places = [p * (count - 1) for p in points]
    found = yield from ranked(ask, operand, lambda n: [r for p in places for r in (int(p), min(int(p) + 1, n - 1))])
    return [
        float(found[2 * i]) + (place - int(place)) * (float(found[2 * i + 1]) - float(found[2 * i]))
        for i, place in enumerate(places)
    ]


def _inside(value: Any, bounds: Sequence[Any]) -> bool:
    low, high = bounds
    return (low is None or value >= low) and (high is None or value <= high)


def _quantile_ranges(given: Any) -> tuple[list[float], list[list[Any]]]:
    if not isinstance(given, dict) or not {"quantiles", "value_ranges"} <= given.keys():
        raise Refusal("quantile_ranges must be a mapping of quantiles and value_ranges")
    points, ranges = list(given["quantiles"]), [list(r) for r in given["value_ranges"]]
    if len(points) != len(ranges):
        raise Refusal("quantiles and value_ranges must be of the same number")
    if any(not isinstance(p, (int, float)) or not 0 <= p <= 1 for p in points):
        raise Refusal("quantiles must be numbers from 0 to 1")
    for bounds in ranges:
        if len(bounds) != 2 or (None not in bounds and bounds[0] > bounds[1]):
            raise Refusal(f"the value range {bounds} is not an ordered pair")
    return points, ranges


__all__ = ["Figure", "decided", "distinct", "mean", "median", "numeric", "quantiles", "stdev"]
