"""The catalog's tables, on SQLite and on PostgreSQL.

    runs ──< receipts ──< gate_results
                 │
    datasets ──< versions          models, model_aliases          events

A run is one task of one DAG run, a receipt one try of it. What pages filter by stands in columns; the whole receipt
stands beside them as JSON, for it is the proof and the columns only its index.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

__all__ = [
    "VERSION_TABLE",
    "Utc",
    "Words",
    "datasets",
    "events",
    "from_json",
    "gate_results",
    "json_column",
    "metadata",
    "model_aliases",
    "models",
    "receipts",
    "runs",
    "to_json",
    "versions",
]

VERSION_TABLE = "hallmark_alembic_version"


class Utc(TypeDecorator[datetime]):
    """A moment, read as UTC from both databases: SQLite, which has no zones, keeps UTC without saying so."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn a moment into UTC, refusing a time without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value.isoformat()} has no zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text that may quote data: PostgreSQL holds no NUL, neither database a lone surrogate."""

    impl = Text()
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Replace the characters that no database holds."""
        if value is None:
            return None
        return value.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode("utf-8")


def json_column() -> JSON:
    """Return the type of a column that holds JSON, as it was given."""
    # Not JSONB: it would change numbers (1e23 comes back an integer) and the order of keys.
    return JSON(none_as_null=True)


def to_json(value: Any) -> str:
    """Return the JSON of what goes into such a column."""
    try:
        return msgspec.json.encode(value).decode()
    except UnicodeEncodeError:
        # Halves of surrogate pairs are no UTF-8.
        return json.dumps(value)


def from_json(text: str | bytes) -> Any:
    """Return what such a column holds."""
    try:
        return msgspec.json.decode(text)
    except (msgspec.MsgspecError, UnicodeError):
        return json.loads(text)


def _key(name: str, **options: Any) -> Column[str]:
    return Column(name, String(), primary_key=True, **options)


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

runs = Table(
    "hallmark_runs",
    metadata,
    _key("key"),
    Column("dag_id", String(), nullable=False),
    Column("task_id", String(), nullable=False),
    Column("run_id", String(), nullable=False),
    Column("map_index", Integer(), nullable=False),
    Column("try_number", Integer(), nullable=False),
    Column("operator", String(), nullable=False),
    Column("kind", String(), nullable=False),
    Column("logical_date", String()),
    Column("state", String(), nullable=False),
    Column("started_at", Utc(), nullable=False),
    Column("finished_at", Utc()),
    Column("message", Words(), nullable=False),
    Column("receipt_id", String(), nullable=False),
    Column("output_name", String()),
    Column("output_version", String()),
    Index("ix_hallmark_runs_started_at", "started_at"),
    Index("ix_hallmark_runs_dag_id_started_at", "dag_id", "started_at"),
    Index("ix_hallmark_runs_state_started_at", "state", "started_at"),
)

receipts = Table(
    "hallmark_receipts",
    metadata,
    _key("id"),
    Column("run_key", String(), ForeignKey("hallmark_runs.key"), nullable=False),
    Column("dag_id", String(), nullable=False),
    Column("task_id", String(), nullable=False),
    Column("run_id", String(), nullable=False),
    Column("map_index", Integer(), nullable=False),
    Column("try_number", Integer(), nullable=False),
    Column("kind", String(), nullable=False),
    Column("state", String(), nullable=False),
    Column("output_name", String()),
    Column("output_kind", String()),
    Column("output_version", String()),
    Column("output_partition", String()),
    Column("rows_in", BigInteger()),
    Column("rows_out", BigInteger()),
    Column("quarantined", BigInteger(), nullable=False),
    Column("gate_success", Boolean()),
    Column("checks_passed", Integer()),
    Column("checks_failed", Integer()),
    Column("started_at", Utc(), nullable=False),
    Column("finished_at", Utc()),
    Column("principal", String(), nullable=False),
    Column("message", Words(), nullable=False),
    Column("body", json_column(), nullable=False),
    Index("ix_hallmark_receipts_started_at", "started_at"),
    Index("ix_hallmark_receipts_run_key_state", "run_key", "state"),
    Index("ix_hallmark_receipts_run_id", "run_id"),
    Index("ix_hallmark_receipts_dag_id_started_at", "dag_id", "started_at"),
    Index("ix_hallmark_receipts_output_name_started_at", "output_name", "started_at"),
    Index("ix_hallmark_receipts_state_started_at", "state", "started_at"),
    Index("ix_hallmark_receipts_kind_started_at", "kind", "started_at"),
    Index("ix_hallmark_receipts_principal_started_at", "principal", "started_at"),
    Index("ix_hallmark_receipts_task_id_started_at", "task_id", "started_at"),
    Index("ix_hallmark_receipts_gate_success_started_at", "gate_success", "started_at"),
    # All that is counted a day, so that counting reads no receipt.
    Index("ix_hallmark_receipts_counted", "started_at", "state", "gate_success", "dag_id"),
    Index(
        "ix_hallmark_receipts_quarantined",
        "started_at",
        sqlite_where=text("quarantined > 0"),
        postgresql_where=text("quarantined > 0"),
    ),
)

gate_results = Table(
    "hallmark_gate_results",
    metadata,
    Column("receipt_id", String(), ForeignKey("hallmark_receipts.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer(), primary_key=True, autoincrement=False),
    Column("output_name", String()),
    Column("expectation", String(), nullable=False),
    Column("column_name", Words()),
    Column("severity", String(), nullable=False),
    Column("success", Boolean(), nullable=False),
    Column("element_count", BigInteger()),
    Column("unexpected_count", BigInteger()),
    Column("unexpected_percent", Float(53)),
    Column("observed_value", json_column()),
    Column("kwargs", json_column(), nullable=False),
    Column("meta", json_column()),
    Column("exception", Words()),
    Column("checked_at", Utc(), nullable=False),
    Index("ix_hallmark_gate_results_output_name_checked_at", "output_name", "checked_at"),
)

datasets = Table(
    "hallmark_datasets",
    metadata,
    _key("name"),
    Column("namespace", String(), nullable=False),
    Column("location", String(), nullable=False),
    Column("owner", Words()),
    Column("description", Words()),
    Column("schema", json_column()),
    Column("tags", json_column()),
    Column("suite", String()),
    Column("classification", String()),
    Column("partition_by", String()),
    Column("latest_version", String()),
    Column("last_published_at", Utc()),
    Column("last_gate_success", Boolean()),
    Column("last_gate_at", Utc()),
    Column("last_gate_receipt_id", String()),
    # The DAG that publishes it: who may read that one may read of the dataset.
    Column("dag_id", String()),
    Column("contract", String()),
    Column("primary_key", json_column()),
    Column("unique_columns", json_column()),
    # Seconds that a version may be old, and when the newest one is older.
    Column("freshness", BigInteger()),
    Column("fresh_until", Utc()),
    Index("ix_hallmark_datasets_fresh_until", "fresh_until"),
    # A hash on PostgreSQL, whose trees hold no long places.
    Index("ix_hallmark_datasets_location", "location", postgresql_using="hash"),
)

versions = Table(
    "hallmark_versions",
    metadata,
    Column("dataset", String(), ForeignKey("hallmark_datasets.name"), primary_key=True),
    _key("version"),
    Column("partition", String()),
    Column("namespace", String(), nullable=False),
    Column("location", String(), nullable=False),
    Column("rows", BigInteger()),
    Column("bytes", BigInteger()),
    Column("files", BigInteger()),
    Column("columns", json_column(), nullable=False),
    Column("profile", json_column()),
    Column("receipt_id", String(), ForeignKey("hallmark_receipts.id"), nullable=False),
    Column("published_at", Utc(), nullable=False),
    Index("ix_hallmark_versions_dataset_partition_published_at", "dataset", "partition", "published_at"),
    Index("ix_hallmark_versions_dataset_published_at", "dataset", "published_at"),
    Index("ix_hallmark_versions_receipt_id", "receipt_id"),
)

models = Table(
    "hallmark_models",
    metadata,
    _key("model"),
    _key("version"),
    Column("namespace", String(), nullable=False),
    Column("location", String(), nullable=False),
    Column("state", String(), nullable=False),
    Column("metrics", json_column(), nullable=False),
    Column("gate_success", Boolean()),
    Column("dag_id", String(), nullable=False),
    Column("stage", String(), nullable=False),
    Column("run_id", String(), nullable=False),
    Column("principal", String(), nullable=False),
    Column("trained_at", Utc(), nullable=False),
    Column("judged_at", Utc(), nullable=False),
    Column("receipt_id", String(), ForeignKey("hallmark_receipts.id"), nullable=False),
    Column("judged_by", String(), ForeignKey("hallmark_receipts.id"), nullable=False),
    Column("owner", Words()),
    Column("description", Words()),
    Index("ix_hallmark_models_model_trained_at", "model", "trained_at"),
    Index("ix_hallmark_models_location", "location", postgresql_using="hash"),
)

model_aliases = Table(
    "hallmark_model_aliases",
    metadata,
    _key("model"),
    _key("alias"),
    Column("version", String(), nullable=False),
    Column("receipt_id", String()),
    Column("set_at", Utc(), nullable=False),
)

events = Table(
    "hallmark_events",
    metadata,
    _key("event_id"),
    Column("run_id", String()),
    Column("event_type", String()),
    Column("event_time", Utc(), nullable=False),
    Column("job_namespace", String()),
    Column("job_name", String()),
    Column("body", json_column(), nullable=False),
    Index("ix_hallmark_events_run_id_event_time", "run_id", "event_time"),
    Index("ix_hallmark_events_job_event_time", "job_namespace", "job_name", "event_time"),
    Index("ix_hallmark_events_event_time", "event_time"),
)
