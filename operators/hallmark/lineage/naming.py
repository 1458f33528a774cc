"""What things are called in lineage, after OpenLineage's naming conventions. Credentials never get into a name."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

__all__ = ["database_identity", "model_identity", "query_identity", "table_identity"]


def table_identity(uri: str) -> tuple[str, str]:
    """Return namespace and name of a table's folder: a local path or ``scheme://bucket/prefix``."""
    if "://" not in uri:
        return "file", uri.rstrip("/")
    parts = urlsplit(uri)
    scheme = {"s3a": "s3", "s3n": "s3"}.get(parts.scheme, parts.scheme)
    return f"{scheme}://{parts.hostname or ''}", parts.path.strip("/")


def model_identity(tracking_uri: str, installation: str, model: str) -> tuple[str, str]:
    """Return namespace and name of a registered model: the registry's address, or the installation's name."""
    parts = urlsplit(tracking_uri)
    if parts.scheme in {"http", "https"}:
        host = parts.hostname or "localhost"
        return f"mlflow://{host}:{parts.port}" if parts.port else f"mlflow://{host}", model
    return f"mlflow://{installation}", model


def query_identity(conn_id: str, sql: str) -> tuple[str, str]:
    """Return a name for a query before its database is known: the connection's id, and the tables it reads."""
    named = ",".join(sorted(".".join(table) for table in _tables(sql)))
    return f"airflow-connection://{conn_id}", named or f"query-{_digest(sql)}"


def database_identity(url: str, sql: str, conn_id: str, schema: str | None = None) -> tuple[str, str]:
    """Return namespace and name of what a query reads, such as ``postgres://host:5432`` and ``db.public.flights``.

    Args:
        url: SQLAlchemy URL of the database.
        sql: the query; several tables are joined by commas, and a query that cannot be read is named by its checksum.
        conn_id: names a database whose naming is not known here.
        schema: where the database looks for a table without one.
    """
    parts = urlsplit(url)
    family = _DATABASES.get(parts.scheme.split("+")[0])
    if family is None:
        return query_identity(conn_id, sql)
    host, database = parts.hostname or socket.gethostname(), unquote(parts.path.lstrip("/"))
    levels = tuple(level for level in family.levels(database, schema) if level)
    named = sorted({".".join(_qualified(table, levels)) for table in _tables(sql, family.dialect)})
    return family.namespace(host, parts.port, database), ",".join(named) or ".".join(
        (*levels[:1], f"query-{_digest(sql)}")
    )


@dataclass(frozen=True)
class _Family:
    """How the databases of one kind are named, and what stands before a table's name in the full name."""

    dialect: str
    namespace: Callable[[str, int | None, str], str]
    levels: Callable[[str, str | None], tuple[str | None, ...]]


_POSTGRES = _Family(
    "postgres",
    lambda host, port, _: f"postgres://{host}:{port or 5432}",
    lambda database, schema: (database, schema or "public"),
)
_DATABASES: dict[str, _Family] = {
    "postgres": _POSTGRES,
    "postgresql": _POSTGRES,
    "mysql": _Family(
        "mysql", lambda host, port, _: f"mysql://{host}:{port or 3306}", lambda database, schema: (schema or database,)
    ),
    "sqlite": _Family("sqlite", lambda host, port, file: f"sqlite:///{file}", lambda database, schema: ()),
}


def _qualified(table: tuple[str, ...], levels: tuple[str, ...]) -> tuple[str, ...]:
    """Put the levels that a table's name lacks before it."""
    return (*levels[: max(0, len(levels) + 1 - len(table))], *table)


def _tables(sql: str, dialect: str | None = None) -> set[tuple[str, ...]]:
    """Return the names of the tables a query reads, as the database knows them; none if the SQL cannot be read."""
    import sqlglot
    from sqlglot import exp
    from sqlglot.optimizer.normalize_identifiers import normalize_identifiers

    try:
        tree = sqlglot.parse_one(sql, dialect=dialect)
    except sqlglot.errors.SqlglotError:
        return set()
    if dialect is not None:
        tree = normalize_identifiers(tree, dialect=dialect)
    named = {cte.alias_or_name for cte in tree.find_all(exp.CTE)}
    tables = (t for t in tree.find_all(exp.Table) if t.name and (t.db or t.name not in named))
    return {tuple(part.name for part in t.parts) for t in tables}


def _digest(sql: str) -> str:
    return hashlib.sha256(sql.encode()).hexdigest()[:12]
