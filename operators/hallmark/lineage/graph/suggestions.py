"""Names that are close to one that is not there."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, select

from hallmark.catalog import lineage_tables as tables
from hallmark.catalog import tables as catalog

__all__ = ["close_to"]

_MANY = 50_000
_NEAR = 3


def close_to(connection: Connection, names: Iterable[str]) -> list[str]:
    """Return the few names of datasets, models and jobs that are closest to some text, Hallmark's own first."""
    known = list(dict.fromkeys(_known(connection)))
    for name in names:
        wanted = name.lower()
        within = sorted((each for each in known if wanted in each.lower()), key=len)
        # Comparing takes a while: only names of about the same length can be alike.
        alike = [each for each in known if abs(len(each) - len(name)) <= max(2, len(name) // 3)]
        near = difflib.get_close_matches(name, alike, n=_NEAR, cutoff=0.6)
        found = list(dict.fromkeys([*near, *within]))[:_NEAR]
        if found:
            return found
    return []


def _known(connection: Connection) -> Iterator[str]:
    yield from connection.scalars(select(catalog.datasets.c.name))
    yield from connection.scalars(select(catalog.models.c.model).distinct())
    for table in (tables.lineage_datasets, tables.jobs):
        yield from connection.scalars(select(table.c.name).where(table.c.hidden.is_(False)).limit(_MANY))
