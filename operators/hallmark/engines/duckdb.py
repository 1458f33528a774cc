"""DuckDB as the engine of a stage: one connection a run, nothing downloaded, time in UTC."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from hallmark.dataset import Column
from hallmark.errors import reason

if TYPE_CHECKING:
    import duckdb

__all__ = [
    "DIALECT",
    "columns_of",
    "connect",
    "count_rows",
    "create_table",
    "create_view",
    "data_type",
    "first_line",
    "first_row",
    "relation",
    "rows_of",
    "sql_of",
]

DIALECT = "duckdb"


@contextmanager
def connect() -> Iterator[duckdb.DuckDBPyConnection]:
    """Open an in-memory DuckDB that spills to a folder of its own and never installs an extension."""
    import duckdb

    with tempfile.TemporaryDirectory(prefix="hallmark-duckdb-") as spill:
        connection = duckdb.connect(
            config={
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "temp_directory": spill,
            }
        )
        try:
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute("SET preserve_insertion_order = false")
            yield connection
        finally:
            connection.close()


def sql_of(expression: exp.Expression) -> str:
    """Return the expression as DuckDB's SQL with every identifier quoted."""
    return str(expression.sql(dialect=DIALECT, identify=True))


def columns_of(connection: duckdb.DuckDBPyConnection, query: exp.Expression) -> tuple[Column, ...]:
    """Return names and types of a query's columns without running it."""
    described = connection.execute(f"DESCRIBE {sql_of(query)}").fetchall()
    return tuple(Column(str(row[0]), str(row[1])) for row in described)


def create_view(connection: duckdb.DuckDBPyConnection, name: str, query: exp.Expression) -> None:
    """Give a query a name in the connection, replacing an earlier one."""
    view = exp.Create(this=relation(name), kind="VIEW", expression=query, replace=True)
    connection.execute(sql_of(view))


def create_table(connection: duckdb.DuckDBPyConnection, name: str, query: exp.Expression) -> None:
    """Keep a query's rows in a table of the connection, which spills to disk, replacing an earlier one."""
    temporary = exp.Properties(expressions=[exp.TemporaryProperty()])
    table = exp.Create(this=relation(name), kind="TABLE", expression=query, replace=True, properties=temporary)
    connection.execute(sql_of(table))


def relation(name: str) -> exp.Table:
    """Return a view's or table's name as an expression; whatever is in the name, it is one quoted identifier."""
    return exp.Table(this=exp.to_identifier(name, quoted=True))


def rows_of(name: str, columns: Sequence[str] | None = None) -> exp.Select:
    """Return the query for some (by default all) columns of a view or table."""
    chosen = ["*"] if columns is None else [exp.column(c, quoted=True) for c in columns]
    return exp.select(*chosen).from_(relation(name))


def count_rows(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    """Count the rows of a view or table."""
    query = exp.select(exp.Count(this=exp.Star())).from_(relation(table))
    return int(first_row(connection, query)[0])


def first_row(connection: duckdb.DuckDBPyConnection, query: exp.Expression) -> tuple[Any, ...]:
    """Run a query that gives one row. The answer is read to its end: an open one blocks the connection."""
    row: tuple[Any, ...] = connection.execute(sql_of(query)).fetchall()[0]
    return row


def data_type(text: str) -> exp.DataType:
    """Return a type's name as an expression, for a cast."""
    return exp.DataType.build(text, dialect=DIALECT)


def first_line(error: Exception) -> str:
    """Return the first line of an engine's message without its class prefix."""
    return reason(error).split("Error: ", 1)[-1]
