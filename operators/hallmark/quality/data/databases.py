"""A table of a database that SQLAlchemy reaches, checked where it lies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from hallmark.errors import SourceError, closest, reason
from hallmark.quality.compiler.dialects import Dialect, dialect_of, known
from hallmark.quality.compiler.kinds import Field
from hallmark.quality.compiler.table import Table
from hallmark.quality.data.duck import BATCH

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["DatabaseEngine", "table_of"]


@dataclass(frozen=True)
class DatabaseEngine:
    """Runs queries on a database's connection."""

    connection: Connection
    dialect: Dialect

    def fetch(self, sql: str) -> list[tuple[Any, ...]]:
        # A savepoint: after an error PostgreSQL would refuse the next query of the transaction.
        with self.connection.begin_nested():
            return [tuple(row) for row in self._run(sql).fetchall()]

    def batches(self, sql: str) -> Iterable[list[tuple[Any, ...]]]:
        with self.connection.begin_nested():
            for part in self._run(sql).yield_per(BATCH).partitions():
                yield [tuple(row) for row in part]

    def _run(self, sql: str) -> Any:
        # The text has its values in it already: a % or a : must not be taken for a parameter's sign.
        return self.connection.execution_options(no_parameters=True).exec_driver_sql(sql)


def table_of(connection: Connection, table: str, schema: str | None = None) -> Table:
    """Return a table or view of a database as data to check.

    Args:
        connection: open; its role needs no more than to read the table.
        table: its name, with its schema's before a dot if ``schema`` is not given.

    Raises:
        SourceError: there is none of that name, or checks cannot be compiled for such a database.
    """
    import sqlalchemy as sa
    from sqlalchemy.exc import NoSuchTableError, SQLAlchemyError

    dialect = dialect_of(connection.dialect.name)
    if dialect is None:
        raise SourceError(
            f"checks cannot be compiled for {connection.dialect.name}", f"use one of {known()}, or extract the table"
        )
    inspector = sa.inspect(connection)
    if schema is None and "." in table and table not in inspector.get_table_names():
        schema, _, table = table.rpartition(".")
    try:
        columns = inspector.get_columns(table, schema)
    except NoSuchTableError as error:
        names = [*inspector.get_table_names(schema), *inspector.get_view_names(schema)]
        likely = closest(table, names)
        raise SourceError(
            f"the database has no table {table!r}", f"did you mean {likely!r}?" if likely else "check its name"
        ) from error
    except SQLAlchemyError as error:
        raise SourceError(f"table {table!r} cannot be looked at ({reason(error)})", "check the connection") from error
    fields = tuple(Field.of(c["name"], _type(c["type"], connection)) for c in columns)
    source = exp.Table(
        this=exp.to_identifier(table, quoted=True), db=exp.to_identifier(schema, quoted=True) if schema else None
    )
    return Table(table, fields, source, DatabaseEngine(connection, dialect))


def _type(type_: Any, connection: Connection) -> str:
    from sqlalchemy.exc import CompileError

    try:
        return str(type_.compile(connection.dialect))
    except CompileError:
        # SQLite has columns without a type, which hold values of any.
        return "OTHER"
