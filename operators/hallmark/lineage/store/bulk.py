"""Many rows in one statement, in the way that is the quickest of each database.

SQLite repeats a small statement within the process. To PostgreSQL each repetition is a message that it reads and plans:
there the rows travel as one array for each column. Statements are made once; to build one costs more than to run it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Column, Connection, Select, Table, TableValuedAlias, and_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from hallmark.catalog.store import insert_for
from hallmark.lineage.store.merging import Row, chunks

__all__ = ["Conflict", "insert", "rows_at"]

# Of fewer rows, a statement over arrays takes longer to plan than it saves.
_FEW = 8

# What an INSERT does about rows that are there: it is given the database's own INSERT and returns it, completed.
Conflict = Callable[[Any, Table], Any]
Columns = tuple[Column[Any], ...]


def insert(connection: Connection, table: Table, rows: Sequence[Row], conflict: Conflict) -> Any:
    """Insert rows that name the same columns.

    Args:
        connection: of a transaction.
        table: into which.
        rows: the values of each by column; at least one.
        conflict: what to do about rows that are there, a function of a module: statements are kept by it.

    Returns:
        SQLAlchemy's result, with rows where ``conflict`` says RETURNING.
    """
    columns = tuple(table.c[name] for name in rows[0])
    if _travel_as_arrays(connection, rows):
        arrays = {column.name: [row[column.name] for row in rows] for column in columns}
        return connection.execute(_insertion_of_arrays(table, columns, conflict), _parameters(arrays))
    return connection.execute(_insertion(connection.dialect.name, table, conflict), rows)


def rows_at(connection: Connection, columns: Columns, values: Sequence[tuple[Any, ...]]) -> list[Row]:
    """Return the rows of a table of which some columns have one of some combinations of values."""
    if not values:
        return []
    if _travel_as_arrays(connection, values):
        arrays = {column.name: list(all_) for column, all_ in zip(columns, zip(*values, strict=True), strict=True)}
        asked = [(_lookup_by_arrays(columns), _parameters(arrays))]
    else:
        asked = [_asked(columns, some) for some in chunks(values)]
    return [dict(row) for statement, told in asked for row in connection.execute(statement, told).mappings()]


def _travel_as_arrays(connection: Connection, rows: Sequence[Any]) -> bool:
    return connection.dialect.name == "postgresql" and len(rows) > _FEW


@cache
def _insertion(dialect: str, table: Table, conflict: Conflict) -> Any:
    return conflict(insert_for(dialect, table), table)


@cache
def _insertion_of_arrays(table: Table, columns: Columns, conflict: Conflict) -> Any:
    rows = select(*_unnested(columns).c)
    return conflict(insert_for("postgresql", table).from_select([column.name for column in columns], rows), table)


@cache
def _lookup_by_arrays(columns: Columns) -> Select[Any]:
    wanted = _unnested(columns)
    same = and_(*(column == wanted.c[column.name] for column in columns))
    return select(columns[0].table).join_from(wanted, columns[0].table, same)


def _unnested(columns: Columns) -> TableValuedAlias:
    arrays = (bindparam(f"all_{column.name}", type_=ARRAY(column.type, dimensions=1)) for column in columns)
    told = func.unnest(*arrays).table_valued(*(Column(column.name, column.type) for column in columns), name="told")
    return told.render_derived()


def _parameters(arrays: Mapping[str, list[Any]]) -> Row:
    return {f"all_{name}": values for name, values in arrays.items()}


def _asked(columns: Columns, keys: list[tuple[Any, ...]]) -> tuple[Select[Any], Row]:
    """Return the statement that finds rows of some keys, and its parameters."""
    if len(columns) == 1:
        return _lookup(columns[0]), {"keys": [key[0] for key in keys]}
    # The last one again and again: as many as a statement that is there already asks for.
    size = 1 << (len(keys) - 1).bit_length()
    padded = enumerate(keys + keys[-1:] * (size - len(keys)))
    told = {f"{c.name}_{n}": part for n, key in padded for c, part in zip(columns, key, strict=True)}
    return _lookup_of_several(columns, size), told


@cache
def _lookup(column: Column[Any]) -> Select[Any]:
    return select(column.table).where(column.in_(bindparam("keys", expanding=True)))


@cache
def _lookup_of_several(columns: Columns, size: int) -> Select[Any]:
    """Spell out each key of several columns: SQLite would go through the whole table to find such a list's members."""
    spelled = (and_(*(c == bindparam(f"{c.name}_{n}") for c in columns)) for n in range(size))
    return select(columns[0].table).where(or_(*spelled))
