"""Column lineage of SQL: the cases of ``sql_cases.txt``, errors, descriptions, names and tables."""

from __future__ import annotations

import time
from pathlib import Path

import duckdb
import pytest
import sqlglot

from hallmark.dataset import Column, DatasetVersion
from hallmark.errors import StageError
from hallmark.lineage.sql import column_lineage, parse_query, table_names
from hallmark.receipt import ColumnEdge, ColumnLineage


def version(name: str, **columns: str) -> DatasetVersion:
    return DatasetVersion(name, "file", f"/lake/{name}", "1", columns=tuple(Column(c, t) for c, t in columns.items()))


RELATIONS = {
    "f": version("flights", id="BIGINT", carrier="VARCHAR", origin="VARCHAR", delay="DOUBLE", Tail="VARCHAR"),
    "w": version("weather", origin="VARCHAR", temp="DOUBLE"),
    "x": version("nested", id="BIGINT", xs="BIGINT[]", s="STRUCT(lat DOUBLE, lon DOUBLE)"),
    "open": version("open"),
}
SHORT = {"/lake/flights": "f", "/lake/weather": "w", "/lake/nested": "x", "/lake/open": "open"}


def said(lineage: ColumnLineage) -> str:
    """Write lineage in the notation of the expectations."""

    def side(edges: tuple[ColumnEdge, ...]) -> str:
        return ", ".join(
            f"{SHORT[e.location]}.{e.column} {e.subtype}{'!' if e.masking else ''}"
            for e in sorted(edges, key=lambda e: (e.type, e.location, e.column, e.subtype))
        )

    lines = [f"{name} <- {side(edges)}".strip() for name, edges in lineage.fields.items()]
    return "\n".join([*lines, *([f"* <- {side(lineage.dataset)}"] if lineage.dataset else [])])


def cases() -> list[tuple[str, str, str]]:
    """Read the titles, queries and expectations of ``sql_cases.txt``."""
    found = []
    for block in Path(__file__).with_name("sql_cases.txt").read_text().split("\n\n"):
        title, *lines = block.strip().splitlines()
        if title.startswith("# "):
            sql = [line for line in lines if not line.startswith("    ")]
            found.append((title[2:], "\n".join(sql), "\n".join(line.strip() for line in lines if line not in sql)))
    return found


@pytest.mark.parametrize(("title", "sql", "expected"), cases(), ids=[case[0] for case in cases()])
def test_a_query_says(title: str, sql: str, expected: str) -> None:
    assert said(column_lineage(sql, RELATIONS)) == expected, title


DIALECTS = [
    ("postgres", "select * from f join w using (origin) limit 1", "origin <- f.origin IDENTITY"),
    ("spark", "select e from x lateral view explode(xs) t as e", "e <- x.xs TRANSFORMATION"),
    ("bigquery", "select e from x, unnest(xs) as e", "e <- x.xs TRANSFORMATION"),
    ("snowflake", "select v.value as z from x, lateral flatten(input => x.xs) v", "Z <- x.xs TRANSFORMATION"),
    ("tsql", "select top 3 isnull(carrier, '') as [A b] from f", "A b <- f.carrier TRANSFORMATION"),
]


@pytest.mark.parametrize(("dialect", "sql", "first"), DIALECTS)
def test_other_dialects_are_read(dialect: str, sql: str, first: str) -> None:
    assert said(column_lineage(sql, RELATIONS, dialect=dialect)).splitlines()[0] == first


ERRORS = [
    ("select tail_num from f", "column 'tail_num', which f (flights) does not have", "did you mean 'Tail'?"),
    ("select f.dely from f", "column 'f.dely', which f (flights) does not have", "did you mean 'delay'?"),
    ("select q.id from f", "column 'q.id', but no table 'q' is read there", "known there: f"),
    ("select id from f where exists (select 1 from w where tmp > 1)", "column 'tmp'", "did you mean 'temp'?"),
    ("select origin from f, w", "column 'origin' is in more than one table", "write f.origin or w.origin"),
    ("select * from weather", "table 'weather', which is not an input", "known there: f, open, w, x"),
    ("select * from f, f", "two tables of one FROM clause are called 'f'", "alias"),
    ("select id from f join w using (id)", "USING (id) finds no column 'id'", "ON"),
    ("select id from f union all select * from w", "a UNION joins queries of 1 and 2 columns", "same columns"),
    ("select id from f order by 2", "position 2 is beyond the 1 columns", "name the column"),
    (
        "with recursive t as (select * from t union all select 1) from t",
        "'t' reads itself in its first",
        "another name",
    ),
    ("select * from open", "cannot tell which columns open has", "one by one"),
    ("select * from read_csv('a.csv')", "cannot tell which columns READ_CSV('a.csv') has", "one by one"),
    ("pivot f on carrier using sum(delay)", "cannot tell which columns", "one by one"),
    ("select id from f where", "cannot be parsed at line 1", "correct the SQL"),
    ("select 'a from f", "cannot be parsed", "correct the SQL"),
    ("", "the SQL is empty", "SELECT"),
    ("select 1; select 2", "has 2 statements", "keep one SELECT"),
    ("delete from f", "is not a query: DELETE FROM f", "SELECT"),
    ("with d as (delete from f returning *) select * from d", "does more than read: DELETE", "SELECT"),
    ("select * into z from f", "does more than read", "SELECT"),
]


@pytest.mark.parametrize(("sql", "found", "remedy"), ERRORS)
def test_an_error_says_what_was_found_and_what_to_do(sql: str, found: str, remedy: str) -> None:
    dialect = "postgres" if "returning" in sql or "into" in sql else "duckdb"
    with pytest.raises(StageError) as caught:
        column_lineage(sql, RELATIONS, dialect=dialect)
    assert found in caught.value.found
    assert remedy in caught.value.remedy


def test_an_unknown_dialect_is_named() -> None:
    with pytest.raises(StageError, match="Unknown dialect 'oracl'"):
        parse_query("select 1", "oracl")


def test_a_description_is_the_expression_that_made_the_edge() -> None:
    lineage = column_lineage(
        "select upper(t) as u, t as plain from (select trim(Tail) as t from f where delay > 15 and id > 1)", RELATIONS
    )
    assert [e.description for e in lineage.fields["u"]] == ["UPPER(t)"]
    assert [e.description for e in lineage.fields["plain"]] == ["TRIM(Tail)"]
    assert [e.description for e in lineage.dataset] == ["delay > 15", "id > 1"]
    assert [e.description for e in column_lineage("select id from f", RELATIONS).fields["id"]] == [""]


def test_a_description_has_at_most_200_characters() -> None:
    sql = "select " + " + ".join(["delay"] * 3000) + " as z from f"
    (edge,) = column_lineage(sql, RELATIONS).fields["z"]
    assert 0 < len(edge.description) <= 200


def test_an_edge_names_the_dataset_read() -> None:
    assert column_lineage("select id from f", RELATIONS).fields["id"] == (
        ColumnEdge(namespace="file", location="/lake/flights", column="id", type="DIRECT", subtype="IDENTITY"),
    )


def test_the_query_is_not_changed_and_may_be_an_expression() -> None:
    for sql in ("select * from f join w using (origin) order by 1", "values (1, 2)", "unpivot w on temp, origin"):
        query = sqlglot.parse_one(sql, dialect="duckdb")
        before = repr(query)
        assert column_lineage(query, RELATIONS) == column_lineage(sql, RELATIONS)
        assert repr(query) == before
        assert all(child.parent is node for node in query.walk() for child in node.iter_expressions())


def test_names_of_the_engine_are_taken_in_order() -> None:
    sql, names = "select id + 1, count(*) from f group by all", ["(id + 1)", "count_star()"]
    assert list(column_lineage(sql, RELATIONS, names=names).fields) == names
    with pytest.raises(StageError, match="gives 1 columns, of which column lineage sees 2"):
        column_lineage("select id, carrier from f", RELATIONS, names=["id"])


def test_names_that_repeat_are_numbered_as_duckdb_does_it() -> None:
    connection = duckdb.connect()
    connection.execute("create table t (k int, k_1 int, c int)")
    relations = {"t": version("t", k="INTEGER", k_1="INTEGER", c="INTEGER")}
    for sql in (
        "select a.k, a.k as K, b.*, a.c as k_1, a.* from t a, t b",
        "select k_1, k, k, k from t",
        "select * from (select a.c, b.* from t a, t b) as s(k) join t on true",
    ):
        view = connection.execute(f"describe select * from ({sql})").fetchall()
        assert list(column_lineage(sql, relations).fields) == [row[0] for row in view]


def test_every_aggregate_of_duckdb_aggregates() -> None:
    listed = (
        "select function_name, min(len(parameters)) from duckdb_functions() "
        "where function_type = 'aggregate' group by all"
    )
    for name, arguments in duckdb.sql(listed).fetchall():
        columns = ["delay", "id", "id", "id"][: max(arguments, 1)]
        edges = column_lineage(f"select {name}({', '.join(columns)}) as z from f", RELATIONS).fields["z"]
        assert edges[0].subtype == "AGGREGATION", name


def test_table_names_leave_out_what_with_defines() -> None:
    query = parse_query(
        "with a as (select * from b), c as (select * from a, main.d) "
        "select *, (with e as (select 1) select * from e, g) from c join (select * from e) on true "
        "where exists (from h)"
    )
    assert table_names(query) == {"b", "main.d", "g", "e", "h"}


def test_a_table_hidden_by_with_is_still_read_inside_it() -> None:
    query = parse_query("with f as (select * from f) select * from f")
    assert table_names(query) == {"f"}
    assert said(column_lineage("with f as (select id from f) select * from f", RELATIONS)) == "id <- f.id IDENTITY"
    recursive = parse_query("with recursive t as (select 1 as n union all select n + 1 from t) select * from t")
    assert table_names(recursive) == set()


def test_tables_are_found_whatever_their_case_and_with_their_schema() -> None:
    relations = {"public.F": RELATIONS["f"]}
    lineage = column_lineage("select ID from Public.f", relations, dialect="postgres")
    assert said(lineage) == "id <- f.id IDENTITY"


def test_a_query_of_300_lines_takes_a_fraction_of_a_second() -> None:
    steps, last = [], "f"
    for n in range(40):
        columns = f"p.id,\n p.delay + {n} as delay,\n case when p.delay > 1\n then p.carrier end as carrier,\n p.origin"
        tables = f"from {last} p\nleft join w on w.origin = p.origin"
        steps.append(f"c{n} as (\nselect {columns}\n{tables}\nwhere p.id > {n})")
        last = f"c{n}"
    sql = "with " + ",\n".join(steps) + f"\nselect * from {last}"
    assert sql.count("\n") > 300
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        lineage = column_lineage(sql, RELATIONS)
        seconds.append(time.perf_counter() - started)
    assert list(lineage.fields) == ["id", "delay", "carrier", "origin"]
    assert min(seconds) < 0.5


def test_an_entry_used_twice_at_each_of_forty_levels_is_read_once() -> None:
    steps = ["q0 as (select id from f)"] + [
        f"q{n} as (select a.id from q{n - 1} a join q{n - 1} b on a.id = b.id)" for n in range(1, 41)
    ]
    lineage = column_lineage(f"with {', '.join(steps)} select * from q40", RELATIONS)
    assert said(lineage) == "id <- f.id IDENTITY\n* <- f.id JOIN"
