"""Whether a database answers at all, found out in a fraction of a second.

A driver waits for seconds where a host does not answer. What is asked here costs a living database a millisecond.
"""

from __future__ import annotations

import os
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

__all__ = ["check", "within"]

T = TypeVar("T")

# Section 55.7 of PostgreSQL's manual, SSLRequest: eight bytes, answered with one by every server and every pooler.
_SSL_REQUEST = bytes((0, 0, 0, 8, 4, 210, 22, 47))
# It has TLS, it has not, or it cannot take anybody now, which its driver tells better.
_SSL_ANSWERS = frozenset({b"S", b"N", b"E"})
_PORT = 5432


class _Work(threading.Thread, Generic[T]):
    """Work in a thread that nobody has to wait for: what hangs in it ends with the process."""

    def __init__(self, work: Callable[[], T]) -> None:
        super().__init__(name="hallmark-lineage", daemon=True)
        self._work = work
        self.answer: T | None = None
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            self.answer = self._work()
        except Exception as error:
            self.error = error


def within(seconds: float, work: Callable[[], T]) -> T | None:
    """Return what work returns; it goes on in the background if that takes too long.

    Raises:
        TimeoutError: it takes longer.
        Exception: what the work raises.
    """
    thread = _Work(work)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise TimeoutError(f"it was not done within {seconds:g} s")
    if thread.error is not None:
        raise thread.error
    return thread.answer


def check(url: URL, seconds: float) -> None:
    """Find out whether a database answers and could be written.

    Args:
        url: of the catalog.
        seconds: after which it counts as out of reach.

    Raises:
        OSError: a server does not answer.
        sqlite3.Error: a file is locked for longer, or cannot be opened.
    """
    _CHECKS[url.get_backend_name()](url, seconds)


def _file(url: URL, seconds: float) -> None:
    path = Path(str(url.database)).as_uri()
    with closing(sqlite3.connect(f"{path}?mode=rw", timeout=seconds, isolation_level=None, uri=True)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")


def _server(url: URL, seconds: float) -> None:
    places = list(_places(url))
    # A name that no resolver answers for cannot be given up in any other way.
    try:
        within(seconds, lambda: _any_answers(places, seconds))
    except TimeoutError as error:
        raise TimeoutError(f"it did not answer within {seconds:g} s") from error


def _any_answers(places: list[tuple[str, int]], seconds: float) -> None:
    for number, place in enumerate(places, 1):
        try:
            _answers(*place, seconds / len(places))
        except OSError:
            if number == len(places):
                raise
        else:
            return


def _answers(host: str, port: int, seconds: float) -> None:
    with _connected(host, port, seconds) as connection:
        connection.sendall(_SSL_REQUEST)
        if connection.recv(1) not in _SSL_ANSWERS:
            raise ConnectionError(f"what answers at {host}:{port} is no PostgreSQL")


def _connected(host: str, port: int, seconds: float) -> socket.socket:
    if not host.startswith("/"):
        return socket.create_connection((host, port), timeout=seconds)
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(seconds)
    try:
        connection.connect(f"{host}/.s.PGSQL.{port}")
    except OSError:
        connection.close()
        raise
    return connection


def _places(url: URL) -> Iterator[tuple[str, int]]:
    """Yield where libpq would look; nothing where only libpq knows, from a service file or its environment."""
    query: Mapping[str, object] = url.query
    given = query.get("host") or url.host
    ports = str(query.get("port") or url.port or os.environ.get("PGPORT") or _PORT).split(",")
    for number, host in enumerate(_texts(given)):
        name, _, port = host.partition(":") if host.count(":") == 1 else (host, "", "")
        yield name, int(port or ports[min(number, len(ports) - 1)])


def _texts(given: object) -> list[str]:
    if isinstance(given, (tuple, list)):
        return [str(one) for one in given]
    return str(given).split(",") if given else []


_CHECKS: Mapping[str, Callable[[URL, float], None]] = {"sqlite": _file, "postgresql": _server}
