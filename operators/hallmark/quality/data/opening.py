"""Whatever form data has, opened as a table to check."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hallmark.engines.duckdb import connect
from hallmark.errors import SourceError
from hallmark.quality.compiler.table import Table

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

__all__ = ["Opened", "opened"]

VIEW = "hallmark_data"


@dataclass(frozen=True)
class Opened:
    """A table to check, and how Great Expectations itself would get the same rows."""

    table: Table
    frame: Callable[[], pd.DataFrame] | None = None


@contextmanager
def opened(data: Any, table: str | None = None) -> Iterator[Opened]:
    """Open data for checking.

    Args:
        data: a path or glob (Parquet, CSV, JSON, a Delta table's folder), an Arrow table, batch or reader, a pandas,
            Polars or Spark frame, a DuckDB relation, or a SQLAlchemy engine or connection.
        table: name of the table, for a database.

    Raises:
        SourceError: it cannot be read, or is none of these.
    """
    with ExitStack() as stack:
        for opens, open_ in _OPENERS:
            if opens(data):
                yield open_(data, table, stack)
                return
        raise SourceError(
            f"data of type {type(data).__name__} cannot be checked",
            "give a path, Arrow data, a frame, a DuckDB relation, or a SQLAlchemy engine with table=",
        )


def _of(module: str, *names: str) -> Callable[[Any], bool]:
    """Return a test for types of a library that need not be installed."""

    def opens(data: Any) -> bool:
        return any(
            t.__module__.partition(".")[0].lstrip("_") == module and t.__name__ in names for t in type(data).__mro__
        )

    return opens


def _engine(stack: ExitStack) -> duckdb.DuckDBPyConnection:
    """Open an engine that keeps rows in their order, also while it reads them into a table."""
    from hallmark.quality.data.duck import in_order

    connection = stack.enter_context(connect())
    stack.enter_context(in_order(connection))
    return connection


def _path(data: Any, _table: str | None, stack: ExitStack) -> Opened:
    from hallmark.quality.data.files import view_of_path

    connection = _engine(stack)
    ordered = view_of_path(connection, str(data), VIEW)
    return _in_duckdb(connection, VIEW, str(data), numbered=False, ordered=ordered)


def _arrow(data: Any, _table: str | None, stack: ExitStack) -> Opened:
    from hallmark.quality.data.frames import view_of_arrow

    connection = _engine(stack)
    view_of_arrow(connection, VIEW, data)
    return _in_duckdb(connection, VIEW, "the data", numbered=True)


def _relation(data: Any, _table: str | None, stack: ExitStack) -> Opened:
    from hallmark.quality.data.frames import materialised

    # A relation does not tell its connection; it is read through Arrow, once.
    connection = _engine(stack)
    materialised(connection, VIEW, data.to_arrow_reader(100_000))
    return _in_duckdb(connection, VIEW, "the relation", numbered=True)


def _in_duckdb(connection: Any, view: str, name: str, *, numbered: bool, ordered: bool = True) -> Opened:
    from hallmark.engines.duckdb import rows_of, sql_of
    from hallmark.quality.data.duck import table_in

    def frame() -> pd.DataFrame:
        from hallmark.quality.gx import frame_of

        return frame_of(connection.sql(sql_of(rows_of(view))).to_arrow_table())

    return Opened(replace(table_in(connection, view, name=name, numbered=numbered), ordered=ordered), frame)


def _database(data: Any, table: str | None, stack: ExitStack) -> Opened:
    from sqlalchemy import Engine

    from hallmark.quality.data.databases import table_of

    if not table:
        raise SourceError("a database was given without a table", "name it: table='schema.name'")
    connection = stack.enter_context(data.connect()) if isinstance(data, Engine) else data
    return Opened(table_of(connection, table))


def _spark(data: Any, _table: str | None, stack: ExitStack) -> Opened:
    from hallmark.quality.data.spark import table_of

    table, view = table_of(data)
    stack.callback(data.sparkSession.catalog.dropTempView, view)
    return Opened(table)


_OPENERS: tuple[tuple[Callable[[Any], bool], Callable[[Any, str | None, ExitStack], Opened]], ...] = (
    (lambda data: isinstance(data, (str, Path)), _path),
    (_of("pyarrow", "Table", "RecordBatch", "RecordBatchReader"), _arrow),
    (_of("pandas", "DataFrame"), _arrow),
    (_of("polars", "DataFrame", "LazyFrame"), _arrow),
    (_of("duckdb", "DuckDBPyRelation"), _relation),
    (_of("sqlalchemy", "Engine", "Connection"), _database),
    (_of("pyspark", "DataFrame"), _spark),
)
