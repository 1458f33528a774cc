"""Events that wait on this machine's disk until the catalog takes them: one file an event.

A file has its name only when all of it is on the disk. Names sort by time, so that the events of a run stay in order,
and say nothing of what is inside. What the catalog refuses lies in ``refused``, with the reason.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

__all__ = ["MANY", "Spool"]

# So many files are a sign that nobody empties the spool.
MANY = 10_000
_EVENT, _PARTIAL = ".json", ".part"
# What a process that was killed left half written; its task was never told that the event is kept.
_ABANDONED = 3600.0
_lock = threading.Lock()
_last = 0


@dataclass(frozen=True)
class Spool:
    """A folder of events.

    Args:
        folder: created when first needed, for this user alone.
    """

    folder: Path

    def put(self, text: str, run_id: str | None) -> Path:
        """Keep an event; when this returns it survives a loss of power.

        Args:
            text: the event's JSON.
            run_id: of the run it tells of.

        Raises:
            OSError: the folder cannot be written.
        """
        self._make(self.folder)
        path = self.folder / f"{_stamp():020d}-{_mark(run_id)}-{os.urandom(4).hex()}{_EVENT}"
        return self._write(path, text)

    def waiting(self) -> list[Path]:
        """Return the events' files, oldest first; none if the folder cannot be read."""
        try:
            with os.scandir(self.folder) as entries:
                return [self.folder / name for name in sorted(e.name for e in entries if e.name.endswith(_EVENT))]
        except OSError:
            return []

    def holds(self, run_id: str | None) -> bool:
        """Tell whether an earlier event of a run waits."""
        mark = f"-{_mark(run_id)}-"
        return any(mark in path.name for path in self.waiting())

    def remove(self, path: Path) -> None:
        """Forget an event that the catalog has."""
        path.unlink(missing_ok=True)

    def refuse(self, text: str, reason: str, path: Path | None = None) -> Path:
        """Put an event aside that the catalog will never take, and take it out of those that wait.

        Raises:
            OSError: the folder cannot be written.
        """
        folder = self.folder / "refused"
        self._make(folder)
        name = path.name if path else f"{_stamp():020d}-{os.urandom(4).hex()}{_EVENT}"
        put = self._write(folder / name, json.dumps({"reason": reason, "event": text}))
        if path:
            self.remove(path)
        return put

    def refused(self) -> int:
        """Return how many events were put aside."""
        return len(Spool(self.folder / "refused").waiting())

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Be the one who empties the spool; False if another does. The lock of a process ends with it."""
        try:
            lock = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError:
            # Nobody can take anything out of such a folder.
            yield False
            return
        try:
            yield self._locked(lock)
        finally:
            # Unlocked by hand: a child that was forked meanwhile has the descriptor too.
            fcntl.flock(lock, fcntl.LOCK_UN)
            os.close(lock)

    def sweep(self) -> None:
        """Remove what was left half written long ago."""
        for path in self.folder.rglob(f"*{_PARTIAL}"):
            with suppress(OSError):
                if time.time() - path.stat().st_mtime > _ABANDONED:
                    path.unlink()

    @staticmethod
    def _locked(lock: int) -> bool:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    @staticmethod
    def _make(folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    @staticmethod
    def _write(path: Path, text: str) -> Path:
        part = path.with_name(f".{path.stem}{_PARTIAL}")
        try:
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            part.rename(path)
        except OSError:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            raise
        _sync(path.parent)
        return path


def _stamp() -> int:
    """Return the time in nanoseconds, later than any before in this process even if the clock was set back."""
    global _last
    with _lock:
        _last = max(time.time_ns(), _last + 1)
        return _last


def _mark(run_id: str | None) -> str:
    return hashlib.blake2b((run_id or "").encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
