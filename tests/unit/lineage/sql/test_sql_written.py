"""Lineage of statements that write held against DuckDB: a column without an edge has no effect on what they fill."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import duckdb
import pytest

from hallmark.dataset import Column, DatasetVersion
from hallmark.lineage.sql import statement_lineage
from hallmark.receipt import ColumnEdge

STATEMENTS = [
    "insert into t (b, a) select x, y + 1 from s where z > 1",
    "insert into t select x, y, z from s union all select c, b, a from u",
    "insert into t by name select z as b, x as a from s order by x, y, z, k limit 3",
    "insert into t (k, a) select k, max(x) from s group by k "
    "on conflict (k) do update set b = excluded.a + t.k where excluded.a > 2",
    "update t set a = s.x, b = t.b + s.y from s where s.k = t.k",
    "update t set a = (select max(u.a) from u where u.b = t.k) where b > 1",
    "delete from t using u where u.a = t.k and u.b > 2",
    "merge into t using (select y, z % 3 as g, k from s) m on t.k = m.k "
    "when matched and m.g > 0 then update set a = m.y when not matched then insert (k, b) values (m.k, m.g)",
    "create table made as select x, sum(y) as b from s group by x; insert into t (b) select b from made where x > 1",
]
TABLES = {"t": ("a", "b", "k"), "s": ("x", "y", "z", "k"), "u": ("a", "b", "c")}
RELATIONS = {
    table: DatasetVersion(table, "db", table, "1", columns=tuple(Column(c, "BIGINT") for c in columns))
    for table, columns in TABLES.items()
}
OTHERS = frozenset((table, column) for table in "su" for column in TABLES[table])
SEEDS = range(5)

Columns = frozenset[tuple[str, str]]


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": "1"}) as opened:
        yield opened


def stored(
    connection: duckdb.DuckDBPyConnection, sql: str, seed: int, changed: Columns = frozenset()
) -> list[list[str]]:
    """Return the columns of ``t`` after a statement, other values standing in the changed columns before it."""
    connection.execute("drop table if exists made")
    for table, columns in TABLES.items():
        values = {c: Random(f"{seed} {table} {c} {(table, c) in changed}").choices(range(5), k=6) for c in columns}
        # Keys are unique, and some of them are in both tables.
        first = {"t": 0, "s": 3 - ((table, "k") in changed)}.get(table)
        values |= {} if first is None else {"k": list(range(first, first + 6))}
        rows = ", ".join(str(row) for row in zip(*values.values(), strict=True))
        connection.execute(f"create or replace table {table} as from (values {rows}) v({', '.join(columns)})")
    if "conflict" in sql:
        connection.execute("create unique index keys on t (k)")
    connection.execute(sql)
    return [sorted(map(str, column)) for column in zip(*connection.sql("from t").fetchall(), strict=True)]


def sources(edges: tuple[ColumnEdge, ...]) -> Columns:
    return frozenset((edge.location, edge.column) for edge in edges)


@pytest.mark.parametrize("sql", STATEMENTS)
def test_a_column_without_an_edge_has_no_effect_on_what_a_statement_fills(
    connection: duckdb.DuckDBPyConnection, sql: str
) -> None:
    (written,) = [one for one in statement_lineage(sql, RELATIONS) if one.table == ("t",)]
    effects = 0
    for seed in SEEDS:
        before = stored(connection, sql, seed)
        effects += stored(connection, sql, seed, OTHERS) != before
        for n, name in enumerate(TABLES["t"]):
            known = sources(written.columns.fields.get(name, ())) | sources(written.columns.dataset)
            assert stored(connection, sql, seed, OTHERS - known)[n] == before[n], (
                f"something else has an effect on {name}"
            )
    assert effects
