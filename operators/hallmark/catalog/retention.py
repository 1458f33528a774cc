"""What is old enough to go from the lineage store, and what the graph of today still needs.

Kept, however old: the runs that make a job's present edges, the run that wrote a dataset's present version, and every
dataset, job, edge and set of columns in use. Every function takes the connection of a transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, except_, exists, func, or_, select

from hallmark.catalog.lineage_tables import (
    column_edges,
    dataset_versions,
    edges,
    jobs,
    lineage_datasets,
    lineage_runs,
    outbox,
    run_io,
    schemas,
)
from hallmark.catalog.tables import events

__all__ = [
    "drop_columns",
    "drop_events",
    "drop_runs",
    "drop_schemas",
    "drop_versions",
    "events_count",
    "runs_count",
    "unused_columns",
    "unused_versions",
]

_VERSION = (dataset_versions.c.dataset_id, dataset_versions.c.version)
_OF_TODAY = and_(
    lineage_datasets.c.id == dataset_versions.c.dataset_id, lineage_datasets.c.version == dataset_versions.c.version
)


def events_count(connection: Connection, before: datetime) -> int:
    """Return how many events may go."""
    return connection.scalar(select(func.count()).select_from(events).where(_old_event(before))) or 0


def drop_events(connection: Connection, before: datetime, limit: int) -> int:
    """Delete events, oldest first, but for those that have still to be delivered; return how many."""
    query = select(events.c.event_id).where(_old_event(before)).order_by(events.c.event_time).limit(limit)
    ids = list(connection.scalars(query))
    return _gone(connection, events.c.event_id, ids)


def runs_count(connection: Connection, before: datetime) -> int:
    """Return how many runs may go."""
    return connection.scalar(select(func.count()).select_from(_old_runs(before).subquery())) or 0


def drop_runs(connection: Connection, before: datetime, limit: int) -> int:
    """Delete runs with what they read and wrote, and the versions that nobody has now; return how many runs."""
    ids = list(connection.scalars(_old_runs(before).order_by(lineage_runs.c.updated_at).limit(limit)))
    if ids:
        connection.execute(delete(run_io).where(run_io.c.run_id.in_(ids)))
        connection.execute(delete(dataset_versions).where(dataset_versions.c.run_id.in_(ids), ~_read_by_a_run()))
    return _gone(connection, lineage_runs.c.run_id, ids)


def unused_versions(connection: Connection, before: datetime) -> list[tuple[int, str]]:
    """Return the versions, by dataset and name, of which no run tells: their writer went before their last reader."""
    return [tuple(row) for row in connection.execute(select(*_VERSION).where(_unused_version(before)))]


def drop_versions(connection: Connection, candidates: Sequence[tuple[int, str]], before: datetime) -> int:
    """Delete versions unless a run tells of them by now; return how many."""
    # Spelled out: SQLite looks through all versions for a list of pairs.
    chosen = or_(*(and_(_VERSION[0] == dataset, _VERSION[1] == version) for dataset, version in candidates))
    return connection.execute(delete(dataset_versions).where(chosen, _unused_version(before))).rowcount


def unused_columns(connection: Connection, before: datetime | None = None) -> list[int]:
    """Return the sets of column edges that no edge and no run names.

    Args:
        connection: of the transaction.
        before: runs that may go do not count.
    """
    named = select(run_io.c.columns_id).where(run_io.c.columns_id.is_not(None))
    if before is not None:
        named = named.where(run_io.c.run_id.not_in(_old_runs(before)))
    of_today = select(edges.c.columns_id).where(edges.c.columns_id.is_not(None))
    return list(connection.scalars(except_(select(column_edges.c.columns_id), named, of_today)))


def drop_columns(connection: Connection, candidates: Sequence[int]) -> int:
    """Delete sets of column edges unless a run or an edge names them by now; return how many sets."""
    used: set[int | None] = set()
    for table in (run_io, edges):
        used.update(connection.scalars(select(table.c.columns_id).where(table.c.columns_id.in_(candidates))))
    unused = [one for one in candidates if one not in used]
    _gone(connection, column_edges.c.columns_id, unused)
    return len(unused)


def drop_schemas(connection: Connection, limit: int) -> int:
    """Delete the schemas that no version has; return how many."""
    query = select(schemas.c.id).where(~exists().where(dataset_versions.c.schema_id == schemas.c.id)).limit(limit)
    return _gone(connection, schemas.c.id, list(connection.scalars(query)))


def _gone(connection: Connection, column: ColumnElement[object], keys: Collection[object]) -> int:
    if not keys:
        return 0
    return connection.execute(delete(column.table).where(column.in_(keys))).rowcount  # type: ignore[attr-defined]


def _old_event(before: datetime) -> ColumnElement[bool]:
    return and_(events.c.event_time < before, ~exists().where(outbox.c.event_id == events.c.event_id))


def _old_runs(before: datetime) -> Select[tuple[str]]:
    """Select the runs of which nothing was heard since, and that nothing of today rests on."""
    of_a_job = exists().where(jobs.c.id == lineage_runs.c.job_id, jobs.c.current_group == lineage_runs.c.group_id)
    of_its_children = exists().where(
        jobs.c.parent_id == lineage_runs.c.job_id, jobs.c.current_group == lineage_runs.c.run_id
    )
    wrote_the_present = exists().where(dataset_versions.c.run_id == lineage_runs.c.run_id, _OF_TODAY)
    return select(lineage_runs.c.run_id).where(
        lineage_runs.c.updated_at < before,
        # What was declared without a run holds until it is declared anew.
        lineage_runs.c.static.is_(False),
        ~or_(of_a_job, of_its_children),
        ~wrote_the_present,
    )


def _unused_version(before: datetime) -> ColumnElement[bool]:
    return and_(
        dataset_versions.c.created_at < before,
        ~exists().where(lineage_runs.c.run_id == dataset_versions.c.run_id),
        ~_read_by_a_run(),
        ~exists().where(_OF_TODAY),
    )


def _read_by_a_run() -> ColumnElement[bool]:
    return exists().where(
        run_io.c.dataset_id == dataset_versions.c.dataset_id,
        run_io.c.version == dataset_versions.c.version,
        run_io.c.direction == "in",
    )
