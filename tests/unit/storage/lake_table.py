"""A table of the lake as these tests write and read it."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb
import sqlglot
from sqlglot import exp

from hallmark.engines.duckdb import columns_of
from hallmark.storage.contract import storable
from hallmark.storage.paths import Location
from hallmark.storage.publishing import append, replace
from hallmark.storage.reading import snapshot_view
from hallmark.storage.snapshot import Selection, Snapshot, snapshot
from hallmark.storage.writing import Staged, conform, stage


class Table:
    """A table of the lake as a test writes and reads it."""

    def __init__(self, uri: str, connection: duckdb.DuckDBPyConnection, partition_by: str = "partition") -> None:
        self.location = Location(uri, {})
        self.connection = connection
        self.partition_by = partition_by

    def stage(self, sql: str, partition: str | None = None, *, receipt: str | None = None, prefix: str = "") -> Staged:
        """Write a query's rows as a stage does, and do not publish them."""
        query = sqlglot.parse_one(sql, dialect="duckdb")
        assert isinstance(query, exp.Query)
        columns = [storable(c) for c in columns_of(self.connection, query)]
        return stage(
            self.connection,
            self.location,
            conform(query, columns),
            columns,
            receipt=receipt or str(uuid4()),
            partition_by=None if partition is None else self.partition_by,
            partition=partition,
            prefix=prefix,
        )

    def publish(self, sql: str, partition: str | None = None, *, key: str | None = None, attempt: int = 1) -> int:
        base = self.snapshot()
        staged = self.stage(sql, partition)
        return replace(staged, base, key=key or str(uuid4()), attempt=attempt, name="flights")

    def append(self, sql: str, partition: str | None = None, *, work: str) -> int:
        staged = self.stage(sql, partition, prefix=f"{work}-")
        return append(staged, name="flights", supersedes=f"{work}-")

    def snapshot(self, version: int | None = None) -> Snapshot | None:
        return snapshot(self.location, version)

    @property
    def version(self) -> int:
        found = self.snapshot()
        assert found is not None
        return found.version

    def rows(self, partition: str | None = None, *, version: int | None = None) -> list[tuple[Any, ...]]:
        """Return the rows of a version, sorted."""
        found = self.snapshot(version)
        assert found is not None
        snapshot_view(self.connection, "read_back", found, found.select(Selection(equals=partition)))
        return sorted(self.connection.execute('FROM "read_back"').fetchall(), key=repr)

    def columns(self, version: int | None = None) -> dict[str, str]:
        found = self.snapshot(version)
        assert found is not None
        return {c.name: c.type for c in found.columns}

    def files(self, pattern: str = "*") -> list[str]:
        """Return the paths of the files on disk that match, below the table."""
        root = Path(self.location.uri)
        return sorted(str(p.relative_to(root)) for p in root.rglob(pattern) if p.is_file())
