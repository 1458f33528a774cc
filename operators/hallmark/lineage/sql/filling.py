"""The columns of a table that a statement fills: what they are called as stored, and what flows into them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from sqlglot import exp

from hallmark.errors import StageError
from hallmark.lineage.sql.flows import Flows, absorb
from hallmark.lineage.sql.parsing import dotted
from hallmark.lineage.sql.reading import Env, Influences, Result, influences, read_query
from hallmark.lineage.sql.scopes import Field, Scope, Source
from hallmark.lineage.sql.stars import unfollowed
from hallmark.lineage.sql.tables import target_table

__all__ = [
    "Change",
    "assigned",
    "by_name",
    "fields_of",
    "in_order",
    "known_of",
    "put",
    "stored",
    "stored_name",
    "target_of",
]


class Change(NamedTuple):
    """What one statement does to one table: which columns it fills and what decides over the rows."""

    table: exp.Table
    result: Result


def target_of(node: exp.Expression, env: Env) -> tuple[exp.Table, Source]:
    """Return the table that a statement names as its target, and what is known of it.

    Raises:
        StageError: it is a stage, a variable or a function.
    """
    table = target_table(node)
    if table is None:
        raise unfollowed(node)
    return table, known_of(table, env)


def known_of(table: exp.Table, env: Env) -> Source:
    """Return a table that is written, with as many of its columns as are known; others read nothing."""
    made = env.ctes.get(dotted(table).lower())
    if made is not None:
        return Source(table.alias_or_name, made.fields)
    source = env.tables.get(dotted(table))
    return replace(source, name=table.alias_or_name) if source else Source(table.alias_or_name, (), lambda _: {})


def stored(fields: Iterable[Field], known: Source) -> tuple[Field, ...]:
    """Return columns under the names the table has for them."""
    return tuple(one.renamed(stored_name(one.name, known)) for one in fields)


def stored_name(name: str, known: Source) -> str:
    """Return what the table calls a column, whose case may be another; a name it does not have stays."""
    names = [one.name for one in known.fields]
    return name if name in names else next((one for one in names if one.lower() == name.lower()), name)


def in_order(fields: Sequence[Field], names: Sequence[str], exact: bool = False) -> tuple[Field, ...]:
    """Return columns under names given in order; ``exact`` if the names are listed and so must be as many.

    Raises:
        StageError: there are more columns than names, or fewer and ``exact``.
    """
    if len(fields) > len(names) or (exact and fields and len(fields) < len(names)):
        raise StageError(
            f"the SQL writes {len(fields)} columns into {len(names)}", "list as many columns as the query gives"
        )
    return tuple(one.renamed(name) for one, name in zip(fields, names, strict=False))


def by_name(fields: Iterable[Field]) -> dict[str, Field]:
    """Return columns by their names, to be put together."""
    return {one.name: one for one in fields}


def fields_of(named: dict[str, Field]) -> tuple[Field, ...]:
    """Return columns as a result has them."""
    return tuple(named.values())


def put(fields: dict[str, Field], name: str, flows: Flows, deciding: Flows | None = None) -> None:
    """Add what flows into a column, on top of what is known of it."""
    together: Influences = dict(fields[name].flows) if name in fields else {}
    absorb(together, flows)
    absorb(together, deciding or {})
    fields[name] = Field(name, together)


def assigned(
    assignment: exp.Expression, scope: Scope, env: Env, qualified: bool = False
) -> Iterator[tuple[str, Flows]]:
    """Return the columns of ``a = x`` or ``(a, b) = (x, y)`` with what flows into each."""
    left, right = assignment.this, assignment.expression
    names = left.expressions if isinstance(left, exp.Tuple) else [left]
    if isinstance(right, exp.Query) and len(names) > 1:
        result = read_query(right, env, scope)
        values = [{**one.flows, **result.rows} for one in result.fields]
    else:
        cells = right.expressions if isinstance(right, exp.Tuple) and len(names) > 1 else [right]
        values = [dict(influences(cell, scope, env)) for cell in cells]
    for name, flows in zip(names, values, strict=False):
        yield _column_named(name, scope, qualified), flows


def _column_named(column: exp.Expression, scope: Scope, qualified: bool) -> str:
    """Return the column that is set; ``s.x`` sets a field of the column ``s`` if no table is called so."""
    if not isinstance(column, exp.Column) or not column.table:
        return str(column.name)
    if scope.source(column.table) is None:
        return str(column.parts[0].name)
    return f"{column.table}.{column.name}" if qualified else str(column.name)
