"""A Spark frame, checked where it lies."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from hallmark.engines.duckdb import relation
from hallmark.quality.compiler.dialects import SPARK, Dialect
from hallmark.quality.compiler.kinds import Field
from hallmark.quality.compiler.table import Table
from hallmark.quality.data.duck import BATCH

__all__ = ["SparkEngine", "table_of"]


@dataclass(frozen=True)
class SparkEngine:
    """Runs queries in a Spark session."""

    session: Any
    dialect: Dialect = SPARK

    def fetch(self, sql: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.session.sql(sql).collect()]

    def batches(self, sql: str) -> Iterable[list[tuple[Any, ...]]]:
        batch: list[tuple[Any, ...]] = []
        for row in self.session.sql(sql).toLocalIterator():
            batch.append(tuple(row))
            if len(batch) == BATCH:
                yield batch
                batch = []
        yield batch


def table_of(frame: Any) -> tuple[Table, str]:
    """Return a Spark frame as data to check, and the name of the view that was made for it."""
    view = f"hallmark_{uuid.uuid4().hex}"
    frame.createOrReplaceTempView(view)
    fields = tuple(Field.of(f.name, f.dataType.simpleString()) for f in frame.schema.fields)
    return Table("the Spark frame", fields, relation(view), SparkEngine(frame.sparkSession)), view
