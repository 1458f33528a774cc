"""``validate(data, suite)``: hold some data against a suite, whatever form the data has."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hallmark.quality.result import ValidationResult
from hallmark.quality.suite import Suite, load_suite, suite_of

__all__ = ["validate"]


def validate(
    data: Any,
    suite: Suite | Mapping[str, Any] | str | Path,
    *,
    table: str | None = None,
    result_format: str | Mapping[str, Any] = "SUMMARY",
    parameters: Mapping[str, Any] | None = None,
    samples: int = 0,
) -> ValidationResult:
    """Hold data against a Great Expectations suite, in as few scans as can be.

    Args:
        data: a path or glob (Parquet, CSV, JSON lines, the folder of a Delta table), an Arrow table, batch or reader, a
            pandas, Polars or Spark frame, a DuckDB relation, or a SQLAlchemy engine or connection.
        suite: a suite, its mapping in GX's format, or the path of its YAML or JSON file.
        table: name of the table, where the data is a database.
        result_format: GX's BOOLEAN_ONLY, BASIC, SUMMARY or COMPLETE, or a mapping with ``result_format`` and GX's
            options (``unexpected_index_column_names``, ``partial_unexpected_count`` and others).
        parameters: values of the suite's ``$PARAMETER`` entries.
        samples: whole failing rows to bring for each expectation.

    Returns:
        The result; ``to_json_dict()`` gives it in GX's suite-result shape. An expectation that could not be
        checked is reported in its ``exception_info``. ``meta["engine"]`` tells scans and seconds.

    Raises:
        SourceError: the data cannot be read.
        SuiteError: the suite cannot be read, a parameter has no value, or nobody knows an expectation.
    """
    from hallmark.quality.compiler.formats import ResultFormat
    from hallmark.quality.compiler.suite import check
    from hallmark.quality.data import opened

    loaded = load_suite(suite) if isinstance(suite, (str, Path)) else suite_of(suite)
    shown = ResultFormat.of(result_format)
    with opened(data, table) as source:
        checked = check(source.table, loaded, format=shown, parameters=parameters, samples=samples, frame=source.frame)
    return ValidationResult(loaded.name, checked.outcomes, {"engine": checked.engine})
