"""Types in a contract: the standard's logical ones, DuckDB's physical ones, and which hold the values of which."""

from __future__ import annotations

from functools import lru_cache

from sqlglot import exp
from sqlglot.errors import SqlglotError

from hallmark.contracts.document import Node
from hallmark.engines.duckdb import DIALECT, data_type
from hallmark.errors import closest

__all__ = ["canonical", "holds", "logical_type", "type_of"]

T = exp.DataType.Type
# The standard's logical types with the type of the lake that holds them; those of several parts are put together.
LOGICAL = {
    "string": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "time": "TIME",
    "object": None,
    "array": None,
    "map": None,
}
# Of `logicalTypeOptions.format`: the standard takes them from Rust.
FORMATS = {
    "integer": {
        "i8": "TINYINT",
        "i16": "SMALLINT",
        "i32": "INTEGER",
        "i64": "BIGINT",
        "i128": "HUGEINT",
        "u8": "UTINYINT",
        "u16": "USMALLINT",
        "u32": "UINTEGER",
        "u64": "UBIGINT",
        "u128": "UHUGEINT",
    },
    "number": {"f32": "FLOAT", "f64": "DOUBLE"},
}
# Integers by the bits that they need beside a sign; an unsigned one fits a signed one with more bits.
_SIGNED = {T.TINYINT: 7, T.SMALLINT: 15, T.INT: 31, T.BIGINT: 63, T.INT128: 127}
_UNSIGNED = {T.UTINYINT: 8, T.USMALLINT: 16, T.UINT: 32, T.UBIGINT: 64, T.UINT128: 128}
_FLOATS = {T.FLOAT: 1, T.DOUBLE: 2}
_TEXTS = {T.TEXT, T.VARCHAR, T.CHAR, T.NCHAR, T.NVARCHAR}
_TIMES = {T.TIMESTAMP, T.TIMESTAMPNTZ, T.TIMESTAMPTZ, T.TIMESTAMP_NS, T.TIMESTAMP_MS, T.TIMESTAMP_S, T.DATETIME}
_FAMILIES = {
    "string": {*_TEXTS, T.UUID, T.JSON, T.ENUM, T.VARBINARY, T.INTERVAL, T.BIT},
    "integer": {*_SIGNED, *_UNSIGNED, T.DECIMAL},
    "number": {*_SIGNED, *_UNSIGNED, *_FLOATS, T.DECIMAL},
    "boolean": {T.BOOLEAN},
    "date": {T.DATE},
    "timestamp": _TIMES,
    "time": {T.TIME, T.TIMETZ},
    "object": {T.STRUCT, T.JSON, T.MAP},
    "array": {T.ARRAY, T.LIST},
    "map": {T.MAP},
}


def type_of(node: Node) -> str:
    """Return the type of a property in DuckDB's spelling: its physical type, or the one that holds its logical type.

    Raises:
        ContractError: it has neither, one of them is unknown, or they contradict each other.
    """
    logical, physical = node.text("logicalType"), node.text("physicalType")
    if logical is not None and logical not in LOGICAL:
        likely = closest(logical, LOGICAL)
        remedy = f"did you mean {likely}?" if likely else f"use one of {', '.join(LOGICAL)}"
        raise node.at("logicalType").fault(f"{logical!r} is unknown", remedy)
    if physical is not None:
        _check_physical(node, logical, physical)
        return physical.strip()
    if logical is None:
        raise node.fault("has no type", "give it a logicalType, or a physicalType in DuckDB's spelling")
    return _composed(node, logical) if LOGICAL[logical] is None else _scalar(node, logical)


def logical_type(text: str) -> str:
    """Return the standard's logical type of a SQL type; ``string`` where it has none nearer."""
    parsed = _parsed(text)
    if parsed is None:
        return "string"
    if parsed.is_type(T.DECIMAL):
        return "number" if _scale(parsed) else "integer"
    return next((logical for logical, family in _FAMILIES.items() if parsed.this in family), "string")


def canonical(text: str) -> str:
    """Return a type in one spelling, to be compared with another: ``int8`` and ``BIGINT`` give the same."""
    parsed = _parsed(text)
    if parsed is None:
        return text.strip().upper()
    if parsed.this in _TEXTS:
        return "VARCHAR"
    return str(parsed.sql(dialect=DIALECT, identify=True)).replace("TEXT", "VARCHAR")


def holds(wider: str, narrower: str) -> bool:
    """Tell whether every value of the second type is one of the first, and of the same kind.

    A whole number is no fraction and a day no moment here: a reader computes with them differently.
    """
    big, small = _parsed(wider), _parsed(narrower)
    if canonical(wider) == canonical(narrower):
        return True
    if big is None or small is None:
        return False
    if big.this in _FLOATS and small.this in _FLOATS:
        return _FLOATS[big.this] >= _FLOATS[small.this]
    if big.is_type(T.DECIMAL) and small.is_type(T.DECIMAL):
        return _whole(big) >= _whole(small) and _scale(big) >= _scale(small)
    return _bits(big) >= _bits(small) > 0 and (small.this in _UNSIGNED or big.this in _SIGNED)


def _check_physical(node: Node, logical: str | None, physical: str) -> None:
    parsed = _parsed(physical)
    if parsed is None:
        raise node.at("physicalType").fault(
            f"{physical!r} is not a type of DuckDB", "write it in DuckDB's spelling, for example BIGINT or VARCHAR"
        )
    if logical is not None and parsed.this not in _FAMILIES[logical]:
        raise node.at("physicalType").fault(
            f"{physical} does not hold a {logical}", f"correct one of the two; {logical_type(physical)} would fit"
        )


def _scalar(node: Node, logical: str) -> str:
    options = node.at("logicalTypeOptions")
    held = str(LOGICAL[logical])
    if options.value is None:
        return held
    options.mapping()
    if logical == "timestamp" and options.flag("timezone"):
        return "TIMESTAMP WITH TIME ZONE"
    formats = FORMATS.get(logical)
    chosen = options.text("format") if formats else None
    if formats and chosen is not None and chosen not in formats:
        raise options.at("format").fault(f"{chosen!r} is unknown", f"use one of {', '.join(formats)}")
    return formats[chosen] if formats and chosen else held


def _composed(node: Node, logical: str) -> str:
    """Put a struct or a list together from its parts."""
    if logical == "array" and node.has("items"):
        return f"{type_of(node.at('items').mapping())}[]"
    if logical == "map" and node.has("map"):
        parts = node.at("map").mapping(("key", "value"))
        return "MAP({}, {})".format(*(type_of(parts.at(part).mapping()) for part in ("key", "value")))
    fields = [inner.mapping() for inner in node.items("properties")] if logical == "object" else []
    if not fields:
        raise node.fault(f"holds an {logical} and does not say what is in it", "give its physicalType")
    named = ((exp.to_identifier(part.needed("name", "street"), quoted=True), type_of(part)) for part in fields)
    return "STRUCT({})".format(", ".join(f"{name.sql(dialect=DIALECT)} {kind}" for name, kind in named))


@lru_cache(maxsize=1024)
def _parsed(text: str) -> exp.DataType | None:
    try:
        found = data_type(text)
    except SqlglotError:
        return None
    return None if found.is_type(T.USERDEFINED, T.UNKNOWN, T.NULL) else found


def _bits(kind: exp.DataType) -> int:
    return _SIGNED.get(kind.this) or _UNSIGNED.get(kind.this) or 0


def _scale(kind: exp.DataType) -> int:
    # DuckDB's DECIMAL without figures is DECIMAL(18,3).
    given = [int(part.name) for part in kind.expressions]
    return (given[1] if len(given) > 1 else 0) if given else 3


def _whole(kind: exp.DataType) -> int:
    """Return the digits before the point."""
    given = [int(part.name) for part in kind.expressions]
    return (given[0] if given else 18) - _scale(kind)
