"""Steps on text: trim it, put it in lower or upper case."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hallmark.cleaning.sqltypes import TEXT, family
from hallmark.cleaning.step import ColumnsStep, registered

if TYPE_CHECKING:
    from sqlglot import exp

    from hallmark.cleaning.relation import Cleaned, Relation

__all__ = ["Lower", "Trim", "Upper"]

# What Unicode calls white space, as Python's str.strip has it; DuckDB's own trim leaves tabs and line ends.
_BLANK = r"[\s\x0b\x1c-\x1f\x{85}\p{Z}]+"


@registered("trim")
@dataclass(frozen=True, init=False)
class Trim(ColumnsStep):
    """Take white space off both ends of text.

    Args:
        columns: text columns.
        empty_to_null: whether text of which nothing is left becomes null.
    """

    empty_to_null: bool = True

    def __init__(self, *columns: str, empty_to_null: bool = True) -> None:
        object.__setattr__(self, "empty_to_null", empty_to_null)
        super().__init__(*columns)

    def _query(self, relation: Relation) -> Cleaned:
        from sqlglot import exp

        changes = {}
        for name in self.columns:
            bare = _function("REGEXP_REPLACE", _text(relation, name), f"^{_BLANK}|{_BLANK}$", "", "g")
            trimmed = exp.Nullif(this=bare, expression=exp.Literal.string("")) if self.empty_to_null else bare
            column = replace(relation.column(name), type=TEXT)
            changes[name] = (replace(column, nullable=True) if self.empty_to_null else column, trimmed)
        return relation.replacing(changes)

    def _summary(self) -> str:
        return f"trim {', '.join(self.columns)}" + ("; empty text becomes null" if self.empty_to_null else "")


class _Cased(ColumnsStep):
    def _query(self, relation: Relation) -> Cleaned:
        function = type(self).__name__.upper()
        return relation.replacing(
            {
                name: (replace(relation.column(name), type=TEXT), _function(function, _text(relation, name)))
                for name in self.columns
            }
        )

    def _summary(self) -> str:
        return f"put {', '.join(self.columns)} in {type(self).__name__.lower()} case"


@registered("lower")
@dataclass(frozen=True, init=False)
class Lower(_Cased):
    """Put text in lower case.

    Args:
        columns: text columns.
    """


@registered("upper")
@dataclass(frozen=True, init=False)
class Upper(_Cased):
    """Put text in upper case.

    Args:
        columns: text columns.
    """


def _text(relation: Relation, name: str) -> exp.Expression:
    from sqlglot import exp

    column = relation.column(name)
    if family(column.type) != "text":
        raise relation.fault(
            f"column {name!r} is {column.type}, not text", f"leave it out, or put Cast({name!r}, 'varchar') before"
        )
    ref = relation.ref(name)
    return ref if column.type == TEXT else exp.Cast(this=ref, to=exp.DataType.build(TEXT))


def _function(name: str, subject: exp.Expression, *texts: str) -> exp.Expression:
    from sqlglot import exp

    return exp.Anonymous(this=name, expressions=[subject, *map(exp.Literal.string, texts)])
