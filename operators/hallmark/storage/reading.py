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

# The column of a view that says which file a row is from.
FILE = "hallmark_file"


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
    parquet_view(connection, raw, snapshot.table, [f.path for f in files], with_file=bool(snapshot.partition_by))
    have = {c.name.lower() for c in columns_of(connection, rows_of(raw))}
    # A column that came later than a file is null in that file's rows.
    chosen = [_column(c) if c.name.lower() in have else _null(c) for c in snapshot.columns]
    source = exp.select(*chosen).from_(exp.alias_(relation(raw), "rows", table=True))
    create_view(connection, name, _with_partition(source, snapshot, files) if snapshot.partition_by else source)
    return columns


def parquet_view(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    table: Location,
    paths: Sequence[str],
    *,
    with_file: bool = False,
) -> None:
    """Create a view over Parquet files of a table, if asked with each row's file in the column ``hallmark_file``."""
    if table.local:
        create_view(connection, name, _local(table, paths, with_file))
    else:
        connection.register(name, _remote(table, paths, with_file))


def _with_partition(source: exp.Select, snapshot: Snapshot, files: Sequence[DataFile]) -> exp.Select:
    """Add the partition column, as the table's log has it.

    It is not taken from the folders: their names can hold neither every value nor every column's name, and folders
    above the lake may look like partitions too.
    """
    values = [(f"{snapshot.table.uri}/{f.path}", f.partition) for f in files]
    partitions = exp.values(values, alias="parts", columns=["file", "value"])
    same_file = exp.EQ(this=exp.column(FILE, table="rows"), expression=exp.column("file", table="parts"))
    value = exp.alias_(exp.column("value", table="parts"), snapshot.partition_by, quoted=True)
    return source.select(value).join(partitions, on=same_file)


def _local(table: Location, paths: Sequence[str], with_file: bool) -> exp.Query:
    files = exp.Array(expressions=[exp.Literal.string(f"{table.uri}/{path}") for path in paths])
    options: dict[str, exp.Expression] = {"union_by_name": exp.true(), "hive_partitioning": exp.false()}
    if with_file:
        options["filename"] = exp.Literal.string(FILE)
    arguments = [exp.EQ(this=exp.column(key), expression=value) for key, value in options.items()]
    return exp.select("*").from_(exp.func("read_parquet", files, *arguments))


def _remote(table: Location, paths: Sequence[str], with_file: bool) -> Any:
    import pyarrow as pa
    from pyarrow import dataset

    system, root = table.open()
    parquet = dataset.ParquetFileFormat()
    fragments = [
        parquet.make_fragment(f"{root}/{path}", system, dataset.field(FILE) == f"{table.uri}/{path}") for path in paths
    ]
    # Columns that came later are in the later files alone.
    schema = pa.unify_schemas([f.physical_schema for f in fragments], promote_options="permissive")
    if with_file:
        schema = schema.append(pa.field(FILE, pa.string()))
    return dataset.FileSystemDataset(fragments, schema, parquet, system)


def _nothing(columns: Sequence[Column]) -> exp.Select:
    return exp.select(*(_null(c) for c in columns)).where(exp.false())


def _column(column: Column) -> exp.Expression:
    # Spelled as the version has it: an older file may have it in another case.
    return exp.alias_(exp.column(column.name, table="rows", quoted=True), column.name, quoted=True)


def _null(column: Column) -> exp.Expression:
    return exp.alias_(exp.Cast(this=exp.null(), to=data_type(column.type)), column.name, quoted=True)
