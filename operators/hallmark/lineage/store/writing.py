"""Writing a batch: new events, the rows they leave merged with those that are there, and the graph of today."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Table, func, select

from hallmark.catalog import lineage_tables as tables
from hallmark.catalog.tables import events
from hallmark.lineage.events import Event
from hallmark.lineage.outbox import enqueue
from hallmark.lineage.store.bulk import insert, rows_at
from hallmark.lineage.store.current import with_current_groups, write_edges
from hallmark.lineage.store.merging import Row, Rows, chunks, gathered, key_of, merged
from hallmark.lineage.store.rows import namespaces_of
from hallmark.lineage.store.symlinks import unite

__all__ = ["Told", "alone", "write"]

# One writer at a time on PostgreSQL, as SQLite has it by itself: a batch is milliseconds, and merging reads first.
_LOCK = 0x4A11_11EA
_MERGED = (
    tables.namespaces,
    tables.lineage_datasets,
    tables.dataset_versions,
    tables.jobs,
    tables.lineage_runs,
    tables.run_io,
)
# Worked out from others, never from an event.
_DERIVED = {"canonical_id"}


class Told(NamedTuple):
    """An event and the rows it leaves."""

    event: Event
    rows: Sequence[tuple[Table, Row]]


def write(connection: Connection, told: Mapping[str, Told]) -> int:
    """Store what is new of some events by id, and return how many that were."""
    alone(connection)
    new = _write_events(connection, told)
    if not new:
        return 0
    rows = gathered(row for one in new for row in one.rows)
    named = (row for table in (tables.lineage_datasets, tables.jobs) for row in rows.get(table, {}).values())
    rows[tables.namespaces] = namespaces_of(named)
    _insert_missing(connection, tables.schemas, rows.get(tables.schemas, {}).values())
    _write_columns(connection, rows.get(tables.column_edges, {}))
    before = {table: _known(connection, table, rows.get(table, {}).keys()) for table in _MERGED}
    after = {table: _joined(before[table], rows.get(table, {})) for table in _MERGED}
    # A run may be of another job than the event that told of it now.
    theirs = {(run["job_id"],) for run in after[tables.lineage_runs].values()}
    before[tables.jobs] |= _known(connection, tables.jobs, theirs - after[tables.jobs].keys())
    after[tables.jobs] = with_current_groups({**before[tables.jobs], **after[tables.jobs]}, after[tables.lineage_runs])
    for table in _MERGED:
        _replace(connection, table, [row for key, row in after[table].items() if row != before[table].get(key)])
    write_edges(connection, before, after)
    unite(connection, _insert_missing(connection, tables.symlinks, rows.get(tables.symlinks, {}).values()))
    enqueue(connection, [{"event_id": one.event.id, "run_id": one.event.run_id} for one in new])
    return len(new)


def alone(connection: Connection) -> None:
    """Let no other process store events, or take old ones away, before the transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def _write_events(connection: Connection, told: Mapping[str, Told]) -> list[Told]:
    added = _insert_missing(connection, events, [_event_row(one.event) for one in told.values()])
    ids = {row["event_id"] for row in added}
    # In the order in which they came: backends get them so.
    return [one for id_, one in told.items() if id_ in ids]


def _event_row(event: Event) -> Row:
    namespace, name = event.job or (None, None)
    return {
        "event_id": event.id,
        "run_id": event.run_id,
        "event_type": event.type,
        "event_time": event.time,
        "job_namespace": namespace,
        "job_name": name,
        "body": event.body,
    }


def _insert_missing(connection: Connection, table: Table, rows: Iterable[Row]) -> list[Row]:
    """Insert rows whose key is not there yet, and return those."""
    given = {key_of(table, row): row for row in rows}
    if not given:
        return []
    return [given[tuple(key)] for key in insert(connection, table, list(given.values()), _or_nothing_returning)]


def _write_columns(connection: Connection, rows: Rows) -> None:
    """Insert the edges of the sets that are not there yet."""
    ids = {row["columns_id"] for row in rows.values()}
    column = tables.column_edges.c.columns_id
    known: set[int] = set()
    for some in chunks(sorted(ids)):
        known.update(connection.scalars(select(column).where(column.in_(some)).distinct()))
    missing = [row for row in rows.values() if row["columns_id"] not in known]
    if missing:
        insert(connection, tables.column_edges, missing, _or_nothing)


def _known(connection: Connection, table: Table, keys: Collection[tuple[Any, ...]]) -> Rows:
    """Return the rows that are there of some keys."""
    place = _place(table)
    found = (
        (key_of(table, row), row) for row in rows_at(connection, place, list({k[: len(place)]: None for k in keys}))
    )
    return {key: row for key, row in found if key in keys}


def _joined(known: Rows, told: Rows) -> Rows:
    return {key: merged(known[key], row) if key in known else row for key, row in told.items()}


def _replace(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    if rows:
        insert(connection, table, rows, _in_place_of)


@cache
def _place(table: Table) -> tuple[Column[Any], ...]:
    """Return the columns of the key by which rows are looked up: of a run there are few readings, which saves two."""
    columns = tuple(table.primary_key)
    return columns[:1] if table is tables.run_io else columns


def _or_nothing(statement: Any, table: Table) -> Any:
    return statement.on_conflict_do_nothing()


def _or_nothing_returning(statement: Any, table: Table) -> Any:
    return statement.on_conflict_do_nothing().returning(*table.primary_key)


def _in_place_of(statement: Any, table: Table) -> Any:
    keys = [column.name for column in table.primary_key]
    changes = {c.name: statement.excluded[c.name] for c in table.c if c.name not in keys and c.name not in _DERIVED}
    return statement.on_conflict_do_update(index_elements=keys, set_=changes)
