from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest
import yaml
from deltalake import write_deltalake
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hallmark.engines.duckdb import columns_of, connect, rows_of
from hallmark.errors import SourceError
from hallmark.quality import Suite, load_suite, validate
from hallmark.quality.adaptive import adapted, versions_needed
from hallmark.quality.suggest import Leeway, SuggestedSuite, suggest, suggest_from
from hallmark.quality.suggest.bounds import around, integers_around
from hallmark.quality.suite import suite_of

NOT_NULL = "expect_column_values_to_not_be_null"
UNIQUE = "expect_column_values_to_be_unique"
IN_SET = "expect_column_values_to_be_in_set"
BETWEEN = "expect_column_values_to_be_between"
REGEX = "expect_column_values_to_match_regex"
LENGTH = "expect_column_value_lengths_to_equal"
MEAN = "expect_column_mean_to_be_between"

DAYS = st.dates(dt.date(1700, 1, 1), dt.date(2250, 1, 1))
MOMENTS = st.datetimes(dt.datetime(1700, 1, 1), dt.datetime(2250, 1, 1))
KINDS: list[tuple[pa.DataType, st.SearchStrategy[Any]]] = [
    (pa.int64(), st.integers(-(2**63), 2**63 - 1) | st.integers(-5, 5)),
    (pa.int8(), st.integers(-128, 127)),
    (pa.float64(), st.floats(-1e12, 1e12) | st.sampled_from([math.nan, math.inf, 0.0, -0.0])),
    (pa.float64(), st.floats(allow_nan=False, allow_infinity=False)),
    (pa.float32(), st.floats(-1e6, 1e6, width=32)),
    (pa.decimal128(12, 2), st.integers(-(10**9), 10**9).map(lambda n: Decimal(n) / 100)),
    (pa.string(), st.text(max_size=8)),
    (pa.string(), st.sampled_from(["AA", "B6", "DL"])),
    (pa.string(), st.uuids().map(str)),
    (pa.bool_(), st.booleans()),
    (pa.date32(), DAYS),
    (pa.timestamp("us"), MOMENTS),
    (pa.timestamp("us", "UTC"), MOMENTS.map(lambda m: m.replace(tzinfo=dt.UTC))),
    (pa.list_(pa.int64()), st.lists(st.integers(0, 3), max_size=2)),
]


@st.composite
def tables(draw: st.DrawFn) -> pa.Table:
    """Tables of up to three columns, with nulls, of up to 40 rows."""
    rows = draw(st.integers(0, 40))
    names = draw(st.lists(st.text("aå' \"\n#:{", min_size=1, max_size=4), min_size=1, max_size=3, unique_by=str.lower))
    columns = {}
    for name in names:
        kind, values = draw(st.sampled_from(KINDS))
        some = values | st.none() if draw(st.booleans()) else values
        columns[name] = pa.array(draw(st.lists(some, min_size=rows, max_size=rows)), kind)
    return pa.table(columns)


def suggested(table: pa.Table, **leeway: Any) -> SuggestedSuite:
    with connect() as engine:
        engine.register("data", table)
        columns = columns_of(engine, rows_of("data"))
        return suggest(engine, "data", columns, name="s", source="data", leeway=Leeway(**leeway))


def of(table: pa.Table, column: str = "x", **leeway: Any) -> dict[str, dict[str, Any]]:
    """The arguments of what is suggested of a column, by type."""
    expectations = suggested(table, **leeway).suite.expectations
    return {
        e.type: {k: v for k, v in e.kwargs.items() if k != "column"} for e in expectations if e.columns == (column,)
    }


def read(written: str) -> Suite:
    return suite_of(yaml.safe_load(written))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(tables(), st.sampled_from([{}, {"margin": 0.0}, {"margin": 1.5}, {"strict": True}]))
def test_what_is_written_can_be_read_and_holds_on_the_same_data(table: pa.Table, leeway: dict[str, Any]) -> None:
    found = suggested(table, **leeway)
    suite = read(found.to_yaml())
    assert suite == found.suite
    assert [(e.title, o.summary) for e, o in _outcomes(table, suite) if not o.success] == []


def _outcomes(table: pa.Table, suite: Suite) -> list[Any]:
    return [(o.expectation, o) for o in validate(table, suite).outcomes]


@given(st.floats(-1e300, 1e300), st.floats(0, 1e300), st.floats(0, 2))
def test_a_widened_range_holds_the_range_and_keeps_its_sign(low: float, width: float, share: float) -> None:
    least, most = around(low, low + width, share)
    assert least <= low and low + width <= most
    assert low < 0 or least >= 0 or share == 0


@given(st.integers(), st.integers(0), st.floats(0, 2))
def test_a_widened_range_of_integers_is_of_integers(low: int, width: int, share: float) -> None:
    least, most = integers_around(low, low + width, share)
    assert isinstance(least, int) and isinstance(most, int) and least <= low <= low + width <= most
    assert low < 0 or least >= 0


def test_numbers_are_widened_to_figures_that_can_be_remembered() -> None:
    found = of(pa.table({"x": [17 + n * 4966 // 99 for n in range(100)] * 2}))
    assert found[BETWEEN] == {"min_value": 0, "max_value": 5480}
    assert of(pa.table({"x": [-2.5, 17.125] * 5}))[BETWEEN] == {"min_value": -4.5, "max_value": 19.1}
    assert of(pa.table({"x": [0.0, 1.0] * 5}))[BETWEEN] == {"min_value": 0.0, "max_value": 1.1}


def test_the_mean_and_the_row_count_follow_the_history() -> None:
    found = suggested(pa.table({"x": [float(n % 10) for n in range(100)]}))
    followed = [e for e in found.suite.expectations if e.meta]
    assert [e.type for e in followed] == ["expect_table_row_count_to_be_between", MEAN]
    assert {e.severity for e in followed} == {"warning"} and versions_needed(found.suite) == 7
    rows, *others = adapted(found.suite, [found.profile.to_dict()] * 3).expectations[1:]
    assert (rows.kwargs["min_value"], rows.kwargs["max_value"]) == (70, 130)
    assert others[-1].kwargs["min_value"] == pytest.approx(4.5)


def test_columns_without_nulls_must_stay_so_and_others_may_have_few_more() -> None:
    assert of(pa.table({"x": [1.5] * 100}))[NOT_NULL] == {}
    assert of(pa.table({"x": [1.5] * 97 + [None] * 3}))[NOT_NULL] == {"mostly": 0.873}
    assert of(pa.table({"x": [1.5] * 97 + [None, math.nan, None]}), strict=True)[NOT_NULL] == {"mostly": 0.97}
    assert of(pa.table({"x": pa.array([None] * 100, pa.int64())})) == {}


def test_a_key_is_unique_and_has_no_range() -> None:
    assert of(pa.table({"x": list(range(5000))})) == {NOT_NULL: {}, UNIQUE: {}}
    assert UNIQUE not in of(pa.table({"x": [*range(4999), 0]}))
    nearly = suggested(pa.table({"x": [f"k{n}" for n in range(50)] + [None]})).suite.expectations
    assert [e.severity for e in nearly if e.type == UNIQUE] == ["warning"]


def test_texts_with_few_values_have_a_set() -> None:
    found = of(pa.table({"x": ["open"] * 30 + ["shipped"] * 20}))
    assert found == {NOT_NULL: {}, IN_SET: {"value_set": ["open", "shipped"]}}
    assert IN_SET not in of(pa.table({"x": ["open"] * 30 + ["seldom"]}))
    assert IN_SET not in of(pa.table({"x": [f"v {n % 21}" for n in range(500)]}))


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("6ecd8c99-4036-403d-bf84-cf8400f6{:04d}", "UUIDs"),
        ("2013-01-{:02d}", "ISO dates"),
        ("2013-01-{:02d}T06:00:00Z", "ISO times"),
        ("ada.{}@example.org", "e-mail addresses"),
        ("https://example.org/{}", "web addresses"),
        ("{:05d}", "digits alone"),
        ("-{}.5", "decimal numbers"),
        ("N{}-AA", "upper-case codes"),
        ("item_{}", "lower-case codes"),
    ],
)
def test_texts_of_one_shape_have_its_pattern(value: str, name: str) -> None:
    table = pa.table({"x": [value.format(n) for n in range(10, 31)] + [None]})
    (why,) = [s.why for s in suggested(table).suggestions if s.expectation.type == REGEX]
    assert why == f"all 21 are {name}"
    other = pa.table({"x": [*table["x"].to_pylist(), "Not one: ä"]})
    assert REGEX not in of(other)


def test_texts_of_one_length_have_it() -> None:
    assert of(pa.table({"x": [f"ä {n}" for n in range(10, 90)]}))[LENGTH] == {"value": 4}
    assert LENGTH not in of(pa.table({"x": [f"ä {n}" for n in range(90)]}))
    assert LENGTH not in of(pa.table({"x": [f"2013-01-{n}" for n in range(10, 31)]}))


def test_a_number_that_never_changes_has_it_as_its_range() -> None:
    found = suggested(pa.table({"x": [2013] * 20}))
    (why,) = [s.why for s in found.suggestions if s.expectation.type == BETWEEN]
    assert why == "observed 2,013 alone"
    assert of(pa.table({"x": [2013] * 20}))[BETWEEN] == {"min_value": 2013, "max_value": 2013}


def test_texts_that_seem_to_mean_nothing_are_told() -> None:
    found = suggested(pa.table({"x": ["NA", "", "N1"] * 10}))
    (why,) = [s.why for s in found.suggestions if s.expectation.type == NOT_NULL]
    assert why == "0 of 30 missing, but 10 are '' and 10 are 'NA'"


def test_dates_have_a_range_of_days() -> None:
    days = [dt.date(2013, 1, 1) + dt.timedelta(n % 31) for n in range(200)]
    assert of(pa.table({"x": days}))[BETWEEN] == {"min_value": "2012-12-29", "max_value": "2013-02-03"}
    assert of(pa.table({"x": days}), strict=True)[BETWEEN] == {"min_value": "2013-01-01", "max_value": "2013-01-31"}


def test_infinite_numbers_have_no_range_and_no_mean() -> None:
    assert of(pa.table({"x": [1.5, math.inf] * 10})) == {NOT_NULL: {}}


def test_little_data_says_little() -> None:
    assert of(pa.table({"x": [1, 2, 3]})) == {NOT_NULL: {}}
    empty = suggested(pa.table({"x": pa.array([], pa.int64())})).suite.expectations
    assert [e.type for e in empty] == ["expect_table_columns_to_match_set"]


def test_strict_has_no_warnings_but_for_what_changes_by_itself() -> None:
    table = pa.table({"x": ["open", "shipped"] * 20, "y": [1, 2] * 20})
    warned = [e.type for e in suggested(table, strict=True).suite.expectations if e.severity == "warning"]
    assert warned == ["expect_table_row_count_to_be_between", MEAN]
    assert suggested(table, strict=True).suite.expectations[0].kwargs["exact_match"] is True


def test_the_reasons_stand_above_the_expectations_with_their_figures() -> None:
    written = suggested(pa.table({"x": ["open"] * 30 + ["shipped"] * 20, "y": [1.5] * 49 + [None]})).to_yaml()
    assert "  # 0 of 50 missing\n  - type: expect_column_values_to_not_be_null\n" in written
    assert "  # 2 different values among 50; the rarest, 'shipped', 20 times\n" in written
    assert "  # 1 of 50 missing (2 %); a margin of 10 %\n" in written


def test_nothing_in_the_data_ends_a_comment() -> None:
    name = "a\n- type: evil\n# \u2028b\x85"
    table = pa.table({name: ["one\n- type: evil", "two\x00\r"] * 20})
    found = suggested(table)
    assert read(found.to_yaml()) == found.suite


@pytest.fixture
def table() -> pa.Table:
    return pa.table({"id": list(range(40)), "email": [f"ada{n}@example.org" for n in range(40)], "n": [1, 2] * 20})


def test_files_and_delta_tables_are_read(table: pa.Table, tmp_path: Path) -> None:
    pyarrow.parquet.write_table(table, tmp_path / "orders.parquet")
    pyarrow.csv.write_csv(table, tmp_path / "orders.csv")
    table.to_pandas().to_json(tmp_path / "orders.jsonl", orient="records", lines=True)
    write_deltalake(tmp_path / "orders", table, partition_by=["n"])
    made = [suggest_from(tmp_path / f) for f in ("orders.parquet", "orders.csv", "orders.jsonl", "orders")]
    assert {m.name for m in made} == {"orders"}
    types = [sorted(e.title for e in m.suite.expectations) for m in made]
    assert types[1:] == types[:1] * 3
    suite = tmp_path / "suite.yml"
    suite.write_text(made[3].to_yaml(), encoding="utf-8")
    assert validate(tmp_path / "orders", load_suite(suite)).success


def test_values_of_personal_columns_are_not_told(table: pa.Table, tmp_path: Path) -> None:
    file = tmp_path / "orders.parquet"
    pyarrow.parquet.write_table(table, file)
    found = suggest_from(file, personal=["email", "n"])
    types = {e.type for e in found.suite.expectations if e.columns in {("email",), ("n",)}}
    assert types == {NOT_NULL, UNIQUE}
    with pytest.raises(SourceError, match="has no column 'emial'; did you mean 'email'"):
        suggest_from(file, personal=["emial"])


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("absent.parquet", None, "does not exist"),
        ("notes.txt", "x", "is of no known format"),
        ("broken.parquet", "x", "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_told(name: str, content: str | None, found: str, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(SourceError, match=found):
        suggest_from(tmp_path / name)
