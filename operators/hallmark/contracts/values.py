"""What a contract says, as values."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from hallmark.dataset import PARTITION, Column, Dataset
from hallmark.errors import ContractError

__all__ = ["SEVERITIES", "Contract", "Rule"]

# From the mildest to the hardest.
SEVERITIES = ("info", "warning", "critical")
# Of a Dataset: what the contract may say in its place.
_SAID = (
    "schema",
    "primary_key",
    "unique",
    "freshness",
    "owner",
    "description",
    "suite",
    "allow_new_columns",
    "partition_by",
)


@dataclass(frozen=True)
class Rule:
    """One expectation of a contract, in Great Expectations' terms.

    Args:
        type: GX's name of it.
        kwargs: its arguments.
        severity: ``critical``, ``warning`` or ``info``.
        meta: ``notes`` go along to receipt and lineage.
    """

    type: str
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    severity: str = "critical"
    meta: Mapping[str, Any] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it looks at."""
        named = [self.kwargs.get(key) for key in ("column", "column_A", "column_B")]
        listed = self.kwargs.get("column_list") or ()
        return (*(str(name) for name in named if name), *(str(name) for name in listed))

    @property
    def title(self) -> str:
        """Short form for a message: ``amount: expect_column_values_to_be_between``."""
        return f"{', '.join(self.columns)}: {self.type}" if self.columns else self.type

    def to_dict(self) -> dict[str, Any]:
        """Return it as a suite in GX's format has it."""
        return {"type": self.type, "kwargs": dict(self.kwargs), "severity": self.severity, "meta": dict(self.meta)}


@dataclass(frozen=True)
class Contract:
    """A data contract on one dataset.

    Args:
        name: of the dataset.
        version: of the contract; ``MAJOR.MINOR.PATCH``.
        columns: with types in DuckDB's spelling; those of the primary key hold no nulls.
        id: tells it from all others.
        status: ``draft``, ``active``, ``deprecated``, ``retired`` …
        primary_key: its columns, in the key's order.
        unique: columns whose values do not repeat.
        partition_by: the partition column, where the contract names one.
        rules: what it promises of the values beyond types, nulls and keys.
        freshness: how old the newest version may be.
        owner, description, domain, tags: for readers.
        suite: path of a GX suite, relative to the contract's file.
        allow_new_columns: whether versions may bring columns that it does not name.
        other_terms: service levels that Hallmark keeps and does not measure, by name.
        unchecked: what it says that nothing checks, each with its field.
        path: its file, if it was read from one.
    """

    name: str
    version: str
    columns: tuple[Column, ...]
    id: str = ""
    status: str = "draft"
    primary_key: tuple[str, ...] = ()
    unique: tuple[str, ...] = ()
    partition_by: str | None = None
    rules: tuple[Rule, ...] = ()
    freshness: timedelta | None = None
    owner: str | None = None
    description: str | None = None
    domain: str | None = None
    tags: tuple[str, ...] = ()
    suite: str | None = None
    allow_new_columns: bool = False
    other_terms: tuple[tuple[str, str], ...] = ()
    unchecked: tuple[str, ...] = ()
    path: str | None = None

    @property
    def suite_path(self) -> str | None:
        """The suite's path, found from the contract's folder."""
        if self.suite is None or self.path is None or os.path.isabs(self.suite):
            return self.suite
        return os.path.normpath(Path(self.path).absolute().parent / self.suite)

    def dataset(self, declared: Dataset | None = None) -> Dataset:
        """Return the dataset that the contract is about.

        Args:
            declared: what a DAG file says of it already; the contract fills in the rest. Tags and personal columns
                of both count.

        Raises:
            ContractError: the two say different things of one matter.
        """
        own = Dataset(
            self.name,
            suite=self.suite_path,
            owner=self.owner,
            description=self.description,
            schema=self.columns,
            allow_new_columns=self.allow_new_columns,
            partition_by=self.partition_by or PARTITION,
            tags=self.tags,
            primary_key=self.primary_key,
            unique=self.unique,
            freshness=self.freshness,
        )
        return own if declared is None else self._filled(own, declared)

    def _filled(self, own: Dataset, declared: Dataset) -> Dataset:
        faults = list(_contradictions(own, declared))
        if faults:
            raise ContractError(
                f"{self.path or 'the contract'} and the DAG file differ on {', '.join(faults)}",
                "say it in the contract alone",
                dataset=declared.name,
            )
        unsaid = {name for name in _SAID if getattr(declared, name) == getattr(_BARE, name)}
        return replace(
            declared,
            **{name: getattr(own, name) for name in unsaid},
            personal=tuple(dict.fromkeys((*own.personal, *declared.personal))),
            tags=tuple(dict.fromkeys((*declared.tags, *own.tags))),
        )


_BARE = Dataset("bare")


def _contradictions(own: Dataset, declared: Dataset) -> Iterator[str]:
    if own.name != declared.name:
        yield f"the name ({own.name}, {declared.name})"
    for name in _SAID:
        default = getattr(_BARE, name)
        here, there = getattr(own, name), getattr(declared, name)
        if here != there and default not in (here, there):
            yield name
