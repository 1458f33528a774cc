"""Files and Delta tables as views of a DuckDB connection."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from hallmark.engines.duckdb import create_table, create_view, first_line, relation, sql_of
from hallmark.errors import SourceError

if TYPE_CHECKING:
    import duckdb

__all__ = ["view_of_path"]

_PARQUET = "read_parquet"
# By how a name ends, what reads it; a compressed text file ends in .gz or .zst as well.
_READERS = {
    ".parquet": _PARQUET,
    ".pq": _PARQUET,
    ".csv": "read_csv",
    ".tsv": "read_csv",
    ".json": "read_json",
    ".ndjson": "read_json",
    ".jsonl": "read_json",
}


def view_of_path(connection: duckdb.DuckDBPyConnection, path: str, view: str) -> bool:
    """Give a file, the files of a glob, or a Delta table's newest version a name in the connection.

    Parquet is read where it lies; CSV and JSON are parsed once, into a table that spills to disk.

    Returns:
        Whether the rows have an order of their own; those of a Delta table have none.

    Raises:
        SourceError: there is no such file, it is of no known format, or it cannot be read.
    """
    import duckdb

    if (Path(path) / "_delta_log").is_dir():
        _delta(connection, path, view)
        return False
    if not any(sign in path for sign in "*?[") and not Path(path).exists():
        raise SourceError(f"{path} does not exist", "check the path")
    reader = _reader(path)
    # A file's name may hold what a glob would read as a pattern.
    source = exp.select("*").from_(exp.func(reader, _literal(path)))
    try:
        if reader == _PARQUET:
            create_view(connection, view, source)
            connection.execute(f"DESCRIBE {sql_of(exp.select('*').from_(relation(view)))}").fetchall()
        else:
            create_table(connection, view, source)
    except duckdb.Error as error:
        raise SourceError(f"{path} cannot be read: {first_line(error)}", "mend the file") from error
    return True


def _literal(path: str) -> exp.Expression:
    if Path(path).exists() and any(sign in path for sign in "*?["):
        path = "".join(f"[{sign}]" if sign in "*?[" else sign for sign in path)
    return exp.Literal.string(path)


def _reader(path: str) -> str:
    suffixes = [s.lower() for s in Path(path).suffixes if s.lower() not in {".gz", ".zst"}]
    if Path(path).is_dir():
        raise SourceError(
            f"{path} is a folder and not a Delta table", "give its files as a glob, such as folder/*.parquet"
        )
    reader = _READERS.get(suffixes[-1] if suffixes else "")
    if reader is None:
        raise SourceError(f"{path} is of no known format", f"use one of {', '.join(_READERS)} or a Delta table")
    return reader


def _delta(connection: duckdb.DuckDBPyConnection, path: str, view: str) -> None:
    from deltalake import DeltaTable
    from deltalake.exceptions import DeltaError

    try:
        table: Any = DeltaTable(path)
        connection.register(view, table.to_pyarrow_dataset())
    except (DeltaError, OSError) as error:
        raise SourceError(f"the Delta table {path} cannot be read ({error})", "mend the table") from error
