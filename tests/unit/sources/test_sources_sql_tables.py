"""The tables behind a query's answer, each a dataset of its own."""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from hallmark.receipt import ColumnEdge
from hallmark.sources import SqlSource
from hallmark.sources import sql_tables as module
from postgres import new_database

Mount = Callable[..., Any]

TABLES = [
    "CREATE TABLE orders (id integer, customer integer, amount numeric(10, 2), day date)",
    'CREATE TABLE "Customers" (id integer, name text, email text)',
    "INSERT INTO orders VALUES (1, 7, 2.50, '2024-01-01'), (2, 7, 4.00, '2024-01-02'), (3, 8, 1.00, '2024-01-02')",
    "INSERT INTO \"Customers\" VALUES (7, 'ada', 'a@x'), (8, 'bob', 'b@x')",
]
JOIN = """
    SELECT c.name AS customer, sum(o.amount) AS spent FROM Orders o JOIN "Customers" c ON c.id = o.customer
    WHERE o.day < :day GROUP BY c.name
"""


@pytest.fixture
def shop(postgres: str) -> Iterator[str]:
    url = new_database(postgres.replace("+psycopg", ""))
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in (*TABLES, "CREATE SCHEMA ops", "CREATE TABLE ops.late (id integer, minutes integer)"):
            connection.execute(statement.encode())
        connection.execute("COMMENT ON COLUMN orders.amount IS 'In euros.'")
        connection.execute("CREATE VIEW revenue AS SELECT day, amount FROM orders")
    yield url.replace("postgresql://", "postgresql+psycopg://")


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    with sqlite3.connect(tmp_path / "shop.db") as connection:
        for statement in TABLES:
            connection.execute(statement)
    connection.close()
    return f"sqlite:///{tmp_path}/shop.db"


def ends(edges: tuple[ColumnEdge, ...]) -> set[tuple[str, str, str]]:
    return {(edge.location.rpartition(".")[2].lower(), edge.column, edge.subtype) for edge in edges}


def assert_joined(found: Any) -> None:
    """The lineage of ``JOIN``, whatever the database calls its tables."""
    assert ends(found.columns.fields["customer"]) == {("customers", "name", "IDENTITY")}
    assert ends(found.columns.fields["spent"]) == {("orders", "amount", "AGGREGATION")}
    assert ends(found.columns.dataset) == {
        ("customers", "id", "JOIN"),
        ("orders", "customer", "JOIN"),
        ("orders", "day", "FILTER"),
        ("customers", "name", "GROUP_BY"),
    }
    read = {(d.namespace, d.location) for d in found.datasets}
    assert {(e.namespace, e.location) for edges in found.columns.fields.values() for e in edges} <= read


def test_a_join_in_postgresql_reads_two_tables_with_their_columns(mount: Mount, shop: str) -> None:
    found = mount(SqlSource("ops", JOIN, {"day": "2024-01-03"}), database=shop)
    database = urlsplit(shop).path.strip("/")
    tables = {d.location: d for d in found.datasets}
    assert set(tables) == {f"{database}.public.orders", f"{database}.public.Customers"}
    orders = tables[f"{database}.public.orders"]
    assert [(c.name, c.type) for c in orders.columns] == [
        ("id", "INTEGER"),
        ("customer", "INTEGER"),
        ("amount", "NUMERIC(10, 2)"),
        ("day", "DATE"),
    ]
    assert orders.columns[2].description == "In euros."
    assert {d.namespace for d in found.datasets} == {
        f"postgres://{urlsplit(shop).hostname or socket.gethostname()}:5432"
    }
    assert found.dialect == "postgres"
    assert_joined(found)


def test_a_join_in_sqlite_reads_two_tables_with_their_columns(mount: Mount, sqlite: str) -> None:
    found = mount(SqlSource("ops", JOIN, {"day": "2024-01-03"}), database=sqlite)
    assert {d.location: [c.name for c in d.columns] for d in found.datasets} == {
        "orders": ["id", "customer", "amount", "day"],
        "customers": ["id", "name", "email"],
    }
    assert found.dialect == "sqlite"
    assert_joined(found)


def test_the_answer_is_one_version_and_its_rows_are_no_tables_own(mount: Mount, sqlite: str) -> None:
    found = mount(SqlSource("ops", JOIN, {"day": "2024-01-03"}), database=sqlite)
    assert found.version.name == "customers, orders" and found.version.location.startswith("query-")
    assert found.version.rows == 2 and {d.rows for d in found.datasets} == {None}
    assert {d.version for d in found.datasets} == {found.version.version}
    (alone,) = mount(SqlSource("ops", "SELECT a.id FROM orders a, orders b"), database=sqlite).datasets
    assert (alone.name, alone.rows) == ("orders", 9)


def test_a_star_has_the_columns_of_its_tables(mount: Mount, shop: str) -> None:
    sql = "WITH l AS (SELECT * FROM ops.late) SELECT r.*, l.minutes FROM revenue r CROSS JOIN l"
    found = mount(SqlSource("ops", sql), database=shop)
    assert {d.location.split(".", 1)[1] for d in found.datasets} == {"public.revenue", "ops.late"}
    assert {name: ends(edges) for name, edges in found.columns.fields.items()} == {
        "day": {("revenue", "day", "IDENTITY")},
        "amount": {("revenue", "amount", "IDENTITY")},
        "minutes": {("late", "minutes", "IDENTITY")},
    }


def test_what_the_database_does_not_describe_is_read_all_the_same(
    mount: Mount, sqlite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def refuse(connection: Any, table: str, schema: str | None) -> Any:
        asked.append(table)
        raise RuntimeError("permission denied for hunter2")

    monkeypatch.setattr(module, "_inspected", refuse)
    found = mount(SqlSource("ops", "SELECT o.id AS number FROM orders o"), database=sqlite)
    assert asked == ["orders"] and len(found.rows) == 3
    (orders,) = found.datasets
    assert (orders.location, orders.columns) == ("orders", ())
    assert ends(found.columns.fields["number"]) == {("orders", "id", "IDENTITY")}
    # What a star stands for is not known then: no lineage is better than a wrong one.
    assert mount(SqlSource("ops", "SELECT * FROM orders"), database=sqlite).columns.fields == {}


@pytest.mark.parametrize("sql", ["SELECT 1 AS x", "VALUES (1), (2)", "SELECT * FROM generate_series(1, 3) AS n"])
def test_a_query_without_tables_is_a_dataset_of_its_own(mount: Mount, shop: str, sql: str) -> None:
    found = mount(SqlSource("ops", sql), database=shop)
    assert found.datasets == (found.version,) and found.columns is None
    assert ".query-" in found.version.location


def test_what_is_declared_has_the_names_of_what_is_read(mount: Mount, sqlite: str) -> None:
    source = SqlSource("ops", JOIN, {"day": "2024-01-03"})
    declared, read = source.declared(lambda _: sqlite), mount(source, database=sqlite)
    assert [(d.namespace, d.location) for d in declared.datasets] == [(d.namespace, d.location) for d in read.datasets]
    unknown = source.declared(lambda _: None)
    assert {d.namespace for d in unknown.datasets} == {"airflow-connection://ops"}
