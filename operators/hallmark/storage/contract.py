"""The contract of a dataset's columns: what was promised, held against what a stage produced."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from hallmark.dataset import Column, Dataset
from hallmark.errors import ContractError

__all__ = ["check_columns", "closest", "normal_type", "storable"]

# Spellings of one and the same type, and those that Delta cannot hold with what holds them.
_SYNONYMS = {
    "INT": "INTEGER",
    "INT4": "INTEGER",
    "INT8": "BIGINT",
    "LONG": "BIGINT",
    "SHORT": "SMALLINT",
    "INT2": "SMALLINT",
    "INT1": "TINYINT",
    "TEXT": "VARCHAR",
    "STRING": "VARCHAR",
    "CHAR": "VARCHAR",
    "REAL": "FLOAT",
    "FLOAT4": "FLOAT",
    "FLOAT8": "DOUBLE",
    "BOOL": "BOOLEAN",
    "TIMESTAMPTZ": "TIMESTAMP WITH TIME ZONE",
    "DATETIME": "TIMESTAMP",
    "BYTEA": "BLOB",
}
_STORED_AS = {
    "HUGEINT": "DECIMAL(38,0)",
    "UHUGEINT": "DECIMAL(38,0)",
    "UBIGINT": "DECIMAL(20,0)",
    "UINTEGER": "BIGINT",
    "USMALLINT": "INTEGER",
    "UTINYINT": "SMALLINT",
    "UUID": "VARCHAR",
    "TIME": "VARCHAR",
    "INTERVAL": "VARCHAR",
    "JSON": "VARCHAR",
    "BIT": "VARCHAR",
    "NULL": "VARCHAR",
    '"NULL"': "VARCHAR",
    "TIMESTAMP_NS": "TIMESTAMP",
    "TIMESTAMP_MS": "TIMESTAMP",
    "TIMESTAMP_S": "TIMESTAMP",
}
# A value of the type on the left always fits the types on the right.
_WIDENS = {
    "TINYINT": {"SMALLINT", "INTEGER", "BIGINT", "DOUBLE"},
    "SMALLINT": {"INTEGER", "BIGINT", "DOUBLE"},
    "INTEGER": {"BIGINT", "DOUBLE"},
    "FLOAT": {"DOUBLE"},
    "DATE": {"TIMESTAMP"},
}


def normal_type(text: str) -> str:
    """Return a type in one spelling: ``int8`` → ``BIGINT``, ``decimal( 10, 2 )`` → ``DECIMAL(10,2)``."""
    plain = re.sub(r"\s*([(),])\s*", r"\1", text.strip()).upper()
    plain = re.sub(r"^NUMERIC\b", "DECIMAL", plain)
    plain = re.sub(r"^VARCHAR\(\d+\)$", "VARCHAR", plain)
    return _SYNONYMS.get(plain, plain)


def storable(column: Column) -> Column:
    """Return the column with a type that Delta can hold."""
    kind = "VARCHAR" if column.type.upper().startswith("ENUM") else normal_type(column.type)
    return replace(column, type=_STORED_AS.get(kind, kind if column.type.isupper() else column.type))


def closest(name: str, among: Iterable[str]) -> str | None:
    """Return the name that ``name`` was most likely meant to be, or None."""
    found = difflib.get_close_matches(name, list(among), n=1, cutoff=0.5)
    return found[0] if found else None


def check_columns(dataset: Dataset, promised: Sequence[Column], produced: Sequence[Column]) -> tuple[Column, ...]:
    """Hold what a stage produced against the contract.

    Args:
        dataset: says whether new columns are allowed.
        promised: the contract's columns, or the last version's where the dataset declares none.
        produced: what the stage's query gives, in Delta's types.

    Returns:
        The columns to write: the contract's first, in its order and types, then allowed new ones.

    Raises:
        ContractError: a column is missing, was retyped, or is new and not allowed; it names each of them.
    """
    if not promised:
        return tuple(produced)
    have = {c.name: c for c in produced}
    wanted = {c.name: c for c in promised}
    new = [c for c in produced if c.name not in wanted]
    faults = [*_missing(wanted, have), *_retyped(wanted, have)]
    if new and not dataset.allow_new_columns:
        faults += [f"column {c.name!r} ({c.type}) is new and the contract does not allow new columns" for c in new]
    if faults:
        raise ContractError(
            "; ".join(faults),
            "mend the source, or change the contract in the dataset's schema",
            dataset=dataset.name,
        )
    return (*(replace(c, type=normal_type(c.type)) for c in promised), *new)


def _missing(wanted: Mapping[str, Column], have: Mapping[str, Column]) -> list[str]:
    absent = [name for name in wanted if name not in have]
    return [f"column {name!r} is missing{_hint(name, wanted, have)}" for name in absent]


def _hint(name: str, wanted: Mapping[str, Column], have: Mapping[str, Column]) -> str:
    likely = closest(name, [other for other in have if other not in wanted])
    return f" (found {likely!r} instead)" if likely else ""


def _retyped(wanted: Mapping[str, Column], have: Mapping[str, Column]) -> list[str]:
    return [
        f"column {name!r} is {normal_type(have[name].type)} where the contract says {normal_type(column.type)}"
        for name, column in wanted.items()
        if name in have and not _fits(have[name].type, column.type)
    ]


def _fits(produced: str, promised: str) -> bool:
    given, asked = normal_type(produced), normal_type(promised)
    return given == asked or asked in _WIDENS.get(given, set())
