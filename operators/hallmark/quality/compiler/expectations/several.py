"""Expectations of several columns in the same row: pairs and lists of columns."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

from sqlglot import exp

from hallmark.quality.compiler.arguments import flag, real
from hallmark.quality.compiler.ask import Ask, Operand
from hallmark.quality.compiler.expectations.aggregates import number_of
from hallmark.quality.compiler.expectations.keys import ALL, considered_rows
from hallmark.quality.compiler.expectations.rows import SHARED
from hallmark.quality.compiler.kinds import COMPARABLE, NUMERIC, TEMPORAL, Kind
from hallmark.quality.compiler.literals import member, number
from hallmark.quality.compiler.refusal import Refusal
from hallmark.quality.compiler.registry import expectation
from hallmark.quality.compiler.requests import conjunction
from hallmark.quality.compiler.run import Steps

BOTH = "both_values_are_missing"
_PAIRS = {BOTH: exp.or_, "either_value_is_missing": exp.and_, "neither": None}


def pair(ask: Ask, names: tuple[Any, Any], ignore_row_if: Any, expected: Any, mostly: Any) -> Steps:
    """Judge two columns row by row; where the predicate is null, it is not met."""
    first, second = operands = [ask.operand(name) for name in names]
    if ignore_row_if not in _PAIRS:
        raise Refusal(f"ignore_row_if is {ignore_row_if!r}, and must be one of {', '.join(_PAIRS)}")
    join = _PAIRS[ignore_row_if]
    considered = None if join is None else join(first.is_there, second.is_there)
    return (yield from _judged(replace(ask, paired=True), operands, considered, expected(first, second), mostly))


def _judged(
    ask: Ask, operands: list[Operand], considered: exp.Expression | None, expected: exp.Expression, mostly: Any
) -> Steps:
    is_met = exp.Coalesce(this=exp.Paren(this=expected), expressions=[exp.false()])
    unexpected = conjunction(considered, exp.Not(this=is_met)) or exp.false()
    return (yield from ask.judged(operands, unexpected, considered or exp.true(), mostly))


def _same_family(first: Operand, second: Operand) -> bool:
    families = (NUMERIC | {Kind.BOOLEAN}, TEMPORAL)
    return (
        first.kind is second.kind
        or Kind.NOTHING in {first.kind, second.kind}
        or any({first.kind, second.kind} <= family for family in families)
    )


def _as_numbers(first: Operand, second: Operand) -> list[exp.Expression]:
    """Return both columns so that they compare: a yes or no beside a number is 1 or 0."""
    mixed = Kind.BOOLEAN in {first.kind, second.kind} and first.kind is not second.kind
    integer = exp.DataType.build("INT")
    return [
        exp.Cast(this=o.sql, to=integer.copy()) if mixed and o.kind is Kind.BOOLEAN else o.sql for o in (first, second)
    ]


@expectation("expect_column_pair_values_to_be_equal", SHARED)
def pair_equal(ask: Ask, *, column_A: str, column_B: str, ignore_row_if: Any = BOTH, mostly: float = 1) -> Steps:
    """Two columns have the same value; a missing one equals none."""

    def expected(first: Operand, second: Operand) -> exp.Expression:
        if not _same_family(first, second):
            return exp.false()
        one, other = _as_numbers(first, second)
        return exp.EQ(this=one, expression=other)

    return (yield from pair(ask, (column_A, column_B), ignore_row_if, expected, mostly))


@expectation("expect_column_pair_values_a_to_be_greater_than_b", SHARED)
def pair_greater(
    ask: Ask,
    *,
    column_A: str,
    column_B: str,
    or_equal: Any = None,
    ignore_row_if: Any = BOTH,
    mostly: float = 1,
) -> Steps:
    """A column's value is greater than another's; than or beside a missing one, none is."""
    compare = exp.GTE if flag(or_equal, "or_equal", optional=True) else exp.GT

    def expected(first: Operand, second: Operand) -> exp.Expression:
        if not _same_family(first, second) or {first.kind, second.kind} - COMPARABLE:
            raise Refusal(
                f"columns {first.name!r} ({first.field.type}) and "
                f"{second.name!r} ({second.field.type}) cannot be compared"
            )
        one, other = _as_numbers(first, second)
        return compare(this=one, expression=other)

    return (yield from pair(ask, (column_A, column_B), ignore_row_if, expected, mostly))


@expectation("expect_column_pair_values_to_be_in_set", SHARED)
def pair_in_set(
    ask: Ask,
    *,
    column_A: str,
    column_B: str,
    value_pairs_set: Any,
    ignore_row_if: Any = BOTH,
    mostly: float = 1,
) -> Steps:
    """Two columns' values are one of some pairs; a null in a pair stands for a missing value."""
    if value_pairs_set is not None and (
        not isinstance(value_pairs_set, (list, tuple, set)) or any(len(tuple(p)) != 2 for p in value_pairs_set)
    ):
        raise Refusal("value_pairs_set must be a list of pairs")

    def expected(first: Operand, second: Operand) -> exp.Expression:
        if value_pairs_set is None:
            return exp.true()
        pairs = [exp.and_(_is(first, a), _is(second, b)) for a, b in value_pairs_set]
        return exp.or_(*pairs) if pairs else exp.false()

    return (yield from pair(ask, (column_A, column_B), ignore_row_if, expected, mostly))


def _is(operand: Operand, value: Any) -> exp.Expression:
    if value is None:
        return operand.is_null
    literal = member(value, operand.kind)
    return exp.false() if literal is None else exp.EQ(this=operand.sql, expression=literal)


@expectation("expect_multicolumn_sum_to_equal", SHARED)
def multicolumn_sum(
    ask: Ask, *, column_list: Any, sum_total: Any, ignore_row_if: Any = ALL, mostly: float = 1
) -> Steps:
    """Some columns' values add up to a total."""
    operands, wanted = ask.operands(column_list), number(real(sum_total, "sum_total"))
    odd = next((o for o in operands if o.kind not in NUMERIC | {Kind.BOOLEAN, Kind.NOTHING}), None)
    if odd is not None:
        raise Refusal(f"column {odd.name!r} is {odd.field.type}, not numeric")
    exact = all(o.kind in {Kind.INTEGER, Kind.DECIMAL} for o in operands)
    total: exp.Expression = operands[0].sql if exact else number_of(operands[0])
    for operand in operands[1:]:
        total = exp.Add(this=total, expression=operand.sql if exact else number_of(operand))
    if not exact:
        wanted = exp.Cast(this=wanted, to=exp.DataType.build("DOUBLE"))
    expected = exp.EQ(this=exp.Paren(this=total), expression=wanted)
    return (yield from _judged(ask, operands, considered_rows(operands, ignore_row_if), expected, mostly))


@expectation("expect_multicolumn_values_to_be_equal", SHARED)
def multicolumn_equal(ask: Ask, *, column_list: Any, ignore_row_if: Any = ALL, mostly: float = 1) -> Steps:
    """Some columns have the same value; two missing ones are the same."""
    operands = ask.operands(column_list)
    expected = exp.and_(*(_same(operands[0], other) for other in operands[1:]))
    return (yield from _judged(ask, operands, considered_rows(operands, ignore_row_if), expected, mostly))


@expectation("expect_select_column_values_to_be_unique_within_record", SHARED)
def unique_within_record(ask: Ask, *, column_list: Any, ignore_row_if: Any = ALL, mostly: float = 1) -> Steps:
    """Some columns have different values; two missing ones are the same."""
    operands = ask.operands(column_list)
    expected = exp.and_(*(exp.Not(this=exp.Paren(this=_same(a, b))) for a, b in combinations(operands, 2)))
    return (yield from _judged(ask, operands, considered_rows(operands, ignore_row_if), expected, mostly))


def _same(first: Operand, second: Operand) -> exp.Expression:
    if not _same_family(first, second):
        return exp.and_(first.is_null, second.is_null)
    one, other = _as_numbers(first, second)
    return exp.NullSafeEQ(this=one, expression=other)
