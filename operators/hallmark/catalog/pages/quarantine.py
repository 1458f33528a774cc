"""Rows set apart that wait for somebody's decision, as the catalog knows them: it reads no table of the lake.

A batch is named by the receipt of the run that set it apart. It waits until a receipt says that it was taken out of
quarantine; a later try of the same task replaces what earlier ones set apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    RowMapping,
    Select,
    and_,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
)

from hallmark.catalog.pages.paging import Order, Page, Window, count, page
from hallmark.catalog.pages.reach import Reach
from hallmark.catalog.pages.values import Batch
from hallmark.catalog.tables import datasets, receipts, versions

__all__ = ["STANDINGS", "batch", "batches_page", "newest", "waiting"]

STANDINGS = ("open", "released", "refused", "superseded")
Standing = Literal["open", "released", "refused", "superseded"]
# What those who decide call their tasks (see hallmark.stages.quarantine): no task of a DAG can be called so.
_RELEASE, _TAKEN_OUT = "quarantine release", ("quarantine discard", "quarantine take out")
_MOST = 1000

_ended = func.coalesce(receipts.c.finished_at, receipts.c.started_at)


def batches_page(
    connection: Connection,
    window: Window,
    reach: Reach,
    *,
    names: Sequence[str] = (),
    standings: Sequence[str] = (),
) -> Page[Batch]:
    """Return one page of the batches that wait, the newest first.

    Raises:
        NoSuchPage: the cursor is none of this list.
    """
    query = _items().where(reach.where(receipts.c.dag_id))
    if names:
        query = query.where(receipts.c.output_name.in_(list(names)))
    if standings:
        query = query.where(_standing().in_(list(standings)))
    orders = [Order("started_at", receipts.c.started_at, True), Order("id", receipts.c.id, True)]
    return page(connection, query, orders, window, _batch)


def newest(connection: Connection, reach: Reach, most: int) -> tuple[list[Batch], int]:
    """Return the newest batches that wait, and how many there are: of more than a thousand, a thousand."""
    query = _items().where(reach.where(receipts.c.dag_id))
    rows = connection.execute(query.order_by(receipts.c.started_at.desc()).limit(most)).mappings().all()
    number = len(rows) if len(rows) < most else count(connection, query, _MOST)[0]
    return [_batch(row) for row in rows], number


def waiting(connection: Connection, reach: Reach, dataset: str) -> int:
    """Count the batches of one dataset that wait."""
    query = _items().where(reach.where(receipts.c.dag_id), receipts.c.output_name == dataset)
    return count(connection, query, _MOST)[0]


def batch(connection: Connection, dataset: str, receipt_id: str) -> Batch | None:
    """Return one batch that waits, None if there is none."""
    query = _items().where(receipts.c.output_name == dataset, receipts.c.id == receipt_id)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else _batch(row)


def _items() -> Select[Any]:
    same = ("dag_id", "task_id", "run_id", "map_index", "message")
    return (
        select(
            receipts.c.output_name.label("dataset"),
            receipts.c.id.label("receipt_id"),
            datasets.c.owner,
            receipts.c.output_partition.label("partition"),
            receipts.c.quarantined.label("rows"),
            _standing().label("standing"),
            *(receipts.c[name] for name in same),
            receipts.c.finished_at,
            receipts.c.started_at,
        )
        .outerjoin(datasets, datasets.c.name == receipts.c.output_name)
        .where(
            *_set_apart(receipts),
            receipts.c.output_kind == "dataset",
            ~_by_hand(_TAKEN_OUT),
            ~_replaced(),
        )
    )


def _batch(row: RowMapping) -> Batch:
    facts: Mapping[str, Any] = {k: row[k] for k in Batch.__dataclass_fields__ if k != "set_apart_at"}
    return Batch(**facts, set_apart_at=row["finished_at"] or row["started_at"])


def _set_apart(of: FromClause) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that a receipt set rows apart, whatever became of the others.

    As the partial index has it, which a bound zero would not be recognised by. The states are named by those that are
    left out: SQLite would look for the others by their own index, which leads to nearly all receipts.
    """
    return of.c.quarantined > literal_column("0"), of.c.state.not_in(("running", "audited", "failed", "skipped"))


def _by_hand(tasks: Sequence[str]) -> ColumnElement[bool]:
    """Whether somebody did one of these things to the batch."""
    done = receipts.alias("done")
    return exists(
        select(1)
        .select_from(done)
        .where(
            done.c.run_id == receipts.c.id,
            done.c.task_id.in_(tasks),
            done.c.state.not_in(("running", "audited", "failed", "refused")),
        )
    )


def _replaced() -> ColumnElement[bool]:
    """Whether a later try of the same task set rows apart too: those stand in the place of these."""
    later = receipts.alias("later")
    return exists(
        select(1)
        .select_from(later)
        .where(
            later.c.run_key == receipts.c.run_key,
            *_set_apart(later),
            or_(
                later.c.started_at > receipts.c.started_at,
                and_(later.c.started_at == receipts.c.started_at, later.c.id > receipts.c.id),
            ),
        )
    )


def _standing() -> ColumnElement[str]:
    """Say what the batch's run came to, and who published its partition since."""
    since, by = versions.alias("since"), receipts.alias("by")
    superseded = exists(
        select(1)
        .select_from(since.join(by, by.c.id == since.c.receipt_id))
        .where(
            since.c.dataset == receipts.c.output_name,
            since.c.partition.is_not_distinct_from(receipts.c.output_partition),
            since.c.published_at > _ended,
            by.c.task_id != _RELEASE,
        )
    )
    return case(
        (receipts.c.state != "published", "refused"),
        (superseded, "superseded"),
        (_by_hand((_RELEASE,)), "released"),
        else_="open",
    )
