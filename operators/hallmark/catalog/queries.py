"""Reading the catalog: each function answers one question in the values of :mod:`hallmark.catalog.values`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import BigInteger, Connection, Select, Subquery, Table, case, cast, func, select

from hallmark.catalog.tables import datasets, gate_results, receipts, runs, versions
from hallmark.catalog.values import (
    Answer,
    DatasetDetail,
    DatasetSummary,
    Gate,
    GateResult,
    PublishedVersion,
    RunSummary,
)
from hallmark.dataset import Column, DatasetVersion
from hallmark.receipt import Receipt, State

__all__ = [
    "dataset_detail",
    "dataset_summaries",
    "gate_of",
    "last_published",
    "pending",
    "profiles_newest",
    "receipt_by_id",
    "receipts_newest",
    "runs_newest",
]


def columns_for(table: Table, answer: type[Answer]) -> list[Any]:
    """Return the columns of a table that carry the names of an answer's fields."""
    return [table.c[f.name] for f in fields(answer) if f.name in table.c]


def receipt_by_id(connection: Connection, receipt_id: str) -> Receipt | None:
    """Return one receipt."""
    body = connection.scalar(select(receipts.c.body).where(receipts.c.id == receipt_id))
    return None if body is None else Receipt.from_dict(body)


def pending(connection: Connection, run_key: str, state: State) -> list[Receipt]:
    """Return the receipts of a run's tries that are still in a state which is no end, oldest first."""
    query = select(receipts.c.body).where(receipts.c.run_key == run_key, receipts.c.state == state)
    return _receipts(connection, query.order_by(receipts.c.started_at, receipts.c.id))


def receipts_newest(connection: Connection, wanted: dict[str, Any], limit: int) -> list[Receipt]:
    """Return receipts whose columns have the wanted values (None: any), newest first."""
    return _receipts(connection, _newest(select(receipts.c.body), receipts, wanted, limit))


def runs_newest(connection: Connection, wanted: dict[str, Any], limit: int) -> list[RunSummary]:
    """Return runs whose columns have the wanted values (None: any), newest first."""
    query = _newest(select(*columns_for(runs, RunSummary)), runs, wanted, limit)
    return [RunSummary(**row) for row in connection.execute(query).mappings()]


def dataset_summaries(connection: Connection) -> list[DatasetSummary]:
    """Return all datasets by name."""
    query = _summaries(DatasetSummary, None).order_by(datasets.c.name)
    return [DatasetSummary(**_summary(dict(row))) for row in connection.execute(query).mappings()]


def dataset_detail(connection: Connection, name: str, limit: int) -> DatasetDetail | None:
    """Return one dataset with its newest ``limit`` versions."""
    query = _summaries(DatasetDetail, name).add_columns(datasets.c.last_gate_receipt_id)
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        return None
    facts = _summary(dict(row))
    receipt_id = facts.pop("last_gate_receipt_id")
    return DatasetDetail(
        **{**facts, "schema": columns_of(facts["schema"])},
        versions=_versions(connection, name, limit),
        gate=receipt_id and gate_of(connection, receipt_id),
    )


def gate_of(connection: Connection, receipt_id: str) -> Gate | None:
    """Return the result of the suite that a receipt's stage was held to, None if there was none."""
    success = connection.scalar(select(receipts.c.gate_success).where(receipts.c.id == receipt_id))
    if success is None:
        return None
    finished = func.coalesce(receipts.c.finished_at, receipts.c.started_at)
    checked_at = connection.scalars(select(finished).where(receipts.c.id == receipt_id)).one()
    query = select(*columns_for(gate_results, GateResult)).where(gate_results.c.receipt_id == receipt_id)
    rows = connection.execute(query.order_by(gate_results.c.position)).mappings()
    return Gate(
        receipt_id=receipt_id, success=success, checked_at=checked_at, results=tuple(GateResult(**row) for row in rows)
    )


def last_published(connection: Connection, dataset: str, partition: str | None) -> DatasetVersion | None:
    """Return the newest published version, of one partition if it is named."""
    query = select(versions, datasets.c.owner, datasets.c.description).join(datasets)
    query = query.where(versions.c.dataset == dataset)
    if partition is not None:
        query = query.where(versions.c.partition == partition)
    row = connection.execute(_by_age(query).limit(1)).mappings().one_or_none()
    if row is None:
        return None
    names = {f.name for f in fields(DatasetVersion)} & set(row)
    facts = {name: row[name] for name in names}
    return DatasetVersion(**{**facts, "name": dataset, "columns": columns_of(row["columns"])})


def profiles_newest(connection: Connection, dataset: str, limit: int, excluding: str | None) -> list[dict[str, Any]]:
    """Return the profiles of the newest version of each partition but one, newest first.

    A dataset without partitions has all its versions looked at.
    """
    version = versions.c.version
    # Versions without a partition are nobody's re-publication: each is a group of its own.
    group = (versions.c.partition, case((versions.c.partition.is_(None), version)))
    age = (versions.c.published_at.desc(), func.length(version).desc(), version.desc())
    place = func.row_number().over(partition_by=group, order_by=age).label("place")
    every = select(version, place).where(versions.c.dataset == dataset)
    if excluding is not None:
        every = every.where(versions.c.partition.is_distinct_from(excluding))
    current = every.subquery()
    query = select(versions.c.profile).join(current, current.c.version == version)
    query = query.where(versions.c.dataset == dataset, current.c.place == 1, versions.c.profile.is_not(None))
    return list(connection.scalars(_by_age(query).limit(limit)))


def columns_of(stored: Sequence[dict[str, Any]] | None) -> tuple[Column, ...]:
    """Return columns as they stand in JSON."""
    return tuple(Column(**column) for column in stored or ())


def _receipts(connection: Connection, query: Select[Any]) -> list[Receipt]:
    return [Receipt.from_dict(body) for body in connection.scalars(query)]


def _newest(query: Select[Any], table: Table, wanted: dict[str, Any], limit: int) -> Select[Any]:
    query = query.where(*(table.c[name] == value for name, value in wanted.items() if value is not None))
    return query.order_by(table.c.started_at.desc(), *(column.desc() for column in table.primary_key)).limit(limit)


def _by_age(query: Select[Any]) -> Select[Any]:
    """Newest first; of two published at the same moment the higher number, which has more digits."""
    version = versions.c.version
    return query.order_by(versions.c.published_at.desc(), func.length(version).desc(), version.desc())


def _summaries(answer: type[DatasetSummary], name: str | None) -> Select[Any]:
    """Select datasets, or the one of that name, each with the totals of what can be read of it now."""
    totals = _totals(name)
    figures = (func.coalesce(totals.c.partitions, 0).label("partitions"), totals.c.rows, totals.c.bytes)
    source = datasets.outerjoin(totals, totals.c.dataset == datasets.c.name)
    query = select(*columns_for(datasets, answer), *figures).select_from(source)
    return query if name is None else query.where(datasets.c.name == name)


def _totals(name: str | None) -> Subquery:
    """Add up the newest version of every partition."""
    version = versions.c.version
    place = func.row_number().over(
        partition_by=(versions.c.dataset, versions.c.partition),
        order_by=(versions.c.published_at.desc(), func.length(version).desc(), version.desc()),
    )
    figures = (versions.c.dataset, versions.c.partition, versions.c.rows, versions.c.bytes)
    every = select(*figures, place.label("place"))
    current = (every if name is None else every.where(versions.c.dataset == name)).subquery()
    # PostgreSQL adds up BIGINT to NUMERIC, which would arrive as a Decimal.
    return (
        select(
            current.c.dataset,
            func.count(current.c.partition).label("partitions"),
            cast(func.sum(current.c.rows), BigInteger).label("rows"),
            cast(func.sum(current.c.bytes), BigInteger).label("bytes"),
        )
        .where(current.c.place == 1)
        .group_by(current.c.dataset)
        .subquery()
    )


def _summary(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "tags": tuple(row["tags"] or ())}


def _versions(connection: Connection, name: str, limit: int) -> tuple[PublishedVersion, ...]:
    run = [receipts.c[column] for column in ("dag_id", "task_id", "run_id", "principal")]
    query = select(*columns_for(versions, PublishedVersion), *run).join(receipts).where(versions.c.dataset == name)
    rows = connection.execute(_by_age(query).limit(limit)).mappings()
    return tuple(PublishedVersion(**{**row, "columns": columns_of(row["columns"])}) for row in rows)
