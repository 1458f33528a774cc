"""A lake, a catalog and a small stage, to run the five steps without Airflow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb
import sqlglot
import yaml
from sqlglot import exp

from hallmark.catalog import Catalog, open_catalog
from hallmark.catalog.address import normal_url
from hallmark.catalog.engine import connect as reach
from hallmark.config import Settings, settings
from hallmark.dataset import Dataset
from hallmark.engines.duckdb import connect
from hallmark.receipt import CodeVersion, Receipt, StageRun
from hallmark.stages.dataset_target import DatasetTarget
from hallmark.stages.inputs import Input
from hallmark.stages.job import Job, Work
from hallmark.stages.lifecycle import run_stage
from hallmark.storage.paths import Location
from hallmark.storage.reading import snapshot_view
from hallmark.storage.snapshot import Selection, snapshot

CODE = CodeVersion("dag.py", "0" * 64)


def nothing(_job: Job) -> None:
    """Do nothing on the side."""


@dataclass(frozen=True)
class Sample:
    """A stage whose work is a query, and something on the side."""

    goes_to: DatasetTarget
    sql: str = "SELECT 1 AS a"
    reads: Mapping[str, Input] = field(default_factory=dict)
    aside: Callable[[Job], None] = nothing

    def inputs(self) -> Mapping[str, Input]:
        return self.reads

    def target(self) -> DatasetTarget:
        return self.goes_to

    def work(self, job: Job) -> Work:
        self.aside(job)
        query = sqlglot.parse_one(self.sql, dialect="duckdb")
        assert isinstance(query, exp.Query)
        return Work(query, sql=self.sql)

    def parameters(self) -> Mapping[str, Any]:
        return {"sql": self.sql}

    def code(self) -> CodeVersion:
        return CODE


class Laboratory:
    """Runs stages against one lake and one catalog, and reads back what they left."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings: Settings = settings()
        self.catalog: Catalog = open_catalog(self.settings)

    def suite(self, *expectations: tuple[str, dict[str, Any]] | tuple[str, dict[str, Any], str]) -> str:
        """Write a suite of expectations (type, kwargs, severity) and return its path."""
        entries = [dict(zip(("type", "kwargs", "severity"), e, strict=False)) for e in expectations]
        path = self.folder / f"suite_{len(list(self.folder.glob('suite_*')))}.yml"
        path.write_text(yaml.safe_dump({"name": "suite", "expectations": entries}))
        return str(path)

    def run(self, stage: Sample, *, task: str = "clean", attempt: int = 1, **changes: Any) -> Receipt:
        """Run a stage as one try of a task; its catalog or settings may be given."""
        return self.receipt(stage, task=task, attempt=attempt, **changes)[1]

    def receipt(
        self,
        stage: Sample,
        *,
        task: str = "clean",
        attempt: int = 1,
        catalog: Catalog | None = None,
        **changes: Any,
    ) -> tuple[Job, Receipt]:
        run = StageRun("flights", task, "monday", try_number=attempt, operator="Sample", kind="sample")
        with connect() as connection:
            job = Job(
                run,
                replace(self.settings, **changes),
                catalog or self.catalog,
                connection,
                str,
                principal="ada",
            )
            return job, run_stage(stage, job)

    def publish(self, dataset: Dataset, sql: str, partition: str | None = None, *, task: str = "before") -> Receipt:
        """Publish rows without a gate, as a task of its own."""
        target = DatasetTarget(dataset, partition)
        return self.run(Sample(target, sql), task=f"{task} {partition} {self.version(dataset)}")

    def location(self, dataset: Dataset) -> Location:
        return Location(self.settings.lake_root, {}).child(dataset.name)

    def version(self, dataset: Dataset) -> int | None:
        found = snapshot(self.location(dataset))
        return None if found is None else found.version

    def rows(
        self, dataset: Dataset, columns: str = "*", *, version: int | None = None, partition: str | None = None
    ) -> list[tuple[Any, ...]]:
        found = snapshot(self.location(dataset), version)
        if found is None:
            return []
        with connect() as connection:
            snapshot_view(connection, "rows", found, found.select(Selection(equals=partition)))
            return sorted(_all(connection, columns), key=repr)

    def left_over(self, dataset: Dataset) -> set[str]:
        """Return the files below a dataset that no version names: drafts and manifests."""
        root = Path(self.location(dataset).uri)
        named: set[str] = set()
        for version in range((self.version(dataset) or 0) + 1) if self.version(dataset) is not None else ():
            found = snapshot(self.location(dataset), version)
            named |= {f.path for f in found.files} if found else set()
        present = {str(p.relative_to(root)) for p in root.rglob("*") if p.is_file()}
        return {p for p in present - named if not p.startswith("_delta_log/")}

    def states(self) -> list[tuple[str, int, str]]:
        """Return task, try and state of every receipt, oldest first."""
        found = sorted(self.catalog.receipts(), key=lambda r: r.started_at)
        return [(r.run.task_id, r.run.try_number, r.state) for r in found]

    def last(self, state: str | None = None) -> Receipt:
        return self.catalog.receipts(state=state)[0]


def out_of_reach() -> Catalog:
    """Return a catalog on a server that is not there."""
    return Catalog(reach(normal_url("postgresql://nobody@127.0.0.1:1/none"), patience=0.0))


def _all(connection: duckdb.DuckDBPyConnection, columns: str) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = connection.execute(f'SELECT {columns} FROM "rows"').fetchall()
    return found
