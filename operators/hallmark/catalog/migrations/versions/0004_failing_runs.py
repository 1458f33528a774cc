"""Which runs failed assertions, found without reading all that they read and wrote."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_NAME, _TABLE = "ix_hallmark_lineage_run_io_failed_run", "hallmark_lineage_run_io"


def upgrade() -> None:
    some = sa.text("assertions_failed > 0")
    op.create_index(_NAME, _TABLE, ["run_id", "assertions_failed"], sqlite_where=some, postgresql_where=some)


def downgrade() -> None:
    op.drop_index(_NAME, _TABLE)
