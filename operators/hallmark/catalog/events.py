"""OpenLineage events as the catalog keeps them: whole, once each. The lineage store writes them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from hallmark.catalog.tables import events
from hallmark.catalog.values import Event

__all__ = ["newest"]


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
