"""From steps to one query: a common table expression a step, each reading the one before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from typing import TYPE_CHECKING

from hallmark.cleaning.relation import Relation, folded
from hallmark.cleaning.step import Step
from hallmark.dataset import Column
from hallmark.errors import StageError

if TYPE_CHECKING:
    from sqlglot import exp

    from hallmark.cleaning.relation import Cleaned

__all__ = ["compile_steps", "without_secrets"]


def compile_steps(steps: Sequence[Step], source: str, columns: Sequence[Column]) -> Cleaned:
    """Compile steps into one query.

    Args:
        steps: in the order they apply; without any, the query gives the source as it is.
        source: the table or view to read, one identifier.
        columns: its columns, in order.

    Returns:
        The query in DuckDB's dialect (``WITH step_1 AS …``), and the columns it gives: names and types as DuckDB
        describes them, descriptions and classifications carried along.

    Raises:
        StageError: a step names a column that does not exist by then, or a value that does not suit its column.
    """
    from sqlglot import exp

    known, current, parts = _distinct(columns), source, []
    for (number, step), name in zip(enumerate(steps, 1), _names(source), strict=False):
        select, known = _numbered(number, step, current, known)
        parts.append(exp.CTE(this=select, alias=exp.TableAlias(this=exp.to_identifier(name, quoted=True))))
        current = name
    relation = Relation("the cleaned table", current, known)
    query, known = relation.select(relation.same())
    if parts:
        query.set("with_", exp.With(expressions=parts))
    return query, known


def without_secrets(query: exp.Select) -> exp.Select:
    """Return a copy of the query to show and to record: salts of :class:`Hash` are replaced by ``***``."""
    from sqlglot import exp

    from hallmark.cleaning.conversion import MASKED

    shown = query.copy()
    for node in list(shown.find_all(exp.Literal)):
        if node.meta.get(MASKED):
            node.replace(exp.Literal.string("***"))
    return shown


def _names(source: str) -> Iterator[str]:
    # A common table expression of the source's own name would read itself.
    return (name for name in (f"step_{n}" for n in count(1)) if name != folded(source))


def _numbered(number: int, step: Step, source: str, columns: tuple[Column, ...]) -> Cleaned:
    try:
        return step.query(source, columns)
    except StageError as error:
        raise StageError(f"step {number}, {error.found}", error.remedy) from error


def _distinct(columns: Sequence[Column]) -> tuple[Column, ...]:
    if not columns:
        raise StageError("there are no columns to clean", "name the columns of the source")
    seen: dict[str, str] = {}
    for column in columns:
        if folded(column.name) in seen:
            other = seen[folded(column.name)]
            raise StageError(
                f"columns {other!r} and {column.name!r} are one to SQL", "rename one of them in the source"
            )
        seen[folded(column.name)] = column.name
    return tuple(columns)
