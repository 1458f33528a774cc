"""Events as they arrived, and counts of them over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Label, Table, case, func, select

from hallmark.catalog.lineage_tables import jobs, lineage_datasets, namespaces
from hallmark.catalog.tables import events
from hallmark.lineage.browse.paging import Window, by, page
from hallmark.lineage.browse.values import Page

__all__ = ["COUNTED", "event_counts", "events_page", "known_counts"]

# What is counted, and since when each is known.
COUNTED: Mapping[str, tuple[Table, ColumnElement[bool]]] = {
    "jobs": (jobs, jobs.c.hidden.is_(False)),
    "datasets": (
        lineage_datasets,
        (lineage_datasets.c.id == lineage_datasets.c.canonical_id) & lineage_datasets.c.hidden.is_(False),
    ),
    "sources": (
        namespaces,
        select(lineage_datasets.c.id).where(lineage_datasets.c.namespace == namespaces.c.name).exists(),
    ),
}


def events_page(
    connection: Connection,
    window: Window,
    *,
    before: datetime | None = None,
    after: datetime | None = None,
    namespace: str | None = None,
    oldest_first: bool = False,
) -> Page[Mapping[str, Any]]:
    """Return events as they were sent, credentials removed.

    Args:
        connection: of the catalog.
        window: which of them.
        before, after: only those at or after the one and before the other.
        namespace: only those of jobs in it.
        oldest_first: instead of the newest.

    Raises:
        LineageError: the window's cursor is not one of this list.
    """
    query = select(events)
    if before is not None:
        query = query.where(events.c.event_time < before)
    if after is not None:
        query = query.where(events.c.event_time >= after)
    if namespace is not None:
        query = query.where(events.c.job_namespace == namespace)
    orders = (by(events.c.event_time, down=not oldest_first), by(events.c.event_id))
    return page(connection, query, orders, window, lambda rows: [row["body"] for row in rows])


def event_counts(connection: Connection, starts: Sequence[datetime], end: datetime) -> list[dict[str, int]]:
    """Return for each interval how many events of each type happened in it.

    Args:
        connection: of the catalog.
        starts: where each interval begins; it ends where the next one does.
        end: where the last one ends.
    """
    counts: list[dict[str, int]] = [{} for _ in starts]
    chosen = (events.c.event_time >= starts[0], events.c.event_time < end, events.c.event_type.is_not(None))
    placed = select(_interval(events.c.event_time, starts), events.c.event_type).where(*chosen).subquery()
    query = select(placed.c.at, placed.c.event_type, func.count()).group_by(placed.c.at, placed.c.event_type)
    for at, type_, count in connection.execute(query):
        counts[at][type_] = count
    return counts


def known_counts(connection: Connection, what: str, starts: Sequence[datetime], end: datetime) -> list[int]:
    """Return for each interval how many jobs, datasets or sources were known at its end."""
    table, shown = COUNTED[what]
    placed = select(_interval(table.c.created_at, starts)).where(shown, table.c.created_at < end).subquery()
    query = select(placed.c.at, func.count()).group_by(placed.c.at)
    new: dict[int, int] = dict(connection.execute(query).tuples().all())
    total, totals = 0, []
    for at in range(len(starts)):
        total += new.get(at, 0)
        totals.append(total)
    return totals


def _interval(moment: Column[Any], starts: Sequence[datetime]) -> Label[int]:
    """Return the number of the interval that a moment lies in; the first one's of what was before."""
    return case(*((moment >= start, at) for at, start in reversed(list(enumerate(starts)))), else_=0).label("at")
