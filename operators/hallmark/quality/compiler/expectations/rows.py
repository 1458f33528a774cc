"""Expectations of a column's values, one by one: counted in the shared scan."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from hallmark.quality.compiler.arguments import comparable, flag, real, whole
from hallmark.quality.compiler.ask import Ask, Operand
from hallmark.quality.compiler.kinds import COMPARABLE, Kind
from hallmark.quality.compiler.literals import bound, members, number
from hallmark.quality.compiler.refusal import Refusal
from hallmark.quality.compiler.registry import expectation
from hallmark.quality.compiler.requests import conjunction
from hallmark.quality.compiler.run import Steps

SHARED = "in the shared scan"


@expectation("expect_column_values_to_not_be_null", SHARED)
def not_null(ask: Ask, *, column: str, mostly: float = 1) -> Steps:
    """Values are there; a NaN is not."""
    operand = ask.operand(column)
    return (yield from ask.judged([operand], operand.is_null, None, mostly))


@expectation("expect_column_values_to_be_null", SHARED)
def null(ask: Ask, *, column: str, mostly: float = 1) -> Steps:
    """Values are missing."""
    operand = ask.operand(column)
    return (yield from ask.judged([operand], operand.is_there, None, mostly))


def met(ask: Ask, operand: Operand, expected: exp.Expression, mostly: Any) -> Steps:
    """Judge the values of a column that are there by a predicate."""
    unexpected = conjunction(operand.is_there, exp.Not(this=exp.Paren(this=expected))) or exp.false()
    return (yield from ask.judged([operand], unexpected, operand.is_there, mostly))


def within(
    value: exp.Expression, low: exp.Expression | None, high: exp.Expression | None, strict: tuple[bool, bool]
) -> exp.Expression:
    """Return the predicate that a value lies between two bounds, either of which may be absent."""
    above = None if low is None else (exp.GT if strict[0] else exp.GTE)(this=value.copy(), expression=low)
    below = None if high is None else (exp.LT if strict[1] else exp.LTE)(this=value.copy(), expression=high)
    return conjunction(above, below) or exp.true()


def ordered(low: Any, high: Any) -> None:
    """Refuse bounds that leave nothing between them, or no bounds."""
    if low is None and high is None:
        raise Refusal("min_value and max_value cannot both be None")
    try:
        crossed = low is not None and high is not None and low > high
    except TypeError as error:
        raise Refusal(f"min_value {low!r} and max_value {high!r} cannot be compared") from error
    if crossed:
        raise Refusal(f"min_value {low!r} cannot be greater than max_value {high!r}")


@expectation("expect_column_values_to_be_between", SHARED)
def between(
    ask: Ask,
    *,
    column: str,
    min_value: Any = None,
    max_value: Any = None,
    strict_min: bool = False,
    strict_max: bool = False,
    mostly: float = 1,
) -> Steps:
    """Values lie between two bounds."""
    operand = ask.operand(column)
    least, most = comparable(min_value, "min_value"), comparable(max_value, "max_value")
    ordered(least, most)
    if operand.kind not in COMPARABLE:
        raise Refusal(f"values of column {column!r} ({operand.field.type}) have no order")
    value, kind = in_order(operand)
    low = None if least is None else bound(least, kind, "min_value")
    high = None if most is None else bound(most, kind, "max_value")
    strict = (flag(strict_min, "strict_min"), flag(strict_max, "strict_max"))
    return (yield from met(ask, operand, within(value, low, high, strict), mostly))


def in_order(operand: Operand) -> tuple[exp.Expression, Kind]:
    """Return a column's values and their kind such that they compare with bounds: a yes is 1 and a no 0."""
    if operand.kind is not Kind.BOOLEAN:
        return operand.sql, operand.kind
    return exp.Cast(this=operand.sql, to=exp.DataType.build("INT")), Kind.INTEGER


def in_members(value: exp.Expression, literals: list[exp.Expression]) -> exp.Expression:
    """Return the predicate that a value is one of some literals; with none of them, it never is."""
    return exp.In(this=value.copy(), expressions=literals) if literals else exp.false()


def value_list(value_set: Any) -> list[Any]:
    """Return a set of values as a list.

    Raises:
        Refusal: it is not a list or a set.
    """
    if isinstance(value_set, (str, bytes, dict)) or not hasattr(value_set, "__iter__"):
        raise Refusal(f"value_set is {value_set!r}, and must be a list")
    return list(value_set)


@expectation("expect_column_values_to_be_in_set", SHARED)
def in_set(ask: Ask, *, column: str, value_set: Any, mostly: float = 1) -> Steps:
    """Values are members of a set."""
    operand, values = ask.operand(column), value_list(value_set)
    return (yield from met(ask, operand, in_members(operand.sql, members(values, operand.kind)), mostly))


@expectation("expect_column_values_to_not_be_in_set", SHARED)
def not_in_set(ask: Ask, *, column: str, value_set: Any, mostly: float = 1) -> Steps:
    """Values are no members of a set."""
    operand, values = ask.operand(column), value_list(value_set)
    literals = members(values, operand.kind)
    return (yield from met(ask, operand, exp.Not(this=in_members(operand.sql, literals)), mostly))


@expectation("expect_column_value_lengths_to_be_between", SHARED)
def lengths_between(
    ask: Ask,
    *,
    column: str,
    min_value: Any = None,
    max_value: Any = None,
    strict_min: bool = False,
    strict_max: bool = False,
    mostly: float = 1,
) -> Steps:
    """Values have a length, in characters, between two bounds."""
    operand = ask.operand(column)
    if min_value is None and max_value is None:
        raise Refusal("min_value and max_value cannot both be None")
    low, high = number(whole(min_value, "min_value")), number(whole(max_value, "max_value"))
    strict = (flag(strict_min, "strict_min"), flag(strict_max, "strict_max"))
    return (yield from met(ask, operand, within(length(operand), low, high, strict), mostly))


@expectation("expect_column_value_lengths_to_equal", SHARED)
def lengths_equal(ask: Ask, *, column: str, value: Any, mostly: float = 1) -> Steps:
    """Values have one length, in characters."""
    operand = ask.operand(column)
    wanted = number(real(value, "value"))
    return (yield from met(ask, operand, exp.EQ(this=length(operand), expression=wanted), mostly))


def length(operand: Operand) -> exp.Expression:
    """Return the length of a column's values as text."""
    return exp.Length(this=as_text(operand))


def as_text(operand: Operand) -> exp.Expression:
    """Return a column's values as text."""
    if operand.kind is Kind.TEXT and operand.field.type.upper().startswith(("VARCHAR", "TEXT", "CHAR", "STRING")):
        return operand.sql
    return exp.Cast(this=operand.sql, to=exp.DataType.build("TEXT"))
