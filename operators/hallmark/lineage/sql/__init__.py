"""Column lineage read from SQL: which source columns reach each output column, and which decide over its rows."""

from __future__ import annotations

from hallmark.lineage.sql.columns import column_lineage
from hallmark.lineage.sql.parsing import parse_query, table_names

__all__ = ["column_lineage", "parse_query", "table_names"]
