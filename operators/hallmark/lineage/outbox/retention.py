"""Letting old lineage go without holding anybody up: a few hundred rows a transaction, and a pause after each."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection

from hallmark.catalog import retention
from hallmark.catalog.engine import Database
from hallmark.errors import LineageError
from hallmark.lineage.store.writing import alone

__all__ = ["Pruned", "age_of", "prune"]

T = TypeVar("T")

_UNITS = {"h": "hours", "d": "days", "w": "weeks"}
_BATCH = 500
# Each time these are looked for, all that runs read and wrote is gone through.
_SETS = 5000
# SQLite lets whoever asks at the right moment write: without a pause, others would ask at the wrong one.
_PAUSE = 0.02


@dataclass(frozen=True)
class Pruned:
    """What went, or would go: events, runs with what they read and wrote, and sets of column edges nobody has."""

    events: int
    runs: int
    columns: int


def prune(database: Database, older_than: timedelta, *, dry_run: bool = False, now: datetime | None = None) -> Pruned:
    """Delete events and runs of which nothing was heard for some time; the graph of today stays as it is.

    Args:
        database: the catalog's.
        older_than: how long nothing was heard of them.
        dry_run: only count them.
        now: the time from which that counts, with its zone.

    Raises:
        CatalogError: the catalog is out of reach. What was deleted before stays so.
    """
    before = (now or datetime.now(UTC)) - older_than
    if dry_run:
        return Pruned(
            database.read(lambda c: retention.events_count(c, before)),
            database.read(lambda c: retention.runs_count(c, before)),
            len(database.read(lambda c: retention.unused_columns(c, before))),
        )
    gone = Pruned(
        _all(database, lambda c: retention.drop_events(c, before, _BATCH)),
        _all(database, lambda c: retention.drop_runs(c, before, _BATCH)),
        _columns(database),
    )
    _versions(database, before)
    _all(database, lambda c: retention.drop_schemas(c, _BATCH))
    return gone


def age_of(text: str) -> timedelta:
    """Return the age that a text such as ``90d`` names.

    Raises:
        LineageError: it names none.
    """
    found = re.fullmatch(r"\s*(\d{1,5})\s*([hdw])\s*", text)
    if found is None:
        raise LineageError(f"{text!r} is no age", "write a number and h, d or w, for example 90d")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _columns(database: Database) -> int:
    parts = _parts(database.read(retention.unused_columns), _SETS)
    return sum(_alone(database, partial(retention.drop_columns, candidates=part)) for part in parts)


def _versions(database: Database, before: datetime) -> None:
    for part in _parts(database.read(lambda c: retention.unused_versions(c, before)), _BATCH):
        _alone(database, partial(retention.drop_versions, candidates=part, before=before))


def _parts(found: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (found[start : start + size] for start in range(0, len(found), size))


def _all(database: Database, drop: Callable[[Connection], int]) -> int:
    total = 0
    while gone := _alone(database, drop):
        total += gone
    return total


def _alone(database: Database, drop: Callable[[Connection], int]) -> int:
    """Delete a batch while no event is stored: it might name what is about to go."""

    def batch(connection: Connection) -> int:
        alone(connection)
        return drop(connection)

    gone = database.write(batch)
    time.sleep(_PAUSE)
    return gone
