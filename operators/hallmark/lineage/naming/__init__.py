"""What things are called in lineage, after OpenLineage's naming conventions. Credentials never get into a name."""

from __future__ import annotations

from hallmark.lineage.naming.databases import Database, database_identity, database_of, query_identity
from hallmark.lineage.naming.identities import hallmark_identity, model_identity, table_identity
from hallmark.lineage.naming.normal import normal

__all__ = [
    "Database",
    "database_identity",
    "database_of",
    "hallmark_identity",
    "model_identity",
    "normal",
    "query_identity",
    "table_identity",
]
