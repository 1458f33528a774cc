"""The tables of the first release.

Spelled out, not taken from hallmark.catalog.tables: those move on, and a migration must not.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _runs()
    _receipts()
    _gate_results()
    _datasets()
    _versions()
    _models()
    _model_aliases()
    _events()


def downgrade() -> None:
    for name in ("events", "model_aliases", "models", "versions", "datasets", "gate_results", "receipts", "runs"):
        op.drop_table(f"hallmark_{name}")


def _runs() -> None:
    op.create_table(
        "hallmark_runs",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("dag_id", sa.String(), nullable=False),
        sa.Column("task_id", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("map_index", sa.Integer(), nullable=False),
        sa.Column("try_number", sa.Integer(), nullable=False),
        sa.Column("operator", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("logical_date", sa.String()),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("receipt_id", sa.String(), nullable=False),
        sa.Column("output_name", sa.String()),
        sa.Column("output_version", sa.String()),
        sa.PrimaryKeyConstraint("key", name="pk_hallmark_runs"),
    )
    op.create_index("ix_hallmark_runs_dag_id_started_at", "hallmark_runs", ["dag_id", "started_at"])
    op.create_index("ix_hallmark_runs_started_at", "hallmark_runs", ["started_at"])
    op.create_index("ix_hallmark_runs_state_started_at", "hallmark_runs", ["state", "started_at"])


def _receipts() -> None:
    op.create_table(
        "hallmark_receipts",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("run_key", sa.String(), nullable=False),
        sa.Column("dag_id", sa.String(), nullable=False),
        sa.Column("task_id", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("map_index", sa.Integer(), nullable=False),
        sa.Column("try_number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("output_name", sa.String()),
        sa.Column("output_kind", sa.String()),
        sa.Column("output_version", sa.String()),
        sa.Column("output_partition", sa.String()),
        sa.Column("rows_in", sa.BigInteger()),
        sa.Column("rows_out", sa.BigInteger()),
        sa.Column("quarantined", sa.BigInteger(), nullable=False),
        sa.Column("gate_success", sa.Boolean()),
        sa.Column("checks_passed", sa.Integer()),
        sa.Column("checks_failed", sa.Integer()),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("principal", sa.String(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["run_key"], ["hallmark_runs.key"], name="fk_hallmark_receipts_run_key"),
        sa.PrimaryKeyConstraint("id", name="pk_hallmark_receipts"),
    )
    op.create_index("ix_hallmark_receipts_dag_id_started_at", "hallmark_receipts", ["dag_id", "started_at"])
    op.create_index("ix_hallmark_receipts_output_name_started_at", "hallmark_receipts", ["output_name", "started_at"])
    op.create_index("ix_hallmark_receipts_run_id", "hallmark_receipts", ["run_id"])
    op.create_index("ix_hallmark_receipts_run_key_state", "hallmark_receipts", ["run_key", "state"])
    op.create_index("ix_hallmark_receipts_started_at", "hallmark_receipts", ["started_at"])
    op.create_index("ix_hallmark_receipts_state_started_at", "hallmark_receipts", ["state", "started_at"])


def _gate_results() -> None:
    op.create_table(
        "hallmark_gate_results",
        sa.Column("receipt_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("output_name", sa.String()),
        sa.Column("expectation", sa.String(), nullable=False),
        sa.Column("column_name", sa.Text()),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("success", sa.Boolean(), nullable=False),
        sa.Column("element_count", sa.BigInteger()),
        sa.Column("unexpected_count", sa.BigInteger()),
        sa.Column("unexpected_percent", sa.Float(precision=53)),
        sa.Column("observed_value", sa.JSON()),
        sa.Column("kwargs", sa.JSON(), nullable=False),
        sa.Column("meta", sa.JSON()),
        sa.Column("exception", sa.Text()),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["hallmark_receipts.id"], name="fk_hallmark_gate_results_receipt_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("receipt_id", "position", name="pk_hallmark_gate_results"),
    )
    op.create_index(
        "ix_hallmark_gate_results_output_name_checked_at", "hallmark_gate_results", ["output_name", "checked_at"]
    )


def _datasets() -> None:
    op.create_table(
        "hallmark_datasets",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("namespace", sa.String(), nullable=False),
        sa.Column("location", sa.String(), nullable=False),
        sa.Column("owner", sa.Text()),
        sa.Column("description", sa.Text()),
        sa.Column("schema", sa.JSON()),
        sa.Column("tags", sa.JSON()),
        sa.Column("suite", sa.String()),
        sa.Column("classification", sa.String()),
        sa.Column("partition_by", sa.String()),
        sa.Column("latest_version", sa.String()),
        sa.Column("last_published_at", sa.DateTime(timezone=True)),
        sa.Column("last_gate_success", sa.Boolean()),
        sa.Column("last_gate_at", sa.DateTime(timezone=True)),
        sa.Column("last_gate_receipt_id", sa.String()),
        sa.PrimaryKeyConstraint("name", name="pk_hallmark_datasets"),
    )


def _versions() -> None:
    op.create_table(
        "hallmark_versions",
        sa.Column("dataset", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("partition", sa.String()),
        sa.Column("namespace", sa.String(), nullable=False),
        sa.Column("location", sa.String(), nullable=False),
        sa.Column("rows", sa.BigInteger()),
        sa.Column("bytes", sa.BigInteger()),
        sa.Column("files", sa.BigInteger()),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("profile", sa.JSON()),
        sa.Column("receipt_id", sa.String(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["dataset"], ["hallmark_datasets.name"], name="fk_hallmark_versions_dataset"),
        sa.ForeignKeyConstraint(["receipt_id"], ["hallmark_receipts.id"], name="fk_hallmark_versions_receipt_id"),
        sa.PrimaryKeyConstraint("dataset", "version", name="pk_hallmark_versions"),
    )
    op.create_index(
        "ix_hallmark_versions_dataset_partition_published_at",
        "hallmark_versions",
        ["dataset", "partition", "published_at"],
    )
    op.create_index("ix_hallmark_versions_dataset_published_at", "hallmark_versions", ["dataset", "published_at"])
    op.create_index("ix_hallmark_versions_receipt_id", "hallmark_versions", ["receipt_id"])


def _models() -> None:
    op.create_table(
        "hallmark_models",
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("namespace", sa.String(), nullable=False),
        sa.Column("location", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("metrics", sa.JSON(), nullable=False),
        sa.Column("gate_success", sa.Boolean()),
        sa.Column("dag_id", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("principal", sa.String(), nullable=False),
        sa.Column("trained_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("receipt_id", sa.String(), nullable=False),
        sa.Column("judged_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["judged_by"], ["hallmark_receipts.id"], name="fk_hallmark_models_judged_by"),
        sa.ForeignKeyConstraint(["receipt_id"], ["hallmark_receipts.id"], name="fk_hallmark_models_receipt_id"),
        sa.PrimaryKeyConstraint("model", "version", name="pk_hallmark_models"),
    )
    op.create_index("ix_hallmark_models_model_trained_at", "hallmark_models", ["model", "trained_at"])


def _model_aliases() -> None:
    op.create_table(
        "hallmark_model_aliases",
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("alias", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("receipt_id", sa.String()),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("model", "alias", name="pk_hallmark_model_aliases"),
    )


def _events() -> None:
    op.create_table(
        "hallmark_events",
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("run_id", sa.String()),
        sa.Column("event_type", sa.String()),
        sa.Column("event_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("job_namespace", sa.String()),
        sa.Column("job_name", sa.String()),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name="pk_hallmark_events"),
    )
    op.create_index("ix_hallmark_events_event_time", "hallmark_events", ["event_time"])
    op.create_index("ix_hallmark_events_job_event_time", "hallmark_events", ["job_namespace", "job_name", "event_time"])
    op.create_index("ix_hallmark_events_run_id_event_time", "hallmark_events", ["run_id", "event_time"])
