"""Steps on the set of columns: rename, drop, keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hallmark.cleaning.relation import folded
from hallmark.cleaning.step import ColumnsStep, Step, check_name, column_names, registered

if TYPE_CHECKING:
    from hallmark.cleaning.relation import Cleaned, Relation

__all__ = ["Drop", "Keep", "Rename"]


@registered("rename")
@dataclass(frozen=True, init=False)
class Rename(Step):
    """Give columns other names, all at once: ``{"a": "b", "b": "a"}`` swaps two.

    Args:
        names: new names by old name.
    """

    names: tuple[tuple[str, str], ...]

    def __init__(self, names: Mapping[str, str]) -> None:
        object.__setattr__(self, "names", tuple(names.items()))
        self.__post_init__()

    def __post_init__(self) -> None:
        column_names(self, [old for old, _ in self.names])
        for name in column_names(self, [new for _, new in self.names]):
            check_name(self, name)

    def _query(self, relation: Relation) -> Cleaned:
        names = dict(self.names)
        for old in names:
            relation.column(old)
        renamed = [(replace(c, name=names.get(c.name, c.name)), ref) for c, ref in relation.same()]
        seen: set[str] = set()
        for column, _ in renamed:
            if folded(column.name) in seen:
                raise relation.fault(f"two columns would be named {column.name!r}", "drop one, or rename it as well")
            seen.add(folded(column.name))
        return relation.select(renamed)

    def _summary(self) -> str:
        return "rename " + ", ".join(f"{old} to {new}" for old, new in self.names)


@registered("drop")
@dataclass(frozen=True, init=False)
class Drop(ColumnsStep):
    """Leave columns out.

    Args:
        columns: those to leave out; at least one other must remain.
    """

    def _query(self, relation: Relation) -> Cleaned:
        for name in self.columns:
            relation.column(name)
        kept = [(c, ref) for c, ref in relation.same() if c.name not in self.columns]
        if not kept:
            raise relation.fault("no column would be left", "keep at least one")
        return relation.select(kept)

    def _summary(self) -> str:
        return f"drop {', '.join(self.columns)}"


@registered("keep")
@dataclass(frozen=True, init=False)
class Keep(ColumnsStep):
    """Leave out all columns but these, which stay in the order they have.

    Args:
        columns: those to keep.
    """

    def _query(self, relation: Relation) -> Cleaned:
        for name in self.columns:
            relation.column(name)
        return relation.select([(c, ref) for c, ref in relation.same() if c.name in self.columns])

    def _summary(self) -> str:
        return f"keep {', '.join(self.columns)}"
