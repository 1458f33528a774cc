"""Moving events from the spool into the catalog: once each, however often it is interrupted.

A file goes when the catalog has its event. Killed in between, the event is handed in again, and the catalog knows it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import DataError, IntegrityError

from hallmark.catalog.engine import Database
from hallmark.errors import HallmarkError, reason
from hallmark.lineage.outbox.spool import MANY, Spool
from hallmark.lineage.store import ingest

__all__ = ["Drained", "drain"]

log = logging.getLogger(__name__)

_BATCH = 100
# What any event would have met: this machine, or half an upgrade.
_OF_THE_PLACE = (OSError, MemoryError, ImportError)


@dataclass(frozen=True)
class Drained:
    """What came of emptying a spool: events the catalog has now, events it refused, and those that still wait."""

    moved: int = 0
    refused: int = 0
    left: int = 0


def drain(database: Database, spool: Spool, seconds: float) -> Drained:
    """Move events into the catalog, oldest first. Where another process does so, leave it to that.

    Args:
        database: the catalog's.
        spool: what to empty.
        seconds: after which no other batch is begun.

    Raises:
        CatalogError: the catalog is out of reach; what it has not taken is still there.
    """
    with spool.alone() as alone:
        paths = spool.waiting()
        if not alone:
            return Drained(left=len(paths))
        if len(paths) > MANY:
            log.warning("%s lineage events wait in %s", len(paths), spool.folder)
        spool.sweep()
        moved, refused = _emptied(database, spool, paths, time.monotonic() + seconds)
        return Drained(moved, refused, len(spool.waiting()) if paths else 0)


def _emptied(database: Database, spool: Spool, paths: Sequence[Path], until: float) -> tuple[int, int]:
    moved = refused = 0
    for start in range(0, len(paths), _BATCH):
        if start and time.monotonic() > until:
            break
        batch = list(_read(paths[start : start + _BATCH]))
        wrong = _moved(database, spool, batch)
        moved, refused = moved + len(batch) - wrong, refused + wrong
    return moved, refused


def _read(paths: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    for path in paths:
        try:
            yield path, path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            # The thread of an earlier emit may have come first.
            continue
        except OSError as error:
            log.warning("the lineage event %s cannot be read (%s): run this as its owner", path, error.strerror)


def _moved(database: Database, spool: Spool, batch: Sequence[tuple[Path, str]]) -> int:
    """Hand a batch in; return how many events of it were refused."""
    if not batch:
        return 0
    try:
        answer = ingest(database, [text for _, text in batch])
    except Exception as error:
        if not _of_the_events(error):
            raise
        return _each(database, spool, batch, error)
    reasons = {refusal.position: refusal.reason for refusal in answer.refused}
    for position, (path, text) in enumerate(batch):
        if position in reasons:
            _put_aside(spool, path, text, reasons[position])
        else:
            spool.remove(path)
    return len(reasons)


def _each(database: Database, spool: Spool, batch: Sequence[tuple[Path, str]], error: Exception) -> int:
    """Find the event that a database does not take, so that it does not stand in the way of the others."""
    if len(batch) == 1:
        _put_aside(spool, *batch[0], reason(error))
        return 1
    return sum(_moved(database, spool, [one]) for one in batch)


def _of_the_events(error: Exception) -> bool:
    """Whether it is not the catalog that is in trouble."""
    if isinstance(error, HallmarkError):
        return isinstance(error.__cause__, (DataError, IntegrityError))
    return not isinstance(error, _OF_THE_PLACE)


def _put_aside(spool: Spool, path: Path, text: str, why: str) -> None:
    put = spool.refuse(text, why, path)
    log.warning("the catalog refuses a lineage event, which is kept in %s: %s", put, why)
