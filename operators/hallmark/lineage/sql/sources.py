"""The FROM clause: tables, subqueries, functions and joins, read from left to right into a scope."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlglot import exp
from sqlglot.dialects.dialect import UsingColumnOrder

from hallmark.errors import StageError
from hallmark.lineage.sql.expressions import conjuncts
from hallmark.lineage.sql.flows import JOIN, TRANSFORMATION, Step, absorb
from hallmark.lineage.sql.parsing import dotted
from hallmark.lineage.sql.pivots import pivoted
from hallmark.lineage.sql.reading import (
    Env,
    Influences,
    Result,
    decide,
    influences,
    made_of,
    read_query,
    unaliased,
)
from hallmark.lineage.sql.scopes import Field, Scope, Slot, Source, alias_columns, aliased
from hallmark.lineage.sql.stars import unfollowed

__all__ = ["read_from", "read_item"]


def read_from(select: exp.Expression, scope: Scope, rows: Influences, env: Env) -> None:
    """Read a FROM clause with its joins and lateral views.

    Args:
        select: the SELECT, or a parenthesised table with joins.
        scope: takes the names, in order.
        rows: takes what decides over every row.
        env: the tables in reach.

    Raises:
        StageError: a table or a column is not known, or a join has two tables of one name.
    """
    from_ = select.args.get("from_")
    if from_ is not None:
        read_item(from_.this, scope, rows, env)
    for join in select.args.get("joins") or []:
        _read_join(join, scope, rows, env)
    for lateral in select.args.get("laterals") or []:
        read_item(lateral, scope, rows, env)


def read_item(node: exp.Expression, scope: Scope, rows: Influences, env: Env) -> None:
    """Read one table expression into a scope; the joins inside its parentheses belong to it.

    Raises:
        StageError: as for :func:`read_from`.
    """
    if isinstance(node, exp.Subquery) and isinstance(node.this, exp.Table | exp.Subquery) and not _is_derived(node):
        read_item(node.this, scope, rows, env)
    else:
        source = _reader(node)(node, scope, rows, env)
        for pivot in node.args.get("pivots") or []:
            source = pivoted(source, pivot, rows, env)
        scope.add(source)
    for join in node.args.get("joins") or []:
        _read_join(join, scope, rows, env)


def _reader(node: exp.Expression) -> Callable[..., Source]:
    for kind, reader in _ITEMS.items():
        if isinstance(node, kind):
            return reader
    raise unfollowed(node)


def _is_derived(node: exp.Subquery) -> bool:
    """A parenthesised join with an alias is a table of its own; without one its tables keep their names."""
    return bool(node.alias or node.args.get("pivots")) or any(node.args.get(key) for key in ("order", "limit", "with_"))


def _read_join(join: exp.Join, scope: Scope, rows: Influences, env: Env) -> None:
    start, before = len(scope.slots), len(scope.sources())
    read_item(join.this, scope, rows, env)
    using = [one.name for one in join.args.get("using") or []]
    if join.method == "NATURAL":
        using = [slot.name for slot in scope.visible() if slot.index < start and scope.named(slot.name, start)]
    _merge(using, start, join, scope, rows, env)
    if join.args.get("on") is not None:
        decide(rows, JOIN, conjuncts(join.args["on"]), scope, env)
    if join.args.get("match_condition") is not None:
        decide(rows, JOIN, [join.args["match_condition"]], scope, env)
    if join.is_semi_or_anti_join:
        for source in scope.sources()[before:]:
            scope.forget(source)


def _merge(using: Sequence[str], start: int, join: exp.Join, scope: Scope, rows: Influences, env: Env) -> None:
    """Make one column of each pair that USING names: the side that the join keeps, or both for a FULL JOIN."""
    for rank, name in enumerate(using):
        left, right = _one(name, scope.named(name, 0, start)), _one(name, scope.named(name, start))
        condition = exp.EQ(this=_column(left, scope), expression=_column(right, scope))
        for side in (left, right):
            absorb(rows, side.field.flows, Step(JOIN, condition))
        if not join.is_semi_or_anti_join:
            left.field = _KEPT.get(join.side, _left)(left, right, scope)
            right.hidden = True
            if env.dialect.USING_COLUMN_ORDER is not UsingColumnOrder.IN_PLACE:
                left.rank = rank - (start + 1) * len(scope.slots)


def _one(name: str, slots: Sequence[Slot]) -> Slot:
    if len(slots) == 1:
        return slots[0]
    found = "more than one column" if slots else "no column"
    raise StageError(f"USING ({name}) finds {found} {name!r} on one side of the join", "join ON two named columns")


def _left(left: Slot, _: Slot, __: Scope) -> Field:
    return left.field


def _right(_: Slot, right: Slot, __: Scope) -> Field:
    return right.field


def _both(left: Slot, right: Slot, scope: Scope) -> Field:
    first = exp.Coalesce(this=_column(left, scope), expressions=[_column(right, scope)])
    merged: Influences = {}
    for slot in (left, right):
        absorb(merged, slot.field.flows, Step(TRANSFORMATION, first))
    return Field(left.name, merged)


_KEPT: dict[str, Callable[[Slot, Slot, Scope], Field]] = {"RIGHT": _right, "FULL": _both}


def _column(slot: Slot, scope: Scope) -> exp.Column:
    source = scope.source(slot.source)
    return exp.column(slot.name, table=source.name if source and source.name else None)


def _table(node: exp.Table, scope: Scope, rows: Influences, env: Env) -> Source:
    if node.args.get("rows_from"):
        return _side_by_side(node, scope, rows, env)
    if not isinstance(node.this, exp.Identifier):
        return _function(node, node.this, scope, rows, env)
    name = dotted(node)
    result = env.ctes.get(name.lower())
    if result is not None:
        return _of_result(node, result, rows, env)
    table = env.tables.get(name)
    if table is None:
        # Only the first step of a recursive WITH entry comes here: the entry hides an input of its name.
        raise StageError(
            f"the WITH entry {name!r} reads itself in its first step", "read a table of another name there"
        )
    return replace(table, name=node.alias_or_name, fields=aliased(table.fields, node))


def _subquery(node: exp.Subquery, scope: Scope, rows: Influences, env: Env) -> Source:
    return _of_result(node, read_query(node, env, scope), rows, env)


def _of_result(node: exp.Expression, result: Result, rows: Influences, env: Env) -> Source:
    absorb(rows, result.rows)
    renamed = Result(aliased(result.fields, node), result.rows)
    return Source(node.alias_or_name, renamed.unique(env.dialect).fields)


def _final(node: exp.Final, scope: Scope, rows: Influences, env: Env) -> Source:
    """ClickHouse's ``FROM t FINAL``."""
    return _reader(node.this)(node.this, scope, rows, env)


def _values(node: exp.Values, scope: Scope, rows: Influences, env: Env) -> Source:
    width = max(len(_cells(row)) for row in node.expressions)
    names = _VALUE_NAMES.get(type(env.dialect).__name__, _numbered)(width)
    columns: list[Influences] = [{} for _ in range(width)]
    for row in node.expressions:
        for column, cell in zip(columns, _cells(row), strict=False):
            absorb(column, influences(cell, scope, env))
    fields = tuple(Field(name, column) for name, column in zip(names, columns, strict=False))
    return Source(node.alias, aliased(fields, node))


def _numbered(width: int) -> list[str]:
    return [f"column{number}" for number in range(1, width + 1)]


# What VALUES calls its columns; PostgreSQL, SQLite and Snowflake count from column1.
_VALUE_NAMES: dict[str, Callable[[int], list[str]]] = {
    "DuckDB": lambda width: [f"col{number}" for number in range(width)],
    "Spark": lambda width: [f"col{number}" for number in range(1, width + 1)],
}


def _cells(row: exp.Expression) -> list[exp.Expression]:
    return row.expressions if isinstance(row, exp.Tuple) else [row]


def _lateral(node: exp.Lateral, scope: Scope, rows: Influences, env: Env) -> Source:
    if isinstance(node.this, exp.Query):
        return _of_result(node, read_query(node.this, env, scope), rows, env)
    return _function(node, node.this, scope, rows, env)


def _unnest(node: exp.Unnest, scope: Scope, rows: Influences, env: Env) -> Source:
    return _function(node, node, scope, rows, env)


def _side_by_side(node: exp.Table, scope: Scope, rows: Influences, env: Env) -> Source:
    """PostgreSQL's ``ROWS FROM (f(x), g(y)) AS t(a, b)``: each function gives the columns in its place."""
    fields: list[Field] = []
    for one in node.args["rows_from"]:
        source = _reader(one)(one, scope, rows, env)
        fields += source.fields or [Field(source.label.lower(), source.unlisted("") if source.unlisted else {})]
    if len(alias_columns(node)) > len(fields):
        raise unfollowed(node)
    return Source(node.alias, aliased(fields, node))


def _function(node: exp.Expression, call: exp.Expression, scope: Scope, rows: Influences, env: Env) -> Source:
    """A function in FROM: every column it gives is made of its arguments, which also say how many rows there are.

    Its columns are those its alias names; UNNEST and the series functions give one. Those of others are not known.
    """
    flows = made_of(call, scope, env)
    absorb(rows, flows, Step(JOIN, unaliased(call)))
    single = isinstance(call, exp.Unnest | exp.GenerateSeries | exp.Explode)
    default = [node.alias or call.sql(dialect=env.dialect).partition("(")[0].lower()] if single else []
    names = [one.name for one in alias_columns(node)] or default
    fields = [Field(name, flows) for name in names]
    offset = node.args.get("offset")
    if isinstance(offset, exp.Expression) and single:
        fields.append(Field(offset.name or "ordinality", {}))
    name = node.alias or (names[0] if names else "")
    return Source(name, tuple(fields), lambda _: flows, call.sql(dialect=env.dialect))


_ITEMS: dict[type[exp.Expression], Callable[..., Source]] = {
    exp.Table: _table,
    exp.Subquery: _subquery,
    exp.Values: _values,
    exp.Lateral: _lateral,
    exp.Unnest: _unnest,
    exp.Final: _final,
}
