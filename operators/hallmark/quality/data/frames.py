"""Frames and Arrow data as views of a DuckDB connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hallmark.engines.duckdb import relation, sql_of
from hallmark.errors import SourceError

if TYPE_CHECKING:
    import duckdb

__all__ = ["arrow_of", "is_stream"]


def is_stream(data: Any) -> bool:
    """Whether data can be read once only."""
    return type(data).__name__ == "RecordBatchReader"


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

    twice = frame.columns[frame.columns.duplicated()]
    if len(twice):
        raise SourceError(f"the frame has two columns {twice[0]!r}", "rename one of them")
    try:
        return pa.Table.from_pandas(frame.set_axis([str(c) for c in frame.columns], axis=1), preserve_index=False)
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        told = str(error.args[-1] if error.args else error)
        raise SourceError(f"the frame holds values of several types ({told})", "cast the column to one type") from error


def _polars(frame: Any) -> Any:
    return frame.to_arrow()


def _lazy(frame: Any) -> Any:
    return frame.collect(engine="streaming").to_arrow()


_MAKERS = {("pandas", "DataFrame"): _pandas, ("polars", "DataFrame"): _polars, ("polars", "LazyFrame"): _lazy}


def materialised(connection: duckdb.DuckDBPyConnection, view: str, stream: Any) -> None:
    """Read a stream into a table of the connection, which spills to disk: checks read it more than once."""
    from sqlglot import exp

    connection.register(f"{view}_stream", stream)
    query = exp.select("*").from_(relation(f"{view}_stream"))
    create = exp.Create(this=relation(view), kind="TABLE", expression=query, replace=True)
    connection.execute(sql_of(create))
