"""Lineage read from SQL: which source columns reach each output column and decide over its rows, and which tables."""

from __future__ import annotations

from hallmark.lineage.sql.columns import column_lineage
from hallmark.lineage.sql.parsing import parse_query, table_names
from hallmark.lineage.sql.statements import Written, statement_lineage
from hallmark.lineage.sql.tables import TableLineage, table_lineage

__all__ = [
    "TableLineage",
    "Written",
    "column_lineage",
    "parse_query",
    "statement_lineage",
    "table_lineage",
    "table_names",
]
