"""The tables of the lineage store: what OpenLineage events told, merged.

Datasets, jobs and column sets are named by numbers made from what they are (:func:`number_of`), so that an event's
rows can be written without asking for anybody's key first. Facets are merged by name, the latest event wins:
``stamps`` holds the moment and the event of each, which makes the outcome the same in whichever order events arrive.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, text

from hallmark.catalog.tables import Utc, Words, json_column, metadata

__all__ = [
    "STATIC",
    "STATIC_LENGTH",
    "backends",
    "column_edges",
    "dataset_versions",
    "edges",
    "field_tags",
    "jobs",
    "lineage_datasets",
    "lineage_runs",
    "namespaces",
    "number_of",
    "number_of_json",
    "outbox",
    "run_io",
    "schemas",
    "sources",
    "symlinks",
    "tags",
    "tokens",
]


# A job event has no run: its id, so much of it, makes the name of the one that stands for it.
STATIC, STATIC_LENGTH = "static-", 32


# The same few names come with every event.
@lru_cache(maxsize=16_384)
def number_of(*parts: str) -> int:
    """Return a positive 63-bit number that stands for some short texts, the same on every machine."""
    return _number_of("\0".join(parts).encode("utf-8", "surrogatepass"))


def number_of_json(value: Any) -> int:
    """Return the number that stands for something in JSON's types."""
    return _number_of(msgspec.json.encode(value, order="sorted"))


def _number_of(text: bytes) -> int:
    digest = hashlib.blake2b(text, digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def _number(name: str, *, key: bool = False, nullable: bool = True) -> Column[int]:
    return Column(name, BigInteger(), primary_key=key, nullable=nullable and not key, autoincrement=False)


namespaces = Table(
    "hallmark_lineage_namespaces",
    metadata,
    Column("name", Words(), primary_key=True),
    Column("owner", Words()),
    Column("description", Words()),
    Column("hidden", Boolean(), nullable=False),
    Column("created_at", Utc(), nullable=False),
)

# ``canonical_id`` is the dataset that all names of one dataset stand for; its own id, where nothing else is known.
lineage_datasets = Table(
    "hallmark_lineage_datasets",
    metadata,
    _number("id", key=True),
    Column("namespace", Words(), nullable=False),
    Column("name", Words(), nullable=False),
    _number("canonical_id", nullable=False),
    Column("version", Words()),
    Column("version_at", Utc()),
    Column("hidden", Boolean(), nullable=False),
    Column("created_at", Utc(), nullable=False),
    Column("updated_at", Utc(), nullable=False),
    Column("facets", json_column(), nullable=False),
    Column("stamps", json_column(), nullable=False),
    Index("ix_hallmark_lineage_datasets_namespace_name", "namespace", "name"),
    Index("ix_hallmark_lineage_datasets_name", "name"),
    Index("ix_hallmark_lineage_datasets_canonical_id", "canonical_id"),
)

# Both directions of what symlinks facets said; ``declared`` is the dataset that carried the facet.
symlinks = Table(
    "hallmark_lineage_symlinks",
    metadata,
    _number("declared", key=True),
    _number("alias", key=True),
    Index("ix_hallmark_lineage_symlinks_alias", "alias"),
)

# ``run_id`` wrote the version; without one it is known of its readers alone. ``schema_id`` is of ``schemas``.
dataset_versions = Table(
    "hallmark_lineage_versions",
    metadata,
    _number("dataset_id", key=True),
    Column("version", Words(), primary_key=True),
    Column("run_id", String()),
    _number("schema_id"),
    Column("created_at", Utc(), nullable=False),
    Column("stamps", json_column(), nullable=False),
    Index("ix_hallmark_lineage_versions_dataset_id_created_at", "dataset_id", "created_at"),
    Index("ix_hallmark_lineage_versions_run_id", "run_id"),
)

# The columns of a version, kept once however many versions share them.
schemas = Table(
    "hallmark_lineage_schemas",
    metadata,
    _number("id", key=True),
    Column("fields", json_column(), nullable=False),
)

# ``current_group`` names the runs whose inputs and outputs are the job's today.
jobs = Table(
    "hallmark_lineage_jobs",
    metadata,
    _number("id", key=True),
    Column("namespace", Words(), nullable=False),
    Column("name", Words(), nullable=False),
    _number("parent_id"),
    Column("current_group", String()),
    Column("hidden", Boolean(), nullable=False),
    Column("created_at", Utc(), nullable=False),
    Column("updated_at", Utc(), nullable=False),
    Column("facets", json_column(), nullable=False),
    Column("stamps", json_column(), nullable=False),
    Index("ix_hallmark_lineage_jobs_namespace_name", "namespace", "name"),
    Index("ix_hallmark_lineage_jobs_name", "name"),
    Index("ix_hallmark_lineage_jobs_parent_id", "parent_id"),
)

# ``group_id`` is the parent's run: mapped tasks and retries of one DAG run belong together, and ``map_index`` tells the
# one from the other. A job event, which has no run, is kept as a ``static`` one.
lineage_runs = Table(
    "hallmark_lineage_runs",
    metadata,
    Column("run_id", String(), primary_key=True),
    _number("job_id", nullable=False),
    Column("group_id", String(), nullable=False),
    Column("parent_run_id", String()),
    Column("root_run_id", String()),
    Column("static", Boolean(), nullable=False),
    Column("map_index", Integer()),
    Column("state", String()),
    Column("started_at", Utc()),
    Column("ended_at", Utc()),
    Column("created_at", Utc(), nullable=False),
    Column("updated_at", Utc(), nullable=False),
    Column("facets", json_column(), nullable=False),
    Column("stamps", json_column(), nullable=False),
    Index("ix_hallmark_lineage_runs_job_id_updated_at", "job_id", "updated_at"),
    Index("ix_hallmark_lineage_runs_group_id_job_id", "group_id", "job_id"),
    Index("ix_hallmark_lineage_runs_parent_run_id", "parent_run_id"),
    Index("ix_hallmark_lineage_runs_updated_at", "updated_at"),
)

_FAILED: dict[str, Any] = dict.fromkeys(("sqlite_where", "postgresql_where"), text("assertions_failed > 0"))

# ``direction`` is ``in`` or ``out``; ``facets`` are those of this reading or writing: statistics, assertions, subsets.
run_io = Table(
    "hallmark_lineage_run_io",
    metadata,
    Column("run_id", String(), primary_key=True),
    _number("dataset_id", key=True),
    Column("direction", String(), primary_key=True),
    Column("version", Words()),
    _number("columns_id"),
    Column("assertions_failed", Integer()),
    Column("facets", json_column(), nullable=False),
    Column("stamps", json_column(), nullable=False),
    Index("ix_hallmark_lineage_run_io_dataset_id_direction_version", "dataset_id", "direction", "version"),
    Index("ix_hallmark_lineage_run_io_failed", "dataset_id", **_FAILED),
    Index("ix_hallmark_lineage_run_io_failed_run", "run_id", "assertions_failed", **_FAILED),
)

# The graph of today: what the current runs of each job read and wrote.
edges = Table(
    "hallmark_lineage_edges",
    metadata,
    _number("job_id", key=True),
    _number("dataset_id", key=True),
    Column("direction", String(), primary_key=True),
    _number("columns_id"),
    Index("ix_hallmark_lineage_edges_dataset_id_direction", "dataset_id", "direction"),
    Index("ix_hallmark_lineage_edges_columns_id", "columns_id"),
    sqlite_with_rowid=False,
)

# One columnLineage facet's edges, kept once however many runs repeat it. An empty output column stands for all rows.
column_edges = Table(
    "hallmark_lineage_column_edges",
    metadata,
    _number("columns_id", key=True),
    Column("output_column", Words(), primary_key=True),
    _number("dataset_id", key=True),
    Column("input_column", Words(), primary_key=True),
    Column("type", String(), primary_key=True),
    Column("subtype", String(), primary_key=True),
    Column("masking", Boolean(), nullable=False),
    Column("description", Words()),
    Index("ix_hallmark_lineage_column_edges_dataset_id_input_column", "dataset_id", "input_column"),
    sqlite_with_rowid=False,
)

sources = Table(
    "hallmark_lineage_sources",
    metadata,
    Column("name", Words(), primary_key=True),
    Column("type", Words(), nullable=False),
    Column("connection_url", Words(), nullable=False),
    Column("description", Words()),
    Column("created_at", Utc(), nullable=False),
    Column("updated_at", Utc(), nullable=False),
)

tags = Table(
    "hallmark_lineage_tags",
    metadata,
    Column("name", Words(), primary_key=True),
    Column("description", Words()),
)

# Tags that people gave, over the interface; an empty field stands for the dataset as a whole.
field_tags = Table(
    "hallmark_lineage_field_tags",
    metadata,
    _number("dataset_id", key=True),
    Column("field", Words(), primary_key=True),
    Column("tag", Words(), primary_key=True),
    Column("tagged_at", Utc(), nullable=False),
)

# What is still to be delivered, in order; ``parked`` is what a backend refused for good.
outbox = Table(
    "hallmark_outbox",
    metadata,
    Column("id", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True),
    Column("backend", String(), nullable=False),
    Column("event_id", String(), nullable=False),
    Column("run_id", String()),
    Column("attempts", Integer(), nullable=False),
    Column("next_try_at", Utc()),
    Column("parked", Boolean(), nullable=False),
    Column("last_error", Words()),
    Column("created_at", Utc(), nullable=False),
    Index("ix_hallmark_outbox_backend_parked_id", "backend", "parked", "id"),
    Index("ix_hallmark_outbox_event_id", "event_id"),
)

# One deliverer at a time for each backend: who has it, and until when.
backends = Table(
    "hallmark_backends",
    metadata,
    Column("name", String(), primary_key=True),
    Column("leased_by", String()),
    Column("leased_until", Utc()),
    Column("failures", Integer(), nullable=False),
    Column("next_try_at", Utc()),
    Column("last_error", Words()),
    Column("delivered", BigInteger(), nullable=False),
    Column("last_delivered_at", Utc()),
)

# A token itself is never kept: ``digest`` is its SHA-256.
tokens = Table(
    "hallmark_tokens",
    metadata,
    Column("id", String(), primary_key=True),
    Column("name", Words(), nullable=False),
    Column("digest", String(), nullable=False, unique=True),
    Column("scopes", json_column(), nullable=False),
    Column("created_by", Words(), nullable=False),
    Column("created_at", Utc(), nullable=False),
    Column("expires_at", Utc()),
    Column("revoked_at", Utc()),
    Column("last_used_at", Utc()),
)
