"""Expressions that a DAG author writes as SQL: parsed, held to one row-wise expression, their columns checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hallmark.cleaning.relation import folded

if TYPE_CHECKING:
    from sqlglot import exp

    from hallmark.cleaning.relation import Relation
    from hallmark.dataset import Column

__all__ = ["parse"]


def parse(relation: Relation, sql: str) -> tuple[exp.Expression, tuple[Column, ...]]:
    """Return the expression with its columns checked and qualified, and the columns it uses.

    A column is found without regard to case, as in DuckDB; ``address.city`` is the field of a struct column.

    Raises:
        StageError: it is not one expression, holds a query, a star or a parameter, or names a column that is not there.
    """
    tree = _parsed(relation, sql)
    _refuse_what_is_not_row_wise(relation, tree, sql)
    uses: dict[str, Column] = {}

    def qualified(node: exp.Expression) -> exp.Expression:
        from sqlglot import exp

        if not isinstance(node, exp.Column):
            return node
        column = _meant(relation, node.parts[0].name)
        uses[column.name] = column
        return (
            exp.Dot.build([relation.ref(column.name), *node.parts[1:]]) if node.parts[1:] else relation.ref(column.name)
        )

    return tree.transform(qualified, copy=False), tuple(uses.values())


def _parsed(relation: Relation, sql: str) -> exp.Expression:
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    try:
        tree = sqlglot.parse_one(sql, into=exp.Condition, dialect="duckdb")
    except SqlglotError as error:
        raise relation.fault(f"{sql!r} is not one SQL expression", "write one, such as dep_delay > 15") from error
    for node in tree.walk():
        node.comments = None
    return tree


def _refuse_what_is_not_row_wise(relation: Relation, tree: exp.Expression, sql: str) -> None:
    from sqlglot import exp

    refused = {
        "a query": (exp.Query, exp.Table),
        "a star": (exp.Star, exp.Columns),
        "a parameter": (exp.Placeholder, exp.Parameter, exp.SessionParameter),
        "a position": (exp.PositionalColumn,),
        "unnest, which changes the number of rows": (exp.Explode, exp.Unnest),
    }
    for what, kinds in refused.items():
        if tree.find(*kinds):
            raise relation.fault(f"{sql!r} holds {what}", "use columns of this dataset alone, or a TransformOperator")


def _meant(relation: Relation, name: str) -> Column:
    for column in relation.columns:
        if folded(column.name) == folded(name):
            return column
    raise relation.missing(name)
