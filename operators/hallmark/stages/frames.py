"""The forms in which a function gets its inputs and returns its rows: one entry for each kind of frame.

What can be read piece by piece is: a LazyFrame, a reader and a DuckDB relation never lie in memory as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from hallmark.engines.duckdb import columns_of, rows_of, sql_of
from hallmark.errors import SourceError, StageError
from hallmark.stages.job import Job, Work

if TYPE_CHECKING:
    import duckdb
    import polars as pl
    import pyarrow as pa

__all__ = ["DEFAULT", "FORMS", "Form", "columns_returned", "form_of", "named"]

BATCH = 100_000
RETURNED = "hallmark_returned"
DEFAULT = ("pyarrow", "Table")


@dataclass(frozen=True)
class Form:
    """A kind of frame.

    Args:
        open: gives an input's rows in this form; None if no function can ask for it.
        close: makes a function's frame the stage's output.
        is_sql: whether the frame is a query. Its lineage is that of the SQL that the stage runs; where the stage cannot
            run it, its names may mean something else than the inputs, and it has none.
    """

    open: Callable[[Job, str], Any] | None
    close: Callable[[Job, Any], Work]
    is_sql: bool = False


def form_of(frame: Any) -> Form:
    """Return the form that a function's frame has.

    Raises:
        StageError: it is none of the known ones.
    """
    for kind in type(frame).__mro__:
        form = FORMS.get(named(kind))
        if form is not None:
            return form
    raise StageError(f"the function returned a {type(frame).__name__}", f"return one of {_listed()}")


def named(kind: type) -> tuple[str, str]:
    """Return the library and the name by which a kind of frame is known, whichever module of the library has it."""
    return kind.__module__.partition(".")[0].lstrip("_"), kind.__name__


def columns_returned(job: Job, work: Work) -> list[str]:
    """Return the names of the columns that the work gives; nothing runs for it."""
    return [] if work.query is None else [c.name for c in columns_of(job.connection, work.query)]


def _listed() -> str:
    return ", ".join(".".join(name) for name, form in FORMS.items() if form.open)


def _table(job: Job, name: str) -> pa.Table:
    return job.connection.sql(sql_of(rows_of(name))).to_arrow_table()


def _reader(job: Job, name: str) -> pa.RecordBatchReader:
    return _stream(job, name)


def _stream(job: Job, name: str, columns: Sequence[str] | None = None, rows: int | None = None) -> Any:
    """Read an input on a connection of its own: the stage's may be asked something else before the last batch."""
    import duckdb

    query = rows_of(name, columns) if rows is None else rows_of(name, columns).limit(rows)
    cursor = job.connection.cursor()
    try:
        return cursor.execute("SET TimeZone = 'UTC'").sql(sql_of(query)).to_arrow_reader(BATCH)
    except duckdb.CatalogException:
        # Files of a remote lake are known to the stage's connection alone.
        return job.connection.sql(sql_of(query)).to_arrow_table().to_reader(BATCH)


def _relation(job: Job, name: str) -> duckdb.DuckDBPyRelation:
    return job.connection.sql(sql_of(rows_of(name)))


def _pandas(job: Job, name: str) -> Any:
    return job.connection.sql(sql_of(rows_of(name))).df()


def _polars(job: Job, name: str) -> pl.DataFrame:
    import polars

    return polars.DataFrame(_table(job, name))


def _lazy(job: Job, name: str) -> pl.LazyFrame:
    import polars
    from polars.io.plugins import register_io_source

    empty = job.connection.sql(sql_of(rows_of(name).limit(0))).to_arrow_table()
    return register_io_source(partial(_scanned, job, name), schema=polars.DataFrame(empty).schema, is_pure=True)


def _scanned(
    job: Job, name: str, columns: list[str] | None, predicate: pl.Expr | None, rows: int | None, _: int | None
) -> Iterator[pl.DataFrame]:
    """Yield an input's rows to Polars: the columns it needs, and as many rows as it asks for before it filters."""
    import polars

    for batch in _stream(job, name, columns or None, rows):
        frame = polars.DataFrame(batch)
        yield frame if predicate is None else frame.filter(predicate)


def _ibis(job: Job, name: str) -> Any:
    import ibis  # type: ignore[import-not-found, unused-ignore]

    return ibis.duckdb.from_connection(job.connection).table(name)


def _close_arrow(job: Job, frame: Any) -> Work:
    from hallmark.quality.data.frames import view_of_arrow

    view_of_arrow(job.connection, RETURNED, frame)
    return Work(rows_of(RETURNED))


def _close_reader(job: Job, reader: pa.RecordBatchReader) -> Work:
    """Register a stream as it is: the stage reads its output once."""
    names = [name.lower() for name in reader.schema.names]
    twice = next((name for name in names if names.count(name) > 1), None)
    if not names:
        raise SourceError("the data has no columns", "give it some")
    if twice is not None:
        raise SourceError(f"the data has two columns {twice!r}", "rename one of them")
    job.connection.register(RETURNED, reader)
    return Work(rows_of(RETURNED))


def _close_lazy(job: Job, frame: pl.LazyFrame) -> Work:
    import polars
    import pyarrow as pa

    schema = polars.DataFrame(schema=frame.collect_schema()).to_arrow().schema
    return _close_reader(job, pa.RecordBatchReader.from_batches(schema, _collected(frame, schema)))


def _collected(frame: pl.LazyFrame, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    import polars

    # Before version 2 an error ended the batches without a word.
    batched = int(polars.__version__.partition(".")[0]) >= 2
    for one in frame.collect_batches(chunk_size=BATCH) if batched else [frame.collect(engine="streaming")]:
        yield from one.to_arrow().cast(schema).to_batches()


def _close_relation(job: Job, relation: duckdb.DuckDBPyRelation) -> Work:
    if not _is_of(job, relation):
        return _close_reader(job, relation.to_arrow_reader(BATCH))
    return _as_query(job, relation.sql_query()) or _close_arrow(job, relation.to_arrow_table())


def _is_of(job: Job, relation: duckdb.DuckDBPyRelation) -> bool:
    """Tell whether a relation was made on the stage's connection: elsewhere its names may mean something else."""
    import duckdb

    try:
        job.connection.sql("SELECT 1").cross(relation)
    except duckdb.InvalidInputException:
        return False
    return True


def _close_ibis(job: Job, expression: Any) -> Work:
    import ibis  # type: ignore[import-not-found, unused-ignore]

    return _as_query(job, str(ibis.to_sql(expression, dialect="duckdb"))) or _close_arrow(job, expression.to_pyarrow())


def _as_query(job: Job, sql: str) -> Work | None:
    """Return a frame's SQL for the stage to run; None if it reads what only the frame's library can give it."""
    import duckdb

    from hallmark.lineage.sql import parse_query, table_names

    try:
        query = parse_query(sql, "duckdb")
        columns_of(job.connection, query)
    except (StageError, duckdb.Error):
        return None
    return Work(query, sql=sql) if {name.lower() for name in table_names(query)} <= _inputs(job) else None


def _inputs(job: Job) -> set[str]:
    return {name.lower() for name in job.inputs}


FORMS: dict[tuple[str, str], Form] = {
    DEFAULT: Form(_table, _close_arrow),
    ("pyarrow", "RecordBatchReader"): Form(_reader, _close_reader),
    ("pyarrow", "RecordBatch"): Form(None, _close_arrow),
    ("polars", "LazyFrame"): Form(_lazy, _close_lazy),
    ("polars", "DataFrame"): Form(_polars, _close_arrow),
    ("duckdb", "DuckDBPyRelation"): Form(_relation, _close_relation, is_sql=True),
    ("ibis", "Table"): Form(_ibis, _close_ibis, is_sql=True),
    ("pandas", "DataFrame"): Form(_pandas, _close_arrow),
}
