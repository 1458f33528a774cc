"""Questions put to DuckDB while compiling: which type has this expression, which value this constant.

DuckDB knows its own functions best; a second table of them here would drift. It is asked over a row of typed nulls,
so no data is touched.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from hallmark.errors import reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot import exp

    from hallmark.cleaning.relation import Relation
    from hallmark.dataset import Column

__all__ = ["type_of", "value_of"]

_NULL_TYPES = ("NULL", '"NULL"')


def type_of(relation: Relation, expression: exp.Expression, uses: Sequence[Column]) -> str:
    """Return the type DuckDB gives a row-wise expression over the relation.

    Args:
        relation: what the expression reads.
        expression: its columns qualified with the relation's source.
        uses: the columns it refers to.

    Raises:
        StageError: DuckDB refuses it (an unknown function, operands that do not go together, an aggregate …).
    """
    import duckdb
    from sqlglot import exp

    from hallmark.engines.duckdb import sql_of

    rows = exp.Select().select(*(_typed_null(relation, column) for column in uses))
    # One bare column beside the expression: an aggregate, which would fold the rows, is refused.
    beside = exp.to_identifier("one", quoted=True)
    rows = rows.select(exp.alias_(exp.Literal.number(1), beside)) if not uses else rows
    witness = relation.ref(uses[0].name) if uses else exp.column(beside)
    query = exp.Select().select(exp.alias_(expression.copy(), "value"), exp.alias_(witness, "witness"))
    query = query.from_(exp.Subquery(this=rows, alias=exp.to_identifier(relation.source, quoted=True)))
    try:
        return _described(sql_of(query))
    except duckdb.Error as error:
        raise relation.fault(
            f"DuckDB refuses {expression.sql(dialect='duckdb')}: {reason(error)}", "mend the expression"
        ) from error


def value_of(constant: exp.Expression) -> str | None:
    """Return the value of a constant text expression."""
    from sqlglot import exp

    from hallmark.engines.duckdb import sql_of

    return _evaluated(sql_of(exp.Select().select(constant)))


def _typed_null(relation: Relation, column: Column) -> exp.Expression:
    from sqlglot import exp

    from hallmark.cleaning.sqltypes import data_type

    untyped = column.type.upper() in _NULL_TYPES
    null = exp.Null() if untyped else exp.Cast(this=exp.Null(), to=data_type(relation, column.type))
    return exp.alias_(null, exp.to_identifier(column.name, quoted=True))


# Both answers depend on the text alone, so a pipeline compiled again (or a step used twice) asks once.
@lru_cache(maxsize=512)
def _described(sql: str) -> str:
    from hallmark.engines.duckdb import connect

    with connect() as connection:
        return str(connection.execute(f"DESCRIBE {sql}").fetchall()[0][1])


@lru_cache(maxsize=512)
def _evaluated(sql: str) -> str | None:
    from hallmark.engines.duckdb import connect

    with connect() as connection:
        row = connection.execute(sql).fetchone()
    return None if row is None or row[0] is None else str(row[0])
