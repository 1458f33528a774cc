"""Queries: SELECT, UNION and its kin, parentheses, VALUES and WITH."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlglot import exp

from hallmark.errors import StageError
from hallmark.lineage.sql.expressions import aggregates, conjuncts, is_aggregate, leaves
from hallmark.lineage.sql.flows import FILTER, GROUP_BY, SORT, Step, absorb
from hallmark.lineage.sql.matches import recognized
from hallmark.lineage.sql.parsing import is_recursive
from hallmark.lineage.sql.projections import Projection, projected
from hallmark.lineage.sql.reading import Env, Influences, Result, decide, influences, read_query
from hallmark.lineage.sql.scopes import Field, Scope, Source
from hallmark.lineage.sql.sources import read_from

__all__ = ["read_query", "with_entries"]

# Clauses of a SELECT that decide over all rows, beside those with rules of their own for names.
_CLAUSES = {
    "where": FILTER,
    "prewhere": FILTER,
    "connect": FILTER,
    "qualify": FILTER,
    "limit": FILTER,
    "offset": FILTER,
    "sort": SORT,
    "cluster": SORT,
    "distribute": SORT,
}
_TRIMMING = ("order", "limit", "offset")
_SETS = (exp.Tuple, exp.Paren, exp.Rollup, exp.Cube, exp.GroupingSets)


@read_query.register(exp.Select)
def _select(select: exp.Select, env: Env, outer: Scope | None = None) -> Result:
    env = with_entries(select, env, outer)
    scope, rows = Scope(outer, env.sensitive), Influences()
    read_from(select, scope, rows, env)
    if select.args.get("match") is not None:
        scope = recognized(select.args["match"], scope, rows, env)
    projections = projected(select, scope, rows, env)
    for clause, subtype in _CLAUSES.items():
        node = select.args.get(clause)
        if node is not None:
            decide(rows, subtype, _parts(node), scope, env)
    grouped = _group(select, projections, scope, rows, env)
    _having(select, grouped, scope, rows, env)
    _distinct(select, projections, scope, rows, env)
    _order(select, [p.field for p in projections], scope, rows, env)
    return Result(tuple(p.field for p in projections), rows)


@read_query.register(exp.Subquery)
def _parentheses(query: exp.Subquery, env: Env, outer: Scope | None = None) -> Result:
    env = with_entries(query, env, outer)
    inner = query.this
    if isinstance(inner, exp.Pivot):
        inner = exp.select("*").from_(_as_clause(inner))
    elif not isinstance(inner, exp.Select | exp.SetOperation) and not _holds_query(inner):
        inner = exp.select("*").from_(inner.copy())
    result = read_query(inner, env, outer)
    return _trimmed(query, result, [result.fields], env, outer)


@read_query.register(exp.SetOperation)
def _set_operation(query: exp.SetOperation, env: Env, outer: Scope | None = None) -> Result:
    env = with_entries(query, env, outer)
    operations, first = _spine(query)
    result = read_query(first, env, outer)
    columns = [(one.name, dict(one.flows)) for one in result.fields]
    rows, distinct = dict(result.rows), False
    arms: list[Sequence[Field]] = [result.fields]
    for operation in operations:
        right = read_query(operation.expression, env, outer)
        arms.append(right.fields)
        absorb(rows, right.rows)
        distinct = distinct or bool(operation.args.get("distinct"))
        _combine(operation, columns, right.fields, rows)
    fields = tuple(Field(name, flows) for name, flows in columns)
    if distinct:
        _decide_by(rows, GROUP_BY, fields)
    return _trimmed(query, Result(fields, rows), arms, env, outer)


def _spine(query: exp.SetOperation) -> tuple[list[exp.SetOperation], exp.Expression]:
    """Return a chain of set operations from its first arm on, without recursion: generated SQL has hundreds."""
    operations = [query]
    first = query.this
    while isinstance(first, exp.SetOperation) and not any(first.args.get(key) for key in ("with_", *_TRIMMING)):
        operations.append(first)
        first = first.this
    return operations[::-1], first


def _combine(
    operation: exp.SetOperation, columns: list[tuple[str, Influences]], right: Sequence[Field], rows: Influences
) -> None:
    """Add the right side's columns to those so far, or what it decides to the rows."""
    if isinstance(operation, exp.Except | exp.Intersect):
        # The rows are the left side's; the right side only says which.
        _decide_by(rows, FILTER, right)
        return
    if operation.args.get("by_name"):
        positions = {name.lower(): position for position, (name, _) in enumerate(columns)}
        for one in right:
            if one.name.lower() not in positions:
                columns.append((one.name, {}))
            absorb(columns[positions.get(one.name.lower(), -1)][1], one.flows)
        return
    if len(columns) != len(right):
        raise StageError(
            f"a UNION joins queries of {len(columns)} and {len(right)} columns", "give both the same columns"
        )
    for (_, flows), one in zip(columns, right, strict=True):
        absorb(flows, one.flows)


def _decide_by(rows: Influences, subtype: str, fields: Iterable[Field]) -> None:
    for one in fields:
        absorb(rows, one.flows, Step(subtype, exp.column(one.name)))


def _trimmed(
    query: exp.Expression, result: Result, arms: list[Sequence[Field]], env: Env, outer: Scope | None
) -> Result:
    """Apply ORDER BY and LIMIT that stand behind a whole query; they may use the names of any arm."""
    if not any(query.args.get(key) for key in _TRIMMING):
        return result
    scope, rows = Scope(outer, env.sensitive), dict(result.rows)
    scope.add(Source("", result.fields))
    for arm in arms[1:]:
        for one, output in zip(arm, result.fields, strict=False):
            scope.aliases.setdefault(one.name.lower(), output)
    for clause in ("limit", "offset"):
        if query.args.get(clause) is not None:
            decide(rows, FILTER, _parts(query.args[clause]), scope, env)
    _order(query, result.fields, scope, rows, env)
    return Result(result.fields, rows)


def with_entries(query: exp.Expression, env: Env, outer: Scope | None) -> Env:
    """Read the WITH clause once, entry by entry, so that an entry costs the same however often it is used.

    Raises:
        StageError: two entries have one name, or one of them cannot be followed.
    """
    with_ = query.args.get("with_")
    if with_ is None:
        return env
    env = env.nested()
    names = [cte.alias.lower() for cte in with_.expressions]
    if len(set(names)) < len(names):
        again = next(name for name in names if names.count(name) > 1)
        raise StageError(f"two WITH entries are called {again!r}", "give one of them another name")
    for cte in with_.expressions:
        read = _read_recursive if is_recursive(cte, with_) else _read_entry
        env.ctes[cte.alias.lower()] = read(cte, cte.this, env, outer)
    return env


def _read_entry(cte: exp.CTE, query: exp.Expression, env: Env, outer: Scope | None) -> Result:
    result = read_query(query, env, outer)
    names = [one.name for one in cte.args["alias"].args.get("columns") or []]
    named = [one.renamed(name) for name, one in zip(names, result.fields, strict=False)]
    return Result((*named, *result.fields[len(named) :]), result.rows).unique(env.dialect)


def _read_recursive(cte: exp.CTE, query: exp.Expression, env: Env, outer: Scope | None) -> Result:
    """Start from the first arm and repeat until no new flow appears; there are finitely many."""
    inside = env.nested()
    known = inside.ctes[cte.alias.lower()] = _read_entry(
        cte, query.unnest().this, with_entries(query.unnest(), env, outer), outer
    )
    while True:
        result = _read_entry(cte, query, inside, outer)
        if _flow_keys(result) == _flow_keys(known):
            return result
        known = inside.ctes[cte.alias.lower()] = result


def _flow_keys(result: Result) -> list[frozenset[object]]:
    return [frozenset(result.rows), *(frozenset(one.flows) for one in result.fields)]


def _parts(clause: exp.Expression) -> list[exp.Expression]:
    """Return what a clause holds: its conditions, its keys or its count."""
    return [part for inner in clause.iter_expressions() for part in conjuncts(inner)]


def _group(select: exp.Select, projections: list[Projection], scope: Scope, rows: Influences, env: Env) -> set[str]:
    """Read GROUP BY and return the names of the columns it groups by."""
    group = select.args.get("group")
    if group is None:
        return set()
    keys = list(_flat(group.iter_expressions()))
    positions = [_position(key, projections) for key in keys]
    plain = [key for key, position in zip(keys, positions, strict=True) if position is None]
    decide(rows, GROUP_BY, plain, scope, env)
    chosen = [projections[position] for position in positions if position is not None]
    if group.args.get("all"):
        chosen += [projection for projection in projections if not aggregates(projection.expression)]
    for projection in chosen:
        absorb(rows, projection.field.flows, Step(GROUP_BY, projection.expression))
    grouped = [*plain, *(projection.expression for projection in chosen)]
    return {key.name.lower() for key in grouped if isinstance(key, exp.Column)}


def _flat(keys: Iterable[exp.Expression]) -> Iterable[exp.Expression]:
    for key in keys:
        if isinstance(key, _SETS):
            yield from _flat(key.iter_expressions())
        else:
            yield key


def _position(key: exp.Expression, outputs: Sequence[object]) -> int | None:
    """Return which output column ``2`` or ``#2`` means."""
    literal = key.this if isinstance(key, exp.PositionalColumn) else key
    if not (isinstance(literal, exp.Literal) and literal.is_int):
        return None
    position = int(literal.name)
    if not 1 <= position <= len(outputs):
        raise StageError(f"position {position} is beyond the {len(outputs)} columns of its query", "name the column")
    return position - 1


def _having(select: exp.Select, grouped: set[str], scope: Scope, rows: Influences, env: Env) -> None:
    """Read HAVING, where an alias wins over a column that is neither grouped by nor aggregated."""
    having = select.args.get("having")
    if having is None:
        return
    for condition in conjuncts(having.this):
        flows: Influences = {}
        aliased = {
            id(leaf): scope.aliases[leaf.name.lower()]
            for leaf, _ in leaves(condition)
            if _is_bare(leaf) and leaf.name.lower() in scope.aliases.keys() - grouped and not _aggregated(leaf, having)
        }
        absorb(flows, influences(condition, scope, env, aliased))
        absorb(rows, flows, Step(FILTER, condition))


def _is_bare(node: exp.Expression) -> bool:
    return type(node) is exp.Column and len(node.parts) == 1 and not node.is_star


def _aggregated(node: exp.Expression, clause: exp.Expression) -> bool:
    parent = node.parent
    while parent is not None and parent is not clause:
        if is_aggregate(parent):
            return True
        parent = parent.parent
    return False


def _distinct(select: exp.Select, projections: list[Projection], scope: Scope, rows: Influences, env: Env) -> None:
    distinct = select.args.get("distinct")
    if distinct is None:
        return
    on = distinct.args.get("on")
    if on is None:
        for projection in projections:
            absorb(rows, projection.field.flows, Step(GROUP_BY, projection.expression))
        return
    fields = [projection.field for projection in projections]
    for key in _flat([on]):
        _decide_by_output(rows, GROUP_BY, key, fields, scope, env)


def _order(query: exp.Expression, fields: Sequence[Field], scope: Scope, rows: Influences, env: Env) -> None:
    order = query.args.get("order")
    for ordered in order.expressions if order is not None else []:
        if isinstance(ordered.this, exp.Var) and ordered.this.name.upper() == "ALL":
            _decide_by(rows, SORT, fields)
        else:
            _decide_by_output(rows, SORT, ordered.this, fields, scope, env)


def _decide_by_output(
    rows: Influences, subtype: str, key: exp.Expression, fields: Sequence[Field], scope: Scope, env: Env
) -> None:
    """A position or a bare name means an output column; inside an expression a name means an input column first."""
    position = _position(key, fields)
    if position is None and _is_bare(key):
        position = next((n for n, one in enumerate(fields) if one.name.lower() == key.name.lower()), None)
    if position is None:
        decide(rows, subtype, [key], scope, env)
    else:
        absorb(rows, fields[position].flows, Step(subtype, exp.column(fields[position].name)))


def _holds_query(node: exp.Expression) -> bool:
    while isinstance(node, exp.Subquery):
        node = node.this
    return isinstance(node, exp.Select | exp.SetOperation)


def _as_clause(statement: exp.Pivot) -> exp.Expression:
    """DuckDB's ``PIVOT t ON ...`` as a table with that clause."""
    table = statement.this.copy()
    clause = statement.copy()
    clause.set("this", None)
    table.set("pivots", [clause])
    return table
