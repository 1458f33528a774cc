"""Steps that compute a column's value: cast it, derive it from others, hash it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from hallmark.cleaning.relation import folded
from hallmark.cleaning.sqltypes import TEXT, data_type
from hallmark.cleaning.step import Step, check_choice, check_name, check_sql, column_names, registered
from hallmark.dataset import PERSONAL, Column
from hallmark.errors import StageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot import exp

    from hallmark.cleaning.relation import Cleaned, Relation

__all__ = ["MASKED", "Cast", "Derive", "Hash"]

MASKED = "hallmark_masked"
"""Key in a literal's ``meta`` that marks it as not to be shown."""


@registered("cast")
@dataclass(frozen=True)
class Cast(Step):
    """Convert a column to another type.

    Args:
        column: the column.
        type: a DuckDB type, in any case and spelling: ``"integer"``, ``"decimal(10, 2)"``, ``"timestamp"`` …
        on_error: what becomes of a value that does not convert: ``"null"``, or ``"fail"`` to fail the stage.
    """

    column: str
    type: str
    on_error: Literal["null", "fail"] = "null"

    def __post_init__(self) -> None:
        column_names(self, self.column)
        check_choice(self, "on_error", self.on_error, ("null", "fail"))

    def _query(self, relation: Relation) -> Cleaned:
        from sqlglot import exp

        from hallmark.cleaning.inquiry import type_of

        column = relation.column(self.column)
        cast = exp.TryCast if self.on_error == "null" else exp.Cast
        converted = cast(this=relation.ref(self.column), to=data_type(relation, self.type))
        changed = replace(
            column,
            type=type_of(relation, converted, (column,)),
            nullable=column.nullable or self.on_error == "null",
        )
        return relation.replacing({self.column: (changed, converted)})

    def _summary(self) -> str:
        otherwise = "becomes null" if self.on_error == "null" else "fails the stage"
        return f"cast {self.column} to {self.type}; what does not convert {otherwise}"


@registered("derive")
@dataclass(frozen=True)
class Derive(Step):
    """Compute a column from the others of its row; it is replaced where it stands, or added last.

    What is derived from a personal column counts as personal.

    Args:
        column: the column to fill.
        sql: one SQL expression over the columns before this step; window functions are allowed, aggregates are not.
        type: the type to convert the result to; without it, what DuckDB makes of the expression.
    """

    column: str
    sql: str
    type: str | None = None

    def __post_init__(self) -> None:
        column_names(self, self.column)
        check_name(self, self.column)
        check_sql(self, self.sql)

    def _query(self, relation: Relation) -> Cleaned:
        from sqlglot import exp

        from hallmark.cleaning.expression import parse
        from hallmark.cleaning.inquiry import type_of

        value, uses = parse(relation, self.sql)
        if self.type is not None:
            value = exp.Cast(this=value, to=data_type(relation, self.type))
        column = self._column(relation, type_of(relation, value, uses), uses)
        if column.name in {c.name for c in relation.columns}:
            return relation.replacing({column.name: (column, value)})
        return relation.select([*relation.same(), (column, value)])

    def _column(self, relation: Relation, type_: str, uses: Sequence[Column]) -> Column:
        before = next(
            (c for c in relation.columns if folded(c.name) == folded(self.column)), Column(self.column, type_)
        )
        if before.name != self.column:
            raise relation.fault(
                f"{self.column!r} and the column {before.name!r} differ in case alone", f"name it {before.name!r}"
            )
        personal = PERSONAL if any(c.personal for c in uses) else before.classification
        return replace(before, type=type_, nullable=True, classification=personal)

    def _summary(self) -> str:
        return f"derive {self.column} as {self.sql}" + (f", as {self.type}" if self.type else "")


@registered("hash")
@dataclass(frozen=True)
class Hash(Step):
    """Replace a column's values by pseudonyms: the SHA-256 (FIPS 180-4) of salt and value, in hexadecimal.

    Equal values stay equal and null stays null. Pseudonyms are still personal data (GDPR, recital 26), so the column
    keeps its classification. Values that can be guessed (telephone numbers, dates of birth) need a secret salt.

    Args:
        column: a column of any type; its text form is hashed.
        salt: put before each value; kept out of ``repr`` and ``describe``, and hidden by
            :func:`hallmark.cleaning.without_secrets`.
    """

    column: str
    salt: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        column_names(self, self.column)
        if not isinstance(self.salt, str):
            raise StageError("Hash: the salt is not a text", "give a text")

    def _query(self, relation: Relation) -> Cleaned:
        from sqlglot import exp

        value = exp.Cast(this=relation.ref(self.column), to=exp.DataType.build(TEXT))
        if self.salt:
            value = exp.DPipe(this=_secret(self.salt), expression=value)
        digest = exp.Anonymous(this="SHA256", expressions=[value])
        return relation.replacing({self.column: (replace(relation.column(self.column), type=TEXT), digest)})

    def _summary(self) -> str:
        return f"hash {self.column} with SHA-256" + (", salted" if self.salt else "")


def _secret(text: str) -> exp.Literal:
    from sqlglot import exp

    node = exp.Literal.string(text)
    node.meta[MASKED] = True
    return node
