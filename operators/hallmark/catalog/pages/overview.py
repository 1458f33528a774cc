"""What wants attention now, how gates went day by day, and whether datasets are as fresh as promised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    String,
    and_,
    case,
    func,
    literal,
    select,
    union_all,
)

from hallmark.catalog.pages import models, quarantine
from hallmark.catalog.pages.datasets import aside
from hallmark.catalog.pages.reach import Reach
from hallmark.catalog.pages.values import Attention, AttentionKind, Day, Fresh, Freshness
from hallmark.catalog.tables import datasets, receipts
from hallmark.catalog.tables import models as model_versions
from hallmark.catalog.values import Answer

__all__ = ["MOST", "Overview", "Totals", "overview"]

# Of each kind: more than that nobody reads, and the lists have the rest.
MOST = 50
_MOST_VALUES = 10_000


@dataclass(frozen=True, kw_only=True)
class Totals(Answer):
    """How many there are."""

    datasets: int
    models: int


@dataclass(frozen=True, kw_only=True)
class Overview(Answer):
    """The first page: ``counts`` are of all that wants attention, which ``attention`` has the newest of."""

    counts: Mapping[AttentionKind, int]
    attention: Sequence[Attention]
    trend: Sequence[Day]
    freshness: Freshness
    totals: Totals


def overview(connection: Connection, reach: Reach, now: datetime, days: int) -> Overview:
    """Return the first page's figures; the trend ends with the day of ``now``, in UTC."""
    of_datasets = _figures(connection, reach, now)
    models, lost = _models(connection, reach)
    reviews, waiting = _reviews(connection, reach)
    listed = (_failed_gates(connection, reach), _stale(connection, reach, now), models, reviews)
    return Overview(
        counts={
            "failed_gate": of_datasets["failed_gate"],
            "stale": of_datasets["stale"],
            "model": lost,
            "review": waiting,
        },
        attention=[each for some in listed for each in some],
        trend=_trend(connection, reach, now.date(), days),
        freshness=_freshness(connection, reach, now, of_datasets),
        totals=Totals(datasets=of_datasets["datasets"], models=_number_of_models(connection, reach)),
    )


def _figures(connection: Connection, reach: Reach, now: datetime) -> Mapping[str, int]:
    """Count datasets by all that is counted of them: each count of its own would read them all again."""
    until, promised = datasets.c.fresh_until, datasets.c.freshness.is_not(None)
    counted = {
        "failed_gate": datasets.c.last_gate_success.is_(False),
        "stale": until < now,
        "promised": promised,
        "promised_fresh": and_(promised, until >= now),
        "promised_stale": and_(promised, until < now),
    }
    figures = (func.count(case((which, 1))).label(name) for name, which in counted.items())
    query = select(func.count().label("datasets"), *figures).where(_seen(reach))
    return dict(connection.execute(query).mappings().one())


def _failed_gates(connection: Connection, reach: Reach) -> list[Attention]:
    """Find datasets whose last check did not hold whole."""
    failed = and_(datasets.c.last_gate_success.is_(False), _seen(reach))
    run = ("task_id", "run_id", "map_index", "state", "checks_failed", "checks_passed")
    about = ("name", "owner", "classification", "last_gate_at", "last_gate_receipt_id")
    some = select(*(datasets.c[name] for name in about)).where(failed).order_by(datasets.c.last_gate_at.desc())
    newest = some.limit(MOST).subquery()
    query = (
        select(newest, *(receipts.c[name] for name in (*run, "dag_id", "output_partition", "output_version")))
        .join(receipts, receipts.c.id == newest.c.last_gate_receipt_id)
        .order_by(newest.c.last_gate_at.desc())
    )
    return [
        Attention(
            kind="failed_gate",
            **{name: row[name] for name in ("name", "owner", "classification", "dag_id", *run[:3])},
            since=row["last_gate_at"],
            detail=_failing(row),
            receipt_id=row["last_gate_receipt_id"],
            version=row["output_version"] or None,
            partition=row["output_partition"],
        )
        for row in connection.execute(query).mappings()
    ]


def _failing(row: RowMapping) -> str:
    failed = row["checks_failed"] or 0
    ended = {"refused": "refused", "published": "published all the same"}.get(row["state"], row["state"])
    return f"{failed} of {failed + (row['checks_passed'] or 0)} expectations failed; {ended}"


def _stale(connection: Connection, reach: Reach, now: datetime) -> list[Attention]:
    """Find datasets that are older than their contract lets them be."""
    late = and_(datasets.c.fresh_until < now, _seen(reach))
    names = ("name", "owner", "classification", "dag_id")
    query = select(
        *(datasets.c[name] for name in names),
        *(datasets.c[name] for name in ("fresh_until", "freshness", "last_published_at", "latest_version")),
    )
    newest = query.where(late).order_by(datasets.c.fresh_until.desc()).limit(MOST)
    return [
        Attention(
            kind="stale",
            **{name: row[name] for name in names},
            since=row["fresh_until"],
            detail=f"promised every {_span(row['freshness'] or 0)}, published last at "
            f"{row['last_published_at']:%Y-%m-%d %H:%M} UTC",
            version=row["latest_version"],
        )
        for row in connection.execute(newest).mappings()
    ]


def _models(connection: Connection, reach: Reach) -> tuple[list[Attention], int]:
    found, number = models.attention(connection, reach, MOST)
    listed = [
        Attention(
            kind="model",
            name=item.name,
            owner=item.owner,
            classification=None,
            since=since,
            detail=item.attention or "",
            dag_id=item.dag_id,
            version=(item.challenger or item.champion).version,  # type: ignore[union-attr]
            receipt_id=(item.challenger or item.champion).judged_by,  # type: ignore[union-attr]
        )
        for item, since in found
    ]
    return listed, number


def _reviews(connection: Connection, reach: Reach) -> tuple[list[Attention], int]:
    found, number = quarantine.newest(connection, reach, MOST)
    listed = [
        Attention(
            kind="review",
            name=batch.dataset,
            classification=None,
            since=batch.set_apart_at,
            detail=f"{batch.rows:,} rows in quarantine, {batch.standing}",
            **{name: getattr(batch, name) for name in ("owner", "partition", "receipt_id")},
            **{name: getattr(batch, name) for name in ("dag_id", "task_id", "run_id", "map_index")},
        )
        for batch in found
    ]
    return listed, number


def _seen(reach: Reach) -> ColumnElement[bool]:
    return and_(reach.where(datasets.c.dag_id), ~aside(datasets.c.name))


def _trend(connection: Connection, reach: Reach, today: date, days: int) -> list[Day]:
    dates = [today - timedelta(days=back) for back in range(days - 1, -1, -1)]
    # Few days at once where many DAGs are named: databases take no more than some ten thousand values.
    most = max(1, _MOST_VALUES // (len(reach.dags) + 10))
    parts = (dates[at : at + most] for at in range(0, days, most))
    queries = (union_all(*(_day(reach, each) for each in some)) for some in parts)
    found = {row["day"]: row for query in queries for row in connection.execute(query).mappings()}
    return [Day(**found[each.isoformat()]) for each in dates]


def _day(reach: Reach, day: date) -> Select[Any]:
    """Count one day: grouping many days' receipts by their day takes three times as long."""
    begin = datetime.combine(day, time(), UTC)
    held, state, at = receipts.c.gate_success, receipts.c.state, receipts.c.started_at
    counted = {
        "passed": held.is_(True),
        "failed": held.is_(False),
        "published": state == "published",
        "refused": state == "refused",
        "stages_failed": state == "failed",
    }
    figures = [func.count(case((which, 1))).label(name) for name, which in counted.items()]
    columns: list[ColumnElement[Any]] = [literal(day.isoformat(), String).label("day"), *figures]
    return select(*columns).where(at >= begin, at < begin + timedelta(days=1), reach.where(receipts.c.dag_id))


def _freshness(connection: Connection, reach: Reach, now: datetime, figures: Mapping[str, int]) -> Freshness:
    until, promised = datasets.c.fresh_until, and_(datasets.c.freshness.is_not(None), _seen(reach))
    number, fresh, stale = (figures[name] for name in ("promised", "promised_fresh", "promised_stale"))
    names = ("name", "owner", "last_published_at", "fresh_until")
    query = select(*(datasets.c[name] for name in names), datasets.c.freshness).where(promised, until.is_not(None))
    listed = [
        Fresh(
            **{name: row[name] for name in names},
            freshness_seconds=row["freshness"],
            stale=row["fresh_until"] < now,
        )
        for row in connection.execute(query.order_by(until).limit(MOST)).mappings()
    ]
    return Freshness(promised=number, fresh=fresh, stale=stale, never=number - fresh - stale, datasets=listed)


def _number_of_models(connection: Connection, reach: Reach) -> int:
    seen = select(func.count(model_versions.c.model.distinct())).where(reach.where(model_versions.c.dag_id))
    return connection.scalar(seen) or 0


def _span(seconds: int) -> str:
    """Return a promise's length in the largest unit that says it whole."""
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds % length == 0:
            count = seconds // length
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{seconds} seconds"
