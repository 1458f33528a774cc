"""What one run of a stage has at hand, and what its work hands back."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from hallmark.config import Settings
from hallmark.dataset import DatasetVersion
from hallmark.errors import StageError
from hallmark.receipt import ColumnLineage, Receipt, StageRun

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import pyarrow as pa
    from sqlglot import exp

    from hallmark.catalog import Catalog
    from hallmark.sources.base import Mounted

__all__ = ["Draft", "Job", "Work", "log"]

log = logging.getLogger("hallmark.stages")


@dataclass(frozen=True)
class Work:
    """What a stage's second step gives.

    Args:
        query: whose rows are the output; over the inputs' views.
        sql: the SQL as its author wrote it, for lineage; None where there is none.
        dialect: of that SQL; None if it is the engine's own.
        columns: the columns' lineage, where the query does not show it.
        metrics: figures worth keeping with the receipt.
        content: what a target other than a dataset publishes.
    """

    query: exp.Query | None = None
    sql: str | None = None
    dialect: str | None = None
    columns: ColumnLineage | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)
    content: Any = None


@dataclass(frozen=True)
class Draft:
    """An output that is written and not published yet.

    Args:
        output: what it will be, without its version.
        gate: its suite's result as it may be kept, or None without a suite.
        publishable: whether every critical expectation was met.
        refusal: why not, for the error's message.
        verdict: the suite's result as a table of text, for the log.
        columns, profile, quarantined, metrics: for the receipt.
        content: what the target needs to publish it.
    """

    output: DatasetVersion
    content: Any
    gate: Mapping[str, Any] | None = None
    publishable: bool = True
    refusal: str = ""
    verdict: str = ""
    columns: ColumnLineage = field(default_factory=ColumnLineage)
    profile: Mapping[str, Any] | None = None
    quarantined: int = 0
    metrics: Mapping[str, float] = field(default_factory=dict)


class Job:
    """One run of a stage: its inputs at their versions, its engine, its catalog, its receipt so far."""

    def __init__(
        self,
        run: StageRun,
        settings: Settings,
        catalog: Catalog,
        connection: duckdb.DuckDBPyConnection,
        database_url: Callable[[str], str],
        principal: str = "airflow",
    ) -> None:
        self.run = run
        self.settings = settings
        self.catalog = catalog
        self.connection = connection
        self.database_url = database_url
        self.inputs: dict[str, DatasetVersion] = {}
        self.mounted: dict[str, Mounted] = {}
        self.receipt = Receipt(str(uuid.uuid4()), run, "running", datetime.now(UTC), principal=principal)
        self.seconds: dict[str, float] = {}
        self.mlflow_run: str | None = None

    def input(self, name: str) -> DatasetVersion:
        """Return the exact version that an input resolved to.

        Raises:
            StageError: the stage has no such input.
        """
        if name not in self.inputs:
            raise StageError(f"there is no input {name!r}", f"use one of {', '.join(self.inputs)}")
        return self.inputs[name]

    def read(self) -> tuple[DatasetVersion, ...]:
        """Return all that was read: for a query's answer, the tables behind it."""
        mounted = self.mounted
        return tuple(
            one
            for name, version in self.inputs.items()
            for one in (mounted[name].datasets if name in mounted else (version,))
        )

    def frame(self, name: str, columns: Sequence[str]) -> pd.DataFrame:
        """Return an input's rows as a pandas frame, for libraries that learn from one."""
        return self.connection.sql(self._selected(name, columns)).df()

    def batches(self, name: str, columns: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:
        """Yield an input's rows as Arrow batches of at most ``rows`` rows."""
        yield from self.connection.sql(self._selected(name, columns)).to_arrow_reader(rows)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time one of the five steps."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - began

    def note(self, step: str, text: str) -> None:
        """Write the one line a step leaves in the task's log."""
        log.info("%-8s %s (%.2f s)", step, text, self.seconds.get(step, 0.0))

    def _selected(self, name: str, columns: Sequence[str]) -> str:
        from hallmark.engines.duckdb import rows_of, sql_of

        have = [c.name for c in self.input(name).columns]
        absent = [c for c in columns if c not in have]
        if absent:
            raise StageError(
                f"{self.input(name).name} has no column {', '.join(map(repr, absent))}",
                f"use some of {', '.join(have)}",
            )
        return sql_of(rows_of(name, columns))
