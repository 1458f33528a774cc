"""Alembic's environment: migrations run in the transaction that hallmark.catalog.migrate opened."""

from __future__ import annotations

from alembic import context

from hallmark.catalog import lineage_tables  # noqa: F401 - puts its tables into the metadata
from hallmark.catalog.tables import VERSION_TABLE, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
