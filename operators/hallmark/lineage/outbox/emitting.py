"""Keeping an event as it is emitted: in the catalog if that answers at once, else on this machine's disk.

A task waits for neither a host that does not answer nor a lock: what costs time is asked for once a minute and machine.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from hallmark.config import Settings
from hallmark.errors import reason
from hallmark.lineage.outbox.breaker import Breaker
from hallmark.lineage.outbox.pulse import check, within
from hallmark.lineage.outbox.spool import MANY, Spool
from hallmark.lineage.redaction import redacted

if TYPE_CHECKING:
    from hallmark.catalog.engine import Database

__all__ = ["Keeper", "breaker_of"]

log = logging.getLogger(__name__)

# Seconds: for a sign of life, for the work of a database that gave one, and for what waited before.
_SIGN, _WORK, _DRAIN = 0.2, 5.0, 0.1
# A failure that took longer is not to be repeated by every task.
_QUICK = 0.1
# The databases that this process found migrated.
_current: set[tuple[int, str]] = set()


class _Behind(Exception):
    """Earlier events of the same run still wait."""


@dataclass(frozen=True)
class Keeper:
    """Where the events of a process go.

    Args:
        settings: the ``[hallmark]`` options.
    """

    settings: Settings

    @property
    def spool(self) -> Spool:
        """Where events wait."""
        return Spool(Path(self.settings.lineage_spool))

    def keep(self, text: str, run_id: str | None) -> Literal["catalog", "spool"]:
        """Keep an event; when this returns it outlives the process.

        Args:
            text: the event's JSON.
            run_id: of the run it tells of.

        Returns:
            Where it is.

        Raises:
            OSError: neither the catalog nor the spool can be written.
        """
        breaker = breaker_of(self.spool)
        why = "the catalog did not answer a moment ago" if breaker.is_open() else self._attempt(breaker, text, run_id)
        if not why:
            return "catalog"
        path = self.spool.put(text, run_id)
        log.warning("a lineage event waits in %s: %s", path, why)
        return "spool"

    def _attempt(self, breaker: Breaker, text: str, run_id: str | None) -> str:
        """Hand an event to the catalog; return why it could not be, empty if it could."""
        if breaker.was_tripped():
            # One finds out for all: whoever comes meanwhile does not wait.
            breaker.trip()
        try:
            self._store(breaker, text, run_id)
        except _Behind:
            breaker.reset()
            return "earlier events of its run wait there"
        except Exception as error:
            self._warn_if_full()
            return f"the catalog does not take it ({redacted(reason(error))})"
        breaker.reset()
        return ""

    def _store(self, breaker: Breaker, text: str, run_id: str | None) -> None:
        from hallmark.catalog.address import catalog_url, file_of

        url = catalog_url(self.settings)
        file = file_of(url)
        if file is None or file.exists():
            with _held_up_once(breaker):
                check(url, _SIGN)
        # Imports and a file's first tables are no sign of a catalog that hangs: no clock runs meanwhile.
        from hallmark.catalog.engine import connect
        from hallmark.lineage.outbox import draining  # noqa: F401

        database = connect(url, patience=0)
        if file is not None:
            _see_to_tables(database)
        with _held_up_once(breaker):
            within(_WORK, lambda: self._ingest(database, text, run_id))

    def _ingest(self, database: Database, text: str, run_id: str | None) -> None:
        from hallmark.lineage.outbox.draining import drain
        from hallmark.lineage.store import ingest

        _see_to_tables(database)
        if self.spool.waiting():
            drain(database, self.spool, _DRAIN)
            if self.spool.holds(run_id):
                raise _Behind
        for refusal in ingest(database, [text]).refused:
            put = self.spool.refuse(text, refusal.reason)
            log.warning("the catalog refuses a lineage event, which is kept in %s: %s", put, refusal.reason)

    def _warn_if_full(self) -> None:
        if (waiting := len(self.spool.waiting())) > MANY:
            log.warning("%s lineage events wait in %s", waiting, self.spool.folder)


@contextmanager
def _held_up_once(breaker: Breaker) -> Iterator[None]:
    """Remember a failure that took its time; one that comes at once may come to every task."""
    started = time.monotonic()
    try:
        yield
    except Exception:
        if time.monotonic() - started > _QUICK:
            breaker.trip()
        raise


def breaker_of(spool: Spool) -> Breaker:
    """Return what remembers that the catalog did not answer, for all who use a spool."""
    return Breaker(spool.folder / ".catalog-is-out-of-reach")


def _see_to_tables(database: Database) -> None:
    """Look once a process whether the tables are there; a file that has gone since is made again."""
    from hallmark.catalog.migrate import ensure_current

    key = (os.getpid(), str(database.url))
    if key in _current and (database.file is None or database.file.exists()):
        return
    ensure_current(database)
    _current.add(key)
