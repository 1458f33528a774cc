"""DropDuplicates, DropNulls, Filter."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hallmark.cleaning import DropDuplicates, DropNulls, Filter, Step
from hallmark.dataset import Column
from hallmark.errors import StageError

if TYPE_CHECKING:
    from tests.unit.cleaning.conftest import Clean

DATA = [Column("k", "INTEGER"), Column("v", "INTEGER"), Column("t", "VARCHAR")]
ROWS = st.lists(
    st.tuples(
        st.none() | st.integers(0, 3), st.none() | st.integers(-2, 2), st.none() | st.sampled_from(["", "a", "b"])
    ),
    max_size=14,
)
DEDUPLICATIONS: list[Step] = [
    DropDuplicates("k"),
    DropDuplicates(["k"], keep="last"),
    DropDuplicates(["k", "t"]),
    DropDuplicates("k", order_by="t"),
    DropDuplicates("k", order_by=["v"], keep="last"),
]
Row = tuple[Any, ...]


@pytest.mark.parametrize("step", DEDUPLICATIONS, ids=repr)
@given(rows=ROWS, seed=st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_each_key_keeps_one_of_its_rows_in_whatever_order_they_come(
    clean: Clean, step: DropDuplicates, rows: list[Row], seed: int
) -> None:
    positions = [["k", "v", "t"].index(name) for name in step.keys]
    found = clean(DATA, rows, step)
    keys = Counter(tuple(row[p] for p in positions) for row in found)
    assert set(keys) == {tuple(row[p] for p in positions) for row in rows}
    assert set(keys.values()) <= {1}
    assert set(found) <= set(rows)
    shuffled = random.Random(seed).sample(rows, len(rows))
    assert Counter(clean(DATA, shuffled, step)) == Counter(found)


@pytest.mark.parametrize("step", [*DEDUPLICATIONS, DropDuplicates(), DropNulls("k", "t")], ids=repr)
@given(rows=ROWS)
@settings(max_examples=30, deadline=None)
def test_dropping_rows_twice_drops_no_more(clean: Clean, step: Step, rows: list[Row]) -> None:
    assert Counter(clean(DATA, rows, step, step)) == Counter(clean(DATA, rows, step))


@given(rows=ROWS)
@settings(max_examples=30, deadline=None)
def test_without_keys_whole_rows_are_compared(clean: Clean, rows: list[Row]) -> None:
    assert Counter(clean(DATA, rows, DropDuplicates())) == Counter(set(rows))


def test_the_last_by_a_column_is_the_greatest_and_a_null_never_wins(clean: Clean) -> None:
    rows = [(1, 5, "a"), (1, None, "b"), (1, 7, "c")]
    assert clean(DATA, rows, DropDuplicates("k", order_by="v", keep="last")) == [(1, 7, "c")]
    assert clean(DATA, rows, DropDuplicates("k", order_by="v", keep="first")) == [(1, 5, "a")]


def test_nested_values_settle_ties_too(clean: Clean) -> None:
    data = [Column("k", "INTEGER"), Column("s", "STRUCT(f INTEGER)"), Column("l", "INTEGER[]")]
    rows = [(1, {"f": 2}, [1]), (1, {"f": 1}, [2, 3]), (1, {"f": 1}, [2])]
    assert clean(data, rows, DropDuplicates("k")) == [(1, {"f": 1}, [2])]


@given(rows=ROWS)
@settings(max_examples=30, deadline=None)
def test_drop_nulls_leaves_exactly_the_rows_that_have_all_values(clean: Clean, rows: list[Row]) -> None:
    expected = Counter(row for row in rows if row[0] is not None and row[2] is not None)
    assert Counter(clean(DATA, rows, DropNulls("k", "t"))) == expected


@given(rows=ROWS, bound=st.integers(-2, 3))
@settings(max_examples=30, deadline=None)
def test_filter_keeps_the_rows_for_which_it_is_true(clean: Clean, rows: list[Row], bound: int) -> None:
    expected = Counter(row for row in rows if row[1] is not None and (row[1] > bound or row[2] == "a"))
    # A null in v makes the predicate null or, where t is 'a', true: the first comparison decides here.
    found = clean(DATA, rows, Filter(f"v is not null and (V > {bound} or t = 'a')"))
    assert Counter(found) == expected


def test_a_filter_may_use_fields_lists_and_lambdas(clean: Clean) -> None:
    data = [Column("s", "STRUCT(City VARCHAR)"), Column("l", "INTEGER[]")]
    rows = [({"City": "a"}, [1, 2]), ({"City": "b"}, [3])]
    assert clean(data, rows, Filter("s.city = 'a'")) == rows[:1]
    assert clean(data, rows, Filter("len(list_filter(l, lambda x: x > 1)) = 1 and l[1] = 3")) == rows[1:]


@pytest.mark.parametrize("source", ["s", "data"])
def test_a_struct_named_as_its_table_is_still_a_column(clean: Clean, source: str) -> None:
    data = [Column("s", "STRUCT(s INTEGER, f INTEGER)"), Column("f", "INTEGER")]
    assert len(clean(data, [({"s": 1, "f": 2}, 3)], Filter("s.f = 2 and f = 3 and s.s = 1"), source=source)) == 1


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("v > 1; drop table data", "is not one SQL expression"),
        ("v > 1) or (1 = 1", "is not one SQL expression"),
        ("select 1", "is not one SQL expression"),
        ("v > 1 as b", "is not one SQL expression"),
        ("v, k", "is not one SQL expression"),
        ("t = 'a", "is not one SQL expression"),
        ("drop table data", "is not one SQL expression"),
        ("exists(select 1)", "holds a query"),
        ("v in (from data)", "holds a query"),
        ("* > 1", "holds a star"),
        ("columns(*) > 1", "holds a star"),
        ("v > ?", "holds a parameter"),
        ("v > $1", "holds a parameter"),
        ("#1 > 1", "holds a position"),
        ("unnest([true])", "holds unnest"),
        ("row_number() over () = 1", "holds a window function"),
        ("rowid > 1", "there is no column 'rowid'"),
        ("data.v > 1", "there is no column 'data'"),
        ("v", "is INTEGER, not BOOLEAN"),
        ("sum(v) > 1", "DuckDB refuses"),
        ("no_such_function(v)", "DuckDB refuses"),
        ("t + 1 > date '2020-01-01'", "DuckDB refuses"),
    ],
)
def test_a_filter_that_is_not_one_predicate_over_a_row_is_refused(sql: str, found: str) -> None:
    with pytest.raises(StageError, match=f"^Filter: .*{found}"):
        Filter(sql).query("data", DATA)


@pytest.mark.parametrize("sql", ["", "  ", None])
def test_an_empty_filter_is_refused_when_made(sql: Any) -> None:
    with pytest.raises(StageError, match="no expression"):
        Filter(sql)


def test_comments_do_not_reach_the_query() -> None:
    query, _ = Filter("v > 1 -- because\n and /* also */ k > 2").query("data", DATA)
    assert query.sql("duckdb").endswith('WHERE "data"."v" > 1 AND "data"."k" > 2')


def test_arguments_are_checked_when_the_step_is_made() -> None:
    keep: Any = "any"
    for make in (lambda: DropDuplicates(["a", "a"]), lambda: DropDuplicates("a", keep=keep), DropNulls):
        with pytest.raises(StageError):
            make()
