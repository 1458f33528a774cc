"""SQL types as steps need them: their families, their sqlglot form, and Python values as literals of a type."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlglot import exp

    from hallmark.cleaning.relation import Relation

__all__ = ["EXACT", "TEXT", "data_type", "family", "literal"]

TEXT = "VARCHAR"
EXACT = frozenset({"integer", "decimal"})

_FAMILIES = {
    **dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"), "integer"),
    **dict.fromkeys(("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"), "integer"),
    **dict.fromkeys(("FLOAT", "DOUBLE"), "floating"),
    **dict.fromkeys(("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"), "timestamp"),
    "TIMESTAMP WITH TIME ZONE": "timestamp",
    "DATE": "date",
    "TIME": "time",
    "BOOLEAN": "boolean",
    "VARCHAR": "text",
    "DECIMAL": "decimal",
    "ENUM": "text",
}
_PLAIN = re.compile(r"[A-Z][A-Z0-9_ ]*(\(\d+(,\d+)?\))?")


@dataclass(frozen=True)
class _Form:
    """How Python values of some classes are spelled for DuckDB to read as a type's value."""

    classes: tuple[type, ...]
    text: Callable[[Any], str]
    wants: str


def _digits(value: int | float | Decimal) -> str:
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    return format(number, "f")


_EXACT_FORM = _Form((int, float, Decimal), _digits, "a number that fits")
_FORMS = {
    "integer": _EXACT_FORM,
    "decimal": _EXACT_FORM,
    "floating": _Form((int, float, Decimal), str, "a number"),
    "boolean": _Form((bool,), lambda v: str(v).lower(), "True or False"),
    "date": _Form((date, str), str, "a date or its ISO spelling"),
    "timestamp": _Form((date, str), str, "a datetime or its ISO spelling"),
    "time": _Form((time, str), str, "a time or its ISO spelling"),
    "text": _Form((str,), str, "a text"),
}
_OTHER_FORM = _Form((str,), str, "a text that DuckDB reads as that type")


def family(type_: str) -> str:
    """Return the family of a SQL type: integer, decimal, floating, text, boolean, date, timestamp, time or other."""
    from hallmark.storage.contract import normal_type

    normal = normal_type(type_)
    return _FAMILIES.get(normal) or _FAMILIES.get(normal.partition("(")[0] if normal.endswith(")") else "", "other")


def data_type(relation: Relation, text: str) -> exp.DataType:
    """Return a type as sqlglot has it.

    Raises:
        StageError: it is not the name of a DuckDB type.
    """
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    from hallmark.storage.contract import normal_type

    normal = normal_type(text)
    try:
        parsed = sqlglot.parse_one(normal if _PLAIN.fullmatch(normal) else text, into=exp.DataType, dialect="duckdb")
    except SqlglotError as error:
        raise _unknown_type(relation, text) from error
    if not isinstance(parsed, exp.DataType) or parsed.this == exp.DataType.Type.USERDEFINED:
        raise _unknown_type(relation, text)
    return parsed


def literal(relation: Relation, column: str, value: Any) -> exp.Expression:
    """Return a Python value as a literal of a column's type; None as NULL.

    Raises:
        StageError: the column's type has no such value, for example 0.5 for an integer column.
    """
    from sqlglot import exp

    if value is None:
        return exp.Null()
    type_ = relation.column(column).type
    kind = family(type_)
    form = _FORMS.get(kind, _OTHER_FORM)
    if not _suits(value, kind, form):
        raise _unfit(relation, column, value, form)
    spelled = exp.Literal.string(form.text(value))
    typed = spelled if type_ == TEXT else exp.Cast(this=spelled, to=data_type(relation, type_))
    if not _holds(spelled, typed, kind):
        raise _unfit(relation, column, value, form)
    return typed


def _suits(value: Any, kind: str, form: _Form) -> bool:
    if not isinstance(value, form.classes) or (isinstance(value, bool) and kind != "boolean"):
        return False
    if isinstance(value, datetime) and kind == "date":
        return False
    return kind not in EXACT or Decimal(str(value)).is_finite()


def _holds(spelled: exp.Literal, typed: exp.Expression, kind: str) -> bool:
    """Ask DuckDB whether the text converts, and for exact numbers whether it does so without rounding."""
    from sqlglot import exp

    from hallmark.cleaning.inquiry import value_of

    if typed is spelled:
        return True
    found = value_of(exp.Cast(this=exp.TryCast(**typed.copy().args), to=exp.DataType.build(TEXT)))
    if found is None:
        return False
    return kind not in EXACT or Decimal(found) == Decimal(spelled.name)


def _unknown_type(relation: Relation, text: str) -> Exception:
    return relation.fault(f"{text!r} is not a type", "use a DuckDB type such as integer, double, varchar or timestamp")


def _unfit(relation: Relation, column: str, value: Any, form: _Form) -> Exception:
    type_ = relation.column(column).type
    return relation.fault(f"{value!r} is not a value of column {column!r}, which is {type_}", f"give {form.wants}")
