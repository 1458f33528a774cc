"""The outbox: which events which backend has still to get, and who is delivering them.

Every function takes the connection of a transaction and may run again. Moments come from the caller: the clocks of
those who deliver to one backend differ by less than a lease lasts.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, delete, func, insert, or_, select, update

from hallmark.catalog.lineage_tables import backends, outbox
from hallmark.catalog.store import insert_of
from hallmark.catalog.tables import events

__all__ = [
    "Entry",
    "Parked",
    "Standing",
    "Tried",
    "append",
    "drop_all",
    "drop_parked",
    "give_back",
    "page",
    "parked",
    "pending",
    "postpone",
    "settle",
    "standings",
    "take",
    "unpark",
]


@dataclass(frozen=True)
class Entry:
    """An event that waits for a backend; ``body`` is None if the event itself is no longer kept."""

    id: int
    event_id: str
    run_id: str | None
    attempts: int
    next_try_at: datetime | None
    body: Mapping[str, Any] | None = field(repr=False)


@dataclass(frozen=True)
class Tried:
    """What a refused event's row becomes."""

    id: int
    attempts: int
    next_try_at: datetime | None
    parked: bool
    error: str


@dataclass(frozen=True)
class Standing:
    """How far a backend is: what waits, what is parked, and how its last delivery ended."""

    name: str
    pending: int = 0
    parked: int = 0
    oldest: datetime | None = None
    failures: int = 0
    next_try_at: datetime | None = None
    last_error: str | None = None
    delivered: int = 0
    last_delivered_at: datetime | None = None


@dataclass(frozen=True)
class Parked:
    """An event that a backend refused for good, and why."""

    backend: str
    event_id: str
    run_id: str | None
    attempts: int
    error: str
    since: datetime


def append(connection: Connection, names: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> int:
    """Let events be delivered to backends; return how many rows that makes."""
    shared = {"attempts": 0, "parked": False, "created_at": datetime.now(UTC)}
    # Ids rise in the order of the events: that is the order of a run.
    made = [
        {"backend": name, "event_id": row["event_id"], "run_id": row["run_id"], **shared}
        for row in rows
        for name in names
    ]
    if made:
        connection.execute(insert(outbox), made)
    return len(made)


def take(connection: Connection, name: str, who: str, now: datetime, until: datetime) -> Standing | None:
    """Lease a backend; return how its last delivery ended, None while somebody else has it."""
    fresh = {"name": name, "failures": 0, "delivered": 0}
    connection.execute(insert_of(connection, backends).values(fresh).on_conflict_do_nothing())
    free = or_(backends.c.leased_until.is_(None), backends.c.leased_until <= now, backends.c.leased_by == who)
    changed = connection.execute(
        update(backends).where(backends.c.name == name, free).values(leased_by=who, leased_until=until)
    )
    if not changed.rowcount:
        return None
    row = connection.execute(select(backends).where(backends.c.name == name)).mappings().one()
    return Standing(name, **{column: row[column] for column in _KNOWN})


def give_back(connection: Connection, name: str, who: str) -> None:
    """End a lease."""
    mine = (backends.c.name == name) & (backends.c.leased_by == who)
    connection.execute(update(backends).where(mine).values(leased_by=None, leased_until=None))


def page(connection: Connection, name: str, after: int, limit: int) -> list[Entry]:
    """Return what waits for a backend, in order, beginning after an id."""
    query = (
        select(*(outbox.c[column] for column in _OF_ENTRY), events.c.body)
        .outerjoin_from(outbox, events, events.c.event_id == outbox.c.event_id)
        .where(outbox.c.backend == name, outbox.c.parked.is_(False), outbox.c.id > after)
        .order_by(outbox.c.id)
        .limit(limit)
    )
    return [Entry(**row) for row in connection.execute(query).mappings()]


def settle(
    connection: Connection,
    name: str,
    who: str,
    sent: Collection[int],
    tried: Sequence[Tried],
    now: datetime,
    until: datetime,
) -> bool:
    """Take what was sent out of the outbox, remember what was refused, and renew the lease.

    Returns:
        Whether the lease was still held.
    """
    gone = connection.execute(delete(outbox).where(outbox.c.id.in_(list(sent)))).rowcount if sent else 0
    for one in tried:
        values = {
            "attempts": one.attempts,
            "next_try_at": one.next_try_at,
            "parked": one.parked,
            "last_error": one.error,
        }
        connection.execute(update(outbox).where(outbox.c.id == one.id).values(values))
    if gone:
        well = {"delivered": backends.c.delivered + gone, "last_delivered_at": now}
        connection.execute(update(backends).where(backends.c.name == name).values({**well, **_NO_TROUBLE}))
    mine = (backends.c.name == name) & (backends.c.leased_by == who)
    return bool(connection.execute(update(backends).where(mine).values(leased_until=until)).rowcount)


def postpone(connection: Connection, name: str, failures: int, next_try_at: datetime, error: str) -> None:
    """Remember that a backend is in trouble, and when to try again."""
    values = {"failures": failures, "next_try_at": next_try_at, "last_error": error}
    connection.execute(update(backends).where(backends.c.name == name).values(values))


def pending(connection: Connection, name: str) -> int:
    """Return how many events wait for a backend."""
    waits = (outbox.c.backend == name, outbox.c.parked.is_(False))
    return connection.scalar(select(func.count()).select_from(outbox).where(*waits)) or 0


def standings(connection: Connection) -> list[Standing]:
    """Return how far every backend is that has anything, or ever had, by name."""
    waits = outbox.c.parked.is_(False)
    counted: dict[str, Mapping[str, Any]] = {
        row["backend"]: dict(row)
        for row in connection.execute(
            select(
                outbox.c.backend,
                func.count(case((waits, 1))).label("pending"),
                func.count(case((outbox.c.parked, 1))).label("parked"),
                func.min(case((waits, outbox.c.created_at))).label("oldest"),
            ).group_by(outbox.c.backend)
        ).mappings()
    }
    known: dict[str, Mapping[str, Any]] = {
        row["name"]: dict(row) for row in connection.execute(select(backends)).mappings()
    }
    return [_standing(name, counted.get(name), known.get(name)) for name in sorted({*counted, *known})]


def parked(connection: Connection, limit: int) -> list[Parked]:
    """Return the events that backends refused for good, the newest first."""
    query = select(outbox).where(outbox.c.parked).order_by(outbox.c.id.desc()).limit(limit)
    return [
        Parked(r["backend"], r["event_id"], r["run_id"], r["attempts"], r["last_error"] or "", r["created_at"])
        for r in connection.execute(query).mappings()
    ]


def unpark(connection: Connection, names: Collection[str]) -> int:
    """Let parked events be tried again; return how many."""
    fresh = {"parked": False, "attempts": 0, "next_try_at": None}
    return connection.execute(update(outbox).where(_parked_of(names)).values(fresh)).rowcount


def drop_parked(connection: Connection, names: Collection[str]) -> int:
    """Give parked events up for good; return how many."""
    return connection.execute(delete(outbox).where(_parked_of(names))).rowcount


def drop_all(connection: Connection, name: str) -> int:
    """Forget a backend with all that waits for it; return how much that was."""
    connection.execute(delete(backends).where(backends.c.name == name))
    return connection.execute(delete(outbox).where(outbox.c.backend == name)).rowcount


_OF_ENTRY = ("id", "event_id", "run_id", "attempts", "next_try_at")
_KNOWN = ("failures", "next_try_at", "last_error", "delivered", "last_delivered_at")
_NO_TROUBLE = {"failures": 0, "next_try_at": None, "last_error": None}


def _parked_of(names: Collection[str]) -> ColumnElement[bool]:
    return outbox.c.parked & outbox.c.backend.in_(list(names))


def _standing(name: str, counted: Mapping[str, Any] | None, known: Mapping[str, Any] | None) -> Standing:
    waiting = {column: counted[column] for column in ("pending", "parked", "oldest")} if counted else {}
    ended = {column: known[column] for column in _KNOWN} if known else {}
    return Standing(name, **waiting, **ended)
