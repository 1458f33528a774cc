"""Which DAGs' datasets, models and receipts somebody may see."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, false, true

__all__ = ["EVERYTHING", "Reach"]


@dataclass(frozen=True)
class Reach:
    """A set of DAGs, named or left out: few installations hide many from anybody, or show few of many.

    Args:
        dags: their ids.
        but: whether these are the ones that may not be seen, and all others may.
    """

    dags: Collection[str] = field(default=frozenset())
    but: bool = False

    def sees(self, dag_id: str | None) -> bool:
        """Whether what a DAG made may be seen; what nobody knows the DAG of, only where all unknown ones may."""
        return self.but if dag_id is None else (dag_id in self.dags) is not self.but

    def where(self, column: ColumnElement[Any]) -> ColumnElement[bool]:
        """Return the condition on a column of DAG ids."""
        if not self.dags:
            return true() if self.but else false()
        within = column.in_(sorted(self.dags))
        return ~within | column.is_(None) if self.but else within


EVERYTHING = Reach(but=True)
