"""A query on a SQL database as a source: rows stream through a server-side cursor into the engine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from hallmark.dataset import Column, DatasetVersion
from hallmark.errors import SourceError, StageError
from hallmark.sources.base import Reading

if TYPE_CHECKING:
    import pyarrow as pa
    from sqlalchemy import Connection, CursorResult

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

    def declared(self) -> DatasetVersion:
        from hallmark.lineage.naming import query_identity

        namespace, location = query_identity(self.conn_id, self.sql)
        return DatasetVersion(location, namespace, location, kind="query")

    def mount(self, reading: Reading, name: str, contract: Sequence[Column]) -> DatasetVersion:
        import sqlalchemy as sa

        if not self.sql.strip():
            raise StageError("the source's SQL rendered to nothing", "check its template")
        url = reading.database_url(self.conn_id)
        engine = sa.create_engine(url)
        try:
            with engine.connect() as connection:
                table = _read(connection, self.sql, self.parameters or {})
        except sa.exc.SQLAlchemyError as error:
            reason = str(getattr(error, "orig", None) or type(error).__name__).splitlines()[0]
            raise SourceError(
                f"the query on connection {self.conn_id!r} failed ({reason})", "check the connection and the SQL"
            ) from None
        finally:
            engine.dispose()
        reading.connection.register(name, table)
        return self._version(url, table, reading, name)

    def _version(self, url: str, table: pa.Table, reading: Reading, name: str) -> DatasetVersion:

        from hallmark.engines.duckdb import columns_of, rows_of
        from hallmark.lineage.naming import database_identity

        columns = columns_of(reading.connection, rows_of(name))
        namespace, location = database_identity(url, self.sql, self.conn_id)
        digest = hashlib.sha256(repr(sorted((c, table[c].nbytes) for c in table.column_names)).encode())
        digest.update(str(table.num_rows).encode())
        return DatasetVersion(
            location, namespace, location, digest.hexdigest(), "query", columns=columns, rows=table.num_rows
        )


def _read(connection: Connection, sql: str, parameters: dict[str, Any]) -> pa.Table:
    import pyarrow as pa
    import sqlalchemy as sa

    streamed = connection.execution_options(stream_results=True, max_row_buffer=BATCH)
    result = streamed.execute(sa.text(sql), parameters)
    names = list(result.keys())
    batches = [pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))) for rows in _chunks(result)]
    if not batches:
        return pa.table({name: pa.array([], pa.null()) for name in names})
    return pa.concat_tables(batches, promote_options="permissive")


def _chunks(result: CursorResult[Any]) -> Iterator[list[Any]]:
    while rows := result.fetchmany(BATCH):
        yield [tuple(row) for row in rows]
