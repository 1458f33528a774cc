"""What pages list and count by: who publishes a dataset, what its contract promises, who answers for a model.

Spelled out, not taken from hallmark.catalog.tables: those move on, and a migration must not.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_RECEIPTS = "hallmark_receipts"
_INDICES = {
    "ix_hallmark_receipts_kind_started_at": ["kind", "started_at"],
    "ix_hallmark_receipts_principal_started_at": ["principal", "started_at"],
    "ix_hallmark_receipts_task_id_started_at": ["task_id", "started_at"],
    "ix_hallmark_receipts_gate_success_started_at": ["gate_success", "started_at"],
    "ix_hallmark_receipts_counted": ["started_at", "state", "gate_success", "dag_id"],
}


def upgrade() -> None:
    for column in _promises():
        op.add_column("hallmark_datasets", column)
    op.create_index("ix_hallmark_datasets_fresh_until", "hallmark_datasets", ["fresh_until"])
    for column in _about():
        op.add_column("hallmark_models", column)
    for name, columns in _INDICES.items():
        op.create_index(name, _RECEIPTS, columns)
    some = sa.text("quarantined > 0")
    op.create_index(
        "ix_hallmark_receipts_quarantined", _RECEIPTS, ["started_at"], sqlite_where=some, postgresql_where=some
    )
    _fill()


def downgrade() -> None:
    for name in (*_INDICES, "ix_hallmark_receipts_quarantined"):
        op.drop_index(name, _RECEIPTS)
    op.drop_index("ix_hallmark_datasets_fresh_until", "hallmark_datasets")
    for table, columns in (("hallmark_models", _about()), ("hallmark_datasets", _promises())):
        for column in columns:
            op.drop_column(table, column.name)


def _promises() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("dag_id", sa.String()),
        sa.Column("contract", sa.String()),
        sa.Column("primary_key", sa.JSON()),
        sa.Column("unique_columns", sa.JSON()),
        sa.Column("freshness", sa.BigInteger()),
        sa.Column("fresh_until", sa.DateTime(timezone=True)),
    )


def _about() -> tuple[sa.Column[Any], ...]:
    return sa.Column("owner", sa.Text()), sa.Column("description", sa.Text())


def _fill() -> None:
    """Take from receipts what they tell already; freshness comes with the next version of each dataset."""
    receipts = sa.table("hallmark_receipts", sa.column("id"), sa.column("dag_id"), sa.column("body", sa.JSON()))
    versions = sa.table("hallmark_versions", sa.column("dataset"), sa.column("version"), sa.column("receipt_id"))
    names = ("name", "dag_id", "latest_version", "last_gate_receipt_id")
    datasets = sa.table("hallmark_datasets", *map(sa.column, names))
    models = sa.table("hallmark_models", *map(sa.column, ("receipt_id", "owner", "description")))
    publisher = (
        sa.select(receipts.c.dag_id)
        .join(versions, versions.c.receipt_id == receipts.c.id)
        .where(versions.c.dataset == datasets.c.name, versions.c.version == datasets.c.latest_version)
        .where(receipts.c.dag_id != "hallmark")
    )
    judge = sa.select(receipts.c.dag_id).where(receipts.c.id == datasets.c.last_gate_receipt_id)
    known = sa.func.coalesce(publisher.scalar_subquery(), judge.scalar_subquery())
    op.execute(sa.update(datasets).values(dag_id=known))
    output = receipts.c.body["output"]
    training = receipts.c.id == models.c.receipt_id
    told = {name: sa.select(output[name].as_string()).where(training) for name in ("owner", "description")}
    op.execute(sa.update(models).values({name: query.scalar_subquery() for name, query in told.items()}))
