"""Cast, Derive, Hash, Clip, Replace: steps that change values and no rows."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hallmark.cleaning import Cast, Clip, Derive, Hash, Replace, Step, compile_steps
from hallmark.dataset import Column
from hallmark.errors import StageError

if TYPE_CHECKING:
    from tests.unit.cleaning.conftest import Clean

DATA = [Column("n", "INTEGER"), Column("d", "DOUBLE"), Column("t", "VARCHAR")]
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=4)
ROWS = st.lists(st.tuples(st.none() | st.floats(), st.none() | TEXT), max_size=8).map(
    lambda rows: [(n, *row) for n, row in enumerate(rows)]
)
Rows = list[tuple[Any, ...]]


def column_of(clean: Clean, values: list[Any], type_: str, *steps: Step) -> list[Any]:
    data = [Column("n", "INTEGER"), Column("v", type_)]
    return [value for _, value in sorted(clean(data, list(enumerate(values)), *steps), key=lambda row: row[0])]


@pytest.mark.parametrize(
    "step",
    [
        Cast("t", "integer"),
        Cast("d", "varchar"),
        Derive("x", "d * 2"),
        Derive("t", "t || n"),
        Hash("t", "pepper"),
        Clip("d", -1, 1),
        Clip("d", high=1.5, outside="null"),
        Replace("t", {"": None, "a": "b"}),
    ],
    ids=lambda step: step.describe(),
)
@given(rows=ROWS)
@settings(max_examples=30, deadline=None)
def test_every_row_stays_and_the_other_columns_with_it(clean: Clean, step: Any, rows: Rows) -> None:
    found = sorted(clean(DATA, rows, step), key=lambda row: row[0])
    kept = [p for p, c in enumerate(DATA) if c.name != step.column]
    assert [[repr(row[p]) for p in kept] for row in found] == [[repr(row[p]) for p in kept] for row in rows]


def test_what_does_not_convert_becomes_null(clean: Clean) -> None:
    assert column_of(clean, ["517", "", "late", None], "VARCHAR", Cast("v", "integer")) == [517, None, None, None]


def test_what_does_not_convert_fails_the_stage_if_so_asked(clean: Clean) -> None:
    import duckdb

    assert column_of(clean, ["517", None], "VARCHAR", Cast("v", "integer", on_error="fail")) == [517, None]
    with pytest.raises(duckdb.ConversionException):
        column_of(clean, ["late"], "VARCHAR", Cast("v", "integer", on_error="fail"))


@pytest.mark.parametrize(
    ("spelled", "type_"),
    [
        ("integer", "INTEGER"),
        ("int8", "BIGINT"),
        ("long", "BIGINT"),
        ("string", "VARCHAR"),
        ("varchar(10)", "VARCHAR"),
        ("real", "FLOAT"),
        ("numeric( 10, 2 )", "DECIMAL(10,2)"),
        ("decimal", "DECIMAL(18,3)"),
        ("int128", "HUGEINT"),
        ("datetime", "TIMESTAMP"),
        ("timestamptz", "TIMESTAMP WITH TIME ZONE"),
        ("timestamp_ns", "TIMESTAMP_NS"),
        ("date", "DATE"),
        ("bool", "BOOLEAN"),
        ("uuid", "UUID"),
        ("json", "JSON"),
        ("bytea", "BLOB"),
        ("integer[]", "INTEGER[]"),
        ("enum('a', 'b')", "ENUM('a', 'b')"),
        ('struct(a integer, "B c" varchar)', 'STRUCT(a INTEGER, "B c" VARCHAR)'),
    ],
)
def test_a_type_may_be_spelled_as_users_spell_it(clean: Clean, spelled: str, type_: str) -> None:
    step = Cast("v", spelled)
    assert step.query("data", [Column("v", "VARCHAR")])[1][0].type == type_
    assert column_of(clean, [None], "VARCHAR", step) == [None]


@pytest.mark.parametrize("type_", ["money", "", "int int", "integer) --", "integer; drop table x", "null", "'a'"])
def test_what_is_no_type_is_refused(type_: str) -> None:
    with pytest.raises(StageError, match=r"^Cast: "):
        Cast("v", type_).query("data", [Column("v", "VARCHAR")])


def test_a_cast_that_can_never_work_is_refused() -> None:
    with pytest.raises(StageError, match=r"^Cast: DuckDB refuses"):
        Cast("v", "struct(q integer)").query("data", [Column("v", "STRUCT(f INTEGER)")])


@pytest.mark.parametrize(
    ("sql", "type_"),
    [
        ("n + 1", "INTEGER"),
        ("n / 2", "DOUBLE"),
        ("t || n", "VARCHAR"),
        ("d > 1", "BOOLEAN"),
        ("current_date", "DATE"),
        ("null", '"NULL"'),
        ("sum(n) over (partition by t)", "HUGEINT"),
        ("{'k': n}", "STRUCT(k INTEGER)"),
        ("date_trunc('month', make_date(n, 1, 1))", "TIMESTAMP"),
        ("string_split(t, ',')", "VARCHAR[]"),
        ("case when n > 1 then 0.5 end", "DECIMAL(2,1)"),
    ],
)
def test_a_derived_column_has_the_type_duckdb_gives_it(clean: Clean, sql: str, type_: str) -> None:
    step = Derive("x", sql)
    assert step.query("data", DATA)[1][-1] == Column("x", type_)
    assert len(clean(DATA, [(1, 2.0, "a")], step)) == 1


def test_a_derived_column_replaces_one_of_its_name_where_it_stands(clean: Clean) -> None:
    assert clean(DATA, [(1, 2.5, "a")], Derive("d", "d * 2 + N", type="integer"), Derive("x", "d + 1")) == [
        (1, 6, "a", 7)
    ]


def test_what_is_derived_from_a_personal_column_is_personal() -> None:
    data = [Column("born", "DATE", classification="personal"), Column("n", "INTEGER")]
    _, found = compile_steps(
        [Derive("year", "year(born)"), Derive("m", "n + 1"), Derive("y", "year + n")], "data", data
    )
    assert [c.name for c in found if c.personal] == ["born", "year", "y"]


@pytest.mark.parametrize(
    ("column", "sql"),
    [("N", "1"), ("x", "sum(n)"), ("x", "count(*)"), ("x", "unnest([1, 2])"), ("x", "(select 1)"), ("x", "n as y")],
)
def test_a_derivation_that_is_not_one_value_a_row_is_refused(column: str, sql: str) -> None:
    with pytest.raises(StageError, match=r"^Derive: "):
        Derive(column, sql).query("data", DATA)


@given(texts=st.lists(st.none() | TEXT, max_size=6), salt=TEXT)
@settings(max_examples=30, deadline=None)
def test_a_hash_is_sha256_of_salt_and_value(clean: Clean, texts: list[str | None], salt: str) -> None:
    expected = [None if t is None else hashlib.sha256((salt + t).encode()).hexdigest() for t in texts]
    assert column_of(clean, texts, "VARCHAR", Hash("v", salt)) == expected


def test_numbers_are_hashed_by_their_text(clean: Clean) -> None:
    assert column_of(clean, [7], "INTEGER", Hash("v", "s")) == [hashlib.sha256(b"s7").hexdigest()]


@given(values=st.lists(st.none() | st.floats(), max_size=8), bounds=st.tuples(st.integers(-9, 9), st.floats(-9, 9)))
@settings(max_examples=50, deadline=None)
def test_clip_holds_values_between_its_bounds(
    clean: Clean, values: list[float | None], bounds: tuple[float, float]
) -> None:
    low, high = sorted(bounds)
    step = Clip("v", low, high)
    found = column_of(clean, values, "DOUBLE", step)
    for old, new in zip(values, found, strict=True):
        assert repr(new) == repr(old) if old is None or math.isnan(old) else new == min(max(old, low), high)
    assert list(map(repr, column_of(clean, values, "DOUBLE", step, step))) == list(map(repr, found))


@given(values=st.lists(st.none() | st.floats(), max_size=8))
@settings(max_examples=30, deadline=None)
def test_what_is_outside_can_become_null(clean: Clean, values: list[float | None]) -> None:
    expected = [v if v is not None and -1 <= v <= 1.5 else None for v in values]
    assert column_of(clean, values, "DOUBLE", Clip("v", -1, 1.5, outside="null")) == expected


@pytest.mark.parametrize(
    ("type_", "low", "values", "expected"),
    [
        ("INTEGER", 3, [1, 5, None], [3, 5, None]),
        ("DECIMAL(4,1)", 0.5, [Decimal("0.1"), Decimal("9.9")], [Decimal("0.5"), Decimal("9.9")]),
        ("DATE", "2020-01-01", [dt.date(1900, 1, 1)], [dt.date(2020, 1, 1)]),
        ("TIMESTAMP", dt.datetime(2020, 1, 1), [dt.datetime(1900, 1, 1)], [dt.datetime(2020, 1, 1)]),
        ("TIME", dt.time(8), [dt.time(6)], [dt.time(8)]),
        ("FLOAT", 0.1, [0.0], [pytest.approx(0.1)]),
    ],
)
def test_clip_keeps_the_columns_type(
    clean: Clean, type_: str, low: Any, values: list[Any], expected: list[Any]
) -> None:
    assert column_of(clean, values, type_, Clip("v", low)) == expected


@pytest.mark.parametrize(
    "make",
    [
        lambda: Clip("v"),
        lambda: Clip("v", 2, 1),
        lambda: Clip("v", 2, "z"),
        lambda: Clip("v", float("nan")),
        lambda: Clip("v", [1]),
        lambda: Clip("v", 1, outside="drop"),  # type: ignore[arg-type]
        lambda: Replace("v", {}),
        lambda: Replace("v", {1: [2]}),
        lambda: Cast("v", "integer", on_error="ignore"),  # type: ignore[arg-type]
        lambda: Derive("v", " "),
        lambda: Derive("a\0b", "1"),
        lambda: Hash("v", None),  # type: ignore[arg-type]
        lambda: Hash(""),
    ],
)
def test_arguments_are_checked_when_the_step_is_made(make: Any) -> None:
    with pytest.raises(StageError):
        make()


@pytest.mark.parametrize(
    ("type_", "step"),
    [
        ("VARCHAR", Clip("v", 1)),
        ("INTEGER", Clip("v", 0.5)),
        ("TINYINT", Clip("v", high=1000)),
        ("DATE", Clip("v", "x")),
    ],
)
def test_bounds_that_the_column_cannot_hold_are_refused(type_: str, step: Step) -> None:
    with pytest.raises(StageError, match=r"^Clip: .*column 'v'"):
        step.query("data", [Column("v", type_)])


@given(
    values=st.lists(st.none() | st.sampled_from("abc'"), max_size=8),
    changes=st.dictionaries(st.none() | st.sampled_from("abc'"), st.none() | st.sampled_from('abx"'), min_size=1),
)
@settings(max_examples=50, deadline=None)
def test_replace_puts_each_value_in_place_at_once(clean: Clean, values: list[Any], changes: dict[Any, Any]) -> None:
    assert column_of(clean, values, "VARCHAR", Replace("v", changes)) == [changes.get(v, v) for v in values]


def test_nan_can_be_made_a_null(clean: Clean) -> None:
    assert column_of(clean, [math.nan, 1.0], "DOUBLE", Replace("v", {math.nan: None, 1: math.inf})) == [None, math.inf]


def test_a_replacement_that_the_column_cannot_hold_is_refused() -> None:
    with pytest.raises(StageError, match=r"^Replace: 'many' is not a value of column 'n', which is INTEGER"):
        Replace("n", {1: "many"}).query("data", DATA)
