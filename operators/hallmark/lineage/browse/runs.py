"""Runs of jobs, and what they read and wrote."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, select

from hallmark.catalog.lineage_tables import jobs, lineage_datasets, lineage_runs, number_of, run_io
from hallmark.catalog.tables import events
from hallmark.lineage.browse.paging import Window, by, page
from hallmark.lineage.browse.values import Named, Page, Run, RunIo
from hallmark.lineage.store.merging import chunks

__all__ = ["last_runs", "run", "run_facets", "runs_by_id", "runs_of_job"]

_NEWEST_FIRST = (by(lineage_runs.c.updated_at, down=True), by(lineage_runs.c.run_id))


def runs_of_job(connection: Connection, namespace: str, name: str, window: Window) -> Page[Run]:
    """Return the runs of a job, newest first.

    Raises:
        LineageError: the window's cursor is not one of this list.
    """
    query = _query().where(lineage_runs.c.job_id == number_of(namespace, name))
    return page(connection, query, _NEWEST_FIRST, window, lambda rows: _made(connection, rows))


def last_runs(connection: Connection, job_ids: Iterable[int], limit: int) -> dict[int, list[Run]]:
    """Return the newest runs of some jobs, newest first."""
    # A statement each: it reads the few rows it is for, where one for all would read every run there is.
    newest_first = _query().order_by(*(order.clause for order in _NEWEST_FIRST)).limit(limit)
    rows = [
        row
        for job_id in job_ids
        for row in connection.execute(newest_first.where(lineage_runs.c.job_id == job_id)).mappings()
    ]
    found: dict[int, list[Run]] = {}
    for row, run in zip(rows, _made(connection, rows), strict=True):
        found.setdefault(row["job_id"], []).append(run)
    return found


def run(connection: Connection, run_id: str) -> Run | None:
    """Return one run, None if nobody told of it."""
    return runs_by_id(connection, [run_id]).get(run_id)


def runs_by_id(connection: Connection, run_ids: Iterable[str]) -> dict[str, Run]:
    """Return those runs that are known, by their ids."""
    found: dict[str, Run] = {}
    for some in chunks(sorted(set(run_ids))):
        rows = connection.execute(_query().where(lineage_runs.c.run_id.in_(some))).mappings().all()
        found |= {each.id: each for each in _made(connection, rows)}
    return found


def run_facets(connection: Connection, run_id: str) -> dict[str, dict[str, Any]]:
    """Return all facets that the events of a run told, of the ``run`` and of its ``job``, the newest of each."""
    query = select(events.c.body).where(events.c.run_id == run_id).order_by(events.c.event_time, events.c.event_id)
    facets: dict[str, dict[str, Any]] = {"run": {}, "job": {}}
    for body in connection.scalars(query):
        for part, known in facets.items():
            told = (body.get(part) or {}).get("facets")
            known.update(told if isinstance(told, Mapping) else {})
    return facets


def _query() -> Select[Any]:
    # A static run stands for what a job event declared.
    return (
        select(lineage_runs, jobs.c.namespace, jobs.c.name)
        .join(jobs, jobs.c.id == lineage_runs.c.job_id)
        .where(lineage_runs.c.static.is_(False))
    )


def _made(connection: Connection, rows: Sequence[RowMapping]) -> list[Run]:
    touched = _io(connection, [row["run_id"] for row in rows])
    return [
        Run(
            id=row["run_id"],
            job=Named(row["namespace"], row["name"]),
            state=row["state"],
            started_at=row["started_at"],
            ended_at=row["ended_at"],
            created_at=row["created_at"],
            updated_at=row["updated_at"],
            facets=row["facets"],
            io=tuple(touched[row["run_id"]]),
        )
        for row in rows
    ]


def _io(connection: Connection, run_ids: Sequence[str]) -> defaultdict[str, list[RunIo]]:
    found: defaultdict[str, list[RunIo]] = defaultdict(list)
    said, stands = lineage_datasets.alias("said"), lineage_datasets.alias("stands")
    query = (
        select(run_io, stands.c.namespace, stands.c.name)
        .join(said, said.c.id == run_io.c.dataset_id)
        .join(stands, stands.c.id == said.c.canonical_id)
        .order_by(stands.c.namespace, stands.c.name)
    )
    for some in chunks(run_ids):
        for row in connection.execute(query.where(run_io.c.run_id.in_(some))).mappings():
            told = RunIo(
                direction=row["direction"],
                dataset=Named(row["namespace"], row["name"]),
                version=row["version"],
                facets=row["facets"],
            )
            found[row["run_id"]].append(told)
    return found
