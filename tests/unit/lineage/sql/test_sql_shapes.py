"""Column lineage of SQL shapes and of statements that write, in ten dialects; the tables of any statement; deep SQL."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlglot
from sql_corpus import Query, cases, relations, said, shapes

from hallmark.dataset import Column, DatasetVersion
from hallmark.errors import StageError
from hallmark.lineage.sql import column_lineage, statement_lineage, table_lineage

FLIGHTS = relations("flights")
DIALECTS = {"postgres", "mysql", "snowflake", "bigquery", "spark", "tsql", "sqlite", "trino", "redshift", "duckdb"}


def written(sql: str, dialect: str = "duckdb", known: dict[str, DatasetVersion] | None = None) -> str:
    """Write what statements do in the notation of ``statements.txt``."""
    found = statement_lineage(sql, known or FLIGHTS, dialect=dialect)
    return "\n".join(line for one in found for line in (f"-> {'.'.join(one.table)}", said(one.columns)) if line)


@pytest.mark.parametrize("query", shapes(), ids=lambda query: query.name)
def test_a_shape_says(query: Query) -> None:
    assert said(column_lineage(query.sql, FLIGHTS, dialect=query.dialect)) == query.expected


@pytest.mark.parametrize("query", cases("statements.txt"), ids=lambda query: query.name)
def test_a_statement_says(query: Query) -> None:
    assert written(query.sql, query.dialect) == query.expected


def test_every_dialect_has_shapes_and_statements() -> None:
    assert {query.dialect for query in shapes()} == DIALECTS
    assert {query.dialect for query in cases("statements.txt")} == DIALECTS


CASE = {"T": DatasetVersion("t", "db", "T", columns=(Column("Id", "INT"), Column("id", "INT"), Column("NAME", "TEXT")))}
NAMES = [
    ("postgres", 'select ID from "T"', "id <- T.id IDENTITY"),
    ("postgres", 'select "Id" as a from "T"', "a <- T.Id IDENTITY"),
    ("postgres", 'select Name as Who from "T"', "who <- T.NAME IDENTITY"),
    ("redshift", 'select name as Who from "T"', "Who <- T.NAME IDENTITY"),
    ("snowflake", 'select "Id" as a from t', "A <- T.Id IDENTITY"),
    ("snowflake", "select name from t", "NAME <- T.NAME IDENTITY"),
    ("bigquery", "select name from T", "NAME <- T.NAME IDENTITY"),
    ("mysql", "select name as n from T", "n <- T.NAME IDENTITY"),
    ("tsql", "select [name] from t", "NAME <- T.NAME IDENTITY"),
    ("trino", 'select "name" from t', "NAME <- T.NAME IDENTITY"),
    ("spark", "select Id as a, T.NaMe from t", "a <- T.Id IDENTITY\nNAME <- T.NAME IDENTITY"),
]


@pytest.mark.parametrize(("dialect", "sql", "expected"), NAMES)
def test_names_are_compared_as_the_dialect_does_and_given_as_stored(dialect: str, sql: str, expected: str) -> None:
    assert said(column_lineage(sql, CASE, dialect=dialect)) == expected


AGGREGATES = {
    "postgres": "bool_and jsonb_agg range_agg var_pop regr_slope array_agg xmlagg every",
    "mysql": "bit_xor json_arrayagg std group_concat",
    "snowflake": "listagg object_agg approx_percentile hash_agg booland_agg array_union_agg kurtosis",
    "bigquery": "any_value logical_or approx_quantiles array_concat_agg string_agg countif",
    "spark": "collect_set percentile_approx try_sum bool_or count_min_sketch skewness first",
    "tsql": "string_agg checksum_agg stdevp varp approx_count_distinct",
    "sqlite": "total json_group_array group_concat",
    "trino": "map_agg multimap_agg approx_percentile histogram numeric_histogram checksum reduce_agg",
    "redshift": "listagg median",
}
TWO_ARGUMENTS = {"regr_slope", "object_agg", "approx_percentile", "approx_quantiles", "percentile_approx", "string_agg",
                 "map_agg", "multimap_agg", "numeric_histogram", "count_min_sketch", "reduce_agg"}  # fmt: skip


@pytest.mark.parametrize(("dialect", "name"), [(d, n) for d, names in AGGREGATES.items() for n in names.split()])
def test_an_aggregate_of_a_dialect_aggregates(dialect: str, name: str) -> None:
    sql = f"select {name}({'delay, 2' if name in TWO_ARGUMENTS else 'delay'}) as z from f"
    (edges,) = column_lineage(sql, FLIGHTS, dialect=dialect).fields.values()
    assert {edge.subtype for edge in edges} == {"AGGREGATION"}


ERRORS = [
    ("insert into w (origin, temp) select origin from f", "writes 1 columns into 2", "list as many columns"),
    ("insert into w select id, delay, carrier from f", "writes 3 columns into 2", "list as many columns"),
    ("create table t as select nope from f", "column 'nope', which f", "known there"),
    ("insert into t select * from gone", "table 'gone', which is not an input", "known there"),
    ("call refresh()", "cannot follow the statement CALL refresh()", "table_lineage"),
    ("insert into t select id from f where", "cannot be parsed", "correct the SQL"),
    ("with a as (select 1), A as (select 2) select * from a", "two WITH entries are called 'a'", "another name"),
]


@pytest.mark.parametrize(("sql", "found", "remedy"), ERRORS)
def test_an_error_of_a_statement_says_what_was_found_and_what_to_do(sql: str, found: str, remedy: str) -> None:
    read = column_lineage if sql.startswith("with") else statement_lineage
    with pytest.raises(StageError) as caught:
        read(sql, FLIGHTS)
    assert found in caught.value.found
    assert remedy in caught.value.remedy


def test_a_table_that_is_no_relation_is_filled_but_not_read() -> None:
    assert (
        written("update t set a = t.a + w.temp from w where w.origin = t.b")
        == "-> t\na <- w.temp TRANSFORMATION, w.origin FILTER"
    )


def test_a_statement_may_be_an_expression_and_is_not_changed() -> None:
    for dialect in ("duckdb", "snowflake"):
        statement = sqlglot.parse_one("insert into w select carrier, delay from f", dialect=dialect)
        before = repr(statement)
        assert len(statement_lineage(statement, FLIGHTS, dialect=dialect)) == 1
        assert repr(statement) == before


def test_a_created_table_says_what_its_query_says() -> None:
    for query in shapes():
        if query.dialect in ("duckdb", "spark") and not query.sql.startswith(("pivot", "from")):
            lineage = column_lineage(query.sql, FLIGHTS, dialect=query.dialect)
            (made,) = statement_lineage(f"create table made as {query.sql}", FLIGHTS, dialect=query.dialect)
            assert (made.table, made.columns) == (("made",), lineage)


TABLES = [
    ("postgres", 'select * from A.b join "C" on true', "C a.b", ""),
    ("snowflake", "insert into db.s.t select * from f, (select 1 from w)", "F W", "DB.S.T"),
    ("bigquery", "select e from `my-project.d.t` as t, t.xs as e", "my-project.d.t", ""),
    ("postgres", "with a as (select * from f) insert into t select * from a", "f", "t"),
    ("postgres", "create temp table a as select * from f; insert into t select * from a join w using (k)", "f w", "t"),
    ("postgres", "with d as (delete from f where id > 1 returning *) insert into l select * from d", "", "f l"),
    ("tsql", "select id into #t from f; insert into t select id from #t", "f", "t"),
    ("tsql", "update g set a = w.b from dbo.f g join w on g.k = w.k", "w", "dbo.f"),
    ("tsql", "with q as (select * from f) update q set a = 1", "", "f"),
    ("tsql", "insert into t (a) output inserted.a into l (b) select id from f", "f", "l t"),
    ("mysql", "delete a from f as a join w on a.k = w.k", "w", "f"),
    ("mysql", "replace into t select * from f", "f", "t"),
    ("snowflake", "merge into t using (select * from f) s on t.k = s.k when matched then delete", "F", "T"),
    ("snowflake", "insert all into a into b select * from f", "F", "A B"),
    ("snowflake", "copy into t from @stage/x", "", "T"),
    ("duckdb", "copy (select * from f) to 'x.parquet'", "f", ""),
    ("postgres", "truncate f, w", "", "f w"),
    ("postgres", "drop table if exists f", "", "f"),
    ("postgres", "alter table f rename to g", "", "f g"),
    ("redshift", "unload ('select * from f') to 's3://b/x' iam_role 'r'", "f", ""),
    ("postgres", "do $$ begin insert into t select 1 from f; end $$", "f", "t"),
    ("postgres", "create materialized view v (a) as select id from F with no data", "f", "v"),
    ("snowflake", "create stream s on table f", "F", ""),
    ("snowflake", "create task t as insert into x select id from f", "F", "X"),
    ("tsql", "delete from g from f g join w on g.k = w.k", "f w", "g"),
    ("mysql", "load data infile 'x' into table t", "", "t"),
    ("postgres", "select extract(year from d) from f where a is distinct from b and ((", "f", ""),
    ("duckdb", "create macro m(a) as (select max(a) from f)", "", ""),
    ("tsql", "exec dbo.refresh 1", "", ""),
    ("duckdb", "select 'unterminated from f", "", ""),
    ("duckdb", "", "", ""),
]


@pytest.mark.parametrize(("dialect", "sql", "read", "filled"), TABLES)
def test_the_tables_of_any_statement(dialect: str, sql: str, read: str, filled: str) -> None:
    found = table_lineage(sql, dialect)
    assert sorted(".".join(name) for name in found.read) == read.split()
    assert sorted(".".join(name) for name in found.written) == filled.split()


def test_the_tables_of_an_unknown_dialect_are_not_guessed() -> None:
    with pytest.raises(StageError, match="'oracl' is not known"):
        table_lineage("select 1", "oracl")


def test_the_tables_of_a_statement_are_those_of_its_column_lineage() -> None:
    for query in (*shapes(), *cases("statements.txt")):
        found = table_lineage(query.sql, query.dialect)
        columns = statement_lineage(query.sql, FLIGHTS, dialect=query.dialect)
        edges = [e for one in columns for side in (*one.columns.fields.values(), one.columns.dataset) for e in side]
        named = {name[-1].lower() for name in found.read | found.written}
        assert {edge.location for edge in edges} <= named, query.name
        assert {one.table for one in columns} <= found.written, query.name


DEEP: dict[str, Callable[[int], str]] = {
    "functions": lambda n: f"select {'abs(' * n}id{')' * n} as z from f",
    "cases": lambda n: f"select {'case when id > 1 then ' * n}id{' else 0 end' * n} as z from f",
    "subqueries": lambda n: f"select id as z from {'(select id from ' * n}f{')' * n}",
}


@pytest.mark.parametrize("shape", DEEP)
def test_deep_sql_is_followed(shape: str) -> None:
    sql = DEEP[shape](100)
    (edges,) = column_lineage(sql, FLIGHTS).fields.values()
    assert {edge.column for edge in edges} == {"id"}
    assert written(f"create table t as {sql}").startswith("-> t\nz <- f.id")


def test_what_is_too_deep_is_an_error_and_has_tables() -> None:
    sql = DEEP["functions"](5000)
    with pytest.raises(StageError, match="nested too deeply"):
        column_lineage(sql, FLIGHTS)
    assert table_lineage(sql).read == {("f",)}


def test_deep_sql_is_followed_in_several_threads_at_once() -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: column_lineage(DEEP["functions"](100), FLIGHTS), range(4)))
    assert all(lineage == found[0] for lineage in found)
