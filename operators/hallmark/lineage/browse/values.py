"""What a look through the store finds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar

from hallmark.catalog.values import Answer

__all__ = [
    "ColumnInput",
    "Dataset",
    "Job",
    "Named",
    "Namespace",
    "Page",
    "Run",
    "RunIo",
    "Source",
    "Tag",
    "Version",
]

T = TypeVar("T")


class Named(NamedTuple):
    """A dataset or a job by what OpenLineage calls it."""

    namespace: str
    name: str


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some of a list.

    Args:
        items: those of this page.
        total: how many there are in all.
        next: where the next page begins, None at the end.
    """

    items: Sequence[T]
    total: int
    next: str | None = None


@dataclass(frozen=True, kw_only=True)
class Namespace(Answer):
    """A namespace, and what somebody wrote of it."""

    name: str
    owner: str | None
    description: str | None
    hidden: bool
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class Source(Answer):
    """Where datasets physically are: declared by somebody, or the namespace of datasets that are known."""

    name: str
    type: str
    connection_url: str
    description: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, kw_only=True)
class Tag(Answer):
    """A tag that may be given to datasets and their fields."""

    name: str
    description: str | None = None


@dataclass(frozen=True, kw_only=True)
class ColumnInput(Answer):
    """What goes into a column of a dataset; an empty ``output`` stands for all its rows."""

    output: str
    dataset: Named
    field: str
    type: str
    subtype: str
    description: str | None


@dataclass(frozen=True, kw_only=True)
class Dataset(Answer):
    """A dataset under the name that stands for all its names.

    Args:
        id: what the tables call it.
        version, version_at: its newest, and when that was written.
        facets: by name, the newest of each, whichever of its names they were sent with.
        tags: that people gave to it.
        field_tags: that people gave to its fields.
        columns: what goes into its columns today.
    """

    id: int
    namespace: str
    name: str
    version: str | None
    version_at: datetime | None
    created_at: datetime
    updated_at: datetime
    facets: Mapping[str, Any] = field(default_factory=dict, repr=False)
    tags: tuple[str, ...] = ()
    field_tags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    columns: tuple[ColumnInput, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RunIo(Answer):
    """What a run read or wrote: ``direction`` is ``in`` or ``out``, the facets are those of this reading or writing."""

    direction: str
    dataset: Named
    version: str | None
    facets: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, kw_only=True)
class Run(Answer):
    """A run of a job; ``state`` is START, RUNNING, COMPLETE, FAIL, ABORT, OTHER or None where nobody said."""

    id: str
    job: Named
    state: str | None
    started_at: datetime | None
    ended_at: datetime | None
    created_at: datetime
    updated_at: datetime
    facets: Mapping[str, Any] = field(default_factory=dict, repr=False)
    io: tuple[RunIo, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Version(Answer):
    """A version of a dataset; ``run`` wrote it, if that is known, and ``fields`` is its schema at the time."""

    version: str
    created_at: datetime
    fields: tuple[Mapping[str, Any], ...] = ()
    run: Run | None = None


@dataclass(frozen=True, kw_only=True)
class Job(Answer):
    """A job, what it reads and writes today, and its last runs, newest first."""

    id: int
    namespace: str
    name: str
    parent: Named | None
    created_at: datetime
    updated_at: datetime
    facets: Mapping[str, Any] = field(default_factory=dict, repr=False)
    inputs: tuple[Named, ...] = ()
    outputs: tuple[Named, ...] = ()
    runs: tuple[Run, ...] = ()
