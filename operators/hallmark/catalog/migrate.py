"""Bringing the catalog's tables to the state this version of Hallmark needs.

A SQLite catalog belongs to one machine and is migrated when it is opened. A PostgreSQL catalog serves many machines,
which may run different versions for a while: there somebody decides, with ``hallmark db upgrade``.
"""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, column, func, inspect, select, table

from hallmark.catalog.address import catalog_url
from hallmark.catalog.engine import Database, connect
from hallmark.catalog.tables import VERSION_TABLE
from hallmark.errors import CatalogError

__all__ = ["current_revision", "ensure_current", "head_revision", "upgrade"]

_MIGRATIONS = Path(__file__).parent / "migrations"
# Any number, as long as it is always the same: who migrates holds this advisory lock.
_LOCK = 0x4A11_3A2C


def head_revision() -> str:
    """Return the revision this version of Hallmark needs."""
    return _revisions()[-1]


def current_revision(url: str | None = None) -> str | None:
    """Return the revision a catalog is at, None if it has no tables yet.

    Args:
        url: of the catalog; without one, that of the ``[hallmark]`` options.

    Raises:
        CatalogError: it is out of reach.
    """
    database = connect(catalog_url(url=url))
    if database.file is not None and not database.file.exists():
        return None
    return database.read(_revision)


def upgrade(url: str | None = None) -> str:
    """Create or migrate a catalog's tables, once however many processes try at the same time.

    Args:
        url: of the catalog; without one, that of the ``[hallmark]`` options.

    Returns:
        The revision it is at now.

    Raises:
        CatalogError: it is out of reach, or was migrated by a newer Hallmark.
    """
    database = connect(catalog_url(url=url))
    if database.file is not None:
        _upgrade_file(database, database.file)
    else:
        database.write(_upgrade_server)
    return head_revision()


def ensure_current(database: Database) -> None:
    """See to it that the tables are those of this version.

    Raises:
        CatalogError: they are not, and the database is one that is migrated by hand.
    """
    if database.file is not None and not database.file.exists():
        _upgrade_file(database, database.file)
        return
    found = database.read(_revision)
    if found == head_revision():
        return
    _refuse_newer(found)
    if database.file is None:
        state = f"is at revision {found}, and this version needs {head_revision()}" if found else "has no tables yet"
        raise CatalogError(f"the catalog {database.name} {state}", "run `hallmark db upgrade`")
    _upgrade_file(database, database.file)


def _revisions() -> list[str]:
    """Return the revisions, oldest first: a migration's file is named ``<revision>_<what>.py``."""
    return sorted(path.name.partition("_")[0] for path in (_MIGRATIONS / "versions").glob("[0-9]*.py"))


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.scalar(select(column("version_num")).select_from(table(VERSION_TABLE)))


def _refuse_newer(found: str | None) -> None:
    if found is not None and found not in _revisions():
        raise CatalogError(
            f"the catalog is at revision {found}, which this version of Hallmark does not know",
            "install the version of Hallmark that migrated it, or a later one",
        )


def _upgrade_file(database: Database, file: Path) -> None:
    with _alone(file):
        if not file.exists():
            # Connections to a file that was removed under this process would write where nobody reads.
            database.engine.dispose()
        found = database.read(_revision)
        if found == head_revision():
            return
        _refuse_newer(found)
        _write_ahead(database)
        database.write(_run_migrations)


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Hold the lock file beside the database; processes that come meanwhile wait and then find it migrated."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        lock = file.with_name(f"{file.name}.lock").open("a")
    except OSError as error:
        raise CatalogError(
            f"the catalog {file} cannot be created ({error.strerror})",
            "give this process's user write access to the folder, or set [hallmark] catalog_url",
        ) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write_ahead(database: Database) -> None:
    """Let readers and one writer work at the same time; the file remembers it."""
    try:
        with closing(database.engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:
            cursor.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError as error:
        raise CatalogError(
            f"the catalog {database.name} cannot be switched to write-ahead logging ({error})",
            "close the programs that have it open and try again",
        ) from error


def _upgrade_server(connection: Connection) -> None:
    connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    _refuse_newer(_revision(connection))
    _run_migrations(connection)


def _run_migrations(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
