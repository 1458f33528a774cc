"""Reaching the database: one engine a process, transactions, patience, and errors a user can act on."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from tenacity import Retrying, retry_if_exception, stop_before_delay, wait_exponential, wait_random

from hallmark.catalog.address import file_of, shown
from hallmark.catalog.rest import Rest
from hallmark.catalog.tables import from_json, to_json
from hallmark.errors import CatalogError

__all__ = ["PATIENCE", "Database", "connect"]

# Tries at 0, 0.5, 1.5, 3.5 and 7.5 seconds.
PATIENCE = 8.0
_BUSY_SECONDS = 30
_CONNECT_SECONDS = 4
_MAX_REASON = 300
_WRITES = "hallmark_writes"
_UNREACHABLE = "check that its server is up, and [hallmark] catalog_url or catalog_conn_id"

T = TypeVar("T")


@dataclass(frozen=True)
class Database:
    """The catalog's database: work is handed in and runs in one transaction.

    Work may run more than once, when the connection breaks: it must be idempotent.

    Args:
        url: where it is.
        engine: the process's engine for it.
        patience: seconds to go on trying while it is out of reach.
        rest: how long it is left alone after that; at once asked again if not given.
    """

    url: URL
    engine: Engine
    patience: float = PATIENCE
    rest: Rest | None = None

    @property
    def name(self) -> str:
        """The URL as it may be shown."""
        return shown(self.url)

    @property
    def file(self) -> Path | None:
        """The file of a SQLite catalog, None for a server's."""
        return file_of(self.url)

    def read(self, work: Callable[[Connection], T]) -> T:
        """Run work that only reads.

        Raises:
            CatalogError: the database stays out of reach, or refuses.
        """
        return self._run(self.engine, work)

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run work that writes; on SQLite it waits its turn before it reads anything.

        Raises:
            CatalogError: the database stays out of reach, or refuses.
        """
        return self._run(self.engine.execution_options(**{_WRITES: True}), work)

    def _run(self, engine: Engine, work: Callable[[Connection], T]) -> T:
        if self.rest is not None and not self.rest.allows():
            raise CatalogError(f"the catalog {self.name} did not answer a moment ago", _UNREACHABLE)
        patiently = Retrying(
            stop=stop_before_delay(self.patience),
            wait=wait_exponential(multiplier=0.5, max=4) + wait_random(0, 0.1),
            retry=retry_if_exception(_passing),
            reraise=True,
        )
        try:
            answer: T = patiently(_in_transaction, engine, work)
        except DBAPIError as error:
            if self.rest is not None and _passing(error):
                self.rest.begin()
            raise self._refused(error) from error
        except NoConnection as error:
            raise CatalogError(f"all connections to the catalog {self.name} are in use", _UNREACHABLE) from error
        if self.rest is not None:
            self.rest.end()
        return answer

    def _refused(self, error: DBAPIError) -> CatalogError:
        # The first line says what is wrong; the rest, and a long line's end, may quote data.
        reason = str(error.orig).splitlines()[0][:_MAX_REASON]
        if self.url.password:
            reason = reason.replace(str(self.url.password), "***")
        if _passing(error):
            return CatalogError(f"the catalog {self.name} is out of reach ({reason})", _UNREACHABLE)
        return CatalogError(
            f"the catalog {self.name} refused ({reason})",
            "check the database and what its user may do there; if its tables are older, run `hallmark db upgrade`",
        )


def connect(url: URL, patience: float = PATIENCE, rest: Rest | None = None) -> Database:
    """Return the database at a URL; nothing is opened before the first work.

    Raises:
        CatalogError: the driver is not installed, or does not know an option of the URL.
    """
    return Database(url, _engine(os.getpid(), url), patience, rest)


@cache
def _engine(pid: int, url: URL) -> Engine:
    """Make the engine of a process: a forked child must not use its parent's connections, so the key holds the pid."""
    try:
        return _MAKERS[url.get_backend_name()](url)
    except ModuleNotFoundError as error:
        raise CatalogError(
            f"the driver of {shown(url)} is not installed", "install airflow-provider-hallmark[postgres]"
        ) from error
    except (ArgumentError, ValueError) as error:
        raise CatalogError(f"{shown(url)} has an option its driver cannot read", "mend the catalog's URL") from error


def _sqlite(url: URL) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,
        json_serializer=to_json,
        json_deserializer=from_json,
        connect_args={"timeout": _BUSY_SECONDS},
    )
    event.listen(engine, "connect", _open_file)
    event.listen(engine, "begin", _begin)
    return engine


def _open_file(connection: Any, _record: Any) -> None:
    # Transactions are begun by _begin alone: sqlite3 would begin them late, after the reads a write depends on.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgresql(url: URL) -> Engine:
    options: dict[str, Any] = {
        "connect_timeout": _CONNECT_SECONDS,
        "application_name": "hallmark",
        # A pooler between the two may give each transaction another session, which has not prepared anything.
        "prepare_threshold": None,
    }
    given = {name: value for name, value in options.items() if name not in url.query}
    engine = create_engine(
        url,
        hide_parameters=True,
        json_serializer=to_json,
        json_deserializer=from_json,
        pool_pre_ping=True,
        pool_size=2,
        max_overflow=8,
        pool_recycle=1800,
        # No longer than a connection takes to fail: nobody tells those who wait that it did.
        pool_timeout=_CONNECT_SECONDS + 1,
        connect_args=given,
    )
    event.listen(engine, "connect", _open_session)
    return engine


def _open_session(connection: Any, _record: Any) -> None:
    from psycopg.types.array import ListBinaryDumper

    # As text, each value of a long array would be escaped in Python.
    connection.adapters.register_dumper(list, ListBinaryDumper)


_MAKERS: dict[str, Callable[[URL], Engine]] = {"sqlite": _sqlite, "postgresql": _postgresql}


def _in_transaction(engine: Engine, work: Callable[[Connection], T]) -> T:
    with engine.begin() as connection:
        return work(connection)


def _passing(error: BaseException) -> bool:
    """Whether the same work may succeed a little later."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    # SQLite says OperationalError of everything, a missing table included.
    return not type(error.orig).__module__.startswith("sqlite3") or "locked" in str(error.orig)
