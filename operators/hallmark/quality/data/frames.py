"""Frames and Arrow data as views of a DuckDB connection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hallmark.engines.duckdb import create_table, first_line, rows_of
from hallmark.errors import SourceError

if TYPE_CHECKING:
    import duckdb

__all__ = ["arrow_of", "materialised", "view_of_arrow"]


def view_of_arrow(connection: duckdb.DuckDBPyConnection, view: str, data: Any) -> None:
    """Give a frame or Arrow data a name in the connection.

    Raises:
        SourceError: it has no columns or two of one name, or cannot be read (a reader was read before).
    """
    import duckdb
    import pyarrow as pa

    arrow = arrow_of(data)
    _refuse_names(arrow.schema.names)
    try:
        if isinstance(arrow, pa.RecordBatchReader):
            materialised(connection, view, arrow)
        else:
            connection.register(view, arrow)
    except (duckdb.Error, pa.ArrowException) as error:
        raise SourceError(f"the data cannot be read: {first_line(error)}", "give it as a table") from error


def _refuse_names(names: Sequence[str]) -> None:
    """Refuse names that DuckDB would change: it tells no two apart by their case."""
    if not names:
        raise SourceError("the data has no columns", "give it some")
    before: dict[str, str] = {}
    for name in names:
        if name.lower() in before:
            twice = repr(name) if before[name.lower()] == name else f"{before[name.lower()]!r} and {name!r}"
            raise SourceError(f"the data has two columns {twice}", "rename one of them")
        before[name.lower()] = name


def arrow_of(data: Any) -> Any:
    """Return a frame as an Arrow table, Arrow data as it is, None for what is neither.

    Raises:
        SourceError: a column of a pandas frame holds values of several types.
    """
    import pyarrow as pa

    if isinstance(data, (pa.Table, pa.RecordBatchReader)):
        return data
    if isinstance(data, pa.RecordBatch):
        return pa.Table.from_batches([data])
    made = _MAKERS.get((type(data).__module__.partition(".")[0], type(data).__name__))
    return None if made is None else made(data)


def _pandas(frame: Any) -> Any:
    import pyarrow as pa

    names = [str(c) for c in frame.columns]
    _refuse_names(names)
    try:
        return pa.Table.from_pandas(frame.set_axis(names, axis=1), preserve_index=False)
    except UnicodeEncodeError as error:
        raise SourceError(f"the frame holds text that is not valid Unicode ({error.object!r})", "mend it") from error
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as error:
        told = str(error.args[-1] if error.args else error)
        raise SourceError(f"the frame holds values of several types ({told})", "cast the column to one type") from error


def _polars(frame: Any) -> Any:
    return frame.to_arrow()


def _lazy(frame: Any) -> Any:
    return frame.collect(engine="streaming").to_arrow()


_MAKERS = {("pandas", "DataFrame"): _pandas, ("polars", "DataFrame"): _polars, ("polars", "LazyFrame"): _lazy}


def materialised(connection: duckdb.DuckDBPyConnection, view: str, stream: Any) -> None:
    """Read a stream into a table of the connection, which spills to disk: checks read it more than once."""
    connection.register(f"{view}_stream", stream)
    create_table(connection, view, rows_of(f"{view}_stream"))
