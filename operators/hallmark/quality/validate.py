"""``validate(data, suite)``: hold some data against a suite, whatever form the data has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hallmark.errors import SourceError, reason
from hallmark.quality.result import ValidationResult
from hallmark.quality.suite import Suite, load_suite, suite_of

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

__all__ = ["frame_of", "validate"]

# Integers up to here are exact as doubles.
EXACT = 2**53


def validate(
    data: Any,
    suite: Suite | Mapping[str, Any] | str | Path,
    *,
    result_format: str = "SUMMARY",
    parameters: Mapping[str, Any] | None = None,
) -> ValidationResult:
    """Hold data against a Great Expectations suite.

    Args:
        data: a path (Parquet, CSV, JSON lines, or the folder of a Delta table), a pyarrow Table or a pandas frame.
        suite: a suite, its mapping in GX's format, or the path of its YAML or JSON file.
        result_format: GX's BOOLEAN_ONLY, BASIC, SUMMARY or COMPLETE.
        parameters: values of the suite's ``$PARAMETER`` entries.

    Returns:
        The result; ``to_json_dict()`` gives it in GX's suite-result shape. An expectation that could not be
        checked is reported in its ``exception_info``.

    Raises:
        SourceError: the data cannot be read.
        SuiteError: the suite cannot be read, or GX refuses it.
    """
    from hallmark.quality import gx

    loaded = load_suite(suite) if isinstance(suite, (str, Path)) else suite_of(suite)
    outcomes = gx.check(frame_of(data), loaded, result_format=result_format, parameters=parameters)
    return ValidationResult(loaded.name, outcomes)


def frame_of(data: Any) -> pd.DataFrame:
    """Return data as the pandas frame that GX checks.

    Decimals become doubles: GX's pandas engine is too slow on ``Decimal`` objects to be of use. So do integers with
    nulls among them, where doubles are exact.
    """
    import pandas as pd
    import pyarrow as pa

    if isinstance(data, (str, Path)):
        data = _read(Path(data))
    if isinstance(data, pa.Table):
        return _frame(_without_decimals(data))
    if isinstance(data, pd.DataFrame):
        return data.reset_index(drop=True)
    raise SourceError(
        f"data of type {type(data).__name__} cannot be checked", "give a path, a pyarrow Table or a pandas frame"
    )


def _frame(table: pa.Table) -> pd.DataFrame:
    frame: pd.DataFrame = table.to_pandas()
    for name in filter(lambda n: _outgrows_doubles(table[n]), table.column_names):
        frame[name] = table[name].to_pandas(integer_object_nulls=True)
    return frame


def _outgrows_doubles(column: pa.ChunkedArray) -> bool:
    """Tell whether pandas would round integers for the nulls among them, so that different keys become equal."""
    import pyarrow as pa
    from pyarrow import compute

    if not pa.types.is_integer(column.type) or column.null_count in {0, len(column)}:
        return False
    ends = compute.min_max(column).as_py()
    return bool(max(abs(ends["min"]), abs(ends["max"])) > EXACT)


def _without_decimals(table: Any) -> Any:
    import pyarrow as pa

    fields = [
        pa.field(f.name, pa.float64() if pa.types.is_decimal(f.type) else f.type, f.nullable) for f in table.schema
    ]
    return table.cast(pa.schema(fields))


def _read(path: Path) -> Any:
    if not path.exists():
        raise SourceError(f"{path} does not exist", "check the path")
    if (path / "_delta_log").is_dir():
        return _delta(path)
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise SourceError(f"{path} is of no known format", f"use one of {', '.join(_READERS)} or a Delta table")
    return _through_duckdb(reader, path)


def _delta(path: Path) -> Any:
    from deltalake import DeltaTable

    return DeltaTable(str(path)).to_pyarrow_table()


def _through_duckdb(reader: str, path: Path) -> Any:
    import duckdb

    from hallmark.engines.duckdb import connect

    with connect() as connection:
        call: Callable[[str], Any] = getattr(connection, reader)
        try:
            return call(str(path)).to_arrow_table()
        except duckdb.Error as error:
            raise SourceError(f"{path} cannot be read: {reason(error)}", "mend the file") from error


_READERS = {
    ".parquet": "read_parquet",
    ".csv": "read_csv",
    ".json": "read_json",
    ".ndjson": "read_json",
    ".jsonl": "read_json",
}
