"""Values of a suite as SQL literals that compare with a column the way Great Expectations compares them."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from sqlglot import exp

from hallmark.quality.compiler.kinds import NUMERIC, TEMPORAL, Kind
from hallmark.quality.compiler.refusal import Refusal

__all__ = ["bound", "member", "members", "moment", "number", "text"]


def bound(value: Any, kind: Kind, argument: str) -> exp.Expression:
    """Return a value as a literal that orders with a column of a kind.

    Raises:
        Refusal: it cannot be compared with such a column; the message names the argument.
    """
    made = _literal(value, kind)
    if made is None:
        raise Refusal(f"{argument} {value!r} ({type(value).__name__}) cannot be compared with a {kind} column")
    return made


def member(value: Any, kind: Kind) -> exp.Expression | None:
    """Return a value as a literal that may equal a column's value, or None where none can."""
    try:
        return _literal(value, kind)
    except Refusal:
        return None


def members(values: Iterable[Any], kind: Kind) -> list[exp.Expression]:
    """Return the literals of those values that a column of a kind may hold, each once."""
    found = (member(value, kind) for value in values if value is not None)
    return list({made.sql(): made for made in found if made is not None}.values())


def _literal(value: Any, kind: Kind) -> exp.Expression | None:
    make = _MAKERS.get(kind)
    return make(_plain(value)) if make else None


def _plain(value: Any) -> Any:
    """Turn numpy's scalars and pandas' timestamps into Python's."""
    for name in ("to_pydatetime", "item"):
        convert = getattr(value, name, None)
        if callable(convert):
            return convert()
    return value


def number(value: Any) -> exp.Expression | None:
    """Return a number's literal; None for what is not a number."""
    if isinstance(value, bool):
        return exp.Literal.number(int(value))
    if isinstance(value, float) and not math.isfinite(value):
        name = "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
        return exp.Cast(this=exp.Literal.string(name), to=exp.DataType.build("DOUBLE"))
    if not isinstance(value, (int, float, Decimal)):
        return None
    digits = format(value, "f") if isinstance(value, Decimal) else repr(value)
    literal = exp.Literal.number(digits.removeprefix("-"))
    return exp.Neg(this=literal) if digits.startswith("-") else literal


def text(value: str) -> exp.Expression:
    """Return a text's literal, which may hold any character.

    Raises:
        Refusal: it is not text that a database can hold.
    """
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise Refusal(f"{value!r} is not valid Unicode") from error
    # The NUL character would end the statement for some engines.
    pieces = [exp.Literal.string(piece) for piece in value.split("\0")]
    joined: exp.Expression = pieces[0]
    for piece in pieces[1:]:
        joined = exp.DPipe(
            this=exp.DPipe(this=joined, expression=exp.func("chr", exp.Literal.number(0))), expression=piece
        )
    return joined


def _text(value: Any) -> exp.Expression | None:
    return text(value) if isinstance(value, str) else text(str(value)) if type(value).__name__ == "UUID" else None


def _boolean(value: Any) -> exp.Expression | None:
    return exp.convert(bool(value)) if isinstance(value, (bool, int, float)) and value in (0, 1) else None


def moment(value: Any) -> dt.datetime | dt.date | None:
    """Return a date or a moment from one, or from its text as dateutil reads it; None for what is neither."""
    if isinstance(value, (dt.datetime, dt.date)):
        return value
    if not isinstance(value, str):
        return None
    from dateutil.parser import parse

    try:
        parsed: dt.datetime = parse(value)
    except (ValueError, OverflowError) as error:
        raise Refusal(f"{value!r} is not a date or a time") from error
    return parsed.date() if parsed.time() == dt.time() and parsed.tzinfo is None else parsed


def _date(value: Any) -> exp.Expression | None:
    when = moment(value)
    if when is None:
        return None
    if isinstance(when, dt.datetime):
        return _timestamp(when)
    return _cast(when.isoformat(), "DATE")


def _timestamp(value: Any) -> exp.Expression | None:
    when = moment(value)
    if isinstance(when, dt.datetime) and when.tzinfo is not None:
        raise Refusal(f"{value} has a time zone and the column has none")
    return None if when is None else _cast(_stamp(_whole(when)), "TIMESTAMP")


def _stamp(when: dt.datetime) -> str:
    """Write a moment in the shortest way: SQLite compares texts."""
    written = when.isoformat(sep=" ")
    return written.rstrip("0").rstrip(".") if "." in written else written


def _timestamptz(value: Any) -> exp.Expression | None:
    when = moment(value)
    if when is None:
        return None
    full = _whole(when)
    # A bound without a zone is one in UTC, as in a database session that runs in UTC.
    aware = full if full.tzinfo else full.replace(tzinfo=dt.UTC)
    return _cast(aware.isoformat(sep=" "), "TIMESTAMPTZ")


def _whole(when: dt.date) -> dt.datetime:
    return when if isinstance(when, dt.datetime) else dt.datetime.combine(when, dt.time())


def _time(value: Any) -> exp.Expression | None:
    try:
        time = dt.time.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return None
    return _cast(time.isoformat(), "TIME") if isinstance(time, dt.time) else None


def _interval(value: Any) -> exp.Expression | None:
    if not isinstance(value, dt.timedelta):
        return None
    micros = value // dt.timedelta(microseconds=1)
    return exp.Interval(this=exp.Literal.string(str(micros)), unit=exp.var("MICROSECONDS"))


def _binary(value: Any) -> exp.Expression | None:
    return exp.Unhex(this=exp.Literal.string(bytes(value).hex())) if isinstance(value, (bytes, bytearray)) else None


def _nothing(value: Any) -> exp.Expression | None:
    """Any value will do beside a column that holds nothing but nulls."""
    return next((made for kind in _TRIED if (made := _attempt(value, kind)) is not None), None)


def _attempt(value: Any, kind: Kind) -> exp.Expression | None:
    try:
        return _MAKERS[kind](value)
    except Refusal:
        return None


def _cast(literal: str, type_: str) -> exp.Expression:
    return exp.Cast(this=exp.Literal.string(literal), to=exp.DataType.build(type_))


_MAKERS: dict[Kind, Callable[[Any], exp.Expression | None]] = {
    **dict.fromkeys(NUMERIC, number),
    Kind.TEXT: _text,
    Kind.BOOLEAN: _boolean,
    Kind.DATE: _date,
    Kind.TIMESTAMP: _timestamp,
    Kind.TIMESTAMPTZ: _timestamptz,
    Kind.TIME: _time,
    Kind.INTERVAL: _interval,
    Kind.BINARY: _binary,
    Kind.NOTHING: _nothing,
}
_TRIED = (Kind.INTEGER, Kind.TEXT, *sorted(TEMPORAL))
