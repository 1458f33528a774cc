"""What every cleaning step is: a value with a query, found by name in :data:`STEPS`."""

from __future__ import annotations

import copy
import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self, TypeVar

from hallmark.cleaning.relation import Relation
from hallmark.dataset import Column
from hallmark.errors import StageError

if TYPE_CHECKING:
    from hallmark.cleaning.relation import Cleaned

__all__ = [
    "STEPS",
    "ColumnsStep",
    "Step",
    "check_choice",
    "check_name",
    "check_scalar",
    "check_sql",
    "column_names",
    "registered",
]

STEPS: dict[str, type[Step]] = {}
"""Step classes by name, for example ``drop_duplicates``."""

_SCALARS = (str, int, float, Decimal, date, time)
_S = TypeVar("_S", bound="type[Step]")


@dataclass(frozen=True)
class Step(ABC):
    """One cleaning step.

    A subclass is a frozen dataclass that checks its own arguments when made (which is while a DAG is parsed, so
    cheaply) and everything that needs the columns when compiled.
    """

    def query(self, source: str, columns: Sequence[Column]) -> Cleaned:
        """Compile the step.

        Args:
            source: the table, view or common table expression to read.
            columns: its columns, in order.

        Returns:
            A query that names every column it gives, and those columns.

        Raises:
            StageError: a column named does not exist, or a value does not suit its column.
        """
        return self._query(Relation(type(self).__name__, source, tuple(columns)))

    def describe(self) -> str:
        """Return one line for a reader of the receipt or the catalog; it never holds a secret."""
        return " ".join(self._summary().split())

    def rendered(self, render: Callable[[str], str]) -> Self:
        """Return the step with every text in its arguments put through ``render`` (a template engine)."""
        step = copy.copy(self)
        for field in dataclasses.fields(self):
            object.__setattr__(step, field.name, _mapped(getattr(self, field.name), render))
        step.__post_init__()
        return step

    @abstractmethod
    def __post_init__(self) -> None:
        """Check the arguments that can be checked without knowing the columns."""

    @abstractmethod
    def _query(self, relation: Relation) -> Cleaned: ...

    @abstractmethod
    def _summary(self) -> str: ...


@dataclass(frozen=True, init=False)
class ColumnsStep(Step):
    """A step whose arguments are columns: ``Drop("a", "b")``.

    Args:
        columns: names of columns, at least one.
    """

    columns: tuple[str, ...]

    def __init__(self, *columns: str) -> None:
        object.__setattr__(self, "columns", columns)
        self.__post_init__()

    def __post_init__(self) -> None:
        column_names(self, self.columns)


def registered(name: str) -> Callable[[_S], _S]:
    """Return a decorator that enters a step's class in :data:`STEPS`."""

    def enter(cls: _S) -> _S:
        if name in STEPS:
            raise StageError(f"there are two cleaning steps named {name!r}", "give the second another name")
        STEPS[name] = cls
        return cls

    return enter


def column_names(step: Step, names: str | Iterable[str], *, at_least: int = 1) -> tuple[str, ...]:
    """Return names as a tuple, one name alone included.

    Raises:
        StageError: one of them is not a text, is empty or is named twice, or there are too few.
    """
    label = type(step).__name__
    given = (names,) if isinstance(names, str) else tuple(names)
    for name in given:
        if not isinstance(name, str) or not name:
            raise StageError(f"{label}: {name!r} is not a column name", "name columns by non-empty text")
    if twice := sorted({name for name in given if given.count(name) > 1}):
        raise StageError(f"{label}: column {twice[0]!r} is named twice", "name it once")
    if len(given) < at_least:
        raise StageError(f"{label} names no column", "name at least one")
    return given


def check_choice(step: Step, argument: str, value: object, choices: Iterable[str]) -> None:
    """Refuse a value that is none of the choices."""
    known = tuple(choices)
    if value not in known:
        raise StageError(f"{type(step).__name__}: {argument}={value!r} is not known", f"use one of {', '.join(known)}")


def check_scalar(step: Step, value: object) -> None:
    """Refuse what cannot be written into a column of a plain type."""
    if not isinstance(value, _SCALARS):
        raise StageError(
            f"{type(step).__name__}: {value!r} is a {type(value).__name__}, which no plain column holds",
            "give a text, a number, a boolean, a date or a time",
        )


def check_name(step: Step, name: str) -> None:
    """Refuse a new column name that cannot be stored."""
    if "\0" in name:
        raise StageError(f"{type(step).__name__}: the name {name!r} holds a null character", "take it out")


def check_sql(step: Step, sql: object) -> None:
    """Refuse an empty expression."""
    if not isinstance(sql, str) or not sql.strip():
        raise StageError(f"{type(step).__name__} has no expression", "write one, such as dep_delay > 15")


def _mapped(value: Any, render: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return render(value)
    if isinstance(value, tuple):
        return tuple(_mapped(item, render) for item in value)
    return value
