"""Events as they arrived, the search, and the figures of Marquez's first page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, HTTPException, Path, Query
from sqlalchemy import Connection

from hallmark.lineage import browse, graph
from hallmark.lineage.browse import events
from hallmark_ui.api.access import needs
from hallmark_ui.api.marquez import models
from hallmark_ui.api.parameters import MAX_LIMIT, Limit, NamespaceName, ReadDep, WindowDep, moment
from hallmark_ui.api.problems import REFUSALS

__all__ = ["router"]

READ = needs("lineage:read")

router = APIRouter(responses=REFUSALS)

Before = Annotated[str | None, Query(max_length=100, description="Only events before this time.")]
After = Annotated[str | None, Query(max_length=100, description="Only events at or after this time.")]
Direction = Annotated[Literal["asc", "desc", "ASC", "DESC"], Query(alias="sortDirection")]
Day = Annotated[date | None, Query(description="As 2026-01-31.")]
Period = Annotated[
    Literal["DAY", "WEEK"], Query(description="The last 24 hours by the hour, or 7 days by the day.", examples=["DAY"])
]
Zone = Annotated[str, Query(max_length=100, description="Where days begin.", examples=["Europe/Berlin"])]
Text = Annotated[
    str,
    Query(
        alias="q",
        min_length=1,
        max_length=1000,
        pattern=r"\S",
        description="A part of the name.",
        examples=["orders"],
    ),
]
Kind = Annotated[Literal["DATASET", "JOB", "dataset", "job"] | None, Query(alias="filter")]
Sort = Annotated[Literal["NAME", "UPDATE_AT", "UPDATED_AT", "name", "update_at", "updated_at"], Query()]
Counted = Annotated[Literal["jobs", "datasets", "sources"], Path(examples=["jobs"])]


@router.get("/events/lineage", dependencies=[READ], tags=["events"], summary="List events")
def get_events(
    read: ReadDep,
    window: WindowDep,
    before: Before = None,
    after: After = None,
    direction: Direction = "desc",
) -> models.Events:
    """List events as they were sent, credentials removed; the newest first."""
    chosen: dict[str, Any] = {"before": moment(before, "before"), "after": moment(after, "after")}
    oldest_first = direction.lower() == "asc"
    return _page(read(lambda c: events.events_page(c, window, **chosen, oldest_first=oldest_first)))


@router.get("/events", dependencies=[READ], tags=["events"], summary="List events (marquez-python)")
def get_all_events(read: ReadDep, window: WindowDep) -> models.Events:
    """List events, the newest first."""
    return _page(read(lambda connection: events.events_page(connection, window)))


@router.get("/events/{namespace:names}", dependencies=[READ], tags=["events"], summary="List events of a namespace")
def get_events_of(read: ReadDep, window: WindowDep, namespace: NamespaceName) -> models.Events:
    """List the events of a namespace's jobs, the newest first; the namespace may have slashes as they are."""
    return _page(read(lambda connection: events.events_page(connection, window, namespace=namespace)))


@router.get("/search", dependencies=[READ], tags=["search"], summary="Search datasets and jobs")
def get_search(
    read: ReadDep,
    text: Text,
    kind: Kind = None,
    sort: Sort = "NAME",
    limit: Limit = 10,
    namespace: Annotated[str | None, Query(max_length=4000)] = None,
    before: Day = None,
    after: Day = None,
) -> models.Search:
    """Search datasets and jobs by a part of their name, in whichever case."""
    narrowed = bool(namespace or before or after)
    order: Literal["name", "updated"] = "name" if sort.upper() == "NAME" else "updated"
    of_kind = {"DATASET": "dataset", "JOB": "job"}.get((kind or "").upper())

    def work(connection: Connection) -> list[graph.Node]:
        most = MAX_LIMIT if narrowed else max(limit, 1)
        return graph.search(connection, text, kind=of_kind, limit=most, sort=order)  # type: ignore[arg-type]

    chosen = [node for node in read(work) if _within(node, namespace, before, after)][:limit]
    return models.Search(total_count=len(chosen), results=[_result(node) for node in chosen])


@router.get("/stats/lineage-events", dependencies=[READ], tags=["stats"], summary="Events over time")
def get_event_stats(read: ReadDep, period: Period, timezone: Zone = "UTC") -> list[models.StateMetric]:
    """Count events by what they tell: how many runs began, ended well, failed or were aborted."""
    starts, end = _intervals(period, timezone)
    counts = read(lambda connection: events.event_counts(connection, starts, end))
    return [
        models.StateMetric(**each, **_states(count)) for each, count in zip(_spans(starts, end), counts, strict=True)
    ]


@router.get("/stats/{what}", dependencies=[READ], tags=["stats"], summary="Jobs, datasets or sources over time")
def get_stats(read: ReadDep, what: Counted, period: Period, timezone: Zone = "UTC") -> list[models.Metric]:
    """Count how many were known at the end of each interval."""
    starts, end = _intervals(period, timezone)
    counts = read(lambda connection: events.known_counts(connection, what, starts, end))
    return [models.Metric(**each, count=count) for each, count in zip(_spans(starts, end), counts, strict=True)]


def _page(page: browse.Page[Mapping[str, Any]]) -> models.Events:
    return models.Events(events=[dict(event) for event in page.items], total_count=page.total, next_cursor=page.next)


def _within(node: graph.Node, namespace: str | None, before: date | None, after: date | None) -> bool:
    if namespace and node.namespace != namespace:
        return False
    day = node.seen_at.date() if node.seen_at else date.max
    return (before is None or day < before) and (after is None or day > after)


def _result(node: graph.Node) -> models.SearchResult:
    return models.SearchResult(
        type="JOB" if node.kind == "job" else "DATASET",
        name=node.name,
        updated_at=node.seen_at,
        namespace=node.namespace,
        node_id=node.id,
    )


def _states(count: Mapping[str, int]) -> dict[str, Any]:
    return {name: count.get(name.upper(), 0) for name in ("fail", "start", "complete", "abort")}


def _intervals(period: str, timezone: str) -> tuple[list[datetime], datetime]:
    """Return where the intervals of a period begin, and where the last one ends."""
    if period == "DAY":
        hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
        return [hour - timedelta(hours=back) for back in range(23, -1, -1)], hour + timedelta(hours=1)
    try:
        zone = ZoneInfo(timezone)
    except (ValueError, OSError, KeyError):
        raise HTTPException(400, f"There is no time zone {timezone!r}.") from None
    today = datetime.now(zone).date()
    days = [datetime.combine(today - timedelta(days=back), time(), zone).astimezone(UTC) for back in range(6, -2, -1)]
    return days[:-1], days[-1]


def _spans(starts: list[datetime], end: datetime) -> Iterator[dict[str, Any]]:
    for start, stop in zip(starts, [*starts[1:], end], strict=True):
        yield {"start_interval": start, "end_interval": stop}
