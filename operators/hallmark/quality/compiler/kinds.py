"""What a column holds, as far as checks must know: its kind, whatever the engine calls its type."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["COMPARABLE", "NUMERIC", "TEMPORAL", "Field", "Kind", "kind_of"]


class Kind(StrEnum):
    """The kinds of values that checks tell apart."""

    INTEGER = "integer"
    FLOAT = "float"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    TEXT = "text"
    DATE = "date"
    TIMESTAMP = "timestamp"
    TIMESTAMPTZ = "timestamp with time zone"
    TIME = "time"
    INTERVAL = "interval"
    BINARY = "binary"
    NESTED = "nested"
    NOTHING = "null"
    OTHER = "other"


NUMERIC = frozenset({Kind.INTEGER, Kind.FLOAT, Kind.DECIMAL})
TEMPORAL = frozenset({Kind.DATE, Kind.TIMESTAMP, Kind.TIMESTAMPTZ})
# Kinds whose values have an order of their own.
COMPARABLE = NUMERIC | TEMPORAL | {Kind.TEXT, Kind.BOOLEAN, Kind.TIME, Kind.INTERVAL, Kind.NOTHING}

_NAMES = {
    Kind.INTEGER: "TINYINT SMALLINT INTEGER INT INT1 INT2 INT4 INT8 BIGINT HUGEINT UTINYINT USMALLINT UINTEGER UBIGINT "
    "UHUGEINT BIGNUM VARINT MEDIUMINT SERIAL BIGSERIAL LONG SHORT BYTE",
    Kind.FLOAT: "FLOAT FLOAT4 FLOAT8 REAL DOUBLE DOUBLE_PRECISION",
    Kind.DECIMAL: "DECIMAL NUMERIC DEC MONEY",
    Kind.BOOLEAN: "BOOLEAN BOOL LOGICAL",
    Kind.TEXT: "VARCHAR CHAR BPCHAR TEXT STRING CHARACTER CHARACTER_VARYING NVARCHAR NCHAR CLOB "
    "ENUM UUID JSON CITEXT NAME",
    Kind.DATE: "DATE",
    Kind.TIMESTAMP: "TIMESTAMP DATETIME TIMESTAMP_S TIMESTAMP_MS TIMESTAMP_NS TIMESTAMP_WITHOUT_TIME_ZONE "
    "TIMESTAMP_NTZ",
    Kind.TIMESTAMPTZ: "TIMESTAMPTZ TIMESTAMP_WITH_TIME_ZONE TIMESTAMP_TZ TIMESTAMP_LTZ TIMESTAMPTZ_NS",
    Kind.TIME: "TIME TIME_NS TIME_WITHOUT_TIME_ZONE TIMETZ TIME_WITH_TIME_ZONE",
    Kind.INTERVAL: "INTERVAL",
    Kind.BINARY: "BLOB BINARY VARBINARY BYTEA BIT",
    Kind.NESTED: "STRUCT MAP LIST ARRAY UNION JSONB VARIANT",
    Kind.NOTHING: "NULL VOID",
}
_KINDS = {name: kind for kind, names in _NAMES.items() for name in names.split()}
_SIZES = re.compile(r"\([^()]*\)")


def kind_of(type_: str) -> Kind:
    """Return the kind of an engine's type, for example of ``DECIMAL(15,2)`` or ``INT[]``."""
    text = type_.strip().upper()
    if text.endswith("]"):
        return Kind.NESTED
    head = re.match(r"[A-Z0-9_ ]+", text)
    name = (head.group() if head else "").strip()
    if name not in {"ENUM", "STRUCT", "MAP", "UNION"}:
        # TIMESTAMP(6) WITH TIME ZONE has its size in the middle.
        name = " ".join(_SIZES.sub(" ", text).split("<")[0].split())
    return _KINDS.get(name.replace(" ", "_"), Kind.OTHER)


@dataclass(frozen=True)
class Field:
    """A column of the data that is checked: its name as stored, its type in the engine's spelling, its kind."""

    name: str
    type: str
    kind: Kind

    @classmethod
    def of(cls, name: str, type_: str) -> Field:
        return cls(name, type_, kind_of(type_))
