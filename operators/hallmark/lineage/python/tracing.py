"""From the frame a function returned back to the columns it was given: one tracer for each kind of lazy frame."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from hallmark.dataset import DatasetVersion
from hallmark.errors import StageError
from hallmark.lineage.python.values import Given, Traced
from hallmark.receipt import ColumnLineage

__all__ = ["lineage_of", "traced"]

log = logging.getLogger("hallmark.lineage")

Tracer = Callable[[Any, Mapping[str, Given]], Traced]


def lineage_of(frame: Any, inputs: Mapping[str, Given | DatasetVersion]) -> ColumnLineage:
    """Tell which input columns reach each column of a lazy frame, and which decide over its rows.

    Nothing is run for it. A column whose origin the frame does not tell has no entry, and the log names it.

    Args:
        frame: a Polars LazyFrame, a DuckDB relation or an Ibis table expression.
        inputs: what was read, by name. For SQL the name is the table's, and a version is enough. For Polars give the
            LazyFrame that reads it as well: ``{"o": Given(orders, polars.scan_parquet("orders.parquet"))}``.

    Returns:
        An entry for each column that is told, empty for constants; and the edges of the whole dataset.

    Raises:
        StageError: an input's frame is not one that reads a file, a source or a DataFrame and nothing else.

    Example:
        >>> orders = Given(version, polars.scan_parquet("orders.parquet"))
        >>> lineage_of(orders.frame.group_by("country").agg(polars.col("amount").sum()), {"o": orders})
    """
    known = {name: one if isinstance(one, Given) else Given(one) for name, one in inputs.items()}
    found = traced(frame, known)
    if found.told:
        log.warning("no column lineage of %s", found.told)
    return found.lineage


def traced(frame: Any, inputs: Mapping[str, Given]) -> Traced:
    """Trace a frame, and say what of it is not told.

    Args:
        frame: whatever a function returned.
        inputs: what the function was given, by name.

    Raises:
        StageError: an input's frame is not one that reads a file, a source or a DataFrame and nothing else.
    """
    for kind in type(frame).__mro__:
        tracer = _TRACERS.get((kind.__module__.partition(".")[0].lstrip("_"), kind.__name__))
        if tracer is not None:
            return tracer(frame, inputs)
    return _silent(frame, inputs)


def _polars(frame: Any, inputs: Mapping[str, Given]) -> Traced:
    from hallmark.lineage.python.polars_plan import trace

    return trace(frame, inputs)


def _relation(frame: Any, inputs: Mapping[str, Given]) -> Traced:
    return _sql(frame.sql_query(), list(frame.columns), inputs)


def _ibis(frame: Any, inputs: Mapping[str, Given]) -> Traced:
    import ibis  # type: ignore[import-not-found, unused-ignore]

    return _sql(str(ibis.to_sql(frame, dialect="duckdb")), list(frame.columns), inputs)


def _sql(sql: str, names: list[str], inputs: Mapping[str, Given]) -> Traced:
    from hallmark.lineage.sql import column_lineage

    try:
        return Traced(column_lineage(sql, {name: one.version for name, one in inputs.items()}, names=names))
    except StageError as error:
        return Traced(missing=tuple(names), reasons=(error.found,))


def _silent(frame: Any, _: Mapping[str, Given]) -> Traced:
    kind = f"{type(frame).__module__.partition('.')[0].lstrip('_')}.{type(frame).__name__}"
    names = getattr(frame, "column_names", None) or getattr(frame, "columns", None)
    missing = tuple(map(str, names)) if names is not None and not callable(names) else ()
    if not missing and hasattr(frame, "schema"):
        missing = tuple(map(str, frame.schema.names))
    return Traced(missing=missing, reasons=(f"a {kind} does not tell where its columns are from",))


_TRACERS: dict[tuple[str, str], Tracer] = {
    ("polars", "LazyFrame"): _polars,
    ("duckdb", "DuckDBPyRelation"): _relation,
    ("ibis", "Table"): _ibis,
}
