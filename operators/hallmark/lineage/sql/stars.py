"""Which columns ``*``, ``t.*``, ``#1`` and DuckDB's ``COLUMNS(...)`` stand for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial

from sqlglot import exp

from hallmark.errors import StageError
from hallmark.lineage.sql.parsing import start_of
from hallmark.lineage.sql.scopes import Field, Scope, Slot, Source, hint

__all__ = ["matched", "unfollowed"]


def matched(node: exp.Expression, scope: Scope) -> list[Field]:
    """Return the columns that a star, a pattern over one, a positional column or ``COLUMNS(...)`` stands for.

    ``REPLACE`` is not looked at: what it puts in is an expression, not a column.

    Raises:
        StageError: they depend on what only the engine knows.
    """
    for kind, reader in _READERS.items():
        if isinstance(node, kind):
            return reader(node, scope)
    raise unfollowed(node)


def unfollowed(node: exp.Expression) -> StageError:
    """Return the error for SQL whose columns cannot be told from its text."""
    return StageError(f"column lineage cannot tell which columns {start_of(node)} gives", "name its columns one by one")


def _star(star: exp.Star, scope: Scope, table: str = "") -> list[Field]:
    listed = _table(table, scope) if table else _everything(star, scope)
    excluded = {(e.text("table").lower(), e.name.lower()) for e in star.args.get("except_") or []}
    renamed = {e.this.name.lower(): e.alias for e in star.args.get("rename") or []}
    kept = [
        one.renamed(renamed.get(one.name.lower(), one.name))
        for source, one in listed
        if not excluded & {("", one.name.lower()), (source, one.name.lower())}
    ]
    pattern = star.args.get("ilike")
    return _like(kept, pattern, re.IGNORECASE) if pattern else kept


def _everything(star: exp.Star, scope: Scope) -> list[tuple[str, Field]]:
    for source in scope.sources():
        _known(source)
    return [(slot.source, slot.field) for slot in scope.visible()]


def _table(name: str, scope: Scope) -> list[tuple[str, Field]]:
    around: Scope | None = scope
    while around is not None:
        source = around.source(name)
        if source is not None:
            return [(name.lower(), one) for one in _known(source).fields]
        structure = around.structure(name)
        if structure is not None:
            return [(name.lower(), one) for one in structure.opened(exp.column(name))]
        around = around.outer
    tables = [source.name for source in scope.sources() if source.name]
    raise StageError(f"the SQL names {name}.*, but no table {name!r} is read there", hint(name, tables))


def _known(source: Source) -> Source:
    if source.unlisted and not source.fields:
        raise StageError(
            f"column lineage cannot tell which columns {source.label or source.name} has", "name its columns one by one"
        )
    return source


def _qualified_star(column: exp.Column, scope: Scope) -> list[Field]:
    if not isinstance(column.this, exp.Star):
        raise unfollowed(column)
    return _star(column.this, scope, column.table)


def _columns(columns: exp.Columns, scope: Scope) -> list[Field]:
    """``COLUMNS(*)``, ``COLUMNS('regular expression')`` or ``COLUMNS([names])``."""
    selector = columns.this
    if isinstance(selector, exp.Array):
        wanted = {one.name.lower() for one in selector.expressions}
        return [one for one in _star(exp.Star(), scope) if one.name.lower() in wanted]
    if isinstance(selector, exp.Literal):
        return _search(_star(exp.Star(), scope), selector)
    return matched(selector, scope)


def _by_position(column: exp.PositionalColumn, scope: Scope) -> list[Field]:
    slots: list[Slot] = scope.visible()
    position = int(column.this.name)
    if not 1 <= position <= len(slots):
        raise StageError(f"the SQL names column #{position}", f"its tables have {len(slots)} columns")
    return [slots[position - 1].field]


def _search(fields: Iterable[Field], pattern: exp.Expression) -> list[Field]:
    return _keep(fields, pattern, lambda text: re.compile(text).search)


def _similar(fields: Iterable[Field], pattern: exp.Expression) -> list[Field]:
    return _keep(fields, pattern, lambda text: re.compile(text).fullmatch)


def _like(fields: Iterable[Field], pattern: exp.Expression, flags: int = 0) -> list[Field]:
    return _keep(fields, pattern, lambda text: re.compile(_like_expression(text), flags).fullmatch)


def _keep(
    fields: Iterable[Field], pattern: exp.Expression, matcher: Callable[[str], Callable[[str], object]]
) -> list[Field]:
    if not pattern.is_string:
        raise unfollowed(pattern)
    try:
        matches = matcher(pattern.name)
    except re.error as error:
        raise StageError(f"{pattern.name!r} is not a regular expression: {error}", "correct it") from error
    return [one for one in fields if matches(one.name)]


def _like_expression(pattern: str) -> str:
    return "".join({"%": ".*", "_": "."}.get(character, re.escape(character)) for character in pattern)


def _patterned(
    compare: Callable[[Iterable[Field], exp.Expression], list[Field]], node: exp.Expression, scope: Scope
) -> list[Field]:
    """``* LIKE 'a%'`` and its kin, also negated."""
    listed = matched(node.this, scope)
    kept = compare(listed, node.expression)
    if not node.args.get("negate"):
        return kept
    dropped = {id(one) for one in kept}
    return [one for one in listed if id(one) not in dropped]


_READERS: dict[type[exp.Expression], Callable[..., list[Field]]] = {
    exp.Star: _star,
    exp.Column: _qualified_star,
    exp.Columns: _columns,
    exp.PositionalColumn: _by_position,
    exp.Like: partial(_patterned, _like),
    exp.ILike: partial(_patterned, partial(_like, flags=re.IGNORECASE)),
    exp.SimilarTo: partial(_patterned, _similar),
}
