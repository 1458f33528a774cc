"""A version's files as a view in DuckDB, read where they lie."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from hallmark.dataset import Column
from hallmark.engines.duckdb import columns_of, create_view, data_type, relation, rows_of
from hallmark.storage.paths import Location
from hallmark.storage.snapshot import DataFile, Snapshot

if TYPE_CHECKING:
    import duckdb

__all__ = ["parquet_view", "snapshot_view"]


def snapshot_view(
    connection: duckdb.DuckDBPyConnection, name: str, snapshot: Snapshot, files: Sequence[DataFile]
) -> tuple[Column, ...]:
    """Create the view ``name`` over some files of a version; return its columns, the partition column last."""
    columns = snapshot.columns
    if snapshot.partition_by:
        columns = (*columns, Column(snapshot.partition_by, "VARCHAR"))
    if not files:
        create_view(connection, name, _nothing(columns))
        return columns
    raw = f"{name}__files"
    parquet_view(connection, raw, snapshot.table, [f.path for f in files], partition_by=snapshot.partition_by)
    have = {c.name for c in columns_of(connection, rows_of(raw))}
    # A column that came later than a file is null in that file's rows.
    chosen = [exp.column(c.name, quoted=True) if c.name in have else _null(c) for c in columns]
    create_view(connection, name, exp.select(*chosen).from_(relation(raw)))
    return columns


def parquet_view(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    table: Location,
    paths: Sequence[str],
    *,
    partition_by: str | None = None,
) -> None:
    """Create a view over Parquet files of a table, with the partition column from their folders if asked."""
    if table.local:
        create_view(connection, name, _local(table, paths, partition_by))
    else:
        connection.register(name, _remote(table, paths, partition_by))


def _local(table: Location, paths: Sequence[str], partition_by: str | None) -> exp.Query:
    files = exp.Array(expressions=[exp.Literal.string(f"{table.uri}/{path}") for path in paths])
    options = {"union_by_name": exp.true(), "hive_partitioning": exp.true() if partition_by else exp.false()}
    if partition_by:
        options["hive_types"] = exp.Struct(
            expressions=[
                exp.PropertyEQ(this=exp.to_identifier(partition_by, quoted=True), expression=exp.var("VARCHAR"))
            ]
        )
    arguments = [exp.EQ(this=exp.column(key), expression=value) for key, value in options.items()]
    return exp.select("*").from_(exp.func("read_parquet", files, *arguments))


def _remote(table: Location, paths: Sequence[str], partition_by: str | None) -> Any:
    import pyarrow as pa
    from pyarrow import dataset

    system, root = table.open()
    partitioning = (
        dataset.partitioning(pa.schema([(partition_by, pa.string())]), flavor="hive") if partition_by else None
    )
    return dataset.dataset(
        [f"{root}/{path}" for path in paths],
        filesystem=system,
        format="parquet",
        partitioning=partitioning,
        partition_base_dir=root,
    )


def _nothing(columns: Sequence[Column]) -> exp.Select:
    return exp.select(*(_null(c) for c in columns)).where(exp.false())


def _null(column: Column) -> exp.Expression:
    return exp.alias_(exp.Cast(this=exp.null(), to=data_type(column.type)), column.name, quoted=True)
