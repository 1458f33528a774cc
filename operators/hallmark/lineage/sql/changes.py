"""What a statement does to tables, as columns and row influences; INSERT, CREATE … AS and SELECT INTO are read here."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from hallmark.errors import StageError
from hallmark.lineage.sql.expressions import conjuncts
from hallmark.lineage.sql.filling import (
    Change,
    assigned,
    by_name,
    fields_of,
    in_order,
    known_of,
    put,
    stored,
    stored_name,
    target_of,
)
from hallmark.lineage.sql.flows import FILTER, absorb
from hallmark.lineage.sql.parsing import start_of
from hallmark.lineage.sql.projections import projected
from hallmark.lineage.sql.queries import with_entries
from hallmark.lineage.sql.reading import Env, Influences, Result, decide, influences, read_query
from hallmark.lineage.sql.scopes import Field, Scope, Source
from hallmark.lineage.sql.stars import unfollowed
from hallmark.lineage.sql.tables import defines, target_table
from hallmark.lineage.sql.updates import deleted, merged, updated

__all__ = ["changes", "fills"]

_DEFINITIONS = frozenset({"TABLE", "VIEW"})


def changes(statement: exp.Expression, env: Env) -> list[Change]:
    """Return what a statement and those inside its WITH clause do to tables; nothing for one that writes no rows.

    Args:
        statement: any statement, which is not changed.
        env: the tables it reads, and those it writes as far as their columns are known.

    Raises:
        StageError: lineage cannot follow it, or it names what does not exist.
    """
    reader = next((read for kind, read in _READERS.items() if isinstance(statement, kind)), None)
    if reader is None:
        text = start_of(statement, env.dialect)
        raise StageError(f"column lineage cannot follow the statement {text}", "table_lineage tells its tables alone")
    inside = with_entries(statement, env, None)
    with_ = statement.args.get("with_")
    found: list[Change] = []
    for cte in with_.expressions if with_ is not None else []:
        if isinstance(cte.this, _CHANGING):
            found += changes(cte.this, inside)
    own = reader(statement, inside)
    return found + own + [logged for change in own for logged in _output(statement, change, inside)]


def fills(statement: exp.Expression) -> bool:
    """Tell whether a statement may put rows into tables, so that its names matter; others are passed over."""
    if isinstance(statement, exp.Query | exp.Pivot | exp.Values):
        return statement.find(exp.Into, *_CHANGING) is not None
    return not isinstance(statement, _SILENT) and not defines(statement)


def _insert(insert: exp.Insert, env: Env) -> list[Change]:
    table, known = target_of(insert.this, env)
    result = _filled(insert, known, _rows_of(insert.expression, env))
    fields = by_name(result.fields)
    _on_conflict(insert.args.get("conflict"), table, known, fields, env)
    return [Change(table, Result(fields_of(fields), result.rows))]


def _rows_of(query: exp.Expression | None, env: Env) -> Result:
    if query is None:
        return Result((), {})
    return read_query(exp.select("*").from_(query.copy()) if isinstance(query, exp.Values) else query, env)


def _filled(insert: exp.Insert, known: Source, result: Result) -> Result:
    """Return the rows under the names of the table's columns."""
    table = target_table(insert.this)
    partition = table.args.get("partition") if table is not None else None
    parts = partition.expressions if isinstance(partition, exp.Partition) else []
    constants = tuple(Field(p.this.name, {}) for p in parts if isinstance(p, exp.EQ))
    listed = [one.name for one in insert.this.expressions] if isinstance(insert.this, exp.Schema) else []
    if insert.args.get("by_name"):
        return Result((*stored(result.fields, known), *constants), result.rows)
    apart = {(p.this if isinstance(p, exp.EQ) else p).name.lower() for p in parts}
    kept = [one.name for one in known.fields if one.name.lower() not in apart]
    names = (listed or kept) + [p.name for p in parts if not isinstance(p, exp.EQ)] * bool(listed or kept)
    # What VALUES calls its columns is nothing of the table's.
    unnamed = () if isinstance(insert.expression, exp.Values) else result.fields
    fields = in_order(result.fields, names, exact=bool(listed)) if names else unnamed
    return Result((*stored(fields, known), *constants), result.rows)


def _on_conflict(
    conflict: exp.Expression | None, table: exp.Table, known: Source, fields: dict[str, Field], env: Env
) -> None:
    """Add what ``ON CONFLICT DO UPDATE SET`` puts into columns; ``excluded`` is the row that was to be inserted."""
    if conflict is None:
        return
    around = Scope(sensitive=env.sensitive)
    around.add(Source("excluded", fields_of(fields)))
    scope = Scope(around, env.sensitive)
    scope.add(known)
    deciding: Influences = {}
    if conflict.args.get("where") is not None:
        decide(deciding, FILTER, conjuncts(conflict.args["where"].this), scope, env)
    for assignment in conflict.expressions:
        for name, flows in assigned(_excluded_named(assignment), scope, env):
            put(fields, stored_name(name, known), flows, deciding)


def _excluded_named(assignment: exp.Expression) -> exp.Expression:
    """Read MySQL's ``VALUES(a)`` as ``excluded.a``."""
    bare = assignment.copy()
    for call in list(bare.find_all(exp.Anonymous)):
        if call.name.upper() == "VALUES" and call.expressions:
            call.replace(exp.column(call.expressions[0].name, table="excluded"))
    return bare


def _create(create: exp.Create, env: Env) -> list[Change]:
    kind = str(create.args.get("kind", "")).upper()
    query = create.args.get("expression")
    clone = create.args.get("clone")
    if clone is not None:
        query = exp.select("*").from_(clone.this.copy())
    if query is None or kind not in _DEFINITIONS:
        return []
    table, _ = target_of(create.this, env)
    result = _rows_of(query, env).unique(env.dialect)
    listed = create.this.expressions if isinstance(create.this, exp.Schema) else []
    names = [one.name for one in listed if not (isinstance(one, exp.ColumnDef) and one.args.get("kind"))]
    fields = in_order(result.fields, names, exact=True) if names and clone is None else result.fields
    return [Change(table, Result(fields, result.rows))]


def _cache(cache: exp.Cache, env: Env) -> list[Change]:
    table, _ = target_of(cache.this, env)
    return [Change(table, read_query(cache.expression, env))] if cache.expression is not None else []


def _query(query: exp.Query, env: Env) -> list[Change]:
    """``SELECT … INTO t``; any other query writes nothing."""
    into = query.find(exp.Into)
    if into is None or target_table(into.this) is None:
        return []
    table, _ = target_of(into.this, env)
    bare = query.copy()
    bare.find(exp.Into).pop()
    return [Change(table, read_query(bare, env).unique(env.dialect))]


def _several(inserts: exp.MultitableInserts, env: Env) -> list[Change]:
    """Snowflake's and Oracle's ``INSERT ALL``; Spark's ``FROM t INSERT INTO a SELECT … INSERT INTO b SELECT …``."""
    source = inserts.args["source"]
    result = read_query(source if isinstance(source, exp.Query) else exp.select("*").from_(source.copy()), env)
    scope = Scope(sensitive=env.sensitive)
    scope.add(Source("", result.fields))
    rows, found = dict(result.rows), []
    for one in inserts.expressions:
        insert = one.this if isinstance(one, exp.ConditionalInsert) else one
        condition = one.args.get("expression") if isinstance(one, exp.ConditionalInsert) else None
        own = dict(rows)
        if condition is not None:
            decide(own, FILTER, conjuncts(condition), scope, env)
            rows = own if inserts.args.get("kind") == "FIRST" or _has_else(inserts) else rows
        table, known = target_of(insert.this, env)
        filled = _filled(insert, known, _chosen(insert.expression, source, result, scope, env))
        found.append(Change(table, Result(filled.fields, {**own, **filled.rows})))
    return found


def _has_else(inserts: exp.MultitableInserts) -> bool:
    return any(one.args.get("else_") for one in inserts.expressions)


def _chosen(chosen: exp.Expression | None, source: exp.Expression, result: Result, scope: Scope, env: Env) -> Result:
    if isinstance(chosen, exp.Values):
        cells = chosen.expressions[0].expressions
        return Result(tuple(Field(one.output_name or one.sql(), influences(one, scope, env)) for one in cells), {})
    if isinstance(chosen, exp.Select):
        return read_query(chosen.copy().from_(source.copy()), env)
    return Result(result.fields, {})


def _copy(copy: exp.Copy, env: Env) -> list[Change]:
    """COPY fills a table from files, of which there is nothing to tell."""
    table = target_table(copy.this) if copy.args.get("kind") else None
    return [Change(table, Result((), {}))] if table is not None else []


def _output(statement: exp.Expression, change: Change, env: Env) -> list[Change]:
    """T-SQL's ``OUTPUT inserted.a INTO log (b)`` writes a second table."""
    returning = statement.args.get("returning")
    into = returning.args.get("into") if returning else None
    if not into:
        return []
    if not isinstance(into, exp.Table | exp.Anonymous):
        raise unfollowed(returning)
    result = _returned(returning, change, env)
    names = [one.name for one in into.expressions]
    second = into if isinstance(into, exp.Table) else exp.Table(this=exp.to_identifier(into.name))
    return [Change(second, Result(in_order(result.fields, names) if names else result.fields, result.rows))]


def _returned(returning: exp.Expression, change: Change, env: Env) -> Result:
    """Read a RETURNING clause: the table's columns as the statement leaves them; T-SQL says inserted or deleted."""
    known = known_of(change.table, env)
    after = fields_of({**by_name(known.fields), **by_name(change.result.fields)})
    around, scope = Scope(sensitive=env.sensitive), Scope(sensitive=env.sensitive)
    around.add(Source("inserted", after, known.unlisted))
    around.add(Source("deleted", known.fields, known.unlisted))
    scope.outer = around
    scope.add(Source(known.name, after, known.unlisted))
    rows: Influences = {}
    chosen = exp.select(*(one.copy() for one in returning.expressions))
    return Result(tuple(one.field for one in projected(chosen, scope, rows, env)), rows)


@read_query.register(exp.Insert)
@read_query.register(exp.Update)
@read_query.register(exp.Delete)
@read_query.register(exp.Merge)
def _returning(statement: exp.Expression, env: Env, outer: Scope | None = None) -> Result:
    """What ``WITH d AS (DELETE … RETURNING *)`` gives to those who read ``d``."""
    returning = statement.args.get("returning")
    own = changes(statement, env)
    if not returning or not own:
        return Result((), {})
    result = _returned(returning, own[-1], env)
    rows: Influences = dict(result.rows)
    absorb(rows, own[-1].result.rows)
    return Result(result.fields, rows)


_CHANGING = (exp.Insert, exp.Update, exp.Delete, exp.Merge)
_SILENT = (
    *(exp.Drop, exp.TruncateTable, exp.Alter, exp.Analyze, exp.Comment, exp.Grant, exp.Use, exp.Set, exp.Pragma),
    *(exp.Transaction, exp.Commit, exp.Rollback, exp.Describe, exp.Show, exp.Attach, exp.Detach, exp.Uncache),
    *(exp.Export, exp.Declare, exp.Summarize),
)
_READERS: dict[type[exp.Expression], Callable[..., list[Change]]] = {
    exp.Insert: _insert,
    exp.MultitableInserts: _several,
    exp.Create: _create,
    exp.Cache: _cache,
    exp.Merge: merged,
    exp.Update: updated,
    exp.Delete: deleted,
    exp.Copy: _copy,
    exp.LoadData: lambda load, _: [Change(load.this, Result((), {}))],
    exp.Query: _query,
}
