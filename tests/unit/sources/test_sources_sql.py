from __future__ import annotations

import datetime as dt
import socket
import sqlite3
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from hallmark.dataset import Column
from hallmark.errors import SourceError
from hallmark.sources import SqlSource
from hallmark.sources import sql as module

Mount = Callable[..., Any]
Ask = Callable[..., Any]


@pytest.fixture
def ask(mount: Mount, postgres: str) -> Ask:
    """Call ``ask(sql, parameters, contract)`` for PostgreSQL's answer."""

    def asked(sql: str, parameters: dict[str, Any] | None = None, contract: tuple[Column, ...] = ()) -> Any:
        return mount(SqlSource("ops", sql, parameters), contract, database=postgres)

    return asked


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    with sqlite3.connect(tmp_path / "ops.db") as connection:
        connection.execute("CREATE TABLE flights (id INTEGER, delay REAL, carrier TEXT, note TEXT)")
        connection.executemany("INSERT INTO flights VALUES (?, ?, ?, NULL)", [(1, 2.5, "UA"), (2, None, "B6")])
    connection.close()
    return f"sqlite:///{tmp_path}/ops.db"


TYPES = [
    ("1::smallint", "BIGINT", 1),
    ("9223372036854775807::bigint", "BIGINT", 9223372036854775807),
    ("1.5::double precision", "DOUBLE", 1.5),
    ("1.5::numeric(10,2)", "DECIMAL(10,2)", Decimal("1.50")),
    ("true", "BOOLEAN", True),
    ("'é'::text", "VARCHAR", "é"),
    ("'x'::char(3)", "VARCHAR", "x  "),
    ("date '2026-01-31'", "DATE", dt.date(2026, 1, 31)),
    ("timestamp '2026-01-31 06:00:00.123456'", "TIMESTAMP", dt.datetime(2026, 1, 31, 6, 0, 0, 123456)),
    ("'\\x00ff'::bytea", "BLOB", b"\x00\xff"),
    ("array[1, 2]", "BIGINT[]", [1, 2]),
    ("'{\"a\": [1, null]}'::jsonb", "VARCHAR", '{"a": [1, null]}'),
    ("'6ecd8c99-4036-403d-bf84-cf8400f67836'::uuid", "VARCHAR", "6ecd8c99-4036-403d-bf84-cf8400f67836"),
    ("null::integer", "VARCHAR", None),
]


def test_every_type_of_postgresql_keeps_its_values(ask: Ask) -> None:
    columns = ", ".join(f"{literal} AS c{n}" for n, (literal, _, _) in enumerate(TYPES))
    found = ask(f"SELECT {columns}")
    assert list(found.types.values()) == [kind for _, kind, _ in TYPES]
    assert found.rows == [tuple(value for _, _, value in TYPES)]


def test_a_time_with_a_zone_is_the_same_moment(ask: Ask) -> None:
    found = ask("SELECT timestamptz '2026-01-31 06:00:00+05:30' AS at")
    assert found.types == {"at": "TIMESTAMP WITH TIME ZONE"}
    assert found.rows[0][0] == dt.datetime(2026, 1, 31, 0, 30, tzinfo=dt.UTC)


def test_types_do_not_depend_on_the_days_values(ask: Ask) -> None:
    query = "SELECT x::numeric(12,3) AS declared, x::numeric AS free FROM unnest(array[{}]) AS x"
    small, large = ask(query.format("1.250")), ask(query.format("1.250, 123456.125"))
    assert small.types == large.types == {"declared": "DECIMAL(12,3)", "free": "DECIMAL(38,3)"}


def test_nulls_and_other_widths_take_the_types_of_the_contract(ask: Ask) -> None:
    contract = (
        Column("id", "INTEGER"),
        Column("price", "DECIMAL(12,4)"),
        Column("share", "FLOAT"),
        Column("gone", "TIMESTAMP"),
        Column("name", "BIGINT"),
    )
    found = ask(
        "SELECT 7 AS id, 1.5::numeric AS price, 0.5::real AS share, null::timestamp AS gone, 'x' AS name",
        contract=contract,
    )
    # A text where the contract says number is for the contract to refuse.
    assert found.types == {c.name: c.type for c in contract} | {"name": "VARCHAR"}
    assert found.rows == [(7, Decimal("1.5000"), 0.5, None, "x")]


@pytest.mark.parametrize(("value", "kind"), [("3000000000", "INTEGER"), ("1.123", "DECIMAL(10,2)")])
def test_a_value_that_does_not_fit_the_contract_names_its_column(ask: Ask, value: str, kind: str) -> None:
    with pytest.raises(SourceError, match="column 'price' of the answer does not fit the contract"):
        ask(f"SELECT {value} AS price", contract=(Column("price", kind),))


def test_an_answer_without_rows_has_its_columns(ask: Ask) -> None:
    found = ask("SELECT 1 AS id, 'x' AS name WHERE false", contract=(Column("id", "INTEGER"),))
    assert found.types == {"id": "INTEGER", "name": "VARCHAR"}
    assert found.rows == [] and found.version.rows == 0


def test_values_are_bound_and_never_part_of_the_sql(ask: Ask) -> None:
    hostile = "x'; DROP TABLE pg_class; --"
    assert ask("SELECT CAST(:name AS text) AS name, 'at 10:30, 5%' AS text", {"name": hostile}).rows == [
        (hostile, "at 10:30, 5%")
    ]


def test_a_long_answer_is_fetched_in_batches_of_rows(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH", 100)
    # Nulls first: the first batches do not know the types of the later ones.
    found = ask(
        "SELECT n, CASE WHEN n > 250 THEN n * 1.5 END AS x, CASE WHEN n > 350 THEN 'late' END AS t"
        " FROM generate_series(1, 1001) AS n"
    )
    assert found.version.rows == len(found.rows) == 1001
    assert found.types == {"n": "BIGINT", "x": "DECIMAL(38,1)", "t": "VARCHAR"}
    assert sorted(found.rows)[250] == (251, Decimal("376.5"), None) and sorted(found.rows)[-1][2] == "late"


def test_a_query_reads_and_changes_nothing(ask: Ask, postgres: str) -> None:
    with psycopg.connect(postgres.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (n integer)")
        connection.execute("INSERT INTO kept VALUES (1)")
    with pytest.raises(SourceError, match="failed"):
        ask("DELETE FROM kept")
    assert ask("SELECT count(*) AS n FROM kept").rows == [(1,)]


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("SELECT * FROM nowhere", 'relation "nowhere" does not exist'),
        ("SELECT 1 / 0 AS x", "division by zero"),
        ("SELECT :day AS x", "A value is required for bind parameter 'day'"),
        ("SELECT timestamp 'infinity' AS x", "timestamp too large"),
    ],
)
def test_what_the_database_says_is_told(ask: Ask, sql: str, reason: str) -> None:
    with pytest.raises(SourceError) as raised:
        ask(sql)
    assert str(raised.value).startswith(f"the query on connection 'ops' failed ({reason}")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("sql", "fault"),
    [
        ("SELECT 1 AS id, 2 AS id", "the query gives 'id' more than once; name its columns with AS"),
        ("SELECT inet '1.2.3.4' AS ip", "column 'ip' of the answer has values that no one type holds"),
        ("SELECT 'NaN'::numeric AS n", "column 'n' of the answer has values that no one type holds"),
    ],
)
def test_an_answer_that_is_no_table_says_what_to_change_in_the_query(ask: Ask, sql: str, fault: str) -> None:
    with pytest.raises(SourceError) as raised:
        ask(sql)
    assert str(raised.value).startswith(fault)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://ada:hunter2@127.0.0.1:1/db",
        "postgresql+nodriver://ada:hunter2@127.0.0.1/db",
        "nowhere://ada:hunter2@127.0.0.1/db",
        "hunter2 is no url",
    ],
)
def test_no_error_shows_the_password(mount: Mount, url: str) -> None:
    with pytest.raises(SourceError) as raised:
        mount(SqlSource("ops", "SELECT 1 AS x"), database=url)
    chain = [raised.value, raised.value.__cause__]
    assert "connection 'ops'" in str(raised.value) and "hunter2" not in "".join(map(str, chain))


def test_a_query_is_named_as_openlineage_names_tables_of_postgresql(ask: Ask, postgres: str) -> None:
    host = urlsplit(postgres).hostname or socket.gethostname()
    database = urlsplit(postgres).path.strip("/")
    found = ask("SELECT relname FROM pg_catalog.pg_class LIMIT 1").version
    assert (found.namespace, found.location) == (f"postgres://{host}:5432", f"{database}.pg_catalog.pg_class")
    assert found.name == found.location and found.kind == "query"


def test_a_table_without_a_schema_is_in_the_one_where_the_database_found_it(ask: Ask, postgres: str) -> None:
    with psycopg.connect(postgres.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("CREATE TABLE flights (id integer)")
    assert ask("SELECT * FROM Flights").version.location.endswith(".public.flights")


def test_sqlite_gives_what_it_has_stored(mount: Mount, sqlite: str) -> None:
    found = mount(SqlSource("ops", "SELECT * FROM flights ORDER BY id"), database=sqlite)
    assert found.types == {"id": "BIGINT", "delay": "DOUBLE", "carrier": "VARCHAR", "note": "VARCHAR"}
    assert found.rows == [(1, 2.5, "UA", None), (2, None, "B6", None)]
    assert found.version.namespace == f"sqlite:///{urlsplit(sqlite).path.lstrip('/')}"
    assert found.version.location == "flights"


def test_a_column_of_sqlite_with_values_of_several_types_is_named(mount: Mount, sqlite: str) -> None:
    with pytest.raises(SourceError, match="column 'x' of the answer has values that no one type holds"):
        mount(SqlSource("ops", "SELECT 1 AS x UNION ALL SELECT 'one'"), database=sqlite)


def test_a_file_that_is_no_database_is_told(mount: Mount, tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text("nothing of the kind, and long enough to be looked at")
    with pytest.raises(SourceError, match="file is not a database"):
        mount(SqlSource("ops", "SELECT 1 AS x FROM sqlite_master"), database=f"sqlite:///{tmp_path}/x.db")


class TestVersion:
    """The version of an answer: equal for equal answers, another for any other."""

    SAME = [
        "SELECT n, n::text AS t FROM generate_series(1, 5) AS n",
        "SELECT n, n::text AS t FROM generate_series(1, 5) AS n ORDER BY n DESC",
    ]
    OTHERS = [
        "SELECT n, n::text AS t FROM generate_series(1, 6) AS n",
        "SELECT n + 1 AS n, n::text AS t FROM generate_series(1, 5) AS n",
        "SELECT 6 - n AS n, n::text AS t FROM generate_series(1, 5) AS n",
        "SELECT n, n::text AS s FROM generate_series(1, 5) AS n",
        "SELECT n::text AS n, n::text AS t FROM generate_series(1, 5) AS n",
        "SELECT n, CASE WHEN n <> 5 THEN n::text END AS t FROM generate_series(1, 5) AS n",
        "SELECT n, CASE WHEN n <> 5 THEN n::text ELSE '' END AS t FROM generate_series(1, 5) AS n",
        "SELECT n, CASE WHEN n <> 5 THEN n::text ELSE 'null' END AS t FROM generate_series(1, 5) AS n",
        "SELECT n, n::text AS t FROM generate_series(1, 5) AS n UNION ALL SELECT 5, '5'",
        "SELECT n, n::text AS t FROM generate_series(1, 5) AS n UNION ALL SELECT 5, '5' UNION ALL SELECT 5, '5'",
        "SELECT n, n::text AS t FROM generate_series(1, 5) AS n WHERE false",
    ]

    def test_it_is_equal_for_the_same_rows_in_any_order(self, ask: Ask) -> None:
        assert len({ask(sql).version.version for sql in self.SAME * 2}) == 1

    def test_it_differs_for_every_other_answer(self, ask: Ask) -> None:
        assert len({ask(sql).version.version for sql in (self.SAME[0], *self.OTHERS)}) == 1 + len(self.OTHERS)

    def test_it_does_not_depend_on_how_the_rows_were_fetched(self, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
        whole = ask(self.SAME[0]).version.version
        monkeypatch.setattr(module, "BATCH", 2)
        assert ask(self.SAME[0]).version.version == whole

    def test_texts_do_not_run_into_one_another(self, ask: Ask) -> None:
        pairs = [("'a,b'", "'c'"), ("'a'", "'b,c'"), ("'a\"'", "'c'"), ("'a'", "'\"c'"), ("null::text", "'c'")]
        assert len({ask(f"SELECT {a} AS a, {b} AS b").version.version for a, b in pairs}) == len(pairs)

    def test_a_column_named_like_the_view_does_not_hide_the_others(self, ask: Ask) -> None:
        versions = {ask(f"SELECT 1 AS source, 1 AS answer, {n} AS n").version.version for n in (1, 2)}
        assert len(versions) == 2
