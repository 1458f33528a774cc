"""Column lineage held against DuckDB on TPC-H and TPC-DS: no edge is missing.

Give every source column that has no edge to an output column other values, all at once, and run the query again: that
output column stays. Tables are tiny and random; values that the query compares a column with are among its values.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

import duckdb
import pyarrow as pa
import pytest
import sqlglot
from sql_corpus import HERE, Query, tpcds, tpch
from sqlglot import exp

from hallmark.lineage.sql import column_lineage, table_names
from hallmark.receipt import ColumnEdge

Columns = frozenset[tuple[str, str]]

# Rows of a table; others have one for each of the two values that keys have.
ROWS = {
    "lineitem": 24,
    "orders": 12,
    "partsupp": 6,
    "date_dim": 10,
    "inventory": 12,
    "part": 6,
    "item": 4,
    "customer": 3,
}
_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In, exp.Between, exp.Like)
_TYPES = {"date": pa.date32(), "varchar": pa.string(), "double": pa.float64()}


@dataclass(frozen=True)
class Prepared:
    """A query in DuckDB's words, the columns it names of each table, and the literals each is compared with."""

    sql: str
    columns: dict[str, dict[str, str]]
    literals: dict[str, list[str]]


def prepared(query: Query) -> Prepared:
    """Read a query, without its LIMIT: which of equal rows come first is nobody's to say."""
    tree = sqlglot.parse_one(sqlglot.transpile(query.sql, read=query.dialect, write="duckdb")[0], read="duckdb")
    for limit in list(tree.find_all(exp.Limit)):
        limit.pop()
    named = {column.name.lower() for column in tree.find_all(exp.Column)}
    columns = {}
    for table in table_names(tree):
        known = query.tables[table]
        columns[table] = {c: t for c, t in known.items() if c in named} or dict(list(known.items())[:1])
    literals: dict[str, list[str]] = defaultdict(list)
    for comparison in tree.find_all(*_COMPARISONS):
        for column in comparison.find_all(exp.Column):
            literals[column.name.lower()] += [literal.name for literal in comparison.find_all(exp.Literal)]
    days = [literal.name for literal in tree.find_all(exp.Literal) if _is_day(literal.name)]
    for table in columns:
        for column, type_ in columns[table].items():
            if type_ == "date" and not any(map(_is_day, literals[column])):
                literals[column] += days
    return Prepared(tree.sql("duckdb"), columns, literals)


def day(texts: list[str], random: Random) -> date:
    days = [date.fromisoformat(one) for one in texts if _is_day(one)]
    return random.choice(days or [date(2000, 1, 1)]) + timedelta(random.choice([0, 1, 2, 20, 70, -20, -200]))


def _is_day(text: str) -> bool:
    return len(text) == 10 and text[4] == text[7] == "-"


def text(texts: list[str], random: Random) -> str:
    if texts and random.random() < 0.8:
        return random.choice(texts).replace("%", random.choice(["", "x"]))
    return random.choice(["a", "b", "10 c", "13-a"])


def key(_: list[str], random: Random) -> int:
    return random.randrange(2)


def number(texts: list[str], random: Random) -> float:
    known = [float(one) for one in texts if one.replace(".", "", 1).isdigit()]
    return random.choice(known) + random.choice([0, 0, 0, 0, 0, 1, 10, -1]) if known else random.randrange(4)


_VALUES: dict[str, Callable[[list[str], Random], Any]] = {"date": day, "varchar": text, "double": number}


def fill(connection: duckdb.DuckDBPyConnection, query: Prepared, seed: int, changed: Columns) -> None:
    """Fill the tables that a query reads, with other values in the changed columns."""
    for table, columns in query.columns.items():
        rows = 16 if table.endswith(("_sales", "_returns")) else ROWS.get(table, 2)
        arrays = {}
        for column, type_ in columns.items():
            random = Random(f"{seed} {table} {column} {(table, column) in changed}")
            make = key if column.endswith(("_sk", "key")) else _VALUES.get(type_, number)
            made = [make(query.literals[column], random) for _ in range(rows)]
            if rows <= 3 and make is key and not arrays:
                made = sorted(range(rows), reverse=(table, column) in changed)
            arrays[column] = pa.array(made if type_ in _TYPES else map(int, made), _TYPES.get(type_, pa.int64()))
        connection.register(table, pa.table(arrays))


def outputs(connection: duckdb.DuckDBPyConnection, sql: str) -> list[list[str]]:
    """Return each column's values, sorted."""
    rows = connection.execute(sql).fetchall()
    return [sorted(map(_written, column)) for column in zip(*rows, strict=True)]


def _written(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def sources(edges: tuple[ColumnEdge, ...]) -> Columns:
    return frozenset((edge.location, edge.column) for edge in edges)


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": "1"}) as opened:
        yield opened


def seeds() -> dict[str, list[int]]:
    lines = (HERE / "seeds.txt").read_text().splitlines()
    return {
        name: [int(seed) for seed in found.split()] for name, _, found in (line.partition(": ") for line in lines[3:])
    }


QUERIES = [query for query in (*tpch(), *tpcds()) if query.name in seeds()]


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
def test_a_column_without_an_edge_has_no_effect(connection: duckdb.DuckDBPyConnection, query: Query) -> None:
    ready = prepared(query)
    lineage = column_lineage(query.sql, query.relations, dialect=query.dialect)
    everything = frozenset((table, column) for table, columns in ready.columns.items() for column in columns)
    allowed = [sources(edges) | sources(lineage.dataset) for edges in lineage.fields.values()]
    for seed in seeds()[query.name][: 2 if query in tpch() else 1]:
        before = filled(connection, ready, seed)
        for known in set(allowed):
            fill(connection, ready, seed, everything - known)
            after = outputs(connection, ready.sql)
            assert len(after) == len(before), f"something else than {sorted(known)} has an effect on the rows"
            for name, sees, old, new in zip(lineage.fields, allowed, before, after, strict=True):
                assert sees != known or old == new, f"something else than {sorted(known)} has an effect on {name}"


def filled(connection: duckdb.DuckDBPyConnection, query: Prepared, seed: int) -> list[list[str]]:
    """Fill the tables and return what the query gives, which must be something."""
    fill(connection, query, seed, frozenset())
    found = outputs(connection, query.sql)
    assert any(value not in ("None", "0") for column in found for value in column)
    return found


def test_most_edges_would_be_missed(connection: duckdb.DuckDBPyConnection) -> None:
    """How much the test above sees: of the edges of TPC-H, most show an effect of their own on such small tables."""
    shown, edges = 0, 0
    for query in tpch():
        ready = prepared(query)
        lineage = column_lineage(query.sql, query.relations, dialect=query.dialect)
        seed = seeds()[query.name][0]
        before = filled(connection, ready, seed)
        for source in {source for side in (*lineage.fields.values(), lineage.dataset) for source in sources(side)}:
            fill(connection, ready, seed, frozenset({source}))
            shown += outputs(connection, ready.sql) != before
            edges += 1
    assert shown / edges > 0.6, (shown, edges)


def test_all_of_tpch_and_most_of_tpcds_are_tried() -> None:
    assert [query.name for query in QUERIES if query in tpch()] == [query.name for query in tpch()]
    assert len([query for query in QUERIES if query in tpcds()]) >= 80
