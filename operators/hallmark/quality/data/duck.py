"""Rows that DuckDB reads: whatever is in its connection under a name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hallmark.engines.duckdb import columns_of, relation, rows_of
from hallmark.quality.compiler.dialects import DUCKDB, Dialect
from hallmark.quality.compiler.kinds import Field
from hallmark.quality.compiler.table import Table

if TYPE_CHECKING:
    import duckdb

__all__ = ["BATCH", "DuckEngine", "in_order", "table_in"]

BATCH = 10_000


@dataclass(frozen=True)
class DuckEngine:
    """Runs queries on a DuckDB connection."""

    connection: duckdb.DuckDBPyConnection
    dialect: Dialect = DUCKDB

    def fetch(self, sql: str) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = self.connection.execute(sql).fetchall()
        return rows

    def batches(self, sql: str) -> Iterable[list[tuple[Any, ...]]]:
        # Not in a cursor of its own: that would not see what is registered here.
        answer = self.connection.execute(sql)
        try:
            while rows := answer.fetchmany(BATCH):
                yield rows
        finally:
            # An answer that is not read to its end blocks the connection.
            self.connection.execute("SELECT 1").fetchall()


def table_in(connection: duckdb.DuckDBPyConnection, view: str, *, name: str = "", numbered: bool = False) -> Table:
    """Return a view or table of a connection as data to check.

    Args:
        connection: where it is.
        view: its name there.
        name: what a message calls the data.
        numbered: whether positions of rows are worth telling.
    """
    fields = tuple(Field.of(c.name, c.type) for c in columns_of(connection, rows_of(view)))
    return Table(name or view, fields, relation(view), DuckEngine(connection), numbered, ordered=True)


@contextmanager
def in_order(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Have a connection keep the rows' order, so that the first unexpected ones are told."""
    (before,) = connection.execute("SELECT current_setting('preserve_insertion_order')").fetchall()[0]
    connection.execute("SET preserve_insertion_order = true")
    try:
        yield
    finally:
        if not before:
            connection.execute("SET preserve_insertion_order = false")
