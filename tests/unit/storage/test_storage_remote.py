"""The way to files that DuckDB does not reach itself: through Arrow's file systems, here that of a local folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlglot
from lake_table import Table
from pyarrow import fs
from sqlglot import exp

from hallmark.dataset import Column
from hallmark.engines.duckdb import columns_of
from hallmark.errors import SourceError
from hallmark.storage import paths
from hallmark.storage.paths import Location
from hallmark.storage.publishing import recover
from hallmark.storage.reading import snapshot_view
from hallmark.storage.snapshot import Snapshot
from hallmark.storage.writing import Staged, rewrite, stage


@pytest.fixture
def bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Location:
    folder = fs.SubTreeFileSystem(str(tmp_path), fs.LocalFileSystem())
    monkeypatch.setitem(paths._REMOTE, "folder", lambda options: folder)
    return Location("folder://bucket/flights", {})


def staged(connection: duckdb.DuckDBPyConnection, location: Location, sql: str, partition: str | None) -> Staged:
    query = sqlglot.parse_one(sql, dialect="duckdb")
    assert isinstance(query, exp.Query)
    partition_by = "the day" if partition else None
    columns = columns_of(connection, query)
    return stage(
        connection, location, query, columns, receipt=sql[7:10], partition_by=partition_by, partition=partition
    )


def test_rows_are_written_and_read_through_the_file_system(
    bucket: Location, connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    written = staged(connection, bucket, "SELECT 'a' AS a FROM range(3)", None)
    assert (written.file.rows, written.rows().num_rows) == (3, 3)
    assert written.file.bytes == (tmp_path / "bucket/flights" / written.file.path).stat().st_size
    connection.execute("CREATE TABLE kept AS SELECT 'b' AS a")
    assert rewrite(connection, written, "kept").rows().to_pylist() == [{"a": "b"}]


def test_partitions_and_later_columns_are_read_as_from_a_local_lake(
    bucket: Location, connection: duckdb.DuckDBPyConnection
) -> None:
    values = ["a b/50%", "__HIVE_DEFAULT_PARTITION__", "2013"]
    queries = ["SELECT 'x' AS a", "SELECT 'y' AS a, 1 AS b", "SELECT 'z' AS a, 9223372036854775807 AS b"]
    files = tuple(staged(connection, bucket, q, v).file for q, v in zip(queries, values, strict=True))
    columns = (Column("a", "VARCHAR"), Column("b", "BIGINT"), Column("c", "DATE"))
    version = Snapshot(bucket, 0, columns, "the day", files)
    assert [c.name for c in snapshot_view(connection, "v", version, files)] == ["a", "b", "c", "the day"]
    assert sorted(connection.execute("FROM v").fetchall()) == [
        ("x", None, None, values[0]),
        ("y", 1, None, values[1]),
        ("z", 9223372036854775807, None, values[2]),
    ]
    assert connection.execute("SELECT a FROM v WHERE b = 1").fetchall() == [("y",)]


def test_a_failed_write_leaves_nothing(bucket: Location, connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        staged(connection, bucket, "SELECT CAST(range || 'x' AS INTEGER) AS a FROM range(3)", "x")
    assert [p for p in tmp_path.rglob("*") if p.is_file() and "airflow" not in p.parts] == []
    assert recover(bucket, 0.0) == []


def test_a_local_and_a_remote_table_give_the_same_rows(
    bucket: Location, table: Table, connection: duckdb.DuckDBPyConnection
) -> None:
    sql = "SELECT 1::TINYINT AS a, [1, 2] AS l, {'n': 'x'} AS s, TIMESTAMPTZ '2013-01-01 00:00+00' AS t, 1.5 AS d"
    table.publish(sql)
    far = staged(connection, bucket, sql, None)
    snapshot_view(connection, "far", Snapshot(bucket, 0, far.columns, None, (far.file,)), [far.file])
    there: Any = connection.execute("FROM far").fetchall()
    assert there == table.rows()
