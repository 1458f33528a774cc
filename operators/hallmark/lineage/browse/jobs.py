"""Jobs, with what they read and write today and how they last went."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, or_, select

from hallmark.catalog.lineage_tables import edges, jobs, lineage_datasets, lineage_runs, number_of
from hallmark.lineage.browse.paging import Window, by, page
from hallmark.lineage.browse.runs import last_runs
from hallmark.lineage.browse.values import Job, Named, Page
from hallmark.lineage.store.merging import chunks

__all__ = ["LAST_RUNS", "job", "jobs_by_id", "jobs_page"]

LAST_RUNS = 10
_NEWEST_FIRST = (by(jobs.c.updated_at, down=True), by(jobs.c.id))
_ABOVE = jobs.alias("above")


def jobs_page(
    connection: Connection, namespace: str | None, states: Collection[str | None], window: Window
) -> Page[Job]:
    """Return jobs, those told of last first.

    Args:
        connection: of the catalog.
        namespace: only its jobs.
        states: only jobs whose newest run is in one of these states; all jobs, if there are none.
        window: which of them.

    Raises:
        LineageError: the window's cursor is not one of this list.
    """
    query = _query()
    if namespace is not None:
        query = query.where(jobs.c.namespace == namespace)
    if states:
        newest = _newest_state()
        named = newest.in_([state for state in states if state is not None])
        query = query.where(or_(named, newest.is_(None)) if None in states else named)
    return page(connection, query, _NEWEST_FIRST, window, lambda rows: _made(connection, rows))


def job(connection: Connection, namespace: str, name: str) -> Job | None:
    """Return one job, None if nobody told of it or somebody removed it."""
    number = number_of(namespace, name)
    return jobs_by_id(connection, [number]).get(number)


def jobs_by_id(connection: Connection, ids: Iterable[int], last: int = LAST_RUNS) -> dict[int, Job]:
    """Return those jobs that are known, by their numbers, each with so many of its last runs."""
    found: dict[int, Job] = {}
    for some in chunks(sorted(set(ids))):
        rows = connection.execute(_query().where(jobs.c.id.in_(some))).mappings().all()
        found |= {each.id: each for each in _made(connection, rows, last)}
    return found


def _query() -> Select[Any]:
    return (
        select(jobs, _ABOVE.c.namespace.label("above_namespace"), _ABOVE.c.name.label("above_name"))
        .outerjoin(_ABOVE, _ABOVE.c.id == jobs.c.parent_id)
        .where(jobs.c.hidden.is_(False))
    )


def _newest_state() -> Any:
    runs = lineage_runs.alias("newest")
    return (
        select(runs.c.state)
        .where(runs.c.job_id == jobs.c.id, runs.c.static.is_(False))
        .order_by(runs.c.updated_at.desc(), runs.c.run_id)
        .limit(1)
        .correlate(jobs)
        .scalar_subquery()
    )


def _made(connection: Connection, rows: Sequence[RowMapping], last: int = LAST_RUNS) -> list[Job]:
    ids = [row["id"] for row in rows]
    touched, ran = _io(connection, ids), last_runs(connection, ids, last)
    return [
        Job(
            id=row["id"],
            namespace=row["namespace"],
            name=row["name"],
            parent=Named(row["above_namespace"], row["above_name"]) if row["above_name"] is not None else None,
            created_at=row["created_at"],
            updated_at=row["updated_at"],
            facets=row["facets"],
            inputs=tuple(touched[row["id"], "in"]),
            outputs=tuple(touched[row["id"], "out"]),
            runs=tuple(ran.get(row["id"], ())),
        )
        for row in rows
    ]


def _io(connection: Connection, job_ids: Sequence[int]) -> defaultdict[tuple[int, str], list[Named]]:
    found: defaultdict[tuple[int, str], list[Named]] = defaultdict(list)
    said, stands = lineage_datasets.alias("said"), lineage_datasets.alias("stands")
    query = (
        select(edges.c.job_id, edges.c.direction, stands.c.namespace, stands.c.name)
        .join(said, said.c.id == edges.c.dataset_id)
        .join(stands, stands.c.id == said.c.canonical_id)
        .order_by(stands.c.namespace, stands.c.name)
        .distinct()
    )
    for some in chunks(job_ids):
        for job_id, direction, namespace, name in connection.execute(query.where(edges.c.job_id.in_(some))):
            found[job_id, direction].append(Named(namespace, name))
    return found
