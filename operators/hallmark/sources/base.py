"""What a source has to answer: which version of what, and its rows as a view."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from hallmark.dataset import Column, DatasetVersion

if TYPE_CHECKING:
    import duckdb

__all__ = ["Reading", "Source"]


@dataclass(frozen=True)
class Reading:
    """What a source may use: the engine, and how a connection's id becomes a SQLAlchemy URL."""

    connection: duckdb.DuckDBPyConnection
    database_url: Callable[[str], str]


@runtime_checkable
class Source(Protocol):
    """Something to extract from."""

    def declared(self) -> DatasetVersion:
        """Name what will be read, without touching it."""
        ...

    def mount(self, reading: Reading, name: str, contract: Sequence[Column]) -> DatasetVersion:
        """Give the source's rows the name ``name`` in the engine and say exactly what was read.

        Args:
            reading: the engine and the connections.
            name: of the view or table.
            contract: the columns expected, empty if none are known yet; typed sources ignore it.

        Raises:
            SourceError: it is missing, out of reach or malformed.
        """
        ...
