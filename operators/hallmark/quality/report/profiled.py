"""The figures for a report on a file or a Delta table that no stage has profiled."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from hallmark.errors import SourceError, reason

if TYPE_CHECKING:
    import duckdb

__all__ = ["profile_of"]

_VIEW = "data"
_READERS = {
    ".parquet": "read_parquet",
    ".csv": "read_csv",
    ".json": "read_json",
    ".ndjson": "read_json",
    ".jsonl": "read_json",
}


def profile_of(path: Path) -> dict[str, Any]:
    """Return the profile of a Parquet, CSV or JSON lines file or of a Delta table, in JSON's types.

    Raises:
        SourceError: it cannot be read.
    """
    from hallmark.engines.duckdb import columns_of, connect, rows_of
    from hallmark.quality.profile import profile

    with connect() as connection:
        try:
            _mount(connection, path)
            return profile(connection, _VIEW, columns_of(connection, rows_of(_VIEW))).to_dict()
        except SourceError:
            raise
        except Exception as error:  # the readers raise many kinds; all mean that there are no figures
            raise SourceError(f"{path} cannot be profiled: {reason(error)}", "mend the file") from error


def _mount(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    if (path / "_delta_log").is_dir():
        from deltalake import DeltaTable

        connection.register(_VIEW, DeltaTable(str(path)).to_pyarrow_dataset())
        return
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise SourceError(f"{path} is of no known format", f"use one of {', '.join(_READERS)} or a Delta table")
    getattr(connection, reader)(str(path)).create_view(_VIEW)
