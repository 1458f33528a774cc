"""One way through the outbox of a backend: who may be sent, and what each answer means for those behind it."""

from __future__ import annotations

from datetime import UTC, datetime

from hallmark.catalog.outbox import Entry, Tried
from hallmark.lineage.outbox.backoff import TRIES, UNEXPLAINED_TRIES, aside_until, event_again
from hallmark.lineage.outbox.outcome import Outcome

__all__ = ["Round"]

# So many different events failing without an answer, and none succeeding in between, are the backend's fault.
_SUSPICIOUS = 3
_GONE = "the event itself is no longer kept"


class Round:
    """What is known during one way through.

    Args:
        force: whether events are tried that are to wait.
    """

    def __init__(self, force: bool) -> None:
        self.sent: list[int] = []
        self.tried: list[Tried] = []
        self.trouble: Outcome | None = None
        self._force = force
        self._held: set[str] = set()
        self._suspects: list[tuple[Entry, Outcome]] = []
        self._any_sent = False

    def allows(self, entry: Entry) -> bool:
        """Tell whether an event may be sent: not while it, or an earlier one of its run, has to wait."""
        if entry.run_id in self._held:
            return False
        if entry.body is None:
            self.tried.append(Tried(entry.id, entry.attempts, None, parked=True, error=_GONE))
            return False
        if self._force or entry.next_try_at is None or entry.next_try_at <= datetime.now(UTC):
            return True
        self._hold(entry)
        return False

    def note(self, entry: Entry, outcome: Outcome) -> None:
        """Take an answer in."""
        if outcome.kind == "sent":
            self._any_sent = True
            self.sent.append(entry.id)
            self._judge()
        elif outcome.kind == "trouble":
            self.trouble = outcome
        elif outcome.kind == "refused":
            self._refuse(entry, outcome)
        else:
            self._suspect(entry, outcome)

    def end(self) -> None:
        """Judge the events that failed without an answer: it is they, if others went through."""
        if self._any_sent and not self.trouble:
            self._judge()
        elif self._suspects:
            self.trouble = self.trouble or self._suspects[0][1]
        self._suspects = []

    def settled(self) -> int:
        """Forget what has been written down; return how many events that parked."""
        parked = sum(one.parked for one in self.tried)
        self.sent, self.tried = [], []
        return parked

    def _judge(self) -> None:
        for entry, outcome in self._suspects:
            self._refuse(entry, outcome, UNEXPLAINED_TRIES)
        self._suspects = []

    def _refuse(self, entry: Entry, outcome: Outcome, tries: int = TRIES) -> None:
        attempts = entry.attempts + 1
        again, parked = event_again(datetime.now(UTC), attempts), attempts >= tries
        self.tried.append(Tried(entry.id, attempts, None if parked else again, parked, outcome.reason))
        if not parked:
            self._hold(entry)

    def _suspect(self, entry: Entry, outcome: Outcome) -> None:
        self._suspects.append((entry, outcome))
        self._hold(entry)
        if len(self._suspects) >= _SUSPICIOUS:
            self.trouble = outcome
            self._set_aside()

    def _set_aside(self) -> None:
        """Let others go first the next time: if it is these events after all, they would stand in the way for ever."""
        until = aside_until(datetime.now(UTC))
        self.tried += [Tried(one.id, one.attempts, until, False, told.reason) for one, told in self._suspects]
        self._suspects = []

    def _hold(self, entry: Entry) -> None:
        if entry.run_id is not None:
            self._held.add(entry.run_id)
