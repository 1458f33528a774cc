"""One version of a Delta table as a value: its columns, its partitions, its files."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from hallmark.dataset import Column
from hallmark.errors import LakeError, reason
from hallmark.storage.paths import Location

if TYPE_CHECKING:
    from deltalake import DeltaTable

__all__ = ["RECEIPT_KEY", "DataFile", "Selection", "Snapshot", "open_table", "snapshot"]

# The key in a commit's metadata that names the receipt of the stage that made it.
RECEIPT_KEY = "hallmark.receipt"


@dataclass(frozen=True)
class DataFile:
    """One Parquet file of a version; ``path`` is relative to the table."""

    path: str
    partition: str | None
    rows: int
    bytes: int


@dataclass(frozen=True)
class Selection:
    """Which partitions to read: all, one (``equals``), or those that sort before ``before``."""

    equals: str | None = None
    before: str | None = None

    def takes(self, partition: str | None) -> bool:
        if self.equals is not None and partition != self.equals:
            return False
        return self.before is None or (partition is not None and partition < self.before)

    def __str__(self) -> str:
        if self.equals is not None:
            return self.equals
        return "all partitions" if self.before is None else f"partitions before {self.before}"


@dataclass(frozen=True)
class Snapshot:
    """A version of a table. ``columns`` leaves the partition column out."""

    table: Location
    version: int
    columns: tuple[Column, ...]
    partition_by: str | None
    files: tuple[DataFile, ...]

    def select(self, selection: Selection) -> tuple[DataFile, ...]:
        """Return the files of the chosen partitions; a table without partitions is always read whole."""
        if self.partition_by is None:
            return self.files
        return tuple(f for f in self.files if selection.takes(f.partition))

    def paths_of(self, partition: str | None) -> frozenset[str]:
        """Return the file paths that make up one partition (or the whole table, for None)."""
        return frozenset(f.path for f in self.files if partition is None or f.partition == partition)


def open_table(table: Location, version: int | None = None) -> DeltaTable | None:
    """Load a Delta table, or None where there is none yet.

    Raises:
        LakeError: the lake is out of reach, or the table's log is damaged or lacks the version.
    """
    from deltalake import DeltaTable
    from deltalake.exceptions import DeltaError, TableNotFoundError

    try:
        return DeltaTable(table.uri, version=version, storage_options=table.storage_options)
    except TableNotFoundError:
        return None
    except (DeltaError, OSError, ValueError) as error:
        raise LakeError(
            f"the table at {table.uri} cannot be read ({reason(error)})",
            "check the lake root, its access and the version",
        ) from error


def snapshot(table: Location, version: int | None = None) -> Snapshot | None:
    """Return a version of a table (the newest by default), or None where nothing was published yet."""
    opened = open_table(table, version)
    return None if opened is None else snapshot_of(table, opened)


def snapshot_of(table: Location, opened: DeltaTable) -> Snapshot:
    """Read a loaded table's state into a value."""
    from hallmark.storage.types import columns_of_schema

    partition_columns = opened.metadata().partition_columns
    partition_by = partition_columns[0] if partition_columns else None
    columns = tuple(c for c in columns_of_schema(opened.schema()) if c.name != partition_by)
    return Snapshot(table, int(opened.version()), columns, partition_by, tuple(_files(opened, partition_by)))


def _files(opened: DeltaTable, partition_by: str | None) -> Iterable[DataFile]:
    import pyarrow as pa

    rows = pa.table(opened.get_add_actions(flatten=True)).to_pylist()
    partition: Callable[[dict[str, Any]], str | None] = (
        (lambda row: row[f"partition.{partition_by}"]) if partition_by else (lambda _: None)
    )
    for row in sorted(rows, key=lambda r: str(r["path"])):
        # The log has paths percent-encoded once more than they are on disk.
        yield DataFile(unquote(row["path"]), partition(row), int(row.get("num_records") or 0), int(row["size_bytes"]))
