"""What lineage looks up of many nodes at once: who failed assertions, and whose a place in the lake is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_FAILED, _RUN_IO = "ix_hallmark_lineage_run_io_failed_run", "hallmark_lineage_run_io"
_PLACES = {
    "ix_hallmark_datasets_location": "hallmark_datasets",
    "ix_hallmark_models_location": "hallmark_models",
}


def upgrade() -> None:
    some = sa.text("assertions_failed > 0")
    op.create_index(_FAILED, _RUN_IO, ["run_id", "assertions_failed"], sqlite_where=some, postgresql_where=some)
    for name, table in _PLACES.items():
        op.create_index(name, table, ["location"], postgresql_using="hash")


def downgrade() -> None:
    for name, table in _PLACES.items():
        op.drop_index(name, table)
    op.drop_index(_FAILED, _RUN_IO)
