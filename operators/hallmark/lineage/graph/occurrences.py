"""The events themselves, of a job or about a dataset, newest first."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, literal, or_, select, tuple_

from hallmark.catalog import lineage_tables as tables
from hallmark.catalog.lineage_tables import STATIC, STATIC_LENGTH
from hallmark.catalog.tables import events as stored
from hallmark.catalog.values import Event
from hallmark.errors import LineageError
from hallmark.lineage.graph.values import EventPage, Node

__all__ = ["events"]


def events(
    connection: Connection,
    *,
    job: Node | None = None,
    dataset: Node | None = None,
    since: datetime | None = None,
    limit: int = 100,
    cursor: str | None = None,
) -> EventPage:
    """Return OpenLineage events that match all that is given, newest first.

    Args:
        connection: to the catalog's database.
        job: only of this job.
        dataset: only of runs that read or wrote this dataset, under any of its names, or that declare it.
        since: only what happened then or later; with its zone.
        limit: how many at most.
        cursor: of the page before.

    Raises:
        LineageError: the cursor is none.
    """
    query = select(stored)
    if job is not None:
        query = query.where(stored.c.job_namespace == job.namespace, stored.c.job_name == job.name)
    if dataset is not None:
        query = query.where(_about(dataset))
    if since is not None:
        query = query.where(stored.c.event_time >= since)
    if cursor is not None:
        query = query.where(_after(cursor))
    rows = connection.execute(query.order_by(stored.c.event_time.desc(), stored.c.event_id).limit(limit + 1)).mappings()
    found = [Event(**row) for row in rows]
    page = found[:limit]
    return EventPage(events=tuple(page), cursor=_cursor(page[-1]) if len(found) > limit else None)


def _about(dataset: Node) -> ColumnElement[bool]:
    names, io = tables.lineage_datasets, tables.run_io
    mine = names.c.canonical_id == dataset.number
    runs = select(io.c.run_id).join(names, names.c.id == io.c.dataset_id).where(mine)
    # Of an event without a run, the store keeps a job's inputs and outputs under a name made of its id.
    static = literal(STATIC) + func.substr(stored.c.event_id, 1, STATIC_LENGTH)
    told = tuple_(*(stored.c.body["dataset", part].as_string() for part in ("namespace", "name")))
    declared = or_(static.in_(runs), told.in_(select(names.c.namespace, names.c.name).where(mine)))
    return or_(stored.c.run_id.in_(runs), and_(stored.c.run_id.is_(None), declared))


def _cursor(last: Event) -> str:
    place = json.dumps([last.event_time.isoformat(), last.event_id])
    return base64.urlsafe_b64encode(place.encode()).decode()


def _after(cursor: str) -> ColumnElement[bool]:
    try:
        moment, event_id = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        time = datetime.fromisoformat(moment)
        place: tuple[Any, Any] = (stored.c.event_time, stored.c.event_id)
        return or_(place[0] < time, and_(place[0] == time, place[1] > str(event_id)))
    except (ValueError, TypeError, binascii.Error) as error:
        raise LineageError(f"{cursor[:60]!r} is no cursor", "use that of the page before, or none") from error
