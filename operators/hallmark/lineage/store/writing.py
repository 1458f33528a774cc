"""Writing a batch: new events, the rows they leave merged with those that are there, and the graph of today."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Select, Table, and_, bindparam, func, or_, select

from hallmark.catalog import lineage_tables as tables
from hallmark.catalog.store import insert_for
from hallmark.catalog.tables import events
from hallmark.lineage.events import Event
from hallmark.lineage.outbox import enqueue
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
    added = connection.execute(_insertion(connection.dialect.name, table), list(given.values()))
    return [given[tuple(key)] for key in added]


def _write_columns(connection: Connection, rows: Rows) -> None:
    """Insert the edges of the sets that are not there yet."""
    ids = {row["columns_id"] for row in rows.values()}
    column = tables.column_edges.c.columns_id
    known: set[int] = set()
    for some in chunks(sorted(ids)):
        known.update(connection.scalars(select(column).where(column.in_(some)).distinct()))
    missing = [row for row in rows.values() if row["columns_id"] not in known]
    if missing:
        connection.execute(_new_columns(connection.dialect.name), missing)


def _known(connection: Connection, table: Table, keys: Collection[tuple[Any, ...]]) -> Rows:
    """Return the rows that are there of some keys."""
    found: Rows = {}
    width = len(_place(table))
    for some in chunks(list({key[:width]: None for key in keys})):
        for row in map(dict, connection.execute(*_asked(table, some)).mappings()):
            key = key_of(table, row)
            if key in keys:
                found[key] = row
    return found


def _asked(table: Table, keys: list[tuple[Any, ...]]) -> tuple[Select[Any], Row]:
    """Return the statement that finds rows of some keys, and its parameters."""
    names = [column.name for column in _place(table)]
    if len(names) == 1:
        return _lookup(table), {"keys": [key[0] for key in keys]}
    # The last one again and again: as many as a statement that is there already asks for.
    size = 1 << (len(keys) - 1).bit_length()
    padded = enumerate(keys + keys[-1:] * (size - len(keys)))
    told = {f"{name}_{n}": part for n, key in padded for name, part in zip(names, key, strict=True)}
    return _lookup_of_several(table, size), told


def _joined(known: Rows, told: Rows) -> Rows:
    return {key: merged(known[key], row) if key in known else row for key, row in told.items()}


def _replace(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    if rows:
        connection.execute(_replacement(connection.dialect.name, table), rows)


# Statements are made once: to build one costs more than to run it.


@cache
def _lookup(table: Table) -> Select[Any]:
    (column,) = _place(table)
    return select(table).where(column.in_(bindparam("keys", expanding=True)))


@cache
def _lookup_of_several(table: Table, size: int) -> Select[Any]:
    """Spell out each key of several columns: SQLite would go through the whole table to find such a list's members."""
    columns = _place(table)
    return select(table).where(or_(*(and_(*(c == bindparam(f"{c.name}_{n}") for c in columns)) for n in range(size))))


@cache
def _place(table: Table) -> list[Column[Any]]:
    """Return the columns of the key by which rows are looked up: of a run there are few readings, which saves two."""
    columns = list(table.primary_key)
    return columns[:1] if table is tables.run_io else columns


@cache
def _insertion(dialect: str, table: Table) -> Any:
    return insert_for(dialect, table).on_conflict_do_nothing().returning(*table.primary_key)


@cache
def _new_columns(dialect: str) -> Any:
    return insert_for(dialect, tables.column_edges).on_conflict_do_nothing()


@cache
def _replacement(dialect: str, table: Table) -> Any:
    statement = insert_for(dialect, table)
    keys = [column.name for column in table.primary_key]
    changes = {c.name: statement.excluded[c.name] for c in table.c if c.name not in keys and c.name not in _DERIVED}
    return statement.on_conflict_do_update(index_elements=keys, set_=changes)
