"""PIVOT and UNPIVOT over one table, as a clause of FROM or as DuckDB's statement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from sqlglot import exp

from hallmark.lineage.sql.expressions import default_name
from hallmark.lineage.sql.flows import CONDITIONAL, FILTER, GROUP_BY, Step, absorb
from hallmark.lineage.sql.reading import Env, Influences, decide, influences
from hallmark.lineage.sql.scopes import Field, Scope, Source, aliased
from hallmark.lineage.sql.stars import matched, unfollowed

__all__ = ["pivoted"]


def pivoted(source: Source, pivot: exp.Pivot, rows: Influences, env: Env) -> Source:
    """Return a table as its PIVOT or UNPIVOT leaves it.

    Args:
        source: the table before.
        pivot: the clause, or DuckDB's statement without its table.
        rows: takes the columns that PIVOT groups by.
        env: the tables in reach.

    Raises:
        StageError: the new columns come from the data: a PIVOT without the list of values.
    """
    scope = Scope(sensitive=env.sensitive)
    scope.add(source)
    reader = _unpivot if pivot.args.get("unpivot") else _pivot
    fields = aliased(reader(source, pivot, scope, rows, env), pivot)
    return Source(pivot.alias or source.name, fields)


def _pivot(source: Source, pivot: exp.Pivot, scope: Scope, rows: Influences, env: Env) -> Iterator[Field]:
    calls = pivot.args.get("using") or pivot.expressions
    ons = pivot.args.get("fields") or pivot.expressions
    if not all(isinstance(on, exp.In) and on.expressions and not on.args.get("field") for on in ons):
        raise unfollowed(pivot)
    keys = [on.this for on in ons]
    kept = list(_grouped(source, pivot, [*keys, *calls], scope))
    for one in kept:
        absorb(rows, one.flows, Step(GROUP_BY, exp.column(one.name)))
    yield from kept
    cells = list(product(*(on.expressions for on in ons), calls))
    for name, (*_, call) in zip(_pivot_names(pivot, cells, len(calls), env), cells, strict=True):
        flows: Influences = {}
        absorb(flows, influences(call, scope, env))
        decide(flows, CONDITIONAL, keys, scope, env)
        yield Field(name, flows)


def _grouped(source: Source, pivot: exp.Pivot, used: Iterable[exp.Expression], scope: Scope) -> Iterator[Field]:
    """Columns that stay: those of GROUP BY, or all that the pivot does not use."""
    group = pivot.args.get("group")
    if group is not None:
        yield from (scope.resolve(key) for key in group.expressions)
        return
    taken = {column.name.lower() for expression in used for column in expression.find_all(exp.Column)}
    yield from (one for one in source.fields if one.name.lower() not in taken)


def _pivot_names(pivot: exp.Pivot, cells: Sequence[tuple[exp.Expression, ...]], calls: int, env: Env) -> Sequence[str]:
    """Return what the new columns are called: sqlglot knows it for a clause of FROM, not for DuckDB's statement."""
    known = [one.name for one in pivot.args.get("columns") or []]
    if len(known) == len(cells):
        return known
    if any(len(cell) != 2 for cell in cells):
        raise unfollowed(pivot)
    return [_pivot_name(value, call, calls, env) for value, call in cells]


def _pivot_name(value: exp.Expression, call: exp.Expression, calls: int, env: Env) -> str:
    label = value.alias if isinstance(value, exp.PivotAlias | exp.Alias) else value.name or value.sql(env.dialect)
    if isinstance(call, exp.Alias):
        return f"{label}_{call.alias}"
    return str(label) if calls == 1 else f"{label}_{default_name(call, env.dialect).lower()}"


def _unpivot(source: Source, pivot: exp.Pivot, scope: Scope, rows: Influences, env: Env) -> Iterator[Field]:
    name, values, nodes = _statement(pivot) if pivot.args.get("into") else _clause(pivot)
    groups = [group for node in nodes for group in _groups(node, scope)]
    taken = {one.name.lower() for group in groups for one in group}
    yield from (one for one in source.fields if one.name.lower() not in taken)
    yield Field(name, {})
    for position, value in enumerate(values):
        flows: Influences = {}
        for group in groups:
            absorb(flows, group[position].flows)
        yield Field(value, flows)
    if not pivot.args.get("include_nulls"):
        # A NULL among them becomes no row.
        for one in (one for group in groups for one in group):
            absorb(rows, one.flows, Step(FILTER, exp.column(one.name)))


def _statement(pivot: exp.Pivot) -> tuple[str, list[str], list[exp.Expression]]:
    """``UNPIVOT t ON a, b INTO NAME n VALUE v``."""
    into = pivot.args["into"]
    return into.this.name, [one.name for one in into.expressions], pivot.expressions


def _clause(pivot: exp.Pivot) -> tuple[str, list[str], list[exp.Expression]]:
    """``UNPIVOT (v FOR n IN (a, b))``, each of ``v``, ``a`` and ``b`` possibly a tuple."""
    if not pivot.args.get("fields"):
        return "name", ["value"], pivot.expressions
    target, on = pivot.expressions[0], pivot.args["fields"][0]
    values = target.expressions if isinstance(target, exp.Tuple) else [target]
    return on.this.name, [one.name for one in values], on.expressions


def _groups(node: exp.Expression, scope: Scope) -> list[list[Field]]:
    """Return the columns that become one row each: one, a tuple of them, or each that a star stands for."""
    inner = node.this if isinstance(node, exp.PivotAlias | exp.Alias) else node
    if isinstance(inner, exp.Columns) or inner.is_star:
        return [[one] for one in matched(inner, scope)]
    columns = inner.expressions if isinstance(inner, exp.Tuple) else [inner]
    if not all(type(column) is exp.Column for column in columns):
        raise unfollowed(node)
    return [[scope.resolve(column) for column in columns]]
