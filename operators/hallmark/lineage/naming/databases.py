"""What the tables are called that a query reads, each by itself."""

from __future__ import annotations

import hashlib
import socket
from dataclasses import dataclass
from urllib.parse import unquote

from hallmark.errors import StageError
from hallmark.lineage.naming.addresses import Address, address_of
from hallmark.lineage.naming.normal import database_and_schema, namespace_of, normal

__all__ = ["Database", "Table", "database_identity", "database_of", "query_identity"]


@dataclass(frozen=True)
class Table:
    """A table that a query reads.

    Args:
        parts: its name as the database knows it, with what the query says of catalog and schema before it.
        namespace, name: its identity in lineage.
    """

    parts: tuple[str, ...]
    namespace: str
    name: str


@dataclass(frozen=True)
class Database:
    """How one database's tables are named.

    Args:
        namespace: of all its tables.
        levels: what stands before a table's name where a query leaves it out; None for what only the database knows.
        dialect: sqlglot's name of its SQL, None if that is not known.
        scheme: what kind of database it is, as its URL says.
        caseless: whether tables' names are the same in any case.
    """

    namespace: str
    levels: tuple[str | None, ...] = ()
    dialect: str | None = None
    scheme: str = ""
    caseless: bool = False

    def tables(self, sql: str) -> dict[str, Table]:
        """Return the tables a query reads, by their names in the query; none if the SQL cannot be read."""
        return {written: self.table(parts) for written, parts in _tables(sql, self.dialect).items()}

    def identity(self, sql: str) -> tuple[str, str]:
        """Return what a query's answer is called: the one table it reads, or else the query's checksum."""
        tables = {(table.namespace, table.name) for table in self.tables(sql).values()}
        if len(tables) == 1:
            return tables.pop()
        digest = hashlib.sha256(sql.encode()).hexdigest()[:12]
        return self.namespace, _joined(*self.levels[:1], f"query-{digest}")

    def table(self, parts: tuple[str, ...]) -> Table:
        """Return a table by its name in its parts, which are folded as the SQL's dialect says."""
        parts = tuple(part.lower() for part in parts) if self.caseless else parts
        missing = max(0, len(self.levels) + 1 - len(parts))
        return Table(parts, *normal(self.namespace, _joined(*self.levels[:missing], *parts)))


def database_of(url: str | None, conn_id: str, schema: str | None = None) -> Database:
    """Return how the tables behind a connection are named.

    Args:
        url: SQLAlchemy URL of the database; None if it is not known yet.
        conn_id: names a database whose naming is not known here.
        schema: where the database looks for a table without one.
    """
    address = address_of(url) if url else None
    system = address.system if address is not None else None
    if address is None or system is None or system.shape != "tables":
        return Database(f"airflow-connection://{conn_id}", scheme=address.scheme if address is not None else "")
    if system.authority == "host" and not address.authority.strip(":"):
        address = Address(address.scheme, socket.gethostname(), address.path, system)
    database, named = database_and_schema(address)
    database = unquote(database) if database else schema
    namespace, _ = normal(namespace_of(address), "")
    levels = system.before(database, schema or named)
    return Database(namespace, levels, system.dialect, system.scheme, system.caseless)


def query_identity(conn_id: str, sql: str) -> tuple[str, str]:
    """Return a name for a query before its database is known: the connection's id, and the table it reads."""
    return database_of(None, conn_id).identity(sql)


def database_identity(url: str, sql: str, conn_id: str, schema: str | None = None) -> tuple[str, str]:
    """Return namespace and name of what a query reads, such as ``postgres://host:5432`` and ``db.public.flights``.

    A query over several tables, and one that cannot be read, is named by its checksum; see :func:`database_of` for the
    arguments and for each table's own name.
    """
    return database_of(url, conn_id, schema).identity(sql)


def _joined(*parts: str | None) -> str:
    return ".".join(filter(None, parts))


def _tables(sql: str, dialect: str | None) -> dict[str, tuple[str, ...]]:
    """Return the tables by their names as column lineage calls them, in their parts as the database compares them."""
    from sqlglot.dialects.dialect import Dialect

    from hallmark.lineage.sql.parsing import dotted, folded, named_tables, parse_query
    from hallmark.lineage.sql.tables import name_of

    try:
        query = folded(parse_query(sql, dialect or ""), Dialect.get_or_raise(dialect))
    except StageError:
        return {}
    return {dotted(table): name_of(table) for table in named_tables(query)}
