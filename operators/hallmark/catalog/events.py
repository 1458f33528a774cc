"""OpenLineage events as the catalog keeps them: whole, once each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select

from hallmark.catalog.store import insert_of
from hallmark.catalog.tables import events
from hallmark.catalog.values import Event
from hallmark.errors import CatalogError
from hallmark.receipt import plain

__all__ = ["append", "event_row", "newest"]


def event_row(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event as a row; its id is the SHA-256 of its canonical JSON.

    Raises:
        CatalogError: it has no ``eventTime`` as the OpenLineage specification asks for.
    """
    body = plain(event)
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"))
    job = body.get("job") or {}
    return {
        "event_id": hashlib.sha256(canonical.encode()).hexdigest(),
        "run_id": (body.get("run") or {}).get("runId"),
        "event_type": body.get("eventType"),
        "event_time": _time(body.get("eventTime")),
        "job_namespace": job.get("namespace"),
        "job_name": job.get("name"),
        "body": body,
    }


def append(connection: Connection, row: Mapping[str, Any]) -> bool:
    """Keep an event; return whether it is new."""
    statement = insert_of(connection, events).values(row).on_conflict_do_nothing().returning(events.c.event_id)
    return connection.scalar(statement) is not None


def newest(
    connection: Connection,
    run_id: str | None,
    job_namespace: str | None,
    job_name: str | None,
    since: datetime | None,
    limit: int,
) -> list[Event]:
    """Return events that match all that is given, newest first."""
    wanted = {"run_id": run_id, "job_namespace": job_namespace, "job_name": job_name}
    query = select(events).where(*(events.c[name] == value for name, value in wanted.items() if value is not None))
    if since is not None:
        query = query.where(events.c.event_time >= since)
    query = query.order_by(events.c.event_time.desc(), events.c.event_id).limit(limit)
    return [Event(**row) for row in connection.execute(query).mappings()]


def _time(text: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise CatalogError(
            f"an OpenLineage event has the eventTime {text!r}", "emit it as ISO 8601, for example 2026-01-31T06:00:00Z"
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
