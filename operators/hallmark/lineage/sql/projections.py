"""The SELECT list as named columns: stars spread out, aliases visible to what follows them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlglot import exp

from hallmark.errors import StageError
from hallmark.lineage.sql.expressions import default_name
from hallmark.lineage.sql.flows import JOIN, Flows, Step, absorb
from hallmark.lineage.sql.reading import Env, Influences, influences, made_of
from hallmark.lineage.sql.scopes import Field, Scope
from hallmark.lineage.sql.stars import matched

__all__ = ["Projection", "projected"]

_PATTERNS = (exp.Like, exp.ILike, exp.SimilarTo)
_GENERATORS = (exp.Unnest, exp.Explode, exp.Inline, exp.Stack, exp.ExplodingGenerateSeries)


@dataclass(frozen=True)
class Projection:
    """A column of the result and the expression that makes it, for a reader and for GROUP BY ALL."""

    field: Field
    expression: exp.Expression


def projected(select: exp.Select, scope: Scope, rows: Influences, env: Env) -> list[Projection]:
    """Return the columns a SELECT gives, in order; its aliases are added to the scope.

    Functions that give several rows add what they are made of to ``rows``.

    Raises:
        StageError: a column is not known, or a star's columns cannot be told.
    """
    found: list[Projection] = []
    for node in select.expressions:
        for generator in _generators(node, scope, env):
            absorb(rows, made_of(generator, scope, env), Step(JOIN, generator))
        for projection in _spread(node, scope, env):
            found.append(projection)
            if isinstance(node, exp.Alias):
                scope.aliases.setdefault(projection.field.name.lower(), projection.field)
    return found


def _spread(node: exp.Expression, scope: Scope, env: Env) -> Iterable[Projection]:
    if node.is_star or (isinstance(node, _PATTERNS) and node.this.is_star):
        return _starred(node, scope, env)
    if isinstance(node, exp.Aliases):
        flows = influences(node.this, scope, env)
        return [Projection(Field(one.name, flows), node.this) for one in node.args["expressions"]]
    if any(not one.args.get("unpack") for one in _column_sets(node)):
        return _repeated(node, scope, env)
    if isinstance(node, exp.Unnest | exp.Explode) and (opened := _opened(node, scope, env)):
        return opened
    return [_single(node, scope, env)]


def _single(node: exp.Expression, scope: Scope, env: Env) -> Projection:
    value = node.unalias().unnest()
    named = isinstance(node, exp.Alias | exp.Subquery) and node.alias
    field = _field(value, scope, env)
    return Projection(field.renamed(node.alias) if named else field, value)


def _field(value: exp.Expression, scope: Scope, env: Env) -> Field:
    if type(value) is exp.Column:
        return scope.resolve(value)
    parts: dict[str, Flows] = {}
    if isinstance(value, exp.Struct):
        named = [one for one in value.expressions if isinstance(one, exp.PropertyEQ)]
        parts = {one.name: influences(one.expression, scope, env) for one in named}
    return Field(default_name(value, env.dialect), influences(value, scope, env), parts)


def _opened(node: exp.Expression, scope: Scope, env: Env) -> list[Projection]:
    """``unnest(structure)`` gives a column for each of its fields."""
    value = node.expressions[0] if node.expressions else node.this
    if value is None:
        return []
    return [Projection(one, node) for one in _field(value.unnest(), scope, env).opened(node)]


def _starred(node: exp.Expression, scope: Scope, env: Env) -> Iterator[Projection]:
    star = node.find(exp.Star)
    replaced = {one.alias.lower(): one for one in star.args.get("replace") or []}
    for one in matched(node, scope):
        instead = replaced.get(one.name.lower())
        field = Field(one.name, influences(instead, scope, env)) if instead else one
        yield Projection(field, instead.this if instead else exp.column(one.name))


def _repeated(node: exp.Expression, scope: Scope, env: Env) -> Iterator[Projection]:
    """``min(COLUMNS(*))`` is one expression for each column; its alias may hold ``\\0`` for the column's name."""
    sets = {id(one): matched(one, scope) for one in _column_sets(node) if not one.args.get("unpack")}
    if len({len(fields) for fields in sets.values()}) != 1:
        raise StageError("the COLUMNS(...) of one expression stand for different numbers of columns", "name them")
    for choice in zip(*sets.values(), strict=True):
        chosen = dict(zip(sets, choice, strict=True))
        name = node.alias.replace("\\0", choice[0].name) if isinstance(node, exp.Alias) else choice[0].name
        yield Projection(Field(name, influences(node, scope, env, chosen)), node.unalias())


def _generators(node: exp.Expression, scope: Scope, env: Env) -> list[exp.Expression]:
    """Functions in the SELECT list that give several rows, which ``unnest(structure)`` does not."""
    inside = node.walk(prune=lambda one: isinstance(one, exp.Query))
    found = [one for one in inside if isinstance(one, _GENERATORS)]
    return [] if found == [node] and _opened(node, scope, env) else found


def _column_sets(node: exp.Expression) -> list[exp.Columns]:
    inside = node.walk(prune=lambda one: isinstance(one, exp.Query))
    return [one for one in inside if isinstance(one, exp.Columns)]
