"""Expectations of the order of rows: only data whose rows have one can be asked."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from hallmark.quality.compiler.arguments import flag, share
from hallmark.quality.compiler.ask import Ask
from hallmark.quality.compiler.kinds import COMPARABLE, Kind
from hallmark.quality.compiler.refusal import Refusal
from hallmark.quality.compiler.registry import expectation
from hallmark.quality.compiler.requests import Rows
from hallmark.quality.compiler.run import Steps

ORDER = "a scan of its own for each column, in the order of the rows"


@expectation("expect_column_values_to_be_increasing", ORDER)
def increasing(ask: Ask, *, column: str, strictly: Any = None, mostly: float = 1) -> Steps:
    """Each value is at least the one before it; missing values are skipped."""
    return (yield from _ordered(ask, column, exp.LTE if flag(strictly, "strictly", optional=True) else exp.LT, mostly))


@expectation("expect_column_values_to_be_decreasing", ORDER)
def decreasing(ask: Ask, *, column: str, strictly: Any = None, mostly: float = 1) -> Steps:
    """Each value is at most the one before it; missing values are skipped."""
    return (yield from _ordered(ask, column, exp.GTE if flag(strictly, "strictly", optional=True) else exp.GT, mostly))


def _ordered(ask: Ask, name: Any, out_of_order: type[exp.Expression], mostly: Any) -> Steps:
    from hallmark.quality.compiler.formats import Unexpected, map_result
    from hallmark.quality.compiler.registry import Found

    operand, least, lag = ask.operand(name), share(mostly), ask.dialect.lag
    if lag is None or not ask.table.ordered:
        raise Refusal("the rows of this data have no order of their own")
    # Great Expectations takes the difference of neighbours, which texts do not have.
    if operand.kind not in COMPARABLE - {Kind.TEXT}:
        raise Refusal(f"values of column {name!r} ({operand.field.type}) have no order")
    before = exp.alias_(lag(operand.sql), "hallmark_before")
    place = exp.alias_(exp.Window(this=exp.RowNumber()), "hallmark_position")
    steps = ask.value_rows(operand, where=operand.is_there).select(before, place).subquery("steps", copy=False)
    wrong = out_of_order(this=operand.sql, expression=exp.column("hallmark_before"))
    from_steps = exp.select().from_(steps)
    count = from_steps.copy().select(exp.Count(this=exp.Star())).where(wrong)
    elements, present, ((unexpected,),) = yield [ask.count(), ask.count(operand.is_there), Rows(count)]
    found = Unexpected()
    most = ask.format.limit
    if unexpected and most != 0:
        listed = from_steps.select(operand.sql).where(wrong).order_by(exp.column("hallmark_position"))
        (values,) = yield [Rows(listed if most is None else listed.limit(most))]
        found = Unexpected([row[0] for row in values])
    success = not present or (present - unexpected) / present >= least
    return Found(success, map_result(ask.format, elements, present, unexpected, found))
