"""Delta's types and DuckDB's names for them, both ways."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlglot import exp
from sqlglot.errors import SqlglotError

from hallmark.dataset import Column
from hallmark.engines.duckdb import DIALECT, data_type

if TYPE_CHECKING:
    from deltalake import Schema

__all__ = ["columns_of_schema", "normal_type", "sql_type", "stored_type"]

TEXT = "VARCHAR"
_PRIMITIVE = {
    "boolean": "BOOLEAN",
    "byte": "TINYINT",
    "short": "SMALLINT",
    "integer": "INTEGER",
    "long": "BIGINT",
    "float": "FLOAT",
    "double": "DOUBLE",
    "string": TEXT,
    "binary": "BLOB",
    "date": "DATE",
    "timestamp": "TIMESTAMP WITH TIME ZONE",
    "timestamp_ntz": "TIMESTAMP",
}
# Spellings of one and the same type.
_SYNONYMS = {
    "INT": "INTEGER",
    "INT4": "INTEGER",
    "INT8": "BIGINT",
    "LONG": "BIGINT",
    "SHORT": "SMALLINT",
    "INT2": "SMALLINT",
    "INT1": "TINYINT",
    "INT128": "HUGEINT",
    "UINT128": "UHUGEINT",
    "TEXT": TEXT,
    "STRING": TEXT,
    "CHAR": TEXT,
    "REAL": "FLOAT",
    "FLOAT4": "FLOAT",
    "FLOAT8": "DOUBLE",
    "BOOL": "BOOLEAN",
    "TIMESTAMPTZ": "TIMESTAMP WITH TIME ZONE",
    "DATETIME": "TIMESTAMP",
    "BYTEA": "BLOB",
}
# Types that Delta does not have, with the one that holds all their values. Of any other it holds the text.
_STORED_AS = {
    "HUGEINT": "DECIMAL(38,0)",
    "UHUGEINT": "DECIMAL(38,0)",
    "UBIGINT": "DECIMAL(20,0)",
    "UINTEGER": "BIGINT",
    "USMALLINT": "INTEGER",
    "UTINYINT": "SMALLINT",
    "TIMESTAMP_NS": "TIMESTAMP",
    "TIMESTAMP_MS": "TIMESTAMP",
    "TIMESTAMP_S": "TIMESTAMP",
}
_NESTED = re.compile(r"(STRUCT|MAP)\b.*|.*\]", re.DOTALL)
# DuckDB's type of a NULL alone, which is a keyword; a field of that name has its type after it.
_UNKNOWN = re.compile(r'"NULL"(?=\s*(?:[,)\[]|$))')


def columns_of_schema(schema: Schema) -> tuple[Column, ...]:
    """Return a Delta schema's columns with DuckDB's names of their types."""
    return tuple(Column(field.name, sql_type(field.type)) for field in schema.fields)


def sql_type(kind: Any) -> str:
    """Return DuckDB's name of a Delta type: ``long`` → ``BIGINT``, ``array<string>`` → ``VARCHAR[]``."""
    family = getattr(kind, "type", str(kind))
    if family == "array":
        return _list_of(sql_type(kind.element_type))
    if family == "map":
        return _map_of(sql_type(kind.key_type), sql_type(kind.value_type))
    if family == "struct":
        return _struct_of((f.name, sql_type(f.type)) for f in kind.fields)
    return _PRIMITIVE.get(family, family.upper().replace(" ", ""))


def normal_type(text: str) -> str:
    """Return a type in one spelling: ``int8`` → ``BIGINT``, ``decimal( 10, 2 )`` → ``DECIMAL(10,2)``.

    Names of a struct's fields keep their case, which is theirs.
    """
    return _leaf_by_leaf(text, _normal)


def stored_type(text: str) -> str:
    """Return the type in which Delta holds the values of a type: ``UINTEGER`` → ``BIGINT``, ``UUID`` → ``VARCHAR``."""
    return _leaf_by_leaf(text, _stored)


def _normal(text: str) -> str:
    plain = re.sub(r"\s*([(),])\s*", r"\1", text.strip()).upper()
    plain = re.sub(r"^NUMERIC\b", "DECIMAL", plain)
    plain = re.sub(r"^VARCHAR\(\d+\)$", TEXT, plain)
    return _SYNONYMS.get(plain, plain)


def _stored(text: str) -> str:
    kind = _normal(text)
    held = kind in _PRIMITIVE.values() or kind.startswith("DECIMAL")
    return kind if held else _STORED_AS.get(kind, TEXT)


def _leaf_by_leaf(text: str, leaf: Callable[[str], str]) -> str:
    if not _NESTED.fullmatch(text.strip().upper()):
        return leaf(text)
    try:
        return _rebuilt(data_type(_UNKNOWN.sub(TEXT, text)), leaf)
    except SqlglotError:
        return leaf(text)


def _rebuilt(kind: exp.DataType, leaf: Callable[[str], str]) -> str:
    parts = kind.expressions
    if kind.is_type(exp.DataType.Type.ARRAY, exp.DataType.Type.LIST) and parts:
        return _list_of(_rebuilt(parts[0], leaf))
    if kind.is_type(exp.DataType.Type.MAP) and parts:
        return _map_of(*(_rebuilt(part, leaf) for part in parts))
    if kind.is_type(exp.DataType.Type.STRUCT) and parts:
        return _struct_of((part.name, _rebuilt(part.args["kind"], leaf)) for part in parts)
    return leaf(kind.sql(dialect=DIALECT))


def _list_of(element: str) -> str:
    return f"{element}[]"


def _map_of(key: str, value: str) -> str:
    return f"MAP({key}, {value})"


def _struct_of(fields: Any) -> str:
    # Names are always quoted: some words are field names to DuckDB and keywords to who reads the type next.
    return "STRUCT({})".format(
        ", ".join(f"{exp.to_identifier(name, quoted=True).sql(dialect=DIALECT)} {kind}" for name, kind in fields)
    )
