"""How two rows of one key become one.

Each column has a rule that does not mind order or repetition: the earliest, the latest, or whichever has the greater
stamp. What a stamp names without ``#`` is a facet, with it a column of the row. Merging is therefore commutative,
associative and idempotent, and the store the same in whichever order events arrive, and however often.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache, lru_cache
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Table

__all__ = ["COLUMN", "LAST_RESORT", "Row", "chunks", "gathered", "merged", "stamp_of"]

T = TypeVar("T")
Row = dict[str, Any]
Rows = dict[Any, Row]

# Keys in one statement: of the longest, of three columns, a database takes some thousands.
_CHUNK = 400
# Stands before the names of columns among the stamps.
COLUMN = "#"
# Less believed than any stamp, where the first to say something is believed.
LAST_RESORT = "~"

_BY_TIME: Mapping[str, Callable[[datetime, datetime], datetime]] = {
    "created_at": min,
    "started_at": min,
    "updated_at": max,
    "ended_at": max,
}
# A run belongs to the job that first claimed it.
_FIRST_WINS = {"#job_id"}


# Each facet of an event has the same.
@lru_cache(maxsize=64)
def stamp_of(moment: datetime, teller: str, rank: int = 0) -> str:
    """Return a text that sorts by rank, then by time, then by who tells: in some order that is always the same."""
    return f"{rank}|{moment.isoformat(timespec='microseconds')}|{teller}"


def merged(one: Row, other: Row) -> Row:
    """Return what two rows of one key say together."""
    row = dict(one)
    for name, pick in _BY_TIME.items():
        if other.get(name) is not None:
            row[name] = other[name] if one.get(name) is None else pick(one[name], other[name])
    if "stamps" in one:
        _take_stamped(row, other)
    return row


def gathered(rows: Iterable[tuple[Table, Row]]) -> dict[Table, Rows]:
    """Return rows by table and key, those of one key merged."""
    tables: dict[Table, Rows] = {}
    for table, row in rows:
        of_table = tables.setdefault(table, {})
        key = key_of(table, row)
        known = of_table.get(key, row)
        of_table[key] = row if known is row else merged(known, row)
    return tables


def key_of(table: Table, row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return a row's primary key."""
    return tuple([row[name] for name in _key_names(table)])


def chunks(items: Sequence[T]) -> Iterator[list[T]]:
    """Yield as many of some keys as one statement may name."""
    remaining = iter(items)
    while chunk := list(islice(remaining, _CHUNK)):
        yield chunk


@cache
def _key_names(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.primary_key)


def _take_stamped(row: Row, other: Row) -> None:
    stamps = dict(row["stamps"])
    facets = dict(row.get("facets") or {})
    for name, stamp in other["stamps"].items():
        if name in stamps and not _better(name, stamp, stamps[name]):
            continue
        stamps[name] = stamp
        if name.startswith(COLUMN):
            row[name[len(COLUMN) :]] = other[name[len(COLUMN) :]]
        else:
            facets[name] = other["facets"][name]
    row["stamps"] = stamps
    if "facets" in row:
        row["facets"] = facets


def _better(name: str, stamp: str, than: str) -> bool:
    return stamp < than if name in _FIRST_WINS else stamp >= than
