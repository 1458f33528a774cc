"""Expectations of the table itself: its rows and its columns. Columns cost no scan."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

from sqlglot import exp

from hallmark.quality.compiler.arguments import comparable, flag, whole
from hallmark.quality.compiler.ask import Ask
from hallmark.quality.compiler.expectations.aggregates import decided
from hallmark.quality.compiler.expectations.rows import SHARED
from hallmark.quality.compiler.refusal import Refusal
from hallmark.quality.compiler.registry import Found, expectation
from hallmark.quality.compiler.requests import Rows
from hallmark.quality.compiler.run import Steps

SCHEMA = "from the schema, without a scan"


def _told(ask: Ask, success: bool, result: dict[str, Any]) -> Found:
    return Found(success, {} if ask.format.level == "BOOLEAN_ONLY" else result)


@expectation("expect_table_row_count_to_be_between", SHARED)
def row_count_between(
    ask: Ask, *, min_value: Any = None, max_value: Any = None, strict_min: bool = False, strict_max: bool = False
) -> Steps:
    """The number of rows lies between two bounds."""
    low, high = whole(min_value, "min_value"), whole(max_value, "max_value")
    if low is not None and high is not None and low > high:
        raise Refusal(f"min_value ({low}) must be less than or equal to max_value ({high})")
    (count,) = yield [ask.count()]
    return decided(ask, count, low, high, strict_min, strict_max)


@expectation("expect_table_row_count_to_equal", SHARED)
def row_count_equal(ask: Ask, *, value: Any) -> Steps:
    """The number of rows is a given one."""
    wanted = _count(value)
    (count,) = yield [ask.count()]
    return _told(ask, count == wanted, {"observed_value": count})


def _count(value: Any) -> int:
    wanted = whole(value, "value")
    if wanted is None:
        raise Refusal("value is missing")
    return wanted


@expectation("expect_table_row_count_to_equal_other_table", "the shared scan and one of the other table")
def row_count_equal_other(ask: Ask, *, other_table_name: Any) -> Steps:
    """The number of rows is that of another table of the same database."""
    if ask.dialect.name == "duckdb":
        raise Refusal("only a table in a database can be compared with another table")
    if not isinstance(other_table_name, str) or not other_table_name:
        raise Refusal(f"other_table_name is {other_table_name!r}, and must be a table's name")
    parts = [exp.to_identifier(part, quoted=True) for part in other_table_name.split(".")]
    other = exp.Table(this=parts[-1], db=parts[-2] if len(parts) > 1 else None)
    count, ((others,),) = yield [ask.count(), Rows(exp.select(exp.Count(this=exp.Star())).from_(other))]
    return _told(ask, count == others, {"observed_value": {"self": count, "other": others}})


@expectation("expect_table_column_count_to_be_between", SCHEMA, conditional=False)
def column_count_between(ask: Ask, *, min_value: Any = None, max_value: Any = None) -> Steps:
    """The number of columns lies between two bounds."""
    yield from ()
    low, high = comparable(min_value, "min_value"), comparable(max_value, "max_value")
    return decided(ask, len(ask.table.fields), low, high, False, False)


@expectation("expect_table_column_count_to_equal", SCHEMA, conditional=False)
def column_count_equal(ask: Ask, *, value: Any) -> Steps:
    """The number of columns is a given one."""
    yield from ()
    count = len(ask.table.fields)
    return _told(ask, count == _count(value), {"observed_value": count})


@expectation("expect_table_columns_to_match_ordered_list", SCHEMA)
def columns_ordered(ask: Ask, *, column_list: Any) -> Steps:
    """The columns are the given ones, in the given order."""
    yield from ()
    actual = ask.table.names
    if not isinstance(column_list, (list, tuple, set, type(None))):
        raise Refusal(f"column_list is {column_list!r}, and must be a list of names")
    if column_list is None or list(column_list) == actual:
        return _told(ask, True, {"observed_value": actual})
    pairs = enumerate(zip_longest(list(column_list), actual))
    wrong = [
        {"Expected Column Position": place, "Expected": wanted, "Found": found}
        for place, (wanted, found) in pairs
        if wanted != found
    ]
    return _told(ask, False, {"observed_value": actual, "details": {"mismatched": wrong}})


@expectation("expect_table_columns_to_match_set", SCHEMA, conditional=False)
def columns_set(ask: Ask, *, column_set: Any, exact_match: Any = True) -> Steps:
    """The columns are the given ones in any order; without ``exact_match`` there may be others."""
    yield from ()
    actual, wanted = set(ask.table.names), set(column_set or ())
    exact = flag(exact_match, "exact_match", optional=True)
    strange, absent = sorted(actual - wanted), sorted(map(str, wanted - actual))
    observed: dict[str, Any] = {"observed_value": sorted(actual)}
    mismatched = {name: found for name, found in (("unexpected", strange), ("missing", absent)) if found}
    if not mismatched:
        return _told(ask, True, observed)
    return _told(ask, not exact and not absent, {**observed, "details": {"mismatched": mismatched}})


@expectation("expect_column_to_exist", SCHEMA, conditional=False)
def column_exists(ask: Ask, *, column: Any, column_index: Any = None) -> Steps:
    """A column is there, if asked at a position (from 0)."""
    yield from ()
    names = ask.table.names
    place = whole(column_index, "column_index")
    if not place:
        return Found(column in names, {})
    return Found(-len(names) <= place < len(names) and names[place] == column, {})
