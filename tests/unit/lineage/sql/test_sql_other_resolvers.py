"""Column lineage held against two other resolvers, on TPC-H, TPC-DS and shapes of ten dialects.

Every DIRECT edge is confirmed by sqlglot, and what sqlglot or OpenLineage's parser has beyond ours is explained.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

import sqlglot
from other_resolvers import Source, by_openlineage, by_sqlglot, openlineage_tables
from sql_corpus import Query, shapes, tpcds, tpch
from sqlglot import exp

from hallmark.lineage.sql import column_lineage, table_lineage
from hallmark.receipt import ColumnEdge, ColumnLineage


class Difference(NamedTuple):
    """An edge that only another resolver has."""

    resolver: str
    query: Query
    output: str
    source: Source


def _is_no_column(found: Difference) -> bool:
    """It names no column of a table: an alias, a WITH entry, a literal's name, a column of another table."""
    table, column = found.source
    tables = {name: {c.lower() for c in columns} for name, columns in found.query.tables.items()}
    return column not in (set().union(*tables.values()) if table == "?" else tables.get(table, ()))


def _decides(found: Difference) -> bool:
    """It decides over all rows, and so we have it: EXCEPT and INTERSECT, positions in a list, names in UNPIVOT."""
    return found.source in sources(ours(found.query).dataset)


def _is_grouping(found: Difference) -> bool:
    """``GROUPING(c)`` tells which columns a row is grouped by, whatever they hold."""
    tree = sqlglot.parse_one(found.query.sql, dialect=found.query.dialect)
    inside = [column for call in tree.find_all(exp.Grouping) for column in call.find_all(exp.Column)]
    return found.source[1] in {column.name.lower() for column in inside}


# Why another resolver's edge is wrong, or in another place with us; the first that fits counts.
REASONS: dict[str, Callable[[Difference], bool]] = {
    "GROUPING tells no value": _is_grouping,
    "decides over all rows": _decides,
    "no column of that table": _is_no_column,
}
# The same, where no rule tells it.
_FIELD = "it reads the whole structure, of which one field is taken"
REVIEWED: dict[tuple[str, str, str], str] = {
    (
        "sqlglot",
        "bigquery: UNPIVOT that keeps NULLs",
        "n",
    ): "the names are literals; with NULLs kept they depend on nothing",
    ("openlineage", "postgres: two columns that differ by case alone", "Id"): "it does not tell the two names apart",
    ("openlineage", "postgres: two columns that differ by case alone", "id"): "it does not tell the two names apart",
    ("sqlglot", "bigquery: STRUCT and its field", "lon"): _FIELD,
    **{("sqlglot", "duckdb: a field of a structure, however it is taken", name): _FIELD for name in "vwyz"},
    ("openlineage", "trino: lambdas bind their names", "t"): "s is the lambda's variable, not the column",
}
# DIRECT edges that sqlglot does not confirm, and why.
_FUNCTION = "sqlglot does not look into a function in FROM"
_LATERAL = "sqlglot names the column but not its table, for it does not qualify this LATERAL"
UNCONFIRMED: dict[tuple[str, str], str] = {
    ("postgres: generate_series as a table", "g"): _FUNCTION,
    ("postgres: rows from functions side by side", "a"): _FUNCTION,
    ("mysql: JSON_TABLE", "v"): _FUNCTION,
    ("sqlite: json_each", "value"): _FUNCTION,
    ("mysql: LATERAL", "m"): _LATERAL,
    ("spark: TABLESAMPLE and LATERAL subquery", "m"): _LATERAL,
    ("tsql: CROSS APPLY and OUTER APPLY", "m"): _LATERAL,
    ("tsql: CROSS APPLY and OUTER APPLY", "e"): _LATERAL,
    ("trino: LATERAL and a row", "m"): _LATERAL,
    ("bigquery: ARRAY of a subquery and ARRAY_AGG", "ys"): _LATERAL,
    ("bigquery: ARRAY of a subquery and ARRAY_AGG", "t"): _LATERAL,
    (
        "postgres: a table around a subquery whose column has its name",
        "m",
    ): "sqlglot takes the table's name for the column",
    ("postgres: a column of a row", "c"): "sqlglot takes the table's name for no column",
    ("bigquery: a table as its row", "row"): "sqlglot takes the table's name for no column",
    ("bigquery: a table as its row", "j"): "sqlglot takes the table's name for no column",
    ("snowflake: a position in a subquery", "B"): "sqlglot does not look up positions",
    ("trino: MATCH_RECOGNIZE with all rows", "start_id"): "sqlglot does not look into MATCH_RECOGNIZE",
}
QUERIES = (*tpch(), *tpcds(), *shapes())


@cache
def ours(query: Query) -> ColumnLineage:
    return column_lineage(query.sql, query.relations, dialect=query.dialect)


@cache
def sqlglots(query: Query) -> list[set[Source]] | None:
    """Return what sqlglot sees, where it sees as many columns as there are."""
    found = by_sqlglot(query)
    return found if found is not None and len(found) == len(ours(query).fields) else None


@cache
def openlineages(query: Query) -> list[set[Source]] | None:
    found = by_openlineage(query)
    return None if found is None else [found.get(name.lower(), set()) for name in ours(query).fields]


def sources(edges: tuple[ColumnEdge, ...]) -> set[Source]:
    return {(edge.location.lower(), edge.column.lower()) for edge in edges}


def differences(resolver: str, theirs: Callable[[Query], list[set[Source]] | None]) -> Iterator[Difference]:
    for query in QUERIES:
        everywhere = sources(ours(query).dataset)
        for (name, edges), seen in zip(ours(query).fields.items(), theirs(query) or [], strict=False):
            known = sources(edges)
            # A column whose table it does not tell is the same column.
            untold = {("?", column) for _, column in known | everywhere}
            yield from (Difference(resolver, query, name, source) for source in seen - known - untold)


def test_every_direct_edge_is_confirmed_by_sqlglot_or_reviewed() -> None:
    unconfirmed = {
        (query.name, name)
        for query in QUERIES
        for (name, edges), seen in zip(ours(query).fields.items(), sqlglots(query) or [], strict=False)
        if sources(tuple(edge for edge in edges if edge.type == "DIRECT")) - seen
    }
    assert unconfirmed == set(UNCONFIRMED)


def test_every_edge_that_others_have_beyond_ours_has_a_reason() -> None:
    found = [*differences("sqlglot", sqlglots), *differences("openlineage", openlineages)]
    unexplained = {
        (one.resolver, one.query.name, one.output)
        for one in found
        if not any(explains(one) for explains in REASONS.values())
    }
    assert unexplained == set(REVIEWED)
    assert all(any(explains(one) for one in found) for explains in REASONS.values())


def test_nearly_all_queries_are_compared() -> None:
    benchmarks = (*tpch(), *tpcds())
    assert len(tpch()) == 22
    assert len({query.name.rstrip("ab") for query in tpcds()}) == 99
    assert all(sqlglots(query) is not None and openlineages(query) is not None for query in benchmarks)
    assert sum(sqlglots(query) is not None for query in shapes()) >= 120
    assert sum(openlineages(query) is not None for query in shapes()) >= 110


def test_the_tables_read_are_those_that_openlineage_reads() -> None:
    for query in (*tpch(), *tpcds()):
        read = {name[-1].lower() for name in table_lineage(query.sql, query.dialect).read}
        assert read == openlineage_tables(query), query.name
