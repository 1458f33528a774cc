"""Leaving a database alone for a while after it did not answer, for processes that are asked by many at once."""

from __future__ import annotations

import time
from threading import Lock

__all__ = ["Rest"]


class Rest:
    """When a database may be asked again; shared by all threads of a process.

    Args:
        seconds: for how long it is left alone. Then one caller finds out for all others how it is.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._until = 0.0
        self._lock = Lock()

    def allows(self) -> bool:
        """Tell whether the caller may ask; who may after a rest is on its own until it is known how that ended."""
        now = time.monotonic()
        with self._lock:
            if now < self._until:
                return False
            if self._until:
                self._until = now + self._seconds
            return True

    def begin(self) -> None:
        """The database did not answer."""
        self._until = time.monotonic() + self._seconds

    def end(self) -> None:
        """The database did answer."""
        self._until = 0.0
