"""Step one: what a stage reads, pinned to exact versions and mounted in the engine under a name."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

from hallmark.dataset import PERSONAL, Column, Dataset, DatasetVersion
from hallmark.errors import SourceError
from hallmark.sources.base import Reading, Source
from hallmark.stages.job import Job, log
from hallmark.storage.paths import checked_partition, table_of
from hallmark.storage.snapshot import Selection, snapshot

__all__ = ["DatasetInput", "Input", "KnownUrl", "SourceInput", "declared_by", "described", "known", "with_contract"]


ALL = Selection()
KnownUrl = Callable[[str], str | None]


class Input(Protocol):
    """Something a stage reads."""

    def declared(self, job: Job | None) -> DatasetVersion:
        """Name it without touching it."""
        ...

    def resolve(self, job: Job, name: str) -> DatasetVersion | None:
        """Pin its version and create the view ``name`` over it, if it has rows; None where it may be absent and is."""
        ...


@runtime_checkable
class Addressed(Protocol):
    """An input behind a connection: only its address tells what it is called."""

    def announced(self, urls: KnownUrl) -> tuple[DatasetVersion, ...]:
        """Name all that will be read, without touching it."""
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
            before=self.selection.before if found.partition_by else None,
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
    """What an extract reads, with the types that the output's contract promises.

    Args:
        source: the files or the query.
        output: whose contract it is.
        by_table: whether the tables behind a query count as read, rather than its answer as a whole.
    """

    source: Source
    output: Dataset
    by_table: bool = False

    def declared(self, job: Job | None) -> DatasetVersion:
        return self.source.declared(known(job.database_url if job is not None else None)).answer

    def announced(self, urls: KnownUrl) -> tuple[DatasetVersion, ...]:
        named = self.source.declared(urls)
        return named.datasets if self.by_table else (named.answer,)

    def resolve(self, job: Job, name: str) -> DatasetVersion:
        published = snapshot(table_of(self.output.name, job.settings)) if not self.output.schema else None
        contract = self.output.schema or (published.columns if published else ())
        mounted = self.source.mount(Reading(job.connection, job.database_url), name, contract)
        if self.by_table:
            job.mounted[name] = mounted
        return mounted.answer


def declared_by(given: Input, database_url: Callable[[str], str]) -> tuple[DatasetVersion, ...]:
    """Return all that an input will read, under the names that it will have once it is read: for a query, each table.

    Only a connection of the environment is looked up. Airflow asks for this in a fork of the task's process, which must
    not speak on the task's line to its supervisor; a name without its database would stay in the graph for ever. What
    is not announced is told when the task ends.

    Args:
        given: the input.
        database_url: gives the URL of an Airflow connection, or raises.
    """
    if not isinstance(given, Addressed):
        return (given.declared(None),)
    of_environment = known(database_url)
    announced = given.announced(lambda conn_id: of_environment(conn_id) if _in_environment(conn_id) else None)
    return tuple(version for version in announced if not version.namespace.startswith("airflow-connection:"))


def _in_environment(conn_id: str) -> bool:
    return f"AIRFLOW_CONN_{conn_id.upper()}" in os.environ


def known(database_url: Callable[[str], str] | None) -> KnownUrl:
    """Return a function that gives a connection's URL, or None where it cannot be had."""

    def url(conn_id: str) -> str | None:
        if database_url is None:
            return None
        try:
            return database_url(conn_id)
        except Exception as error:  # secrets backends raise many kinds; the run itself says what is wrong
            log.debug("the URL of connection %r cannot be had: %s", conn_id, type(error).__name__)
            return None

    return url


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
