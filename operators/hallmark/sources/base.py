"""What a source has to answer: which version of what, and its rows as a view."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from hallmark.dataset import Column, DatasetVersion

if TYPE_CHECKING:
    import duckdb

    from hallmark.receipt import ColumnLineage

__all__ = ["DatabaseUrl", "Mounted", "Reading", "Source"]

# Gives the SQLAlchemy URL of an Airflow connection.
DatabaseUrl = Callable[[str], str]


@dataclass(frozen=True)
class Reading:
    """What a source may use: the engine, and how a connection's id becomes a SQLAlchemy URL."""

    connection: duckdb.DuckDBPyConnection
    database_url: DatabaseUrl


@dataclass(frozen=True)
class Mounted:
    """What a source gave, and what that was read from.

    Args:
        answer: the rows as they stand in the engine, as one version.
        datasets: what they were read from; the answer itself, where it is a dataset of its own.
        columns: lineage from the datasets' columns to the answer's; None where each is the answer's own.
        dialect: of the source's SQL, if it has any.
    """

    answer: DatasetVersion
    datasets: tuple[DatasetVersion, ...]
    columns: ColumnLineage | None = None
    dialect: str | None = None


@runtime_checkable
class Source(Protocol):
    """Something to extract from."""

    def declared(self, database_url: Callable[[str], str | None]) -> Mounted:
        """Name what will be read, without touching it.

        Args:
            database_url: gives a connection's URL, by which its tables are named; None for one that is not known.
        """
        ...

    def mount(self, reading: Reading, name: str, contract: Sequence[Column]) -> Mounted:
        """Give the source's rows the name ``name`` in the engine and say exactly what was read.

        Args:
            reading: the engine and the connections.
            name: of the view or table.
            contract: the columns expected, empty if none are known yet; typed sources ignore it.

        Raises:
            SourceError: it is missing, out of reach or malformed.
        """
        ...
