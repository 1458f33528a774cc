"""The contract of a dataset's columns: what was promised, held against what a stage produced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from hallmark.dataset import Column, Dataset
from hallmark.errors import ContractError, closest
from hallmark.storage.types import normal_type, stored_type

__all__ = ["check_columns", "closest", "normal_type", "storable"]

# A value of the type on the left always fits the types on the right.
_WIDENS = {
    "TINYINT": {"SMALLINT", "INTEGER", "BIGINT", "DOUBLE"},
    "SMALLINT": {"INTEGER", "BIGINT", "DOUBLE"},
    "INTEGER": {"BIGINT", "DOUBLE"},
    "FLOAT": {"DOUBLE"},
    "DATE": {"TIMESTAMP"},
}


def storable(column: Column) -> Column:
    """Return the column with a type that Delta can hold."""
    return replace(column, type=stored_type(column.type))


def check_columns(dataset: Dataset, promised: Sequence[Column], produced: Sequence[Column]) -> tuple[Column, ...]:
    """Hold what a stage produced against the contract.

    Args:
        dataset: says whether new columns are allowed.
        promised: the contract's columns, or the last version's where the dataset declares none.
        produced: what the stage's query gives, in Delta's types.

    Returns:
        The columns to write: the contract's first, in its order and types, then allowed new ones.

    Raises:
        ContractError: a column is missing, was retyped, is new and not allowed, or has a name that another one has
            too; it names each of them.
    """
    have = {c.name: c for c in produced}
    wanted = {c.name: c for c in promised}
    new = [c for c in produced if c.name not in wanted]
    faults = [*_missing(wanted, have), *_retyped(wanted, have), *_twice(produced)]
    if promised and not dataset.allow_new_columns:
        faults += [f"column {c.name!r} ({c.type}) is new and the contract does not allow new columns" for c in new]
    if faults:
        raise ContractError(
            "; ".join(faults),
            "mend the source, or change the contract in the dataset's schema",
            dataset=dataset.name,
        )
    return (*map(storable, promised), *new)


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


def _twice(produced: Sequence[Column]) -> list[str]:
    """Tell of names that are the same or differ in case alone: the engine takes them for one column."""
    first: dict[str, Column] = {}
    return [
        f"column {c.name!r} has the name of column {first[c.name.lower()].name!r}"
        for c in produced
        if first.setdefault(c.name.lower(), c) is not c
    ]


def _fits(produced: str, promised: str) -> bool:
    given, asked = normal_type(produced), stored_type(promised)
    return given == asked or asked in _WIDENS.get(given, set())
