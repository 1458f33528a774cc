"""Expectations of the table itself: its rows and its columns. Columns cost no scan."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

from sqlglot import exp

from hallmark.quality.compiler.ask import Ask, flag
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
    if _numbers(min_value, max_value) and min_value > max_value:
        raise Refusal(f"min_value ({min_value}) must be less than or equal to max_value ({max_value})")
    (count,) = yield [ask.count()]
    return decided(ask, count, min_value, max_value, strict_min, strict_max)


def _numbers(*values: Any) -> bool:
    return all(isinstance(v, (int, float)) for v in values)


@expectation("expect_table_row_count_to_equal", SHARED)
def row_count_equal(ask: Ask, *, value: Any) -> Steps:
    """The number of rows is a given one."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Refusal(f"value is {value!r}, and must be a number")
    (count,) = yield [ask.count()]
    return _told(ask, count == value, {"observed_value": count})


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
    return decided(ask, len(ask.table.fields), min_value, max_value, False, False)


@expectation("expect_table_column_count_to_equal", SCHEMA, conditional=False)
def column_count_equal(ask: Ask, *, value: Any) -> Steps:
    """The number of columns is a given one."""
    yield from ()
    count = len(ask.table.fields)
    return _told(ask, count == value, {"observed_value": count})


@expectation("expect_table_columns_to_match_ordered_list", SCHEMA)
def columns_ordered(ask: Ask, *, column_list: Any) -> Steps:
    """The columns are the given ones, in the given order."""
    yield from ()
    actual = ask.table.names
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
    exact = exact_match is not None and flag(exact_match, "exact_match")
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
    if not column_index:
        return Found(column in names, {})
    inside = isinstance(column_index, int) and -len(names) <= column_index < len(names)
    return Found(inside and names[column_index] == column, {})
