"""Receipts to look through, without their bodies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, func, select

from hallmark.catalog.engine import Database
from hallmark.catalog.pages.paging import Order, Page, Window, page
from hallmark.catalog.pages.reach import Reach
from hallmark.catalog.pages.values import ReceiptItem
from hallmark.catalog.tables import receipts

__all__ = ["ITEM", "Wanted", "conditions", "dags_of", "each", "item_of", "receipt_body", "receipts_page", "unindexed"]

T = TypeVar("T")

# The columns of an item; its seconds are made of two of them.
ITEM = (
    "id",
    "dag_id",
    "task_id",
    "run_id",
    "map_index",
    "try_number",
    "kind",
    "state",
    "output_name",
    "output_kind",
    "output_version",
    "output_partition",
    "rows_in",
    "rows_out",
    "quarantined",
    "gate_success",
    "checks_passed",
    "checks_failed",
    "started_at",
    "finished_at",
    "principal",
    "message",
)
_AT_ONCE = 1000


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which receipts: those that fit one value of everything that is named.

    Args:
        dag_ids, task_ids, run_ids, states, kinds, principals: of the run.
        datasets: names of what was written, models included.
        since, until: when the stage began; ``until`` itself is not included.
    """

    dag_ids: Sequence[str] = ()
    task_ids: Sequence[str] = ()
    run_ids: Sequence[str] = ()
    datasets: Sequence[str] = ()
    states: Sequence[str] = ()
    kinds: Sequence[str] = ()
    principals: Sequence[str] = ()
    since: datetime | None = None
    until: datetime | None = None


def receipts_page(
    connection: Connection,
    wanted: Wanted,
    window: Window,
    reach: Reach,
    down: bool = True,
    *,
    counted: bool = True,
) -> Page[ReceiptItem]:
    """Return one page of the receipts within reach, the newest first.

    Raises:
        NoSuchPage: the cursor is none of this list.
    """
    query = _items().where(reach.where(receipts.c.dag_id), *conditions(wanted))
    return page(connection, query, _orders(down), window, item_of, counted=counted)


def each(database: Database, wanted: Wanted, reach: Reach, down: bool = True) -> Iterator[list[ReceiptItem]]:
    """Yield all receipts within reach, some at once: each some is a transaction of its own."""
    window: Window | None = Window(_AT_ONCE)
    while window is not None:
        found = database.read(partial(_some, wanted, window, reach, down))
        yield list(found.items)
        window = replace(window, cursor=found.next_cursor) if found.next_cursor else None


def _some(wanted: Wanted, window: Window, reach: Reach, down: bool, connection: Connection) -> Page[ReceiptItem]:
    return receipts_page(connection, wanted, window, reach, down, counted=False)


def item_of(row: RowMapping) -> ReceiptItem:
    """Return a receipt of the columns :data:`ITEM`."""
    ended = row["finished_at"]
    seconds = (ended - row["started_at"]).total_seconds() if ended else None
    return ReceiptItem(**{name: row[name] for name in ITEM}, seconds=seconds)


def receipt_body(connection: Connection, receipt_id: str) -> tuple[ReceiptItem, dict[str, Any]] | None:
    """Return one receipt as an item and whole, None if there is none of that id."""
    query = _items().add_columns(receipts.c.body).where(receipts.c.id == receipt_id)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else (item_of(row), row["body"])


def dags_of(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """Return the DAGs of some receipts."""
    found: dict[str, str] = {}
    for at in range(0, len(ids), _AT_ONCE):
        some = receipts.c.id.in_(ids[at : at + _AT_ONCE])
        found.update((id, dag) for id, dag in connection.execute(select(receipts.c.id, receipts.c.dag_id).where(some)))
    return found


def conditions(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    """Yield what has to hold of receipts that are wanted.

    Only the first condition can be looked up in an index. SQLite does not know which of several leaves fewest rows,
    and would as soon look up all that were published as all of one run.
    """
    # Those that leave fewest first.
    named = {
        "run_id": wanted.run_ids,
        "task_id": wanted.task_ids,
        "output_name": wanted.datasets,
        "dag_id": wanted.dag_ids,
        "principal": wanted.principals,
        "kind": wanted.kinds,
        "state": wanted.states,
    }
    given = [(receipts.c[name], values) for name, values in named.items() if values]
    for place, (column, values) in enumerate(given):
        told = unindexed(column) if place else column
        yield told == values[0] if len(values) == 1 else told.in_(list(values))
    if wanted.since is not None:
        yield receipts.c.started_at >= wanted.since
    if wanted.until is not None:
        yield receipts.c.started_at < wanted.until


def unindexed(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return a column of texts as an expression that no index has."""
    return func.coalesce(column, "")


def _items() -> Select[Any]:
    return select(*(receipts.c[name] for name in ITEM))


def _orders(down: bool) -> list[Order]:
    return [Order("started_at", receipts.c.started_at, down), Order("id", receipts.c.id, down)]
