"""Datasets of several names: all names that symlinks facets connect stand for one dataset."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, or_, select, update

from hallmark.catalog import lineage_tables as tables
from hallmark.lineage.store.merging import Row

__all__ = ["unite"]


def unite(connection: Connection, pairs: Sequence[Row]) -> None:
    """Let every name that new pairs connect, directly or by others, point at one dataset.

    That is the one that declared others and that no other declared, or the first by name where there are several: the
    same whichever pair came first.
    """
    done: set[int] = set()
    for pair in pairs:
        if pair["declared"] not in done:
            together = _component(connection, pair["declared"])
            done |= together.keys()
            root = _root(connection, together)
            ids = tables.lineage_datasets.c
            connection.execute(update(tables.lineage_datasets).where(ids.id.in_(together)).values(canonical_id=root))


def _component(connection: Connection, start: int) -> dict[int, bool]:
    """Return the datasets connected with one; for each, whether another declared it."""
    pairs = tables.symlinks.c
    known: dict[int, bool] = {}
    frontier = {start}
    while frontier:
        known.update(dict.fromkeys(frontier, False))
        query = select(pairs.declared, pairs.alias).where(or_(pairs.declared.in_(frontier), pairs.alias.in_(frontier)))
        found = connection.execute(query).all()
        frontier = {id_ for pair in found for id_ in pair} - known.keys()
    return known | dict.fromkeys(_declared(connection, known), True)


def _declared(connection: Connection, ids: Iterable[int]) -> set[int]:
    pairs = tables.symlinks.c
    return set(connection.scalars(select(pairs.alias).where(pairs.alias.in_(list(ids)))))


def _root(connection: Connection, together: dict[int, bool]) -> int:
    table = tables.lineage_datasets.c
    named = connection.execute(select(table.id, table.namespace, table.name).where(table.id.in_(together)))
    return int(min(named, key=lambda row: (together[row.id], row.namespace, row.name)).id)
