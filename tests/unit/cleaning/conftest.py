"""The bench that cleaning steps are tried on: real tables in a real DuckDB."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import duckdb
import pytest
from sqlglot import exp

from hallmark.cleaning import Step, compile_steps
from hallmark.dataset import Column
from hallmark.engines.duckdb import columns_of, connect, sql_of
from hallmark.storage.contract import normal_type

Rows = list[tuple[Any, ...]]
Clean = Callable[..., Rows]


@pytest.fixture(scope="session")
def clean() -> Iterator[Clean]:
    """Call ``clean(columns, rows, *steps)`` for the rows that the steps make of these."""
    with connect() as connection:
        yield partial(clean_in, connection)


def clean_in(
    connection: duckdb.DuckDBPyConnection,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Any]],
    *steps: Step,
    source: str = "data",
) -> Rows:
    """Load rows into a table, run steps over it and return what comes out.

    The columns that compiling promises are held against those DuckDB describes, every time.
    """
    load(connection, columns, rows, source)
    query, promised = compile_steps(steps, source, columns)
    described = columns_of(connection, query)
    assert [(c.name, normal_type(c.type)) for c in promised] == [(c.name, normal_type(c.type)) for c in described]
    return list(connection.execute(sql_of(query)).fetchall())


def load(
    connection: duckdb.DuckDBPyConnection, columns: Sequence[Column], rows: Sequence[Sequence[Any]], source: str
) -> None:
    """Make the source anew, with these columns and rows."""
    table = exp.Table(this=exp.to_identifier(source, quoted=True))
    defined = [
        exp.ColumnDef(this=exp.to_identifier(c.name, quoted=True), kind=exp.DataType.build(c.type, dialect="duckdb"))
        for c in columns
    ]
    create = exp.Create(this=exp.Schema(this=table.copy(), expressions=defined), kind="TABLE", replace=True)
    connection.execute(sql_of(create))
    if rows:
        line = exp.Tuple(expressions=[exp.Placeholder() for _ in columns])
        insert = exp.Insert(this=table, expression=exp.Values(expressions=[line.copy() for _ in rows]))
        connection.execute(sql_of(insert), [value for row in rows for value in row])
