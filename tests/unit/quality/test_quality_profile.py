from __future__ import annotations

import json
import math
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hallmark.dataset import Column
from hallmark.engines.duckdb import columns_of, connect, rows_of
from hallmark.quality.profile import Profile, profile

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
        assert column.distinct == pytest.approx(expected.nunique(), rel=0.1)
        for point, value in column.quantiles.items():
            assert value == pytest.approx(expected.quantile(float(point)), abs=0.02 * expected.max())


@settings(max_examples=40, deadline=None)
@given(st.lists(NUMBERS, max_size=30))
def test_nan_and_infinities_are_counted_and_nothing_else(engine: Any, numbers: list[float | None]) -> None:
    found = profiled(engine, pa.table({"x": pa.array(numbers, pa.float64())})).columns["x"]
    finite = pd.Series([n for n in numbers if n is not None and math.isfinite(n)], dtype=float)
    assert found.nulls == numbers.count(None)
    assert (found.min, found.max) == ((finite.min(), finite.max()) if len(finite) else (None, None))
    if len(finite):
        assert found.sum == pytest.approx(finite.sum(), abs=1e-6)
    json.dumps(found.__dict__, allow_nan=False)


def test_a_sum_beyond_doubles_is_not_told(engine: Any) -> None:
    found = profiled(engine, pa.table({"x": [1.5e308, 1.5e308]})).columns["x"]
    assert (found.max, found.sum, found.mean) == (1.5e308, None, None)


def test_personal_columns_have_counts_and_no_values(engine: Any) -> None:
    found = profiled(engine, pa.table({"salary": [70_000, 80_000, None]}), frozenset({"salary"})).columns["salary"]
    assert (found.nulls, found.distinct) == (1, 2)
    assert (found.min, found.max, found.sum, found.mean, found.quantiles) == (None, None, None, None, {})


@pytest.mark.parametrize(
    "values",
    [
        pa.array(["a", "b", None]),
        pa.array([True, False, None]),
        pa.array([[1, 2], [3], None]),
        pa.array([[Decimal("1.5")], [], None]),
        pa.array([{"a": 1}, {"a": 2}, None]),
        pa.array([b"\x00", b"\x01", None]),
        pa.array([1, 2, None], pa.timestamp("us", "UTC")),
        pa.array([1, 2, None], pa.date32()),
    ],
    ids=["text", "boolean", "list", "list of decimals", "struct", "bytes", "timestamp", "date"],
)
def test_columns_that_are_no_numbers_have_counts_alone(engine: Any, values: pa.Array) -> None:
    found = profiled(engine, pa.table({"x": values})).columns["x"]
    assert (found.nulls, found.distinct, found.min, found.mean) == (1, 2, None, None)


def test_decimals_are_numbers(engine: Any) -> None:
    found = profiled(engine, pa.table({"x": [Decimal("1.25"), Decimal("2.25")]})).columns["x"]
    assert (found.min, found.max, found.sum, found.mean) == (1.25, 2.25, 3.5, 1.75)


def test_a_table_without_rows_has_a_profile(engine: Any) -> None:
    found = profiled(engine, pa.table({"x": pa.array([], pa.int64()), "t": pa.array([], pa.string())}))
    assert found.rows == 0
    assert found.to_dict()["columns"]["x"] == {
        "nulls": 0,
        "distinct": 0,
        "min": None,
        "max": None,
        "sum": None,
        "mean": None,
        "quantiles": {},
    }


def test_names_of_columns_are_names_whatever_is_in_them(engine: Any) -> None:
    name = 'a"; DROP TABLE x; --'
    assert profiled(engine, pa.table({name: [1, 2]})).columns[name].max == 2
