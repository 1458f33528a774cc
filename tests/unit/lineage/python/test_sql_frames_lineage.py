"""DuckDB relations and Ibis expressions are SQL, and have its lineage."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pyarrow as pa
import pytest
from flights import COLUMNS, VERSIONS, told

from hallmark.lineage.python import Given, lineage_of, traced


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        for name, columns in COLUMNS.items():
            made.execute(f"CREATE VIEW {name} AS SELECT {', '.join(f'1 AS {c}' for c in columns)}")
        yield made


def test_a_relation_is_followed_through_its_methods(connection: duckdb.DuckDBPyConnection) -> None:
    f, w = connection.view("f"), connection.view("w")
    joined = f.filter("a > 1").set_alias("l").join(w.set_alias("r"), "l.k = r.k").project("l.k, b + d AS x")
    made = joined.aggregate("k, sum(x) AS x", "k").order("x")

    assert told(lineage_of(made, VERSIONS)) == {
        "k": {"f.k IDENTITY"},
        "x": {"f.b AGGREGATION", "w.d AGGREGATION"},
        "*": {"f.a FILTER", "f.k JOIN", "w.k JOIN", "f.k GROUP_BY", "f.b SORT", "w.d SORT"},
    }


def test_a_relation_queried_with_sql_is_followed_too(connection: duckdb.DuckDBPyConnection) -> None:
    made = connection.view("f").query(
        "flown", "SELECT k, count(*) AS n, max(d) AS d FROM flown JOIN w USING (k) GROUP BY k"
    )

    assert told(lineage_of(made, VERSIONS)) == {
        "k": {"f.k IDENTITY"},
        "n": set(),
        "d": {"w.d AGGREGATION"},
        "*": {"f.k JOIN", "w.k JOIN", "f.k GROUP_BY"},
    }


def test_a_relation_over_what_is_no_input_tells_nothing(connection: duckdb.DuckDBPyConnection) -> None:
    rates = pa.table({"k": [1], "rate": [2]})
    made = connection.view("f").query("flown", "SELECT flown.k, rate FROM flown JOIN rates USING (k)")
    found = traced(made, {name: Given(version) for name, version in VERSIONS.items()})

    assert rates.num_rows == 1
    assert found.missing == ("k", "rate") and "which is not an input" in found.told


def test_an_ibis_expression_is_followed(connection: duckdb.DuckDBPyConnection) -> None:
    ibis = pytest.importorskip("ibis")
    backend = ibis.duckdb.from_connection(connection)
    f, w = backend.table("f"), backend.table("w")
    made = f.filter(f.a > 1).join(w, "k").group_by("k").aggregate(x=(ibis._.b + ibis._.d).sum())

    assert told(lineage_of(made, VERSIONS)) == {
        "k": {"f.k IDENTITY"},
        "x": {"f.b AGGREGATION", "w.d AGGREGATION"},
        "*": {"f.a FILTER", "f.k JOIN", "w.k JOIN", "f.k GROUP_BY"},
    }
