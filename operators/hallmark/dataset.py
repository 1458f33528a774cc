"""What a dataset is, and which version of it is meant: values, no behaviour."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Literal

from hallmark.errors import StageError, closest

__all__ = ["Column", "Dataset", "DatasetVersion", "Kind"]

Kind = Literal["dataset", "model", "file", "query"]

PERSONAL = "personal"
PARTITION = "partition"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*(/[A-Za-z0-9][A-Za-z0-9_.-]*)*")


@dataclass(frozen=True)
class Column:
    """A column as the contract or a version has it.

    Args:
        name: as stored, case kept.
        type: a SQL type in DuckDB's spelling (``BIGINT``, ``DOUBLE``, ``VARCHAR``, ``TIMESTAMP`` …).
        nullable: whether the contract allows nulls.
        description: for the reader of the catalog.
        classification: ``"personal"`` masks the column's values in samples, logs and pages.
    """

    name: str
    type: str
    nullable: bool = True
    description: str | None = None
    classification: str | None = None

    @property
    def personal(self) -> bool:
        return self.classification == PERSONAL


@dataclass(frozen=True)
class Dataset:
    """A named data product: where it lives, what it promises, who owns it.

    Args:
        name: slash-separated, for example ``"flights/clean"``; also its folder under the lake root.
        suite: path of its GX suite (YAML or JSON), relative to the DAG file.
        owner: the team that answers for it.
        description: one or two sentences for the catalog and the lineage.
        schema: the contract's columns; a mapping ``{"name": "TYPE"}`` or a sequence of :class:`Column`.
            Without one, the first published version sets the contract.
        allow_new_columns: whether a version may bring columns the contract does not name.
        personal: names of columns whose values are masked wherever people look.
        partition_by: name of the partition column that ``partition=`` of a stage fills.
        tags: free words for search.
        contract: path of its data contract (YAML), relative to the DAG file; it says what is left open here.
        primary_key: columns that together tell one row from all others; they hold no nulls.
        unique: columns whose values do not repeat.
        freshness: how old its newest version may be.

    Raises:
        StageError: the name is not made of letters, digits, ``_ . -`` and single slashes, a key names a column that
            the schema does not have, or the freshness is not a time above zero.
    """

    name: str
    suite: str | None = None
    owner: str | None = None
    description: str | None = None
    schema: tuple[Column, ...] = ()
    allow_new_columns: bool = False
    personal: tuple[str, ...] = ()
    partition_by: str = PARTITION
    tags: tuple[str, ...] = field(default=())
    contract: str | None = None
    primary_key: tuple[str, ...] = ()
    unique: tuple[str, ...] = ()
    freshness: timedelta | None = None

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or ".." in self.name:
            raise StageError(
                f"{self.name!r} is not a dataset name",
                "use letters, digits, '_', '.', '-' and single slashes, for example flights/clean",
            )
        object.__setattr__(self, "primary_key", _names(self.primary_key))
        object.__setattr__(self, "unique", _names(self.unique))
        schema = _columns(self.schema, frozenset(self.personal), frozenset(self.primary_key))
        object.__setattr__(self, "schema", schema)
        object.__setattr__(self, "personal", tuple(c.name for c in self.schema if c.personal) or tuple(self.personal))
        object.__setattr__(self, "tags", tuple(self.tags))
        self._check_promises()

    @property
    def quarantine(self) -> Dataset:
        """Where rows go that failed a row-level expectation."""
        return Dataset(
            f"{self.name}__quarantine",
            owner=self.owner,
            description=f"Rows of {self.name} that its gate refused.",
            personal=self.personal,
            partition_by=self.partition_by,
            tags=("quarantine",),
        )

    def _check_promises(self) -> None:
        names = [c.name for c in self.schema]
        for name in (*self.primary_key, *self.unique):
            if names and name not in names:
                likely = closest(name, names)
                raise StageError(
                    f"dataset {self.name} has a key on column {name!r}, which its schema does not have",
                    f"did you mean {likely!r}?" if likely else "add the column to the schema",
                )
        if self.freshness is not None and not self.freshness > timedelta():
            raise StageError(f"dataset {self.name} has the freshness {self.freshness}", "give a time above zero")

    def __str__(self) -> str:
        return self.name


def _columns(schema: Any, personal: frozenset[str], key: frozenset[str]) -> tuple[Column, ...]:
    given = schema.items() if isinstance(schema, Mapping) else schema
    columns = (c if isinstance(c, Column) else Column(str(c[0]), str(c[1])) for c in given)
    marked = (replace(c, classification=PERSONAL) if c.name in personal else c for c in columns)
    return tuple(replace(c, nullable=False) if c.name in key else c for c in marked)


def _names(names: Any) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


@dataclass(frozen=True)
class DatasetVersion:
    """One exact version of a dataset, a model, a file or a query's answer, as read or written.

    Args:
        name: Hallmark's name (``flights/clean``, ``flight_delay``, or the file's base name).
        namespace: OpenLineage namespace, for example ``file`` or ``s3://bucket``; never credentials.
        location: OpenLineage name within the namespace, for example the absolute path.
        version: Delta table version, model version or a file's checksum.
        kind: which of those it is.
        partition: the partition read or written, if one was named.
        before: the partitions read were those that sort before it, if such an end was named.
        columns: its schema.
        rows, bytes, files: its size, where known (of the partition, if one is named).
    """

    name: str
    namespace: str
    location: str
    version: str = ""
    kind: Kind = "dataset"
    partition: str | None = None
    columns: tuple[Column, ...] = ()
    rows: int | None = None
    bytes: int | None = None
    files: int | None = None
    owner: str | None = None
    description: str | None = None
    before: str | None = None

    @property
    def label(self) -> str:
        """Short form for a log or a table: ``flights/clean@12 [2013-01]``."""
        chosen = self.partition or (f"before {self.before}" if self.before else "")
        part = f" [{chosen}]" if chosen else ""
        return f"{self.name}@{self.version[:12]}{part}"


def resolve_path(path: str, folder: str) -> str:
    """Return ``path`` as it is if absolute, else below ``folder`` (a DAG's folder)."""
    return path if os.path.isabs(path) else os.path.join(folder, path)
