"""The lineage store, the outbox and the tokens of machines.

Spelled out, not taken from hallmark.catalog.lineage_tables: those move on, and a migration must not.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _backends()
    _lineage_column_edges()
    _lineage_datasets()
    _lineage_edges()
    _lineage_field_tags()
    _lineage_jobs()
    _lineage_namespaces()
    _lineage_run_io()
    _lineage_runs()
    _lineage_schemas()
    _lineage_sources()
    _lineage_symlinks()
    _lineage_tags()
    _lineage_versions()
    _outbox()
    _tokens()


def downgrade() -> None:
    for name in (
        "tokens",
        "outbox",
        "lineage_versions",
        "lineage_tags",
        "lineage_symlinks",
        "lineage_sources",
        "lineage_schemas",
        "lineage_runs",
        "lineage_run_io",
        "lineage_namespaces",
        "lineage_jobs",
        "lineage_field_tags",
        "lineage_edges",
        "lineage_datasets",
        "lineage_column_edges",
        "backends",
    ):
        op.drop_table(f"hallmark_{name}")


def _backends() -> None:
    op.create_table(
        "hallmark_backends",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("leased_by", sa.String()),
        sa.Column("leased_until", sa.DateTime(timezone=True)),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True)),
        sa.Column("last_error", sa.Text()),
        sa.Column("delivered", sa.BigInteger(), nullable=False),
        sa.Column("last_delivered_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("name", name="pk_hallmark_backends"),
    )


def _lineage_column_edges() -> None:
    op.create_table(
        "hallmark_lineage_column_edges",
        sa.Column("columns_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("output_column", sa.Text(), nullable=False),
        sa.Column("dataset_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("input_column", sa.Text(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("subtype", sa.String(), nullable=False),
        sa.Column("masking", sa.Boolean(), nullable=False),
        sa.Column("description", sa.Text()),
        sa.PrimaryKeyConstraint(
            "columns_id",
            "output_column",
            "dataset_id",
            "input_column",
            "type",
            "subtype",
            name="pk_hallmark_lineage_column_edges",
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_hallmark_lineage_column_edges_dataset_id_input_column",
        "hallmark_lineage_column_edges",
        ["dataset_id", "input_column"],
    )


def _lineage_datasets() -> None:
    op.create_table(
        "hallmark_lineage_datasets",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("namespace", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("canonical_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Text()),
        sa.Column("version_at", sa.DateTime(timezone=True)),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facets", sa.JSON(), nullable=False),
        sa.Column("stamps", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_hallmark_lineage_datasets"),
    )
    op.create_index("ix_hallmark_lineage_datasets_canonical_id", "hallmark_lineage_datasets", ["canonical_id"])
    op.create_index("ix_hallmark_lineage_datasets_name", "hallmark_lineage_datasets", ["name"])
    op.create_index("ix_hallmark_lineage_datasets_namespace_name", "hallmark_lineage_datasets", ["namespace", "name"])


def _lineage_edges() -> None:
    op.create_table(
        "hallmark_lineage_edges",
        sa.Column("job_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("dataset_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("columns_id", sa.BigInteger(), autoincrement=False),
        sa.PrimaryKeyConstraint("job_id", "dataset_id", "direction", name="pk_hallmark_lineage_edges"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_hallmark_lineage_edges_columns_id", "hallmark_lineage_edges", ["columns_id"])
    op.create_index(
        "ix_hallmark_lineage_edges_dataset_id_direction", "hallmark_lineage_edges", ["dataset_id", "direction"]
    )


def _lineage_field_tags() -> None:
    op.create_table(
        "hallmark_lineage_field_tags",
        sa.Column("dataset_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("tagged_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("dataset_id", "field", "tag", name="pk_hallmark_lineage_field_tags"),
    )


def _lineage_jobs() -> None:
    op.create_table(
        "hallmark_lineage_jobs",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("namespace", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), autoincrement=False),
        sa.Column("current_group", sa.String()),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facets", sa.JSON(), nullable=False),
        sa.Column("stamps", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_hallmark_lineage_jobs"),
    )
    op.create_index("ix_hallmark_lineage_jobs_name", "hallmark_lineage_jobs", ["name"])
    op.create_index("ix_hallmark_lineage_jobs_namespace_name", "hallmark_lineage_jobs", ["namespace", "name"])
    op.create_index("ix_hallmark_lineage_jobs_parent_id", "hallmark_lineage_jobs", ["parent_id"])


def _lineage_namespaces() -> None:
    op.create_table(
        "hallmark_lineage_namespaces",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text()),
        sa.Column("description", sa.Text()),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_hallmark_lineage_namespaces"),
    )


def _lineage_run_io() -> None:
    op.create_table(
        "hallmark_lineage_run_io",
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("dataset_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("version", sa.Text()),
        sa.Column("columns_id", sa.BigInteger(), autoincrement=False),
        sa.Column("assertions_failed", sa.Integer()),
        sa.Column("facets", sa.JSON(), nullable=False),
        sa.Column("stamps", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "dataset_id", "direction", name="pk_hallmark_lineage_run_io"),
    )
    op.create_index(
        "ix_hallmark_lineage_run_io_dataset_id_direction_version",
        "hallmark_lineage_run_io",
        ["dataset_id", "direction", "version"],
    )
    op.create_index(
        "ix_hallmark_lineage_run_io_failed",
        "hallmark_lineage_run_io",
        ["dataset_id"],
        sqlite_where=sa.text("assertions_failed > 0"),
        postgresql_where=sa.text("assertions_failed > 0"),
    )


def _lineage_runs() -> None:
    op.create_table(
        "hallmark_lineage_runs",
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("job_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("group_id", sa.String(), nullable=False),
        sa.Column("parent_run_id", sa.String()),
        sa.Column("root_run_id", sa.String()),
        sa.Column("static", sa.Boolean(), nullable=False),
        sa.Column("map_index", sa.Integer()),
        sa.Column("state", sa.String()),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facets", sa.JSON(), nullable=False),
        sa.Column("stamps", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", name="pk_hallmark_lineage_runs"),
    )
    op.create_index("ix_hallmark_lineage_runs_group_id_job_id", "hallmark_lineage_runs", ["group_id", "job_id"])
    op.create_index("ix_hallmark_lineage_runs_job_id_updated_at", "hallmark_lineage_runs", ["job_id", "updated_at"])
    op.create_index("ix_hallmark_lineage_runs_parent_run_id", "hallmark_lineage_runs", ["parent_run_id"])
    op.create_index("ix_hallmark_lineage_runs_updated_at", "hallmark_lineage_runs", ["updated_at"])


def _lineage_schemas() -> None:
    op.create_table(
        "hallmark_lineage_schemas",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_hallmark_lineage_schemas"),
    )


def _lineage_sources() -> None:
    op.create_table(
        "hallmark_lineage_sources",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("connection_url", sa.Text(), nullable=False),
        sa.Column("description", sa.Text()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_hallmark_lineage_sources"),
    )


def _lineage_symlinks() -> None:
    op.create_table(
        "hallmark_lineage_symlinks",
        sa.Column("declared", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("alias", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("declared", "alias", name="pk_hallmark_lineage_symlinks"),
    )
    op.create_index("ix_hallmark_lineage_symlinks_alias", "hallmark_lineage_symlinks", ["alias"])


def _lineage_tags() -> None:
    op.create_table(
        "hallmark_lineage_tags",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text()),
        sa.PrimaryKeyConstraint("name", name="pk_hallmark_lineage_tags"),
    )


def _lineage_versions() -> None:
    op.create_table(
        "hallmark_lineage_versions",
        sa.Column("dataset_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("run_id", sa.String()),
        sa.Column("schema_id", sa.BigInteger(), autoincrement=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stamps", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("dataset_id", "version", name="pk_hallmark_lineage_versions"),
    )
    op.create_index(
        "ix_hallmark_lineage_versions_dataset_id_created_at", "hallmark_lineage_versions", ["dataset_id", "created_at"]
    )
    op.create_index("ix_hallmark_lineage_versions_run_id", "hallmark_lineage_versions", ["run_id"])


def _outbox() -> None:
    op.create_table(
        "hallmark_outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("backend", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("run_id", sa.String()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True)),
        sa.Column("parked", sa.Boolean(), nullable=False),
        sa.Column("last_error", sa.Text()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_hallmark_outbox"),
    )
    op.create_index("ix_hallmark_outbox_backend_parked_id", "hallmark_outbox", ["backend", "parked", "id"])
    op.create_index("ix_hallmark_outbox_event_id", "hallmark_outbox", ["event_id"])


def _tokens() -> None:
    op.create_table(
        "hallmark_tokens",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.Column("last_used_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_hallmark_tokens"),
        sa.UniqueConstraint("digest"),
    )
