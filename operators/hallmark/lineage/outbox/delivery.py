"""Delivering: every backend gets every event, in the order of its run, however often somebody is killed at it.

    spool ──> catalog ──> for each backend: lease ──> pages of the outbox ──> send ──> settle

Rows go after their events were sent: what was sent and not settled is sent again. A backend in trouble is left alone
for longer and longer, and nothing is skipped; an event it refuses holds up its own run, until it is parked.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hallmark.catalog import outbox
from hallmark.catalog.engine import Database
from hallmark.config import settings
from hallmark.errors import CatalogError, ConfigError
from hallmark.lineage.outbox import draining
from hallmark.lineage.outbox.backends import Backend, chosen
from hallmark.lineage.outbox.backoff import backend_again
from hallmark.lineage.outbox.emitting import breaker_of
from hallmark.lineage.outbox.outcome import Outcome
from hallmark.lineage.outbox.round import Round
from hallmark.lineage.outbox.sending import Sender
from hallmark.lineage.outbox.spool import Spool

__all__ = ["Delivered", "Delivery", "deliver"]

log = logging.getLogger(__name__)

# What is sent is settled a page or a moment of seconds at a time: so much may be sent twice if somebody is killed.
_PAGE, _MOMENT = 50, 1.0
# A lease is renewed between events, and has to outlast one that is waited for: to connect, to send and to be answered.
_RENEWED = 3
_BUSY = "another process delivers to it"


@dataclass(frozen=True)
class Delivery:
    """What came of delivering to one backend.

    Args:
        backend: its name.
        sent: events it has now.
        parked: events it refused for good.
        left: events that still wait.
        trouble: why it took no more, empty if it took all it was given.
        next_try_at: before which it is left alone.
    """

    backend: str
    sent: int = 0
    parked: int = 0
    left: int = 0
    trouble: str = ""
    next_try_at: datetime | None = None


@dataclass(frozen=True)
class Delivered:
    """What came of delivering to all backends, and of the events that waited on this machine's disk."""

    backends: tuple[Delivery, ...] = ()
    spooled: draining.Drained = field(default_factory=draining.Drained)

    @property
    def sent(self) -> int:
        """Events sent, counted once for each backend."""
        return sum(one.sent for one in self.backends)

    @property
    def parked(self) -> int:
        """Events that were given up."""
        return sum(one.parked for one in self.backends)

    @property
    def left(self) -> int:
        """Events that still wait, parked ones aside."""
        return sum(one.left for one in self.backends)


def deliver(
    database: Database,
    *,
    backend: str | None = None,
    budget_seconds: float = 50.0,
    limit: int | None = None,
    force: bool = False,
    lease_seconds: float = 30.0,
) -> Delivered:
    """Empty this machine's spool, and send what waits to the backends, until all is sent or the time is over.

    Args:
        database: the catalog's.
        backend: only to this one.
        budget_seconds: after which no other event is sent; backends share it.
        limit: of events for each backend.
        force: try backends and events now that are to be left alone for a while.
        lease_seconds: how long a backend stays with a process that was killed while it delivered; longer, if its
            answers may be waited for longer.

    Raises:
        CatalogError: the catalog is out of reach; what was sent meanwhile may be sent again.
        ConfigError: ``[hallmark] lineage_backends`` cannot be read, or has no such backend.
    """
    started, backends = time.monotonic(), chosen(backend)
    spool = Spool(Path(settings().lineage_spool))
    drained = draining.drain(database, spool, budget_seconds / 2)
    breaker_of(spool).reset()
    done: list[Delivery] = []
    for number, one in enumerate(backends):
        rest = started + budget_seconds - time.monotonic()
        share = rest / (len(backends) - number)
        done.append(_Deliverer(database, one, time.monotonic() + share, limit, force, lease_seconds).run())
    return Delivered(tuple(done), drained)


class _Deliverer:
    """One process's delivery to one backend."""

    def __init__(
        self, database: Database, backend: Backend, until: float, limit: int | None, force: bool, lease: float
    ) -> None:
        self._database = database
        self._backend = backend
        self._until = until
        self._limit = limit
        self._force = force
        self._lease = timedelta(seconds=max(lease, _RENEWED * backend.timeout))
        self._who = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._tried = self._sent = self._parked = 0

    def run(self) -> Delivery:
        """Deliver under a lease."""
        name, now = self._backend.name, datetime.now(UTC)
        standing = self._database.write(lambda c: outbox.take(c, name, self._who, now, now + self._lease))
        if standing is None:
            return self._told(_BUSY)
        try:
            if standing.next_try_at and standing.next_try_at > now and not self._force:
                return self._told(standing.last_error or "", standing.next_try_at)
            return self._under_lease(standing.failures)
        finally:
            self._give_back()

    def _give_back(self) -> None:
        # If this fails the catalog is gone, which somebody has said already, and the lease runs out.
        with suppress(CatalogError):
            self._database.write(lambda c: outbox.give_back(c, self._backend.name, self._who))

    def _under_lease(self, failures: int) -> Delivery:
        try:
            sender = Sender(self._backend)
        except ConfigError as error:
            return self._in_trouble(Outcome("trouble", str(error)), failures)
        round_ = Round(self._force)
        try:
            held = self._all_pages(sender, round_)
        finally:
            sender.close()
        if not held:
            return self._told(_BUSY)
        # What was sent before it failed has ended the row of failures.
        return self._in_trouble(round_.trouble, 0 if self._sent else failures) if round_.trouble else self._told()

    def _all_pages(self, sender: Sender, round_: Round) -> bool:
        """Go through the outbox once, and tell whether the lease lasted."""
        after, held = 0, True
        while held and not self._is_over(round_) and (entries := self._page(after)):
            try:
                after = self._send(sender, round_, entries)
            finally:
                held = self._settle(round_)
        round_.end()
        return self._settle(round_) if held else False

    def _page(self, after: int) -> list[outbox.Entry]:
        return self._database.read(lambda c: outbox.page(c, self._backend.name, after, _PAGE))

    def _send(self, sender: Sender, round_: Round, entries: Sequence[outbox.Entry]) -> int:
        """Send a page, or what of it takes no longer than a moment; return the last id that had its turn."""
        moment = time.monotonic() + _MOMENT
        for entry in entries:
            if round_.allows(entry):
                self._tried += 1
                round_.note(entry, sender.send(entry.body or {}))
            if self._is_over(round_) or time.monotonic() > moment:
                break
        return entry.id

    def _is_over(self, round_: Round) -> bool:
        spent = self._limit is not None and self._tried >= self._limit
        return spent or round_.trouble is not None or time.monotonic() > self._until

    def _settle(self, round_: Round) -> bool:
        name, now = self._backend.name, datetime.now(UTC)
        sent, tried = tuple(round_.sent), tuple(round_.tried)
        held = self._database.write(
            lambda c: outbox.settle(c, name, self._who, sent, tried, now, datetime.now(UTC) + self._lease)
        )
        self._sent += len(sent)
        self._parked += round_.settled()
        return held

    def _in_trouble(self, trouble: Outcome, failures: int) -> Delivery:
        again = backend_again(datetime.now(UTC), failures + 1, trouble.wait)
        name = self._backend.name
        self._database.write(lambda c: outbox.postpone(c, name, failures + 1, again, trouble.reason))
        log.warning("backend %s takes no events (%s); the next try is not before %s", name, trouble.reason, again)
        return self._told(trouble.reason, again)

    def _told(self, trouble: str = "", next_try_at: datetime | None = None) -> Delivery:
        left = self._database.read(lambda c: outbox.pending(c, self._backend.name))
        return Delivery(self._backend.name, self._sent, self._parked, left, trouble, next_try_at)
