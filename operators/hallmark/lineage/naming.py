"""What things are called in lineage, after OpenLineage's naming conventions. Credentials never get into a name."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Callable
from urllib.parse import urlsplit

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
    return f"airflow-connection://{conn_id}", _tables(sql) or f"query-{_digest(sql)}"


def database_identity(url: str, sql: str, conn_id: str) -> tuple[str, str]:
    """Return namespace and name of what a query reads, such as ``postgres://host:5432`` and ``db.public.flights``."""
    parts = urlsplit(url)
    family = parts.scheme.split("+")[0]
    naming = _DATABASES.get(family)
    if naming is None:
        return query_identity(conn_id, sql)
    namespace, prefix = naming(parts.hostname or socket.gethostname(), parts.port, parts.path.lstrip("/"))
    tables = _tables(sql)
    return namespace, f"{prefix}{tables}" if tables else f"{prefix}query-{_digest(sql)}"


def _postgres(host: str, port: int | None, database: str) -> tuple[str, str]:
    return f"postgres://{host}:{port or 5432}", f"{database}."


def _mysql(host: str, port: int | None, database: str) -> tuple[str, str]:
    return f"mysql://{host}:{port or 3306}", f"{database}."


def _sqlite(host: str, port: int | None, database: str) -> tuple[str, str]:
    return f"sqlite:///{database}", ""


_DATABASES: dict[str, Callable[[str, int | None, str], tuple[str, str]]] = {
    "postgres": _postgres,
    "postgresql": _postgres,
    "mysql": _mysql,
    "sqlite": _sqlite,
}


def _tables(sql: str) -> str:
    """Return the one table a query reads, or the tables joined by commas; empty if the SQL cannot be read."""
    import sqlglot
    from sqlglot import exp

    try:
        tree = sqlglot.parse_one(sql)
    except sqlglot.errors.SqlglotError:
        return ""
    named = {cte.alias_or_name for cte in tree.find_all(exp.CTE)}
    tables = {".".join(p.name for p in t.parts) for t in tree.find_all(exp.Table) if t.name and t.name not in named}
    return ",".join(sorted(tables))


def _digest(sql: str) -> str:
    return hashlib.sha256(sql.encode()).hexdigest()[:12]
