"""MATCH_RECOGNIZE: rows of one table that follow a pattern, as Snowflake, Trino and Oracle find them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlglot import exp

from hallmark.lineage.sql.flows import FILTER, GROUP_BY, SORT
from hallmark.lineage.sql.reading import Env, Influences, decide, influences
from hallmark.lineage.sql.scopes import Field, Scope, Source
from hallmark.lineage.sql.stars import unfollowed

__all__ = ["recognized"]


def recognized(match: exp.MatchRecognize, scope: Scope, rows: Influences, env: Env) -> Scope:
    """Return the scope as the clause leaves it: one table of the partition's columns and the measures.

    With ``ALL ROWS PER MATCH`` it has the columns of the table before as well.

    Args:
        match: the clause, behind the one table it reads.
        scope: the names before it.
        rows: takes what decides which rows match.
        env: the tables in reach.

    Raises:
        StageError: it stands behind several tables, so that it cannot be told which it reads.
    """
    if len(scope.sources()) != 1:
        raise unfollowed(match)
    keys = match.args.get("partition_by") or []
    order = match.args.get("order")
    decide(rows, GROUP_BY, keys, scope, env)
    decide(rows, SORT, order.expressions if order else [], scope, env)
    decide(rows, FILTER, (_bare(one.this, scope) for one in match.args.get("define") or []), scope, env)
    every = match.text("rows").upper().startswith("ALL")
    kept = [slot.field for slot in scope.visible()] if every else [scope.resolve(key) for key in keys]
    after = Scope(scope.outer, env.sensitive)
    after.add(Source(match.alias, (*kept, *_measures(match.args.get("measures") or [], scope, env))))
    return after


def _measures(measures: Iterable[exp.Expression], scope: Scope, env: Env) -> Iterator[Field]:
    for measure in measures:
        yield Field(measure.this.alias_or_name, influences(_bare(measure.this, scope), scope, env))


def _bare(expression: exp.Expression, scope: Scope) -> exp.Expression:
    """Take the pattern's variables off: ``up.delay`` is the column of the rows that ``up`` matched."""
    bare = expression.copy()
    for column in bare.find_all(exp.Column):
        if column.table and scope.source(column.table) is None:
            column.set("table", None)
    return bare
