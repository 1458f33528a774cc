"""Expectations of uniqueness: one grouped scan for each key, and a second only where it is not unique."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlglot import exp

from hallmark.quality.compiler.arguments import share
from hallmark.quality.compiler.ask import Ask, Operand
from hallmark.quality.compiler.expectations.aggregates import DISTINCT, distinct_and_present
from hallmark.quality.compiler.kinds import COMPARABLE
from hallmark.quality.compiler.refusal import Refusal
from hallmark.quality.compiler.registry import expectation
from hallmark.quality.compiler.requests import Rows, conjunction, rows
from hallmark.quality.compiler.run import Steps

KEYS = "a scan of its own for each key (distinct), one more where it is not unique"
# How many rows that do not rise are looked for.
_FIRST_AND_ANOTHER = 2
ALL, ANY, NEVER = "all_values_are_missing", "any_value_is_missing", "never"


@expectation("expect_column_values_to_be_unique", DISTINCT)
def unique(ask: Ask, *, column: str, mostly: float = 1) -> Steps:
    """No value occurs twice; missing values do not count."""
    operand, least = ask.operand(column), share(mostly)
    different, present = yield from distinct_and_present(ask, operand)
    (elements,) = yield [ask.count()]
    if different == present:
        return (yield from ask.told([operand], exp.false(), True, least, [elements, present, 0]))
    return (yield from _repeated(ask, [operand], operand.is_there, least, elements, present))


@expectation("expect_compound_columns_to_be_unique", KEYS)
def compound_unique(ask: Ask, *, column_list: Any, ignore_row_if: Any = ALL, mostly: float = 1) -> Steps:
    """No combination of values of some columns occurs twice; two missing values are the same value."""
    operands, least = ask.operands(column_list), share(mostly)
    considered = considered_rows(operands, ignore_row_if)
    key = exp.select(*(o.sql for o in operands)).from_(_table()).distinct()
    where = conjunction(ask.domain, considered)
    distinct_keys = (key if where is None else key.where(where)).subquery("keys", copy=False)
    counted = Rows(exp.select(exp.Count(this=exp.Star())).from_(distinct_keys))
    rising = _not_rising(ask, operands, where)
    found, elements, present = yield [rising or counted, ask.count(), ask.count(considered)]
    if rising is not None:
        if len(found) < _FIRST_AND_ANOTHER:
            return (yield from ask.told(operands, exp.false(), True, least, [elements, present, 0]))
        (found,) = yield [counted]
    if found[0][0] == present:
        return (yield from ask.told(operands, exp.false(), True, least, [elements, present, 0]))
    return (yield from _repeated(ask, operands, considered, least, elements, present))


def _not_rising(ask: Ask, operands: Sequence[Operand], where: exp.Expression | None) -> Rows | None:
    """Return the question for rows whose key is not above that of the row before; None where rows have no order.

    A key that only rises is unique, and to see that takes one pass and no memory: tables often lie in the order of
    their key. The first row has none before it and is always among the answers; a second ends the search.
    """
    lag = ask.dialect.lag
    if lag is None or not ask.table.ordered or any(o.kind not in COMPARABLE for o in operands):
        return None
    own = [exp.column(f"hallmark_k{i}") for i in range(len(operands))]
    before = [exp.column(f"hallmark_p{i}") for i in range(len(operands))]
    named = [exp.alias_(o.sql, k.name) for o, k in zip(operands, own, strict=True)]
    lagged = [exp.alias_(lag(o.sql), p.name) for o, p in zip(operands, before, strict=True)]
    following = rows(*named, *lagged, where=where).subquery("following", copy=False)
    rises = exp.Coalesce(this=exp.Paren(this=_above(own, before)), expressions=[exp.false()])
    broken = exp.select("1").from_(following).where(exp.Not(this=rises))
    return Rows(broken.limit(_FIRST_AND_ANOTHER))


def _above(own: Sequence[exp.Expression], before: Sequence[exp.Expression]) -> exp.Expression:
    """Return the predicate that one key comes after another, compared part by part."""
    later = [
        exp.and_(
            *(exp.EQ(this=own[j].copy(), expression=before[j].copy()) for j in range(i)),
            exp.GT(this=own[i].copy(), expression=before[i].copy()),
        )
        for i in range(len(own))
    ]
    return exp.or_(*later)


def _table() -> exp.Expression:
    return rows().args["from_"].this


def considered_rows(operands: Sequence[Operand], ignore_row_if: Any) -> exp.Expression | None:
    """Return the predicate of rows that ``ignore_row_if`` leaves in.

    Raises:
        Refusal: it is not one of Great Expectations' three words.
    """
    if ignore_row_if == ALL:
        return exp.or_(*(o.is_there for o in operands))
    if ignore_row_if == ANY:
        return exp.and_(*(o.is_there for o in operands))
    if ignore_row_if == NEVER:
        return None
    raise Refusal(f"ignore_row_if is {ignore_row_if!r}, and must be one of {ALL}, {ANY}, {NEVER}")


def _repeated(
    ask: Ask, operands: list[Operand], considered: exp.Expression | None, least: float, elements: int, present: int
) -> Steps:
    """Count and find the rows whose key occurs more than once."""
    where = conjunction(ask.domain, considered)
    grouped = rows(*(o.sql for o in operands), where=where).group_by(*(o.sql for o in operands))
    twice = grouped.having(exp.GT(this=exp.Count(this=exp.Star()), expression=exp.Literal.number(1)))
    counted = (
        twice.copy().select(exp.alias_(exp.Count(this=exp.Star()), "hallmark_n")).subquery("hallmark_twice", copy=False)
    )
    (((count,),),) = yield [Rows(exp.select(exp.Sum(this=exp.column("hallmark_n"))).from_(counted))]
    unexpected = conjunction(where, _among(operands, twice))
    return (yield from ask.told(operands, unexpected or exp.true(), True, least, [elements, present, int(count)]))


def _among(operands: list[Operand], keys: exp.Select) -> exp.Expression:
    """Return the predicate that a row's key is one of some."""
    if len(operands) == 1:
        return exp.In(this=operands[0].sql, query=keys.subquery())
    named = [exp.alias_(o.sql, f"hallmark_k{i}") for i, o in enumerate(operands)]
    inner = keys.copy()
    inner.set("expressions", named)
    same = [
        exp.NullSafeEQ(this=o.sql, expression=exp.column(f"hallmark_k{i}", table="hallmark_twice"))
        for i, o in enumerate(operands)
    ]
    return exp.Exists(this=exp.select("1").from_(inner.subquery("hallmark_twice", copy=False)).where(exp.and_(*same)))
