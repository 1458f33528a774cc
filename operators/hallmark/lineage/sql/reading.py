"""What every part of a query is read with: the tables in reach, a query's result, and an expression's flows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, singledispatch

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect, NormalizationStrategy

from hallmark.lineage.sql.expressions import leaves, taken
from hallmark.lineage.sql.flows import TRANSFORMATION, Flow, Flows, Origin, Step, absorb, through
from hallmark.lineage.sql.parsing import is_sensitive
from hallmark.lineage.sql.scopes import Field, Scope, Source
from hallmark.lineage.sql.stars import matched, unfollowed

__all__ = ["Env", "Influences", "Result", "decide", "influences", "made_of", "read_query", "unaliased"]

Influences = dict[tuple[Origin, str], Flow]


@dataclass(frozen=True)
class Env:
    """The tables a query can read: the inputs by their names, and the results of WITH entries around it."""

    tables: Mapping[str, Source]
    dialect: Dialect
    ctes: dict[str, Result] = field(default_factory=dict)

    @cached_property
    def sensitive(self) -> bool:
        """Whether two columns may differ by case alone."""
        return is_sensitive(self.dialect)

    def nested(self) -> Env:
        """Return an environment whose new WITH entries are not seen outside."""
        return replace(self, ctes=dict(self.ctes))


@dataclass(frozen=True)
class Result:
    """What a query gives: its columns, and the flows that decide over every row."""

    fields: tuple[Field, ...]
    rows: Flows

    def unique(self, dialect: Dialect) -> Result:
        """Return the result as a table has it: a name that repeats gets ``_1``, ``_2`` … as DuckDB does it."""
        return replace(self, fields=tuple(_renamed(self.fields, dialect)))


@singledispatch
def read_query(query: exp.Expression, env: Env, outer: Scope | None = None) -> Result:
    """Read a query: one function is registered for each kind of query.

    Args:
        query: the expression, which is not changed.
        env: the tables it can read.
        outer: the scope around a subquery, whose columns it may use.

    Raises:
        StageError: a name in it is not known, or lineage cannot follow it.
    """
    raise unfollowed(query)


def influences(root: exp.Expression, scope: Scope, env: Env, chosen: Mapping[int, Field] | None = None) -> Flows:
    """Return the flows into an expression's value.

    Args:
        root: the expression.
        scope: what its names mean.
        env: the tables its subqueries can read.
        chosen: the column that each ``COLUMNS(...)`` in it stands for this time, by the node's id.
    """
    if isinstance(root, exp.Column) and not root.is_star:
        return scope.resolve(root).flows
    flows: Influences = {}
    for leaf, step in leaves(root):
        if isinstance(leaf, exp.Exists):
            step = step.deeper(TRANSFORMATION, False)
        picked = (chosen or {}).get(id(leaf))
        for part in [picked.flows] if picked else _read_leaf(leaf, scope, env):
            absorb(flows, part, step)
    return flows


def decide(rows: Influences, subtype: str, expressions: Iterable[exp.Expression], scope: Scope, env: Env) -> None:
    """Add what decides over all rows by these expressions: filters, joins, grouping, order."""
    for expression in expressions:
        absorb(rows, influences(expression, scope, env), Step(subtype, expression))


def made_of(call: exp.Expression, scope: Scope, env: Env) -> Flows:
    """Return the flows into every column of a table function."""
    flows: Influences = {}
    step = Step(TRANSFORMATION, unaliased(call))
    for argument in call.iter_expressions():
        if argument.arg_key not in ("alias", "offset"):
            absorb(flows, influences(argument, scope, env), step)
    return flows


def unaliased(call: exp.Expression) -> exp.Expression:
    """Return a table function without the names given to its columns."""
    bare = call.copy()
    bare.set("alias", None)
    return bare


def _read_leaf(leaf: exp.Expression, scope: Scope, env: Env) -> Iterable[Flows]:
    if isinstance(leaf, exp.Exists):
        return [read_query(leaf.this, env, scope).rows]
    if isinstance(leaf, exp.Query):
        result = read_query(leaf, env, scope)
        return [*(one.flows for one in result.fields), result.rows]
    structure, name = taken(leaf)
    if name and isinstance(structure, exp.Column):
        return [through(scope.resolve(structure).part(name), Step(TRANSFORMATION, leaf))]
    if isinstance(leaf, exp.Column) and not leaf.is_star:
        return [scope.resolve(leaf).flows]
    return [one.flows for one in matched(leaf, scope)]


def _renamed(fields: Iterable[Field], dialect: Dialect) -> Iterator[Field]:
    """Follow QueryResult::DeduplicateColumns of DuckDB, so that a reference to ``k_1`` finds the column it means."""
    folds = dialect.normalization_strategy is NormalizationStrategy.CASE_INSENSITIVE
    taken: dict[str, int] = {}
    for one in fields:
        key = given = one.name.lower() if folds else one.name
        name = one.name
        while key in taken:
            name = f"{one.name}_{taken[given]}"
            key = name.lower() if folds else name
            taken[given] += key in taken
        taken[key] = 1
        yield one.renamed(name)
