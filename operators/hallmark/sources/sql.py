"""A query on a SQL database as a source: rows stream through a server-side cursor into the engine."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from hallmark.dataset import Column
from hallmark.errors import SourceError, StageError
from hallmark.sources.base import Mounted, Reading

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa
    from sqlalchemy import Connection

__all__ = ["SqlSource"]

BATCH = 50_000


class SqlSource(NamedTuple):
    """The answer of a query, through an Airflow connection.

    Args:
        conn_id: of the Airflow connection (PostgreSQL, MySQL, SQLite: whatever SQLAlchemy reaches).
        sql: one SELECT; templated. Values go into ``parameters``, not into its text.
        parameters: values bound to ``:name`` placeholders; templated.
    """

    conn_id: str
    sql: str
    parameters: dict[str, Any] | None = None

    def declared(self, database_url: Callable[[str], str | None]) -> Mounted:
        from hallmark.lineage.naming import database_of
        from hallmark.sources.sql_tables import read_from

        return read_from(database_of(database_url(self.conn_id), self.conn_id), self.sql)

    def mount(self, reading: Reading, name: str, contract: Sequence[Column]) -> Mounted:
        from hallmark.engines.duckdb import columns_of, rows_of
        from hallmark.lineage.naming import database_of
        from hallmark.sources.sql_answers import answer_of, in_promised_types
        from hallmark.sources.sql_tables import Answer, columns_of_tables, read_from

        if not self.sql.strip():
            raise StageError("the source's SQL rendered to nothing", "check its template")
        url = reading.database_url(self.conn_id)
        with self._connected(url) as connection:
            table = answer_of(self._executed(connection), BATCH)
            database = database_of(url, self.conn_id, connection.dialect.default_schema_name)
            known = columns_of_tables(connection, database, self.sql)
        table = in_promised_types(table, _arrow_schema(reading.connection, contract))
        reading.connection.register(name, table)
        columns = columns_of(reading.connection, rows_of(name))
        answer = Answer(_checksum(reading.connection, name, columns), columns, table.num_rows)
        return read_from(database, self.sql, answer, known)

    @contextmanager
    def _connected(self, url: str) -> Iterator[Connection]:
        """Give a connection, and turn what the database says into an error without its address or its password."""
        import sqlalchemy as sa

        try:
            engine = sa.create_engine(url)
            try:
                with engine.connect() as connection:
                    yield connection
            finally:
                engine.dispose()
        except (sa.exc.SQLAlchemyError, ImportError) as error:
            raise SourceError(
                f"the query on connection {self.conn_id!r} failed ({_reason(error)})",
                "check the connection and the SQL",
            ) from None

    def _executed(self, connection: Connection) -> Any:
        import sqlalchemy as sa

        streamed = connection.execution_options(stream_results=True, max_row_buffer=BATCH)
        result = streamed.execute(sa.text(self.sql), self.parameters or {})
        if not result.returns_rows:
            raise SourceError("the SQL gives no rows", "write one SELECT")
        return result


def _reason(error: Exception) -> str:
    """Return what the driver says, or which driver there is none of; the rest of SQLAlchemy's text may hold the URL."""
    import sqlalchemy as sa

    if isinstance(error, (ImportError, sa.exc.NoSuchModuleError)):
        return str(error)
    return str(getattr(error, "orig", None) or type(error).__name__).splitlines()[0]


def _arrow_schema(connection: duckdb.DuckDBPyConnection, contract: Sequence[Column]) -> pa.Schema:
    """Return the contract's types as Arrow's."""
    import pyarrow as pa
    from sqlglot import exp

    from hallmark.engines.duckdb import data_type, sql_of

    if not contract:
        return pa.schema([])
    typed = [exp.alias_(exp.cast(exp.null(), data_type(c.type)), c.name, quoted=True) for c in contract]
    return connection.sql(sql_of(exp.select(*typed))).to_arrow_table().schema


def _checksum(connection: duckdb.DuckDBPyConnection, name: str, columns: Sequence[Column]) -> str:
    """Return a checksum of columns and rows in which the order of the rows does not count.

    A query without ORDER BY may give its rows in any order. Each row's MD5 is added up, which unlike XOR counts rows
    that are there twice.
    """
    from sqlglot import exp

    from hallmark.engines.duckdb import first_row, relation

    texts = [exp.cast(exp.column(c.name, table="answer", quoted=True), "VARCHAR") for c in columns]
    row = exp.func("to_json", exp.Array(expressions=texts))
    halves = [exp.Sum(this=exp.func(half, row.copy())) for half in ("md5_number_lower", "md5_number_upper")]
    query = exp.select(exp.Count(this=exp.Star()), *halves).from_(exp.alias_(relation(name), "answer", table=True))
    facts = ([(c.name, c.type) for c in columns], first_row(connection, query))
    return hashlib.sha256(repr(facts).encode()).hexdigest()
