"""A small stage, and the places at which its process can be killed."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import Any

import pyarrow as pa
import sqlglot
from sqlglot import exp

from hallmark.catalog import Catalog, open_catalog
from hallmark.config import Settings
from hallmark.dataset import Column, Dataset
from hallmark.engines.duckdb import connect, rows_of
from hallmark.receipt import CodeVersion, Receipt, StageRun
from hallmark.stages.dataset_target import DatasetTarget
from hallmark.stages.inputs import Input
from hallmark.stages.job import Job, Work
from hallmark.stages.lifecycle import run_stage
from hallmark.storage import publishing, writing
from hallmark.storage.paths import Location
from hallmark.storage.reading import snapshot_view
from hallmark.storage.snapshot import snapshot
from hallmark.storage.staging import REWRITTEN

FLIGHTS = Dataset("flights", schema=(Column("a", "INTEGER"), Column("attempt", "INTEGER")))
ROWS = [1, 2, -3, 4, -5]


@dataclass(frozen=True)
class Sample:
    """A stage whose rows tell which try made them."""

    attempt: int
    suite: str | None = None
    quarantine: bool = False
    run_id: str = "today"

    def inputs(self) -> Mapping[str, Input]:
        return {}

    def target(self) -> DatasetTarget:
        return DatasetTarget(FLIGHTS, "monday", self.suite, "quarantine" if self.quarantine else "fail", 1.0)

    def work(self, job: Job) -> Work:
        query = sqlglot.parse_one(f"SELECT unnest({ROWS}) AS a, {self.attempt} AS attempt", dialect="duckdb")
        assert isinstance(query, exp.Query)
        return Work(query)

    def parameters(self) -> Mapping[str, Any]:
        return {}

    def code(self) -> CodeVersion | None:
        return None


def made_by(attempt: int, rows: Sequence[int] = ROWS) -> list[tuple[int, int]]:
    """Return the rows that a try gives."""
    return sorted((a, attempt) for a in rows)


def run(settings: Settings, stage: Sample, catalog: Catalog | None = None) -> Receipt:
    """Run a stage as the try it says."""
    task = StageRun("flights", "clean", stage.run_id, try_number=stage.attempt)
    with connect() as connection:
        return run_stage(stage, Job(task, settings, catalog or open_catalog(settings), connection, str))


def run_and_die(settings: Settings, stage: Sample, point: str) -> None:
    """Run a stage in a process that is killed at a place."""
    POINTS[point]()
    run(settings, stage)


def die(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def before(owner: Any, name: str) -> Callable[[], None]:
    """Be killed as soon as something is called."""
    return lambda: setattr(owner, name, die)


def after(owner: Any, name: str, when: Callable[..., bool] = lambda *_, **__: True) -> Callable[[], None]:
    """Be killed as soon as something has been done."""
    done: Callable[..., Any] = getattr(owner, name)

    @wraps(done)
    def fatal(*arguments: Any, **named: Any) -> Any:
        answer = done(*arguments, **named)
        if when(*arguments, **named):
            die()
        return answer

    return lambda: setattr(owner, name, fatal)


def flood(_stage: Sample, job: Job) -> Work:
    """Give so many rows that a part of them is on disk when the process is killed in their midst."""
    schema = pa.schema([("a", pa.int32()), ("attempt", pa.int32())])
    batch = pa.record_batch([pa.array(range(100_000), pa.int32()), pa.array([1] * 100_000, pa.int32())], schema=schema)

    def batches() -> Iterator[pa.RecordBatch]:
        for _ in range(12):
            yield batch
        die()

    job.connection.register("flood", pa.RecordBatchReader.from_batches(schema, batches()))
    return Work(rows_of("flood"))


def in_state(state: str) -> Callable[..., bool]:
    return lambda _catalog, receipt, *_: receipt.state == state


def narrowed(*arguments: Any) -> bool:
    """Tell whether what was written is the file without the rows that went to quarantine."""
    return str(arguments[2]).endswith(REWRITTEN)


# Where the process is killed, in the order of the five steps.
UNRECORDED: dict[str, Callable[[], None]] = {
    "before it looked at the lake": before(DatasetTarget, "open"),
    "before its receipt": after(DatasetTarget, "open"),
}
UNCOMMITTED: dict[str, Callable[[], None]] = {
    **UNRECORDED,
    "between resolve and work": before(Sample, "work"),
    "before a file is there": after(writing, "announce"),
    "in the middle of a file": lambda: setattr(Sample, "work", flood),
    "with the file written": after(writing, "_write"),
    "between work and audit": before(DatasetTarget, "audit"),
    "between audit and the receipt": after(DatasetTarget, "audit"),
    "between the receipt and publish": before(DatasetTarget, "publish"),
    "just before the commit": before(publishing, "_commit"),
}
COMMITTED: dict[str, Callable[[], None]] = {
    "just after the commit": after(publishing, "_commit"),
    "before the manifest is withdrawn": before(publishing, "withdraw"),
    "between publish and record": after(DatasetTarget, "publish"),
}
SETTING_APART: dict[str, Callable[[], None]] = {
    "with the bad rows written": before(publishing, "append"),
    "with the bad rows set apart": before(writing, "rewrite"),
    "while the good rows are written anew": after(writing, "_write", narrowed),
}
AFTERWARDS: dict[str, Callable[[], None]] = {
    "after record": after(Catalog, "record", in_state("published")),
    "while it settles an earlier try": before(Catalog, "record"),
}
POINTS = {**UNCOMMITTED, **COMMITTED, **SETTING_APART, **AFTERWARDS}


@dataclass(frozen=True)
class Lake:
    """What a test sees of the lake and the catalog."""

    settings: Settings
    catalog: Catalog

    def location(self, dataset: Dataset) -> Location:
        return Location(self.settings.lake_root, {}).child(dataset.name)

    def version(self, dataset: Dataset = FLIGHTS) -> int | None:
        found = snapshot(self.location(dataset))
        return None if found is None else found.version

    def rows(self, dataset: Dataset = FLIGHTS) -> list[tuple[int, int]]:
        """Return value and try of every row of the newest version."""
        found = snapshot(self.location(dataset))
        if found is None:
            return []
        with connect() as connection:
            snapshot_view(connection, "rows", found, found.files)
            return sorted(connection.execute('SELECT a, attempt FROM "rows"').fetchall())

    def left_over(self, dataset: Dataset = FLIGHTS) -> list[str]:
        """Return files that no version names."""
        present = self._present(dataset) - self._named(dataset)
        return sorted(p for p in present if not p.startswith("_delta_log/"))

    def missing(self, dataset: Dataset = FLIGHTS) -> list[str]:
        """Return files that a version names and that are not there."""
        return sorted(self._named(dataset) - self._present(dataset))

    def _present(self, dataset: Dataset) -> set[str]:
        root = Path(self.location(dataset).uri)
        return {str(p.relative_to(root)) for p in root.rglob("*") if p.is_file()}

    def _named(self, dataset: Dataset) -> set[str]:
        newest = self.version(dataset)
        versions = [] if newest is None else [snapshot(self.location(dataset), v) for v in range(newest + 1)]
        return {f.path for version in versions if version for f in version.files}

    def states(self) -> list[tuple[int, str]]:
        """Return try and state of every receipt of today's task."""
        return sorted((r.run.try_number, r.state) for r in self.catalog.receipts(run_id="today"))

    def again(self, attempt: int, like: Sample) -> Receipt:
        """Run the next try, in this process."""
        return run(self.settings, replace(like, attempt=attempt), self.catalog)
