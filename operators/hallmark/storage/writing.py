"""Step two on disk: a query's rows as one Parquet file in its final place, where no reader sees it yet."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from hallmark.dataset import Column
from hallmark.engines.duckdb import count_rows, data_type, first_line, rows_of, sql_of
from hallmark.errors import LakeError, SourceError
from hallmark.storage.paths import Location, partition_folder, unwritable
from hallmark.storage.reading import parquet_view
from hallmark.storage.snapshot import DataFile
from hallmark.storage.staging import REWRITTEN, Manifest, announce, withdraw

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

__all__ = ["Staged", "conform", "rewrite", "stage"]


@dataclass(frozen=True)
class Staged:
    """An output that is written and not published: its file and its columns (without the partition column)."""

    table: Location
    receipt: str
    file: DataFile
    columns: tuple[Column, ...]
    partition_by: str | None

    def view(self, connection: duckdb.DuckDBPyConnection, name: str) -> None:
        """Create a view over what was written."""
        parquet_view(connection, name, self.table, [self.file.path])

    def rows(self) -> pa.Table:
        """Return what was written, in the order of the file."""
        from pyarrow import parquet

        system, root = self.table.open()
        return parquet.read_table(f"{root}/{self.file.path}", filesystem=system, partitioning=None)


def conform(query: exp.Query, columns: Sequence[Column]) -> exp.Select:
    """Wrap a query so that it gives exactly these columns, in this order and these types."""
    source = query.subquery("output", copy=False)
    chosen = [
        exp.alias_(
            exp.Cast(this=exp.column(c.name, table="output", quoted=True), to=data_type(c.type)), c.name, quoted=True
        )
        for c in columns
    ]
    return exp.select(*chosen).from_(source)


def stage(
    connection: duckdb.DuckDBPyConnection,
    table: Location,
    query: exp.Query,
    columns: Sequence[Column],
    *,
    receipt: str,
    partition_by: str | None,
    partition: str | None,
    prefix: str = "",
) -> Staged:
    """Write the query's rows beside the table's files and return what was written.

    Raises:
        LakeError: the lake cannot be written.
        SourceError: the query met a value it cannot convert.
    """
    path = f"{partition_folder(partition_by, partition) if partition_by else ''}{prefix}{receipt}.parquet"
    announce(table, Manifest.of_this_process(receipt, path))
    try:
        _write(connection, table, path, query)
        return _measured(
            connection, Staged(table, receipt, DataFile(path, partition, 0, 0), tuple(columns), partition_by)
        )
    except BaseException:
        # Where the lake takes nothing any more, the manifest stays and the next run cleans up.
        with suppress(LakeError):
            withdraw(table, receipt, file=path)
        raise


def rewrite(connection: duckdb.DuckDBPyConnection, staged: Staged, view: str) -> Staged:
    """Write a staged file anew with the rows of a view that has its columns."""
    system, root = staged.table.open()
    narrowed = f"{staged.file.path}{REWRITTEN}"
    _write(connection, staged.table, narrowed, rows_of(view, [c.name for c in staged.columns]))
    # One rename: a crash before it leaves the whole file, which is not published either.
    system.move(f"{root}/{narrowed}", f"{root}/{staged.file.path}")
    return _measured(connection, staged)


def _measured(connection: duckdb.DuckDBPyConnection, staged: Staged) -> Staged:
    """Fill in how many rows and bytes the file has."""
    staged.view(connection, "hallmark_staged")
    system, root = staged.table.open()
    size = int(system.get_file_info(f"{root}/{staged.file.path}").size)
    return replace(staged, file=replace(staged.file, rows=count_rows(connection, "hallmark_staged"), bytes=size))


def _write(connection: duckdb.DuckDBPyConnection, table: Location, path: str, query: exp.Query) -> None:
    import duckdb

    folder = posixpath.dirname(path)
    (table.child(folder) if folder else table).make_folder()
    writer = _write_local if table.local else _write_remote
    try:
        writer(connection, table, path, query)
    except duckdb.IOException as error:
        raise LakeError(
            f"{table.uri} cannot be written ({first_line(error)})", "check the lake root, its space and its access"
        ) from error
    except (duckdb.ConversionException, duckdb.InvalidInputException, duckdb.OutOfRangeException) as error:
        raise SourceError(first_line(error), "mend the value at its source, or cast it in an earlier step") from error
    except OSError as error:
        raise unwritable(table.uri, error) from error


def _write_local(connection: duckdb.DuckDBPyConnection, table: Location, path: str, query: exp.Query) -> None:
    copy = exp.Copy(
        this=exp.Subquery(this=query),
        kind=False,
        files=[exp.Literal.string(f"{table.uri}/{path}")],
        params=[
            exp.CopyParameter(this=exp.var("FORMAT"), expression=exp.var("parquet")),
            exp.CopyParameter(this=exp.var("COMPRESSION"), expression=exp.var("zstd")),
        ],
    )
    connection.execute(sql_of(copy))


def _write_remote(connection: duckdb.DuckDBPyConnection, table: Location, path: str, query: exp.Query) -> None:
    from pyarrow import parquet

    system, root = table.open()
    reader: Any = connection.sql(sql_of(query)).to_arrow_reader(100_000)
    with (
        system.open_output_stream(f"{root}/{path}") as sink,
        parquet.ParquetWriter(sink, reader.schema, compression="zstd") as writer,
    ):
        for batch in reader:
            writer.write_batch(batch)
