"""Remembering that the catalog did not answer: the tasks of a machine then ask it once a minute, not each of them."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Breaker"]

_OPEN_SECONDS = 60.0
# Where the folder cannot be written, a process remembers at least for itself.
_remembered: dict[Path, float] = {}


@dataclass(frozen=True)
class Breaker:
    """A file whose age tells how long ago the catalog was found out of reach.

    Args:
        file: beside the events of the spool.
    """

    file: Path

    def is_open(self) -> bool:
        """Tell whether the catalog need not be asked now."""
        return 0 <= time.time() - self._since() < _OPEN_SECONDS

    def trip(self) -> None:
        """Remember that it did not answer, or that somebody is about to find out again."""
        _remembered[self.file] = time.time()
        try:
            self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with open(self.file, "w", opener=_private) as file:
                file.write("The catalog did not answer at this file's time.\n")
        except OSError:
            # The process itself remembers.
            return

    def reset(self) -> None:
        """Forget it: the catalog answers."""
        if self._since():
            _remembered.pop(self.file, None)
            try:
                self.file.unlink(missing_ok=True)
            except OSError:
                # A minute old it means nothing any more.
                return

    def was_tripped(self) -> bool:
        """Tell whether the catalog was out of reach when it was asked last."""
        return self._since() > 0

    def _since(self) -> float:
        try:
            seen = self.file.stat().st_mtime
        except OSError:
            seen = 0.0
        return max(seen, _remembered.get(self.file, 0.0))


def _private(path: str, flags: int) -> int:
    # Never through a link: what it points at would be emptied.
    return os.open(path, flags | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
