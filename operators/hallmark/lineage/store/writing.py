"""Writing a batch: new events, the rows they leave merged with those that are there, and the graph of today."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection, Table, func, select, tuple_

from hallmark.catalog import lineage_tables as tables
from hallmark.catalog.store import insert_of
from hallmark.catalog.tables import events
from hallmark.lineage.events import Event
from hallmark.lineage.outbox import enqueue
from hallmark.lineage.store.current import with_current_groups, write_edges
from hallmark.lineage.store.merging import Row, Rows, gathered, key_of, merged
from hallmark.lineage.store.symlinks import unite

__all__ = ["Told", "alone", "write"]

_CHUNK = 400
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

T = TypeVar("T")


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
    keys = list(table.primary_key)
    statement = insert_of(connection, table).on_conflict_do_nothing().returning(*keys)
    added = connection.execute(statement, list(given.values()))
    return [given[tuple(key)] for key in added]


def _write_columns(connection: Connection, rows: Rows) -> None:
    """Insert the edges of the sets that are not there yet."""
    ids = {row["columns_id"] for row in rows.values()}
    column = tables.column_edges.c.columns_id
    known: set[int] = set()
    for some in _chunks(sorted(ids)):
        known.update(connection.scalars(select(column).where(column.in_(some)).distinct()))
    missing = [row for row in rows.values() if row["columns_id"] not in known]
    if missing:
        connection.execute(insert_of(connection, tables.column_edges).on_conflict_do_nothing(), missing)


def _known(connection: Connection, table: Table, keys: Collection[tuple[Any, ...]]) -> Rows:
    """Return the rows that are there of some keys."""
    found: Rows = {}
    columns = list(table.primary_key)
    place = columns[0] if len(columns) == 1 else tuple_(*columns)
    for some in _chunks(list(keys)):
        wanted = [key[0] for key in some] if len(columns) == 1 else some
        for row in map(dict, connection.execute(select(table).where(place.in_(wanted))).mappings()):
            found[key_of(table, row)] = row
    return found


def _joined(known: Rows, told: Rows) -> Rows:
    return {key: merged(known[key], row) if key in known else row for key, row in told.items()}


def _replace(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    if not rows:
        return
    statement = insert_of(connection, table)
    keys = [column.name for column in table.primary_key]
    changes = {c.name: statement.excluded[c.name] for c in table.c if c.name not in keys and c.name not in _DERIVED}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changes), rows)


def _chunks(items: Sequence[T]) -> Iterator[list[T]]:
    remaining = iter(items)
    while chunk := list(islice(remaining, _CHUNK)):
        yield chunk
