"""The answer of a database's query as an Arrow table whose types depend on the query, not on the day's values."""

from __future__ import annotations

import collections
import json
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from hallmark.errors import SourceError

if TYPE_CHECKING:
    import pyarrow as pa
    from sqlalchemy import CursorResult

__all__ = ["answer_of", "in_promised_types"]

# Digits of the widest decimal that Arrow, DuckDB and Delta all hold.
DIGITS = 38


def answer_of(result: CursorResult[Any], batch: int) -> pa.Table:
    """Read an answer to its end, ``batch`` rows at a time.

    Decimals get the precision and scale that the driver declares, else 38 digits. A column without any value is of
    Arrow's null type.

    Raises:
        SourceError: two columns have one name, or no one type holds a column's values.
    """
    import pyarrow as pa

    names = list(result.keys())
    twice = [name for name, count in collections.Counter(names).items() if count > 1]
    if twice:
        raise SourceError(f"the query gives {', '.join(map(repr, twice))} more than once", "name its columns with AS")
    declared = _declared_decimals(result)
    empty = pa.table({name: pa.array([], pa.null()) for name in names})
    batches = [empty, *(pa.table(dict(_arrays(names, rows))) for rows in _chunks(result, batch))]
    try:
        table = pa.concat_tables(batches, promote_options="permissive")
        return table.cast(pa.schema([_stable(field, declared.get(field.name)) for field in table.schema]))
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise _mixed("a column of the answer", error) from error


def in_promised_types(table: pa.Table, promised: pa.Schema) -> pa.Table:
    """Give columns their promised types where that is only another width of their own, and nulls any type.

    Drivers give every integer and every decimal as one Python type, and a column without values as none.

    Raises:
        SourceError: a value does not fit.
    """
    import pyarrow as pa

    for position, field in enumerate(table.schema):
        wanted = promised.field(field.name).type if field.name in promised.names else pa.string()
        if not any(both(field.type) and both(wanted) for both in _WIDTHS) and not pa.types.is_null(field.type):
            continue
        try:
            column = table.column(position).cast(wanted)
        except pa.ArrowInvalid as error:
            raise SourceError(
                f"column {field.name!r} of the answer does not fit the contract ({error})",
                "change the contract, or cast it in the query",
            ) from error
        table = table.set_column(position, field.name, column)
    return table


def _chunks(result: CursorResult[Any], batch: int) -> Iterator[Sequence[Any]]:
    while rows := result.fetchmany(batch):
        yield rows


def _arrays(names: Sequence[str], rows: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    import pyarrow as pa

    for name, values in zip(names, zip(*rows, strict=True), strict=True):
        first = next((value for value in values if value is not None), None)
        as_text = _TEXTS.get(type(first))
        try:
            yield name, pa.array([None if v is None else as_text(v) for v in values] if as_text else values)
        except (pa.ArrowException, OverflowError) as error:
            raise _mixed(f"column {name!r} of the answer", error) from error


def _mixed(what: str, error: Exception) -> SourceError:
    return SourceError(f"{what} has values that no one type holds ({error})", "cast it in the query")


def _declared_decimals(result: CursorResult[Any]) -> dict[str, tuple[int, int]]:
    """Return precision and scale by column, of those whose driver tells them (PEP 249, Cursor.description)."""
    described = result.cursor.description if result.cursor is not None else ()
    return {
        str(name): (min(int(precision), DIGITS), int(scale))
        for name, _, _, _, precision, scale, *_ in described or ()
        if precision is not None and scale is not None
    }


def _stable(field: pa.Field, declared: tuple[int, int] | None) -> pa.Field:
    import pyarrow as pa

    if not pa.types.is_decimal(field.type):
        return field
    return field.with_type(pa.decimal128(*(declared or (DIGITS, field.type.scale))))


def _is_integer(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_integer(kind))


def _is_decimal(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_decimal(kind))


def _is_floating(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_floating(kind))


_WIDTHS: tuple[Callable[[pa.DataType], bool], ...] = (_is_integer, _is_decimal, _is_floating)
# What a lake has no type for, or one whose shape would depend on the values.
_TEXTS: Mapping[type, Callable[[Any], str]] = {uuid.UUID: str, dict: json.dumps}
