"""MERGE, UPDATE and DELETE: statements that change the rows of a table that is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sqlglot import exp

from hallmark.errors import StageError
from hallmark.lineage.sql.expressions import conjuncts
from hallmark.lineage.sql.filling import Change, assigned, fields_of, in_order, known_of, put, stored_name, target_of
from hallmark.lineage.sql.flows import FILTER, JOIN, Flows
from hallmark.lineage.sql.parsing import dotted
from hallmark.lineage.sql.reading import Env, Influences, Result, decide, influences
from hallmark.lineage.sql.scopes import Field, Scope, Source
from hallmark.lineage.sql.sources import read_from, read_item
from hallmark.lineage.sql.tables import targets

__all__ = ["deleted", "merged", "updated"]

# Where MERGE's INSERT and UPDATE without columns take them in order, not by name.
_IN_ORDER = frozenset({"BigQuery", "DuckDB"})


def merged(merge: exp.Merge, env: Env) -> list[Change]:
    """Read MERGE: its condition and those of its clauses decide over all rows.

    Raises:
        StageError: a name is not known, or a whole row is taken of a table whose columns are not.
    """
    table, known = target_of(merge.this, env)
    rows: Influences = {}
    fed, both = Scope(sensitive=env.sensitive), Scope(sensitive=env.sensitive)
    read_item(merge.args["using"], fed, rows, env)
    both.add(known)
    for source in fed.sources():
        both.add(source)
    if merge.args.get("on"):
        decide(rows, JOIN, conjuncts(merge.args["on"]), both, env)
    for name in merge.args.get("using_cond") or []:
        for source in both.sources():
            decide(rows, JOIN, [exp.column(name.name, table=source.name)], both, env)
    fields: dict[str, Field] = {}
    for when in merge.args["whens"].expressions:
        if when.args.get("condition") is not None:
            decide(rows, FILTER, conjuncts(when.args["condition"]), both, env)
        for name, flows in _when(when.args["then"], known, fed, both, env):
            put(fields, stored_name(name, known), flows)
    return [Change(table, Result(fields_of(fields), rows))]


def _when(then: exp.Expression, known: Source, fed: Scope, both: Scope, env: Env) -> Iterator[tuple[str, Flows]]:
    """Return which columns one WHEN clause fills with what."""
    if isinstance(then, exp.Update) and isinstance(then.expressions, list) and not _is_whole(then.expressions):
        for assignment in then.expressions:
            yield from assigned(assignment, both, env)
    elif isinstance(then, exp.Insert) and isinstance(then.expression, exp.Tuple | exp.Values):
        values = then.expression if isinstance(then.expression, exp.Tuple) else then.expression.expressions[0]
        listed = [one.name for one in then.this.expressions] if isinstance(then.this, exp.Tuple) else []
        names = listed or [one.name for one in known.fields]
        cells = [Field("", influences(cell, fed, env)) for cell in values.expressions]
        yield from ((one.name, one.flows) for one in in_order(cells, names, exact=bool(listed)))
    elif isinstance(then, exp.Update | exp.Insert):
        yield from ((one.name, one.flows) for one in _whole_row(known, fed, env))


def _is_whole(assignments: Sequence[exp.Expression]) -> bool:
    return not assignments or assignments[0].is_star


def _whole_row(known: Source, fed: Scope, env: Env) -> Iterable[Field]:
    for source in fed.sources():
        if not source.fields:
            raise StageError(
                f"column lineage cannot tell which columns {source.label or source.name} has",
                "name its columns one by one",
            )
    fields = [slot.field for slot in fed.visible()]
    if type(env.dialect).__name__ in _IN_ORDER and len(known.fields) == len(fields):
        return in_order(fields, [one.name for one in known.fields])
    return fields


def updated(update: exp.Update, env: Env) -> list[Change]:
    """Read UPDATE: whatever says which rows are set decides over the columns that are set, and over them alone.

    Raises:
        StageError: a name is not known.
    """
    changed = list(targets(update))
    scope, rows = Scope(sensitive=env.sensitive), Influences()
    if not _is_alias(update.this, changed):
        _read_target(update.this, scope, rows, env)
    read_from(update, scope, rows, env)
    for clause in ("where", "order", "limit"):
        if update.args.get(clause) is not None:
            parts = [part for inner in update.args[clause].iter_expressions() for part in conjuncts(inner)]
            decide(rows, FILTER, parts, scope, env)
    found: dict[int, dict[str, Field]] = {id(table): {} for table in changed}
    for assignment in update.expressions:
        for part, flows in assigned(assignment, scope, env, qualified=True):
            table = _owner(part, changed)
            put(found[id(table)], stored_name(part.rpartition(".")[2], known_of(table, env)), flows, rows)
    return [Change(table, Result(fields_of(found[id(table)]), {})) for table in changed]


def _is_alias(node: exp.Expression, changed: Sequence[exp.Table]) -> bool:
    """T-SQL's ``UPDATE g SET … FROM f AS g`` names the alias of a table that is read below."""
    return not node.args.get("joins") and all(table is not node for table in changed)


def _read_target(node: exp.Expression, scope: Scope, rows: Influences, env: Env) -> None:
    if node.args.get("joins") or dotted(node).lower() in env.ctes:
        read_item(node, scope, rows, env)
    else:
        scope.add(known_of(node, env))


def _owner(name: str, changed: Sequence[exp.Table]) -> exp.Table:
    qualifier = name.rpartition(".")[0].lower()
    return next((table for table in changed if table.alias_or_name.lower() == qualifier), changed[0])


def deleted(delete: exp.Delete, env: Env) -> list[Change]:
    """Read DELETE: it fills no column, and what other tables decide over the rows is told.

    Raises:
        StageError: a name is not known.
    """
    changed = list(targets(delete))
    scope, rows = Scope(sensitive=env.sensitive), Influences()
    _read_target(delete.this or changed[0], scope, rows, env)
    using = delete.args.get("using")
    for one in using or []:
        read_item(one, scope, rows, env)
    if delete.args.get("where") is not None:
        decide(rows, FILTER, conjuncts(delete.args["where"].this), scope, env)
    return [Change(table, Result((), _of_others(rows, known_of(table, env)))) for table in changed]


def _of_others(rows: Flows, known: Source) -> Flows:
    """Leave out a table's own columns: that it decides over its own rows says nothing."""
    own = {flow.origin[:2] for flow in known.all.values()}
    return {key: flow for key, flow in rows.items() if flow.origin[:2] not in own}
