"""Taking events in: each is checked on its own, those that may be stored are stored together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from hallmark.catalog.engine import Database
from hallmark.errors import LineageError
from hallmark.lineage.events import read_event
from hallmark.lineage.store.rows import rows_of
from hallmark.lineage.store.writing import Told, write
from hallmark.lineage.uncollected import uncollected

__all__ = ["Ingested", "Refusal", "ingest"]

BATCH = 500
# Of fewer events, Python's collector is not worth to be stopped.
_MANY = 50


@dataclass(frozen=True)
class Refusal:
    """An event that was not stored: its place among those given, from 0, and why."""

    position: int
    reason: str


@dataclass(frozen=True)
class Ingested:
    """What became of some events: ``read`` is the sum of the others."""

    stored: int = 0
    duplicate: int = 0
    refused: tuple[Refusal, ...] = field(default=())

    @property
    def read(self) -> int:
        """How many events were given."""
        return self.stored + self.duplicate + len(self.refused)

    def __add__(self, other: Ingested) -> Ingested:
        return Ingested(self.stored + other.stored, self.duplicate + other.duplicate, (*self.refused, *other.refused))


def ingest(
    database: Database, events: Iterable[Mapping[str, Any] | str | bytes], *, now: datetime | None = None
) -> Ingested:
    """Store OpenLineage events, in transactions of up to 500.

    Args:
        database: the catalog's.
        events: objects or their JSON, of any producer, in any order; those that are known already change nothing.
        now: the time of arrival, with its zone; an event from the future counts as of then.

    Returns:
        How many were stored, were known, and were refused for which reason.

    Raises:
        CatalogError: the database is out of reach, or refuses. Batches before that are stored.
    """
    arrived = now or datetime.now(UTC)
    numbered = iter(enumerate(events))
    total = Ingested()
    while batch := list(islice(numbered, BATCH)):
        with uncollected() if len(batch) > _MANY else nullcontext():
            total += _store(database, batch, arrived)
    return total


def _store(
    database: Database, batch: Sequence[tuple[int, Mapping[str, Any] | str | bytes]], arrived: datetime
) -> Ingested:
    told: dict[str, Told] = {}
    refused: list[Refusal] = []
    for position, given in batch:
        try:
            event = read_event(given, arrived)
            told.setdefault(event.id, Told(event, tuple(rows_of(event))))
        except LineageError as error:
            refused.append(Refusal(position, str(error)))
    stored = database.write(lambda connection: write(connection, told)) if told else 0
    return Ingested(stored, len(batch) - len(refused) - stored, tuple(refused))
