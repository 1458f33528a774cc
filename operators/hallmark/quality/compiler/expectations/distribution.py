"""Expectations of how a column's values are spread: outliers, z-scores, divergence from an expected distribution."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlglot import exp

from hallmark.quality.compiler.arguments import flag, real
from hallmark.quality.compiler.ask import Ask, Operand
from hallmark.quality.compiler.expectations.aggregates import Value, mean, number_of, numeric, quantiles, stdev
from hallmark.quality.compiler.expectations.rows import met, within
from hallmark.quality.compiler.formats import json_value
from hallmark.quality.compiler.kinds import Kind
from hallmark.quality.compiler.literals import number
from hallmark.quality.compiler.refusal import Refusal
from hallmark.quality.compiler.registry import Found, expectation
from hallmark.quality.compiler.requests import Rows
from hallmark.quality.compiler.run import Steps

TWO = "in two shared scans"
WEIGHTS = "a scan of its own for each column, or a shared one for bins"


def _figure(value: Any) -> float | None:
    made = None if value is None else float(value)
    return made if made is not None and math.isfinite(made) else None


@expectation("expect_column_value_z_scores_to_be_less_than", TWO)
def z_scores(ask: Ask, *, column: str, threshold: Any, double_sided: Any, mostly: float = 1) -> Steps:
    """Values lie fewer than so many standard deviations from the mean; where there is no spread, all do."""
    operand, most = numeric(ask, column), float(real(threshold, "threshold"))
    sides = flag(double_sided, "double_sided")
    center, spread = yield from _center_and_spread(ask, operand)
    if not spread or center is None:
        return (yield from met(ask, operand, exp.true(), mostly))
    score: exp.Expression = _over(exp.Paren(this=_minus(operand, center)), spread)
    if sides:
        score, most = exp.Abs(this=score), abs(most)
    expected = exp.LT(this=score, expression=_double(most))
    return (yield from met(ask, operand, expected, mostly))


def _center_and_spread(ask: Ask, operand: Operand) -> Value:
    center = yield from mean(ask, operand)
    spread = yield from stdev(ask, operand)
    return _figure(center), _figure(spread)


def _double(value: float) -> exp.Expression:
    return exp.Cast(this=number(float(value)), to=exp.DataType.build("DOUBLE"))


def _minus(operand: Operand, value: float) -> exp.Expression:
    return exp.Sub(this=number_of(operand), expression=exp.Paren(this=_double(value)))


def _over(value: exp.Expression, by: float) -> exp.Expression:
    return exp.Div(this=value, expression=_double(by), typed=False, safe=False)


@expectation("expect_column_values_to_not_be_outliers", TWO)
def not_outliers(ask: Ask, *, column: str, method: Any = "iqr", multiplier: Any = 1.5, mostly: float = 1) -> Steps:
    """Values lie within a multiple of the interquartile range, or of the standard deviation."""
    operand, factor = numeric(ask, column), float(real(multiplier, "multiplier"))
    if method not in {"iqr", "std"} or factor < 0:
        raise Refusal(f"method {method!r} must be iqr or std, and multiplier {multiplier!r} not below zero")
    expected = yield from (_within_quartiles if method == "iqr" else _near_mean)(ask, operand, factor)
    return (yield from met(ask, operand, expected, mostly))


def _within_quartiles(ask: Ask, operand: Operand, factor: float) -> Value:
    first, third = map(_figure, (yield from quantiles(ask, operand, [0.25, 0.75], linear=True)))
    if first is None or third is None:
        return exp.true()
    reach = factor * (third - first)
    return within(number_of(operand), _double(first - reach), _double(third + reach), (False, False))


def _near_mean(ask: Ask, operand: Operand, factor: float) -> Value:
    center, spread = yield from _center_and_spread(ask, operand)
    if center is None or spread is None:
        return exp.true()
    if factor * spread <= 0:
        return exp.EQ(this=number_of(operand), expression=_double(center))
    distance = exp.Abs(this=exp.Paren(this=_minus(operand, center)))
    return exp.LT(this=distance, expression=_double(factor * spread))


@dataclass(frozen=True)
class Weights:
    """An expected distribution: of values, or of bins with their edges and the tails beyond them."""

    weights: tuple[float, ...]
    values: tuple[Any, ...] | None = None
    bins: tuple[float, ...] = ()
    tails: tuple[float, float] | None = None

    @classmethod
    def of(cls, given: Any) -> Weights:
        """Read a partition object as Great Expectations has it.

        Raises:
            Refusal: it is not one.
        """
        if not isinstance(given, Mapping) or "weights" not in given:
            raise Refusal("partition_object must be a mapping of weights and values, or of weights and bins")
        weights = tuple(float(w) for w in given["weights"])
        tails = tuple(float(w) for w in given.get("tail_weights") or ())
        if not math.isclose(sum(weights) + sum(tails), 1.0, abs_tol=1e-8):
            raise Refusal("the weights of partition_object do not add up to 1")
        if "values" in given:
            if len(given["values"]) != len(weights):
                raise Refusal("values and weights of partition_object are not of the same number")
            return cls(weights, values=tuple(given["values"]))
        bins = tuple(float(b) for b in given.get("bins") or ())
        if len(bins) != len(weights) + 1 or any(a >= b for a, b in pairwise(bins)):
            raise Refusal("bins of partition_object must rise and be one more than its weights")
        return cls(weights, bins=bins, tails=tails or None)  # type: ignore[arg-type]


@expectation("expect_column_kl_divergence_to_be_less_than", WEIGHTS)
def kl_divergence(
    ask: Ask,
    *,
    column: str,
    partition_object: Any = None,
    threshold: Any = None,
    internal_weight_holdout: Any = 0,
    tail_weight_holdout: Any = 0,
    bucketize_data: Any = True,
    min_value: Any = None,
    max_value: Any = None,
) -> Steps:
    """The Kullback-Leibler divergence of a column's distribution from an expected one is below a threshold."""
    operand = ask.operand(column)
    tail, internal = _holdout(tail_weight_holdout, "tail"), _holdout(internal_weight_holdout, "internal")
    if threshold is not None and (
        isinstance(threshold, bool) or not isinstance(threshold, (int, float)) or threshold < 0
    ):
        raise Refusal("threshold must be specified, greater than or equal to zero")
    weights = yield from _expected(ask, operand, partition_object, flag(bucketize_data, "bucketize_data"))
    if tail and weights.tails:
        raise Refusal("tail_weight_holdout must be 0 when using tail_weights in partition object")
    if weights.values is not None:
        if internal:
            raise Refusal("internal_weight_holdout cannot be used for discrete data")
        observed, expected, details = yield from _of_values(ask, operand, weights, tail)
    elif not bucketize_data:
        raise Refusal("a continuous partition_object needs bucketize_data")
    else:
        observed, expected, details = yield from _of_bins(ask, operand, weights, tail, internal)
    return _diverged(ask, _divergence(observed, expected), threshold, details)


def _holdout(value: Any, which: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        raise Refusal(f"{which}_weight_holdout must be between zero and one")
    return float(value)


def _diverged(ask: Ask, divergence: float, threshold: float | None, details: dict[str, Any]) -> Found:
    success = threshold is None or divergence <= threshold
    shown = divergence if math.isfinite(divergence) else None
    return Found(success, {} if ask.format.level == "BOOLEAN_ONLY" else {"observed_value": shown, "details": details})


def _divergence(observed: Sequence[float], expected: Sequence[float]) -> float:
    """Return the relative entropy in nats of two distributions, each brought to a sum of 1.

    Source: Kullback and Leibler, On Information and Sufficiency (1951), as in ``scipy.stats.entropy``.
    """
    p_sum, q_sum = sum(observed), sum(expected)
    # Of no values there is no distribution.
    if not p_sum or not q_sum or math.isnan(p_sum):
        return math.nan
    total = 0.0
    for p, q in zip(observed, expected, strict=True):
        if p > 0:
            if q <= 0:
                return math.inf
            total += p / p_sum * math.log(p / p_sum / (q / q_sum))
    return total


def _value_counts(ask: Ask, operand: Operand) -> Value:
    counted = ask.value_rows(operand, where=operand.is_there).select(exp.Count(this=exp.Star())).group_by(operand.sql)
    (found,) = yield [Rows(counted.order_by(operand.sql))]
    return {row[0]: row[1] for row in found}


def _of_values(ask: Ask, operand: Operand, weights: Weights, tail: float) -> Value:
    counts = yield from _value_counts(ask, operand)
    present = sum(counts.values())
    expected = dict(zip(weights.values or (), weights.weights, strict=True))
    names = [*expected, *(v for v in counts if v not in expected)]
    new = len(names) - len(expected)
    observed = [counts.get(name, 0) / present if present else 0.0 for name in names]
    told = [
        expected[name] * (1 - tail) if name in expected and new else expected[name] if name in expected else tail / new
        for name in names
    ]
    listed = [json_value(name) for name in names]
    return observed, told, _partitions({"values": listed, "weights": observed}, {"values": listed, "weights": told})


def _partitions(observed: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    return {"observed_partition": observed, "expected_partition": expected}


def _of_bins(ask: Ask, operand: Operand, weights: Weights, tail: float, internal: float) -> Value:
    numeric(ask, operand.name)
    counts, below, above, present = yield from _histogram(ask, operand, weights.bins)
    observed = [c / present if present else math.nan for c in counts]
    low, high = (n / present if present else math.nan for n in (below, above))
    expected = [w * (1 - tail - internal) for w in weights.weights]
    empty = expected.count(0.0)
    if internal and empty:
        expected = [internal / empty if w == 0 else w for w in expected]
    endless = (weights.bins[0] == -math.inf, weights.bins[-1] == math.inf)
    if any(endless) and weights.tails:
        raise Refusal("there can be no tail weights for partitions with one or both endpoints at infinity")
    if all(endless) and tail:
        raise Refusal("tail_weight_holdout cannot be used for partitions with infinite endpoints")
    share = tail / (1 if any(endless) else 2)
    tails = weights.tails or (share, share)
    combined_observed = [*([] if endless[0] else [low]), *observed, *([] if endless[1] else [high])]
    combined_expected = [*([] if endless[0] else [tails[0]]), *expected, *([] if endless[1] else [tails[1]])]
    details = _partitions(_shown(weights.bins, combined_observed), _shown(weights.bins, combined_expected))
    return combined_observed, combined_expected, details


def _shown(bins: Sequence[float], combined: list[float]) -> dict[str, Any]:
    finite = [b for b in bins if math.isfinite(b)]
    clean = [w if math.isfinite(w) else None for w in combined]
    return {"bins": finite, "weights": clean[1:-1], "tail_weights": [clean[0], clean[-1]]}


def _histogram(ask: Ask, operand: Operand, bins: Sequence[float]) -> Value:
    """Count values in bins that are closed below, the last one also above."""
    value = number_of(operand)
    last = len(bins) - 2
    edges = pairwise(bins)
    inside = [
        within(value, _double(low), _double(high), (False, place != last)) for place, (low, high) in enumerate(edges)
    ]
    outside = [exp.LT(this=value, expression=_double(bins[0])), exp.GT(this=value.copy(), expression=_double(bins[-1]))]
    found = yield [ask.count(operand.is_there, where) for where in [*inside, *outside, exp.true()]]
    return found[: last + 1], found[-3], found[-2], found[-1]


def _expected(ask: Ask, operand: Operand, given: Any, bucketize: bool) -> Value:
    """Return the expected weights; without any, the column's own."""
    if given is not None:
        return Weights.of(given)
    if not bucketize:
        counts = yield from _value_counts(ask, operand)
        present = sum(counts.values()) or 1
        return Weights(tuple(n / present for n in counts.values()), values=tuple(counts))
    if operand.kind not in {Kind.INTEGER, Kind.FLOAT, Kind.DECIMAL}:
        raise Refusal(f"column {operand.name!r} is {operand.field.type}; give it a partition_object")
    bins = yield from _bins(ask, operand)
    counts, _, _, present = yield from _histogram(ask, operand, bins)
    return Weights(tuple(c / present for c in counts), bins=tuple(bins), tails=(0.0, 0.0))


def _bins(ask: Ask, operand: Operand) -> Value:
    """Return edges of equal bins, as many as Sturges' rule or that of Freedman and Diaconis asks for."""
    found, (present,) = (
        (yield from quantiles(ask, operand, [0.0, 0.25, 0.75, 1.0])),
        (yield [ask.count(operand.is_there)]),
    )
    if not present:
        raise Refusal(f"column {operand.name!r} has no values")
    low, first, third, high = map(float, found)
    number_of_bins = math.ceil(math.log2(present + 1))
    if third - first >= 1e-10:
        wanted = math.ceil((high - low) / (2 * (third - first) / present ** (1 / 3)))
        number_of_bins = max(number_of_bins, wanted)
    if low == high:
        low, high = low - 0.5, high + 0.5
    return [low + (high - low) * i / number_of_bins for i in range(number_of_bins)] + [high]
