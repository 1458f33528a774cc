"""A file or a Delta table as a relation of the engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hallmark.errors import SourceError, reason

if TYPE_CHECKING:
    import duckdb

__all__ = ["opened"]

_VIEW = "hallmark_suggest"


def opened(connection: duckdb.DuckDBPyConnection, path: Path) -> str:
    """Open a Parquet, CSV or JSON file or the folder of a Delta table, and return the name of its relation.

    Raises:
        SourceError: there is no such thing, or it cannot be read.
    """
    import duckdb

    if not path.exists():
        raise SourceError(f"{path} does not exist", "check the path")
    reader = "delta" if (path / "_delta_log").is_dir() else _READERS.get(path.suffix.lower())
    if reader is None:
        raise SourceError(f"{path} is of no known format", f"use one of {', '.join(_READERS)} or a Delta table")
    try:
        _OPEN[reader](connection, path)
    except duckdb.Error as error:
        raise SourceError(f"{path} cannot be read: {reason(error)}", "mend the file") from error
    return _VIEW


def _parquet(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    connection.read_parquet(str(path)).create_view(_VIEW)


def _text(reader: str) -> Callable[[Any, Path], None]:
    """Return what reads a file of text into a table: it is parsed once, and looked at more often."""
    return lambda connection, path: getattr(connection, reader)(str(path)).create(_VIEW)


def _delta(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    from deltalake import DeltaTable
    from deltalake.exceptions import DeltaError

    try:
        dataset = DeltaTable(str(path)).to_pyarrow_dataset()
    except DeltaError as error:
        raise SourceError(f"{path} cannot be read: {reason(error)}", "check the Delta table") from error
    connection.register(_VIEW, dataset)


_READERS: Mapping[str, str] = {
    ".parquet": "parquet",
    ".csv": "csv",
    ".json": "json",
    ".ndjson": "json",
    ".jsonl": "json",
}
_OPEN: Mapping[str, Callable[[Any, Path], None]] = {
    "parquet": _parquet,
    "csv": _text("read_csv"),
    "json": _text("read_json"),
    "delta": _delta,
}
