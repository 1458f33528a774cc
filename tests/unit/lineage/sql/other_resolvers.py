"""Column lineage as sqlglot's own ``lineage`` and OpenLineage's ``openlineage_sql`` see it, in one form."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, TypeAlias

import openlineage_sql
from sql_corpus import Query
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.lineage import Node, lineage

# Table and column in lower case; "?" for a table that is not told.
Source: TypeAlias = tuple[str, str]

_DIALECTS = {"tsql": "mssql", "trino": "generic"}


def by_sqlglot(query: Query) -> list[set[Source]] | None:
    """Return the sources of each output column, in order; None if it cannot tell."""
    try:
        columns = lineage(None, query.sql, schema=query.tables, dialect=query.dialect)
    except SqlglotError:
        return None
    return [{_leaf(node) for node in column.walk() if not node.downstream} - {None} for column in columns.values()]  # type: ignore[misc]


def _leaf(node: Node) -> Source | None:
    column = node.name.rpartition(".")[2].strip('"`').lower()
    if isinstance(node.expression, exp.Table):
        return node.expression.name.lower(), column
    return ("?", column) if isinstance(node.expression, exp.Placeholder) else None


def by_openlineage(query: Query) -> dict[str, set[Source]] | None:
    """Return the sources of each output column it speaks of, by its name; None if it cannot read the query."""
    try:
        read = _read(query)
    except RuntimeError:
        return None
    if read.errors:
        return None
    found: dict[str, set[Source]] = defaultdict(set)
    for column in read.column_lineage:
        found[column.descendant.name.lower()] |= {
            (source.origin.name.lower() if source.origin else "?", source.name.lower()) for source in column.lineage
        }
    return found


def openlineage_tables(query: Query) -> set[str]:
    """Return the tables it reads, in lower case."""
    return {table.name.lower() for table in _read(query).in_tables}


def _read(query: Query) -> Any:
    return openlineage_sql.parse([query.sql], dialect=_DIALECTS.get(query.dialect, query.dialect))
