"""How long to leave a backend, or a refused event, alone."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

__all__ = ["TRIES", "UNEXPLAINED_TRIES", "aside_until", "backend_again", "event_again"]

# So often an event is refused before it is parked.
TRIES = 5
# So often if it was not refused and only fails: more than half an hour.
UNEXPLAINED_TRIES = 12
# Seconds. The first wait doubles with every failure; jitter keeps deliverers from coming back all at once.
_BACKEND, _EVENT, _LONGEST = 1.0, 5.0, 300.0
_LONGEST_ASKED = 3600.0
# Longer than a backend is left alone, so that other events have their turn first.
_ASIDE = 2 * _LONGEST
# Beyond this many doublings the longest wait is long reached.
_DOUBLINGS = 16


def backend_again(now: datetime, failures: int, asked: float | None = None) -> datetime:
    """Return when to try a backend again.

    Args:
        now: when it failed.
        failures: how often it has now failed in a row, from 1.
        asked: seconds it asked for itself, in ``Retry-After``; up to an hour is granted.
    """
    wait = _doubled(_BACKEND, failures) * random.uniform(0.5, 1.0)  # noqa: S311  nothing secret
    return now + timedelta(seconds=max(wait, min(asked or 0.0, _LONGEST_ASKED)))


def event_again(now: datetime, attempts: int) -> datetime:
    """Return when to try an event again that was refused for the so-manieth time, from 1."""
    return now + timedelta(seconds=_doubled(_EVENT, attempts))


def aside_until(now: datetime) -> datetime:
    """Return when to try events again of which nobody knows whether it was they that failed, or the backend."""
    return now + timedelta(seconds=_ASIDE)


def _doubled(first: float, times: int) -> float:
    return float(min(_LONGEST, first * 2 ** min(times - 1, _DOUBLINGS)))
