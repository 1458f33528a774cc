"""Expectations of the set of a column's values."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from hallmark.quality.compiler.arguments import flag
from hallmark.quality.compiler.ask import Ask, Operand
from hallmark.quality.compiler.expectations.aggregates import DISTINCT, Value
from hallmark.quality.compiler.expectations.rows import in_members, value_list
from hallmark.quality.compiler.formats import json_value
from hallmark.quality.compiler.literals import member, members
from hallmark.quality.compiler.refusal import Refusal
from hallmark.quality.compiler.registry import Found, expectation
from hallmark.quality.compiler.requests import Rows, conjunction, rows
from hallmark.quality.compiler.run import Steps

# Great Expectations lists so many distinct values.
MOST_LISTED = 20


@expectation("expect_column_distinct_values_to_be_in_set", DISTINCT)
def distinct_in_set(ask: Ask, *, column: str, value_set: Any) -> Steps:
    """All values are members of a set."""
    values = value_list(value_set)
    if not values:
        raise Refusal("value_set must not be empty")
    operand = ask.operand(column)
    strange, listed = yield from _strange(ask, operand, values)
    return _found(ask, {"unexpected": (strange, listed)})


@expectation("expect_column_distinct_values_to_contain_set", DISTINCT)
def distinct_contain_set(ask: Ask, *, column: str, value_set: Any) -> Steps:
    """Each member of a set is among the values."""
    absent = yield from _absent(ask, ask.operand(column), value_list(value_set))
    return _found(ask, {"missing": (len(absent), absent)})


@expectation("expect_column_distinct_values_to_equal_set", DISTINCT)
def distinct_equal_set(ask: Ask, *, column: str, value_set: Any) -> Steps:
    """The different values are the members of a set."""
    operand, values = ask.operand(column), value_list(value_set)
    strange, listed = yield from _strange(ask, operand, values)
    absent = yield from _absent(ask, operand, values)
    return _found(ask, {"unexpected": (strange, listed), "missing": (len(absent), absent)})


def _strange(ask: Ask, operand: Operand, values: list[Any]) -> Value:
    """Return how many different values are not in the set, and some of them."""
    inside = in_members(operand.sql, members(values, operand.kind))
    where = conjunction(ask.domain, operand.is_there, exp.Not(this=inside))
    count = rows(exp.Count(this=exp.Distinct(expressions=[operand.sql])), where=where)
    ((number,),) = ((yield [Rows(count)])[0],)
    strange = int(number[0])
    if not strange:
        return 0, []
    (listed,) = yield [Rows(rows(operand.sql, where=where).distinct().order_by(operand.sql).limit(MOST_LISTED))]
    return strange, [json_value(row[0]) for row in listed]


def _absent(ask: Ask, operand: Operand, values: list[Any]) -> Value:
    """Return the members of the set that are not among the column's values."""
    # A null is never among the values, and so it is absent where it is asked for.
    literals = [(v, None if v is None else member(v, operand.kind)) for v in dict.fromkeys(values)]
    asked = [literal for _, literal in literals if literal is not None]
    counts = yield [ask.count(exp.EQ(this=operand.sql, expression=literal)) for literal in asked] or [ask.count()]
    there = {literal.sql() for literal, count in zip(asked, counts, strict=False) if count}
    return [json_value(value) for value, literal in literals if literal is None or literal.sql() not in there]


def _found(ask: Ask, faults: dict[str, tuple[int, list[Any]]]) -> Found:
    success = not any(count for count, _ in faults.values())
    if ask.format.level == "BOOLEAN_ONLY":
        return Found(success, {})
    result: dict[str, Any] = {"observed_value": None}
    for name, (count, _) in faults.items():
        result[f"{name}_count"] = count
    if ask.format.partial > 0:
        for name, (_, listed) in faults.items():
            result[f"partial_{name}_list"] = listed[:MOST_LISTED]
    return Found(success, result)


@expectation("expect_column_most_common_value_to_be_in_set", DISTINCT)
def most_common_in_set(ask: Ask, *, column: str, value_set: Any, ties_okay: Any = None) -> Steps:
    """The most frequent value is a member of a set; with ``ties_okay`` one of several suffices."""
    operand, values = ask.operand(column), value_list(value_set)
    ties = flag(ties_okay, "ties_okay", optional=True)
    counted = ask.value_rows(operand, where=operand.is_there).select(
        exp.alias_(exp.Count(this=exp.Star()), "hallmark_n")
    )
    groups = counted.group_by(operand.sql).subquery("groups", copy=False)
    largest = exp.Window(this=exp.Max(this=exp.column("hallmark_n")))
    marked = (
        exp.select(operand.sql, exp.column("hallmark_n"), exp.alias_(largest, "hallmark_most"))
        .from_(groups)
        .subquery("marked", copy=False)
    )
    modes = (
        exp.select(operand.sql)
        .from_(marked)
        .where(exp.EQ(this=exp.column("hallmark_n"), expression=exp.column("hallmark_most")))
    )
    (found,) = yield [Rows(modes.order_by(operand.sql))]
    common = [row[0] for row in found]
    wanted = {m.sql() for m in members(values, operand.kind)}
    inside = sum(_in(value, wanted, operand) for value in common)
    success = inside > 0 if ties else len(common) == 1 and inside == 1
    observed = {"observed_value": [json_value(v) for v in common]}
    return Found(success, {} if ask.format.level == "BOOLEAN_ONLY" else observed)


def _in(value: Any, wanted: set[str], operand: Operand) -> bool:
    literal = member(value, operand.kind)
    return literal is not None and literal.sql() in wanted
