"""Expectations of a column's type, by any of its names: SQL's, Python's, numpy's, pandas', Spark's."""

from __future__ import annotations

from typing import Any

from hallmark.quality.compiler.arguments import share, words
from hallmark.quality.compiler.ask import Ask
from hallmark.quality.compiler.expectations.shape import SCHEMA
from hallmark.quality.compiler.kinds import Field, Kind
from hallmark.quality.compiler.refusal import Refusal
from hallmark.quality.compiler.registry import Found, expectation
from hallmark.quality.compiler.run import Steps

__all__ = ["names_of"]

# What each type is also called. A name that names several widths stands with each.
_ALSO = {
    "TINYINT": "int8 ByteType INT1 byte",
    "SMALLINT": "int16 ShortType INT2 short",
    "INTEGER": "int32 IntegerType INT INT4 int Int32Dtype",
    "BIGINT": "int64 LongType INT8 long int integer Int64Dtype INTEGER INT",
    "HUGEINT": "int128 int",
    "UTINYINT": "uint8",
    "USMALLINT": "uint16",
    "UINTEGER": "uint32",
    "UBIGINT": "uint64",
    "FLOAT": "float32 FloatType REAL FLOAT4 float",
    "DOUBLE": "float64 DoubleType DOUBLE_PRECISION FLOAT8 float FLOAT",
    "DECIMAL": "Decimal DecimalType NUMERIC decimal128",
    "BOOLEAN": "bool BooleanType BOOL bool_ BooleanDtype",
    "VARCHAR": "str string StringType TEXT CHAR STRING object object_ O StringDtype NVARCHAR",
    "DATE": "date DateType date32",
    "TIMESTAMP": "datetime datetime64 TimestampType DATETIME Timestamp datetime64[ns] datetime64[us] TimestampNTZType",
    "TIMESTAMP WITH TIME ZONE": "TIMESTAMPTZ DatetimeTZDtype datetime TimestampType TIMESTAMP_TZ",
    "TIME": "time time64",
    "INTERVAL": "timedelta timedelta64",
    "BLOB": "bytes BinaryType BYTEA BINARY VARBINARY",
    "UUID": "uuid",
}
_BY_KIND = {Kind.NESTED: "list dict StructType ArrayType MapType object", Kind.NOTHING: "NoneType object NULL"}
# The same column in another engine's spelling.
_SPELLED = {
    "TEXT": "VARCHAR",
    "STRING": "VARCHAR",
    "CHARACTER VARYING": "VARCHAR",
    "CHAR": "VARCHAR",
    "INT": "INTEGER",
    "NUMERIC": "DECIMAL",
    "REAL": "FLOAT",
    "DOUBLE PRECISION": "DOUBLE",
    "DOUBLE_PRECISION": "DOUBLE",
    "BOOL": "BOOLEAN",
    "BYTEA": "BLOB",
    "BINARY": "BLOB",
    "DATETIME": "TIMESTAMP",
    "TIMESTAMP WITHOUT TIME ZONE": "TIMESTAMP",
    "TIMESTAMP_NTZ": "TIMESTAMP",
    "TIMESTAMPTZ": "TIMESTAMP WITH TIME ZONE",
    "TIMESTAMP_NS": "TIMESTAMP",
    "TIMESTAMP_MS": "TIMESTAMP",
    "TIMESTAMP_S": "TIMESTAMP",
}


def names_of(field: Field) -> set[str]:
    """Return all names of a column's type, in lower case."""
    own = field.type.upper()
    base = own.split("(")[0].strip() if field.kind is not Kind.NESTED else own
    base = "ENUM" if base.startswith("ENUM") else base
    canonical = "VARCHAR" if base == "ENUM" else _SPELLED.get(base, base)
    also = _ALSO.get(canonical, _BY_KIND.get(field.kind, ""))
    return {name.lower() for name in (own, base, canonical, *also.split())}


def _typed(ask: Ask, column: Any, wanted: Any) -> Found:
    field = ask.table.field(column)
    names = names_of(field)
    success = wanted is None or any(str(name).lower().strip() in names for name in wanted)
    return Found(success, {} if ask.format.level == "BOOLEAN_ONLY" else {"observed_value": field.type})


def _name(type_: Any) -> list[str] | None:
    return None if type_ is None else [words(type_, "type_")]


@expectation("expect_column_values_to_be_of_type", SCHEMA)
def of_type(ask: Ask, *, column: str, type_: Any, mostly: float = 1) -> Steps:
    """The column is of a type."""
    yield from ()
    share(mostly)
    return _typed(ask, column, _name(type_))


@expectation("expect_column_values_to_be_in_type_list", SCHEMA)
def in_type_list(ask: Ask, *, column: str, type_list: Any, mostly: float = 1) -> Steps:
    """The column is of one of some types."""
    yield from ()
    share(mostly)
    if type_list is not None and not isinstance(type_list, (list, tuple, set)):
        raise Refusal(f"type_list is {type_list!r}, and must be a list of types' names")
    return _typed(ask, column, type_list)


@expectation("expect_column_type_to_be", SCHEMA, conditional=False)
def type_to_be(ask: Ask, *, column: str, type_: Any) -> Steps:
    """The column is of a type."""
    yield from ()
    return _typed(ask, column, _name(type_))
