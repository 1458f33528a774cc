"""Delta's types and DuckDB's names for them, both ways."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from hallmark.dataset import Column

if TYPE_CHECKING:
    from deltalake import Schema

__all__ = ["columns_of_schema", "sql_type"]

_PRIMITIVE = {
    "boolean": "BOOLEAN",
    "byte": "TINYINT",
    "short": "SMALLINT",
    "integer": "INTEGER",
    "long": "BIGINT",
    "float": "FLOAT",
    "double": "DOUBLE",
    "string": "VARCHAR",
    "binary": "BLOB",
    "date": "DATE",
    "timestamp": "TIMESTAMP WITH TIME ZONE",
    "timestamp_ntz": "TIMESTAMP",
}


def columns_of_schema(schema: Schema) -> tuple[Column, ...]:
    """Return a Delta schema's columns with DuckDB's names of their types."""
    return tuple(Column(field.name, sql_type(field.type)) for field in schema.fields)


def sql_type(kind: Any) -> str:
    """Return DuckDB's name of a Delta type: ``long`` → ``BIGINT``, ``array<string>`` → ``VARCHAR[]``."""
    family = getattr(kind, "type", str(kind))
    if family == "array":
        return f"{sql_type(kind.element_type)}[]"
    if family == "map":
        return f"MAP({sql_type(kind.key_type)}, {sql_type(kind.value_type)})"
    if family == "struct":
        return "STRUCT({})".format(", ".join(f"{_field_name(f.name)} {sql_type(f.type)}" for f in kind.fields))
    return _PRIMITIVE.get(family, family.upper().replace(" ", ""))


def _field_name(name: str) -> str:
    """Quote a field's name where DuckDB would, so that both spellings of a type are equal."""
    return name if re.fullmatch(r"[a-z_][a-z0-9_]*", name) else '"{}"'.format(name.replace('"', '""'))
