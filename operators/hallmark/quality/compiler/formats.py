"""Great Expectations' result formats: which figures, values and rows a result shows."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hallmark.errors import SuiteError

__all__ = ["ResultFormat", "json_value", "map_result"]

_LEVELS = ("BOOLEAN_ONLY", "BASIC", "SUMMARY", "COMPLETE")


@dataclass(frozen=True)
class ResultFormat:
    """How much a result tells.

    Args:
        level: BOOLEAN_ONLY, BASIC, SUMMARY or COMPLETE.
        partial: how many unexpected values a result lists below COMPLETE.
        index_columns: columns that tell which row an unexpected value is in.
        query: whether the query for the unexpected rows is told; None leaves it to the level.
        rows: whether whole unexpected rows are told.
        values: whether unexpected values are told.
    """

    level: str = "SUMMARY"
    partial: int = 20
    index_columns: tuple[str, ...] = ()
    query: bool | None = None
    rows: bool = False
    values: bool = True

    @classmethod
    def of(cls, given: str | Mapping[str, Any] | ResultFormat) -> ResultFormat:
        """Read a result format as Great Expectations takes it: its name, or a mapping.

        Raises:
            SuiteError: it is neither.
        """
        if isinstance(given, ResultFormat):
            return given
        options: dict[str, Any] = {"result_format": given} if isinstance(given, str) else dict(given)
        level = str(options.get("result_format", "SUMMARY")).rpartition(".")[2].upper()
        if level not in _LEVELS:
            raise SuiteError(f"{given!r} is not a result format", f"use one of {', '.join(_LEVELS)}")
        index = options.get("unexpected_index_column_names") or ()
        return cls(
            level,
            int(options.get("partial_unexpected_count", 20)),
            (index,) if isinstance(index, str) else tuple(index),
            options.get("return_unexpected_index_query"),
            bool(options.get("include_unexpected_rows", False)),
            not options.get("exclude_unexpected_values", False),
        )

    @property
    def limit(self) -> int | None:
        """How many unexpected values are fetched; None for all."""
        return {"BOOLEAN_ONLY": 0, "COMPLETE": None}.get(self.level, self.partial)


@dataclass(frozen=True)
class Unexpected:
    """What was fetched of the unexpected rows: their values, where they are, the rows, and the query for them."""

    values: Sequence[Any] = ()
    places: Sequence[Any] | None = None
    rows: Sequence[Mapping[str, Any]] = ()
    query: str | None = None


def map_result(
    format: ResultFormat, elements: int, present: int | None, unexpected: int, found: Unexpected
) -> dict[str, Any]:
    """Return the ``result`` of a row-level expectation.

    Args:
        format: how much it tells.
        elements: rows that were considered.
        present: those of them with a value; None where missing values are what is checked.
        unexpected: those of them that are not as expected.
        found: what was fetched of these.
    """
    if format.level == "BOOLEAN_ONLY":
        return _with_query({}, format, found) if format.query else {}
    share = None if not elements else 100 * unexpected / elements
    of_present = share if present is None else 100 * unexpected / present if present and elements else None
    result: dict[str, Any] = {
        "element_count": elements,
        "unexpected_count": unexpected,
        "unexpected_percent": of_present,
    }
    values = [json_value(v) for v in found.values]
    if format.values:
        result["partial_unexpected_list"] = values[: format.partial]
    if format.index_columns:
        result["unexpected_index_column_names"] = list(format.index_columns)
    if present is not None:
        result["missing_count"] = elements - present
        result["missing_percent"] = 100 * (elements - present) / elements if elements else None
        result["unexpected_percent_total"] = share
        result["unexpected_percent_nonmissing"] = of_present
    if format.rows:
        result["unexpected_rows"] = [json_value(row) for row in found.rows[: format.partial]]
    if format.level == "BASIC":
        return _with_query(result, format, found) if format.query else result
    return _in_full(result, format, values, found)


def _in_full(result: dict[str, Any], format: ResultFormat, values: list[Any], found: Unexpected) -> dict[str, Any]:
    if format.values and format.partial > 0:
        result["partial_unexpected_counts"] = _counts(values, format.partial)
    places = None if found.places is None else [json_value(place) for place in found.places]
    if places is not None:
        result["partial_unexpected_index_list"] = places[: format.partial]
    if format.level == "COMPLETE":
        if format.values:
            result["unexpected_list"] = values
        if places is not None:
            result["unexpected_index_list"] = places
    wanted = format.query or (format.query is None and format.level == "COMPLETE")
    return _with_query(result, format, found) if wanted else result


def _with_query(result: dict[str, Any], format: ResultFormat, found: Unexpected) -> dict[str, Any]:
    if found.query is None:
        return result
    index = {"unexpected_index_column_names": list(format.index_columns)} if format.index_columns else {}
    return {**result, **index, "unexpected_index_query": found.query}


def _counts(values: Sequence[Any], most: int) -> list[dict[str, Any]]:
    keys = [_hashable(value) for value in values]
    back = dict(zip(keys, values, strict=True))
    counted = Counter(keys).most_common(most)
    return [{"value": back[key], "count": count} for key, count in sorted(counted, key=lambda c: (-c[1], str(c[0])))]


def _hashable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return tuple((key, _hashable(v)) for key, v in value.items())
    return tuple(map(_hashable, value)) if isinstance(value, (list, tuple)) else value


def json_value(value: Any) -> Any:
    """Return a database's value as JSON has it: decimals as numbers, moments as ISO texts, infinity as null."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and abs(value) >= 2**53 else float(value)
    if isinstance(value, (dt.datetime, dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): json_value(v) for key, v in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [json_value(v) for v in value]
    return value.hex() if isinstance(value, (bytes, bytearray)) else str(value)
