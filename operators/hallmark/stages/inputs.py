"""Step one: what a stage reads, pinned to exact versions and mounted in the engine under a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from hallmark.dataset import PERSONAL, Column, Dataset, DatasetVersion
from hallmark.errors import SourceError
from hallmark.sources.base import Reading, Source
from hallmark.stages.job import Job
from hallmark.storage.paths import checked_partition, table_of
from hallmark.storage.snapshot import Selection, snapshot

__all__ = ["DatasetInput", "Input", "SourceInput", "described", "with_contract"]


ALL = Selection()


class Input(Protocol):
    """Something a stage reads."""

    def declared(self, job: Job | None) -> DatasetVersion:
        """Name it without touching it."""
        ...

    def resolve(self, job: Job, name: str) -> DatasetVersion | None:
        """Pin its version and create the view ``name`` over it, if it has rows; None where it may be absent and is."""
        ...


def described(dataset: Dataset, job: Job | None, partition: str | None = None) -> DatasetVersion:
    """Return a dataset as lineage names it, without a version."""
    from hallmark.config import settings
    from hallmark.lineage.naming import table_identity

    namespace, name = table_identity(table_of(dataset.name, job.settings if job else settings()).uri)
    return DatasetVersion(
        dataset.name,
        namespace,
        name,
        partition=partition,
        columns=dataset.schema,
        owner=dataset.owner,
        description=dataset.description,
    )


@dataclass(frozen=True)
class DatasetInput:
    """Some partitions of a dataset's version; the newest version unless one is given."""

    dataset: Dataset
    selection: Selection = ALL
    version: int | None = None
    may_be_empty: bool = False

    def declared(self, job: Job | None) -> DatasetVersion:
        return described(self.dataset, job)

    def resolve(self, job: Job, name: str) -> DatasetVersion:
        from hallmark.storage.reading import snapshot_view

        for partition in (self.selection.equals, self.selection.before):
            checked_partition(partition)
        found = snapshot(table_of(self.dataset.name, job.settings), self.version)
        if found is None:
            raise SourceError(f"dataset {self.dataset} has no published version", "run the stage that makes it first")
        selection = self.selection if found.partition_by else Selection()
        files = found.select(selection)
        rows = sum(f.rows for f in files)
        if rows == 0 and not self.may_be_empty:
            raise SourceError(
                f"dataset {self.dataset}@{found.version} has no rows in {selection}",
                "run the stage that makes that partition first",
            )
        columns = snapshot_view(job.connection, name, found, files)
        self._require_promises(job, columns)
        return replace(
            described(self.dataset, job, self.selection.equals if found.partition_by else None),
            version=str(found.version),
            columns=with_contract(columns, self.dataset),
            rows=rows,
            bytes=sum(f.bytes for f in files),
            files=len(files),
        )

    def _require_promises(self, job: Job, columns: Sequence[Column]) -> None:
        """Hold the version against what the dataset declares, or its contract says: columns, types, age."""
        from hallmark.contracts import require_readable
        from hallmark.storage.types import stored_type

        known = job.catalog.dataset(self.dataset.name, limit=1) if self.dataset.freshness else None
        published = known.last_published_at if known else None
        require_readable(self.dataset, columns, published, as_stored=stored_type)


@dataclass(frozen=True)
class SourceInput:
    """What an extract reads, with the types that the output's contract promises."""

    source: Source
    output: Dataset

    def declared(self, job: Job | None) -> DatasetVersion:
        return self.source.declared()

    def resolve(self, job: Job, name: str) -> DatasetVersion:
        published = snapshot(table_of(self.output.name, job.settings)) if not self.output.schema else None
        contract = self.output.schema or (published.columns if published else ())
        return self.source.mount(Reading(job.connection, job.database_url), name, contract)


def with_contract(columns: tuple[Column, ...], dataset: Dataset) -> tuple[Column, ...]:
    """Return columns with what the contract knows of them: description, classification, nullability."""
    promised = {c.name: c for c in dataset.schema}
    personal = frozenset(dataset.personal)
    return tuple(_enriched(c, promised.get(c.name), c.name in personal) for c in columns)


def _enriched(column: Column, promised: Column | None, personal: bool) -> Column:
    classification = PERSONAL if personal else (promised.classification if promised else column.classification)
    return replace(
        column,
        nullable=promised.nullable if promised else column.nullable,
        description=(promised.description if promised else None) or column.description,
        classification=classification,
    )
