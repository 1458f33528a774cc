"""What wants attention now, how gates went day by day, and whether datasets are as fresh as promised."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Date, RowMapping, Select, String, and_, case, cast, func, select

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


_Found = tuple[list[Attention], int]


def overview(connection: Connection, reach: Reach, now: datetime, days: int) -> Overview:
    """Return the first page's figures; the trend ends with the day of ``now``, in UTC."""
    found = {kind: ask(connection, reach, now) for kind, ask in _KINDS.items()}
    return Overview(
        counts={kind: number for kind, (_, number) in found.items()},
        attention=[each for listed, _ in found.values() for each in listed],
        trend=_trend(connection, reach, now.date(), days),
        freshness=_freshness(connection, reach, now),
        totals=_totals(connection, reach),
    )


def _failed_gates(connection: Connection, reach: Reach, _now: datetime) -> _Found:
    """Find datasets whose last check did not hold whole."""
    failed = _seen(reach, datasets.c.last_gate_success.is_(False))
    run = ("task_id", "run_id", "map_index", "state", "checks_failed", "checks_passed")
    about = ("name", "owner", "classification", "last_gate_at", "last_gate_receipt_id")
    some = select(*(datasets.c[name] for name in about)).where(failed).order_by(datasets.c.last_gate_at.desc())
    newest = some.limit(MOST).subquery()
    query = (
        select(newest, *(receipts.c[name] for name in (*run, "dag_id", "output_partition", "output_version")))
        .join(receipts, receipts.c.id == newest.c.last_gate_receipt_id)
        .order_by(newest.c.last_gate_at.desc())
    )
    listed = [
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
    return listed, _number(connection, failed)


def _failing(row: RowMapping) -> str:
    failed = row["checks_failed"] or 0
    ended = {"refused": "refused", "published": "published all the same"}.get(row["state"], row["state"])
    return f"{failed} of {failed + (row['checks_passed'] or 0)} expectations failed; {ended}"


def _stale(connection: Connection, reach: Reach, now: datetime) -> _Found:
    """Find datasets that are older than their contract lets them be."""
    late = _seen(reach, datasets.c.fresh_until < now)
    names = ("name", "owner", "classification", "dag_id")
    query = select(
        *(datasets.c[name] for name in names),
        *(datasets.c[name] for name in ("fresh_until", "freshness", "last_published_at", "latest_version")),
    )
    newest = query.where(late).order_by(datasets.c.fresh_until.desc()).limit(MOST)
    listed = [
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
    return listed, _number(connection, late)


def _models(connection: Connection, reach: Reach, _now: datetime) -> _Found:
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


def _reviews(connection: Connection, reach: Reach, _now: datetime) -> _Found:
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


_KINDS: Mapping[AttentionKind, Callable[[Connection, Reach, datetime], _Found]] = {
    "failed_gate": _failed_gates,
    "stale": _stale,
    "model": _models,
    "review": _reviews,
}


def _seen(reach: Reach, what: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(what, reach.where(datasets.c.dag_id), ~aside(datasets.c.name))


def _number(connection: Connection, which: ColumnElement[bool]) -> int:
    return connection.scalar(select(func.count()).select_from(datasets).where(which)) or 0


def _trend(connection: Connection, reach: Reach, today: date, days: int) -> list[Day]:
    first = today - timedelta(days=days - 1)
    start = datetime.fromisoformat(f"{first.isoformat()}T00:00:00+00:00")
    counted: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for day, state, held, number in connection.execute(_counts(connection, reach, start)):
        if held is not None:
            counted[str(day)]["passed" if held else "failed"] += number
        if state in _ENDS:
            counted[str(day)][_ENDS[state]] += number
    names = [(first + timedelta(days=n)).isoformat() for n in range(days)]
    return [Day(day=name, **counted[name]) for name in names]


_ENDS = {"published": "published", "refused": "refused", "failed": "stages_failed"}


def _counts(connection: Connection, reach: Reach, start: datetime) -> Select[Any]:
    day = _DAYS[connection.dialect.name](receipts.c.started_at).label("day")
    what = (day, receipts.c.state, receipts.c.gate_success)
    query = select(*what, func.count()).where(receipts.c.started_at >= start, reach.where(receipts.c.dag_id))
    return query.group_by(*what)


# A time is a text in SQLite, which begins with the day.
_DAYS: Mapping[str, Callable[[ColumnElement[Any]], ColumnElement[Any]]] = {
    "sqlite": lambda column: func.substr(cast(column, String), 1, 10),
    "postgresql": lambda column: cast(func.timezone("UTC", column), Date),
}


def _freshness(connection: Connection, reach: Reach, now: datetime) -> Freshness:
    promised = _seen(reach, datasets.c.freshness.is_not(None))
    until = datasets.c.fresh_until
    figures = (func.count(), func.count(case((until >= now, 1))), func.count(case((until < now, 1))))
    number, fresh, stale = connection.execute(select(*figures).where(promised)).one()
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


def _totals(connection: Connection, reach: Reach) -> Totals:
    seen = select(func.count(model_versions.c.model.distinct())).where(reach.where(model_versions.c.dag_id))
    every = and_(reach.where(datasets.c.dag_id), ~aside(datasets.c.name))
    return Totals(datasets=_number(connection, every), models=connection.scalar(seen) or 0)


def _span(seconds: int) -> str:
    """Return a promise's length in the largest unit that says it whole."""
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds % length == 0:
            count = seconds // length
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{seconds} seconds"
