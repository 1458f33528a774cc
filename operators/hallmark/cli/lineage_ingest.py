"""``hallmark lineage ingest``: events from files into the catalog."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from rich.console import Group
from rich.text import Text

from hallmark.cli.formats import count, plural, printable
from hallmark.cli.screen import busy, show, show_json
from hallmark.cli.tables import facts
from hallmark.config import settings

if TYPE_CHECKING:
    from hallmark.catalog.engine import Database

__all__ = ["REFUSED", "run"]

REFUSED = 1
_BATCH = 500
# So many refusals are shown; all are in the JSON.
_SHOWN = 20


@dataclass
class _Total:
    """What became of the events of all files."""

    read: int = 0
    stored: int = 0
    duplicate: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)


def run(files: Sequence[str], as_json: bool) -> bool:
    """Store the events of some files, and tell what became of them; return whether any were refused.

    Raises:
        LineageError: a file cannot be read; what was read before is stored.
        CatalogError: the catalog is out of reach.
    """
    from hallmark.catalog import open_catalog

    database = open_catalog(settings()).database
    total = _Total()
    with busy("Storing events"):
        for file in files:
            _store(database, file, total)
    if as_json:
        show_json(vars(total))
    else:
        show(*_page(total))
    return bool(total.refused)


def _store(database: Database, file: str, total: _Total) -> None:
    from hallmark.lineage.events.files import events_of
    from hallmark.lineage.store import ingest

    placed = events_of(file)
    while batch := list(islice(placed, _BATCH)):
        done = ingest(database, [event for _, event in batch])
        total.read += done.read
        total.stored += done.stored
        total.duplicate += done.duplicate
        for refusal in done.refused:
            line = batch[refusal.position][0]
            total.refused.append({"file": file, "line": line, "reason": refusal.reason})


def _page(total: _Total) -> Iterator[Any]:
    words = ("read", "stored", "duplicate")
    yield facts([*((word, count(getattr(total, word))) for word in words), ("refused", count(len(total.refused)))])
    for each in total.refused[:_SHOWN]:
        place = f"{each['file']}:{each['line']}: {each['reason']}"
        # Whole, so that other programs find the file and the line.
        yield Group(Text(printable(place).replace("\n", " "), no_wrap=True, overflow="ignore"))
    if len(total.refused) > _SHOWN:
        yield f"and {plural(len(total.refused) - _SHOWN, 'more refusal')}; --json tells all"
