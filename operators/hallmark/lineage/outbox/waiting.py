"""What waits: for each backend, and on this machine's disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hallmark.catalog import outbox
from hallmark.catalog.engine import Database
from hallmark.catalog.outbox import Parked, Standing
from hallmark.config import settings
from hallmark.lineage.outbox.backends import chosen, configured
from hallmark.lineage.outbox.spool import Spool
from hallmark.receipt import plain

__all__ = ["Backlog", "backlog", "drop", "retry"]

_SHOWN = 100


@dataclass(frozen=True)
class Backlog:
    """What waits.

    Args:
        backends: how far each is; also those that are no longer configured and still have something.
        unconfigured: names of the latter.
        parked: events that were given up, the newest first, up to 100.
        spool: the folder of this machine.
        spooled: events in it.
        refused: events in it that the catalog does not take.
        at: when this was so.
    """

    backends: tuple[Standing, ...]
    unconfigured: frozenset[str]
    parked: tuple[Parked, ...]
    spool: Path
    spooled: int
    refused: int
    at: datetime

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON takes it, with the seconds for which the oldest event of each backend has waited."""
        told: dict[str, Any] = plain(self)
        for shown, one in zip(told["backends"], self.backends, strict=True):
            shown["oldest_seconds"] = (self.at - one.oldest).total_seconds() if one.oldest else None
            shown["configured"] = one.name not in self.unconfigured
        return told


def backlog(database: Database) -> Backlog:
    """Return what waits now.

    Raises:
        CatalogError: the catalog is out of reach.
        ConfigError: ``[hallmark] lineage_backends`` cannot be read.
    """
    found: Mapping[str, Standing] = {one.name: one for one in database.read(outbox.standings)}
    names = [backend.name for backend in configured()]
    gone = {name for name, one in found.items() if name not in names and one.pending + one.parked}
    spool = Spool(Path(settings().lineage_spool))
    return Backlog(
        tuple(found.get(name, Standing(name)) for name in [*names, *sorted(gone)]),
        frozenset(gone),
        tuple(database.read(lambda c: outbox.parked(c, _SHOWN))),
        spool.folder,
        len(spool.waiting()),
        spool.refused(),
        datetime.now(UTC),
    )


def retry(database: Database, backend: str | None = None) -> int:
    """Let parked events be sent again; return how many. They come after events of their run that were sent meanwhile.

    Raises:
        CatalogError: the catalog is out of reach.
        ConfigError: there is no such backend.
    """
    names = [one.name for one in chosen(backend)]
    return database.write(lambda c: outbox.unpark(c, names))


def drop(database: Database, backend: str) -> int:
    """Give up what waits for a backend that is no longer configured, and the parked events of one that is.

    Args:
        database: the catalog's.
        backend: its name.

    Returns:
        How many events it will never get. The catalog keeps them all.

    Raises:
        CatalogError: the catalog is out of reach.
        ConfigError: there is no such backend, now or before.
    """
    known = {one.name for one in configured()}
    if backend not in known and backend in backlog(database).unconfigured:
        return database.write(lambda c: outbox.drop_all(c, backend))
    names = [one.name for one in chosen(backend)]
    return database.write(lambda c: outbox.drop_parked(c, names))
