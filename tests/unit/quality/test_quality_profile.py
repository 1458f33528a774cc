from __future__ import annotations

import datetime as dt
import json
import math
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hallmark.dataset import Column
from hallmark.engines.duckdb import columns_of, connect, rows_of
from hallmark.quality.profile import ColumnProfile, Profile, profile

NUMBERS = st.floats(-1e6, 1e6) | st.sampled_from([math.nan, math.inf, -math.inf]) | st.none()


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect() as connection:
        yield connection


def profiled(engine: duckdb.DuckDBPyConnection, table: pa.Table, personal: frozenset[str] = frozenset()) -> Profile:
    engine.register("profiled", table)
    described = columns_of(engine, rows_of("profiled"))
    columns = [Column(c.name, c.type, classification="personal" if c.name in personal else None) for c in described]
    return profile(engine, "profiled", columns)


def column_of(engine: duckdb.DuckDBPyConnection, values: Any, kind: pa.DataType | None = None) -> ColumnProfile:
    return profiled(engine, pa.table({"x": pa.array(values, kind)})).columns["x"]


def top_of(column: ColumnProfile) -> list[tuple[Any, int]]:
    return [(t.value, t.count) for t in column.top]


def test_figures_are_those_of_pandas(engine: Any) -> None:
    numbers = [float(n % 997) * 1.5 for n in range(5000)] + [None] * 7
    table = pa.table({"x": numbers, "n": pa.array([None if v is None else int(v) for v in numbers], pa.int32())})
    found = profiled(engine, table)
    frame = table.to_pandas()
    assert found.rows == 5007
    for name, column in found.columns.items():
        expected = frame[name].astype(float)
        assert column.nulls == 7
        assert (column.min, column.max) == (expected.min(), expected.max())
        assert column.sum == pytest.approx(expected.sum()) and column.mean == pytest.approx(expected.mean())
        assert column.stddev == pytest.approx(expected.std())
        assert column.distinct == pytest.approx(expected.nunique(), rel=0.1)
        for point, value in column.quantiles.items():
            assert value == pytest.approx(expected.quantile(float(point)), abs=0.02 * expected.max())


@settings(max_examples=40, deadline=None)
@given(st.lists(NUMBERS, max_size=30))
def test_nan_is_missing_and_infinities_are_there_without_a_figure(engine: Any, numbers: list[float | None]) -> None:
    found = column_of(engine, numbers, pa.float64())
    finite = pd.Series([n for n in numbers if n is not None and math.isfinite(n)], dtype=float)
    assert found.nulls == sum(n is None or math.isnan(n) for n in numbers)
    assert (found.min, found.max) == ((finite.min(), finite.max()) if len(finite) else (None, None))
    if len(finite):
        assert found.sum == pytest.approx(finite.sum(), abs=1e-6)
    json.dumps(Profile(len(numbers), {"x": found}).to_dict(), allow_nan=False)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=40))
def test_a_histogram_of_numbers_is_numpys(engine: Any, numbers: list[float]) -> None:
    found = column_of(engine, numbers, pa.float64()).histogram
    assert found is not None and (found.edges[0], found.edges[-1]) == (min(numbers), max(numbers))
    if len(set(found.edges)) == len(found.edges):
        assert list(found.counts) == np.histogram(numbers, found.edges)[0].tolist()
    assert sum(found.counts) == len(numbers) and len(found.edges) == len(found.counts) + 1 <= 21


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(-(2**63), 2**63 - 1) | st.integers(0, 30), min_size=1, max_size=40))
def test_a_histogram_of_integers_has_every_one_between_its_edges(engine: Any, numbers: list[int]) -> None:
    found = column_of(engine, numbers, pa.int64())
    assert (found.min, found.max) == (min(numbers), max(numbers))
    assert found.histogram is not None
    pairs = list(pairwise(found.histogram.edges))
    expected = [sum(int(low) <= n < int(high) for n in numbers) for low, high in pairs]
    assert list(found.histogram.counts) == expected and sum(expected) == len(numbers)


def test_few_integers_have_a_bin_each(engine: Any) -> None:
    found = column_of(engine, [1, 1, 2, 4, None], pa.int8()).histogram
    assert found is not None and (found.edges, found.counts) == ((1, 2, 3, 4, 5), (2, 1, 0, 1))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.dates(), min_size=1, max_size=40))
def test_dates_have_ends_and_bins_of_whole_days(engine: Any, days: list[dt.date]) -> None:
    found = column_of(engine, days, pa.date32())
    assert (found.min, found.max) == (min(days).isoformat(), max(days).isoformat())
    if max(days) == dt.date.max:
        assert found.histogram is None
        return
    assert found.histogram is not None
    edges = [dt.date.fromisoformat(str(e)) for e in found.histogram.edges]
    expected = [sum(low <= d < high for d in days) for low, high in pairwise(edges)]
    assert list(found.histogram.counts) == expected and sum(expected) == len(days)


@pytest.mark.parametrize("zone", [None, "UTC"])
@settings(max_examples=30, deadline=None)
@given(days=st.lists(st.datetimes(), min_size=1, max_size=40))
def test_moments_have_ends_and_bins(engine: Any, zone: str | None, days: list[dt.datetime]) -> None:
    days = [d.replace(tzinfo=dt.UTC if zone else None) for d in days]
    found = column_of(engine, days, pa.timestamp("us", zone))
    assert (dt.datetime.fromisoformat(str(found.min)), dt.datetime.fromisoformat(str(found.max))) == (
        min(days),
        max(days),
    )
    assert found.histogram is not None and sum(found.histogram.counts) == len(days)
    edges = [dt.datetime.fromisoformat(str(e)) for e in found.histogram.edges]
    inner = [sum(low <= d < high for d in days) for low, high in pairwise(edges)]
    assert list(found.histogram.counts[:-1]) == inner[:-1]


def test_a_moment_without_a_calendar_has_no_histogram(engine: Any) -> None:
    query = "SELECT * FROM (VALUES (TIMESTAMP '290000-01-01'), (TIMESTAMP '2013-01-01'), ('infinity')) AS t(x)"
    engine.execute(f"CREATE OR REPLACE TEMP VIEW far AS {query}")
    found = profile(engine, "far", [Column("x", "TIMESTAMP")]).columns["x"]
    assert (found.nulls, found.min, found.histogram) == (0, "2013-01-01T00:00:00", None)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from("abcdefg") | st.none(), max_size=60))
def test_top_values_are_counted_exactly_and_those_that_occur_once_left_out(engine: Any, texts: list[Any]) -> None:
    found = column_of(engine, texts, pa.string())
    counts = Counter(t for t in texts if t is not None)
    assert sorted(top_of(found)) == sorted((v, n) for v, n in counts.items() if n > 1)
    assert [n for _, n in top_of(found)] == sorted((n for _, n in top_of(found)), reverse=True)


def test_top_values_are_ten_and_in_the_columns_type(engine: Any) -> None:
    many = column_of(engine, [n for n in range(40) for _ in range(n)], pa.int32())
    assert top_of(many) == [(n, n) for n in range(39, 29, -1)]
    assert top_of(column_of(engine, [0.1, 0.1, math.inf, math.inf, math.nan, math.nan])) == [(0.1, 2)]
    assert top_of(column_of(engine, [Decimal("1.50")] * 2)) == [(1.5, 2)]
    assert top_of(column_of(engine, [dt.date(2013, 1, 2)] * 2)) == [("2013-01-02", 2)]
    assert top_of(column_of(engine, [dt.datetime(2013, 1, 2, 3, tzinfo=dt.UTC)] * 2)) == [
        ("2013-01-02T03:00:00+00:00", 2)
    ]
    assert top_of(column_of(engine, [2**63 - 1] * 2, pa.int64())) == [(2**63 - 1, 2)]


def test_texts_have_lengths_and_long_ones_no_top_values(engine: Any) -> None:
    found = column_of(engine, ["ä", "abc", "", None, "abc"])
    assert (found.min_length, found.max_length, found.min) == (0, 3, None)
    assert column_of(engine, ["long " * 30] * 2).top == ()


def test_an_enumeration_is_text(engine: Any) -> None:
    found = column_of(engine, pa.DictionaryArray.from_arrays(pa.array([0, 1, 1], pa.int8()), ["n/a", "it's"]))
    assert (found.min_length, found.max_length, top_of(found)) == (3, 4, [("it's", 2)])


def test_booleans_are_counted(engine: Any) -> None:
    found = column_of(engine, [True, False, True, None])
    assert (found.nulls, found.true, found.distinct, found.top, found.min) == (1, 2, 2, (), None)


@pytest.mark.parametrize("kind", ["HUGEINT", "UHUGEINT", "UBIGINT", "UINTEGER", "UTINYINT", "DECIMAL(38,10)", "FLOAT"])
def test_every_width_of_number_is_a_number(engine: Any, kind: str) -> None:
    engine.execute(f"CREATE OR REPLACE TEMP VIEW widths AS SELECT CAST(n AS {kind}) AS x FROM range(101) AS t(n)")
    found = profile(engine, "widths", [Column("x", kind)]).columns["x"]
    assert (found.min, found.max, found.mean, found.sum) == (0, 100, 50, 5050)
    assert found.histogram is not None and sum(found.histogram.counts) == 101


def test_the_widest_integers_are_exact(engine: Any) -> None:
    engine.execute("CREATE OR REPLACE TEMP VIEW wide AS SELECT CAST(n AS HUGEINT) * 10**18 AS x FROM range(3) AS t(n)")
    greatest = 2**127 - 1
    engine.execute(f"CREATE OR REPLACE TEMP VIEW wide AS SELECT {greatest}::HUGEINT AS x UNION ALL SELECT 0")
    found = profile(engine, "wide", [Column("x", "HUGEINT")]).columns["x"]
    assert found.max == greatest and found.histogram is not None and sum(found.histogram.counts) == 2


def test_a_sum_beyond_doubles_is_not_told(engine: Any) -> None:
    found = column_of(engine, [1.5e308, 1.5e308, -1.5e308])
    assert (found.max, found.sum, found.stddev) == (1.5e308, None, None)
    assert found.histogram is not None and sum(found.histogram.counts) == 3


def test_personal_columns_have_counts_and_no_values(engine: Any) -> None:
    table = pa.table({"salary": [70_000, 70_000, 80_000, None], "name": ["Ada", "Ada", "Eve", None]})
    for found in profiled(engine, table, frozenset({"salary", "name"})).columns.values():
        assert found == ColumnProfile(1, 2)


@pytest.mark.parametrize(
    "values",
    [
        pa.array([[1, 2], [3], None]),
        pa.array([[Decimal("1.5")], [], None]),
        pa.array([{"a": 1}, {"a": 2}, None]),
        pa.array([[("a", 1)], [("b", 1)], None], pa.map_(pa.string(), pa.int64())),
        pa.array([b"\x00", b"\x01", None]),
        pa.array([1, 2, None], pa.duration("us")),
    ],
    ids=["list", "list of decimals", "struct", "map", "bytes", "duration"],
)
def test_columns_without_an_order_have_counts_alone(engine: Any, values: pa.Array) -> None:
    assert column_of(engine, values) == ColumnProfile(1, 2)


def test_decimals_are_numbers(engine: Any) -> None:
    found = column_of(engine, [Decimal("1.25"), Decimal("2.25")])
    assert (found.min, found.max, found.sum, found.mean) == (1.25, 2.25, 3.5, 1.75)


def test_a_table_without_rows_has_a_profile(engine: Any) -> None:
    found = profiled(engine, pa.table({"x": pa.array([], pa.int64()), "t": pa.array([], pa.string())}))
    assert found.rows == 0
    nothing = dict.fromkeys(("min", "max", "sum", "mean", "stddev", "true", "min_length", "max_length", "histogram"))
    for column in found.to_dict()["columns"].values():
        assert column == {"nulls": 0, "distinct": 0, "quantiles": {}, "top": [], **nothing}


def test_the_approximate_count_is_never_more_than_there_are_values(engine: Any) -> None:
    found = column_of(engine, [f"text {n}" for n in range(1000)])
    assert 900 < found.distinct <= 1000


def test_a_very_wide_table_has_counts_and_figures_and_no_shapes(engine: Any) -> None:
    found = profiled(engine, pa.table({f"c{n}": [n, n] for n in range(1001)}))
    assert found.columns["c1000"].max == 1000 and found.columns["c1000"].top == ()
    assert found.columns["c7"].histogram is None


def test_names_of_columns_are_names_whatever_is_in_them(engine: Any) -> None:
    name = 'a"; DROP TABLE x; --'
    found = profiled(engine, pa.table({name: [1, 2], "t": ["it's", "it's"]})).columns
    assert found[name].max == 2 and top_of(found["t"]) == [("it's", 2)]


def test_the_shape_of_a_large_table_comes_from_a_sample_and_its_counts_from_all_rows() -> None:
    with connect() as connection:
        connection.execute("CREATE TABLE big AS SELECT i, i % 4 AS m, 'v' || (i % 3) AS t FROM range(1500000) r(i)")
        found = profile(connection, "big", columns_of(connection, rows_of("big")))
    number, text = found.columns["m"], found.columns["t"]
    assert (found.rows, number.nulls, number.min, number.max, number.sum) == (1_500_000, 0, 0, 3, 2_250_000.0)
    assert found.columns["i"].max == 1_499_999
    assert number.histogram is not None
    assert sum(number.histogram.counts) == pytest.approx(1_500_000, rel=0.001)
    assert {t.value for t in text.top} == {"v0", "v1", "v2"}
    assert [t.count for t in text.top] == pytest.approx([500_000] * 3, rel=0.01)
