"""SQL text as one checked query or as statements, its names as the database folds them, and the tables it reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import sqlglot
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect, NormalizationStrategy
from sqlglot.errors import ParseError, SqlglotError

from hallmark.errors import StageError
from hallmark.lineage.sql.depth import with_room

__all__ = [
    "checked_query",
    "dotted",
    "fold_of",
    "folded",
    "is_sensitive",
    "named_tables",
    "parse_query",
    "parse_statements",
    "start_of",
    "table_names",
    "text_of",
]

# How a database stores a name that is not quoted. Elsewhere it keeps the name's case and compares without it.
_FOLDS: dict[NormalizationStrategy, Callable[[str], str]] = {
    NormalizationStrategy.LOWERCASE: str.lower,
    NormalizationStrategy.UPPERCASE: str.upper,
}
# What changes data or a session has no place inside a query either (PostgreSQL: WITH x AS (DELETE ... RETURNING *)).
_EFFECTS = (exp.DML, exp.DDL, exp.Into, exp.Command)
_SHOWN = 80


def parse_query(sql: str, dialect: str = "duckdb") -> exp.Query:
    """Read SQL text that must be one query.

    Args:
        sql: one SELECT (or UNION, WITH, VALUES, FROM-first ...), a closing semicolon allowed.
        dialect: sqlglot's name of the SQL dialect.

    Raises:
        StageError: the text is empty, cannot be parsed, holds several statements or is not a query.
    """
    statements = parse_statements(sql, dialect)
    if not statements:
        raise StageError("the SQL is empty", "write one SELECT")
    if len(statements) > 1:
        raise StageError(f"the SQL has {len(statements)} statements", "keep one SELECT and remove the others")
    return checked_query(statements[0], dialect)


def parse_statements(sql: str, dialect: str = "duckdb") -> list[exp.Expression]:
    """Read SQL text as any number of statements.

    Raises:
        StageError: the text cannot be parsed, or the dialect is not known.
    """
    statements = _parsed(sql, dialect)
    return [_reread(s, dialect) for s in statements if s is not None and not isinstance(s, exp.Semicolon)]


def folded(tree: exp.Expression, dialect: Dialect) -> exp.Expression:
    """Return SQL with its names as the database stores them: PostgreSQL folds what is not quoted down, Snowflake up.

    Args:
        tree: the SQL, which is not changed.
        dialect: whose rule it is; most compare names without their case and change none.
    """
    fold = fold_of(dialect)
    if fold is None:
        return tree
    tree = _positions_named(tree.copy(), dialect)
    for name in tree.find_all(exp.Identifier):
        if not name.args.get("quoted"):
            name.set("this", fold(name.name))
    return tree


def fold_of(dialect: Dialect) -> Callable[[str], str] | None:
    """Return what a database makes of a name that is not quoted, None if it leaves it."""
    return _FOLDS.get(dialect.normalization_strategy)


def _positions_named(tree: exp.Expression, dialect: Dialect) -> exp.Expression:
    """Read Snowflake's ``$1`` as the position that it is; elsewhere it is a parameter."""
    if type(dialect).__name__ == "Snowflake":
        for parameter in list(tree.find_all(exp.Parameter)):
            if isinstance(parameter.this, exp.Literal) and not isinstance(parameter.parent, exp.Column):
                parameter.replace(exp.PositionalColumn(this=parameter.this.copy()))
    return tree


def is_sensitive(dialect: Dialect) -> bool:
    """Tell whether two columns of a query may differ by case alone, once names are folded."""
    return dialect.normalization_strategy in _FOLDS


def checked_query(statement: exp.Expression, dialect: str = "duckdb") -> exp.Query:
    """Return a parsed statement as a query.

    Raises:
        StageError: it is not a query, or it changes data somewhere inside.
    """
    if isinstance(statement, exp.Values | exp.Pivot):
        source = statement.copy()
        statement = exp.select("*").from_(source if isinstance(source, exp.Values) else exp.Subquery(this=source))
    if not isinstance(statement, exp.Query):
        raise StageError(f"the SQL is not a query: {start_of(statement, dialect)}", "write one SELECT")
    effect = statement.find(*_EFFECTS)
    if effect is not None:
        raise StageError(f"the SQL does more than read: {start_of(effect, dialect)}", "keep to one SELECT")
    return statement


def table_names(query: exp.Expression) -> set[str]:
    """Return the tables a query reads, as written and with dots, without the names its WITH clauses define."""
    return {dotted(table) for table in named_tables(query)}


def named_tables(tree: exp.Expression) -> Iterator[exp.Table]:
    """Yield every place where SQL names a table, but for the names its WITH clauses define."""
    pending: list[tuple[exp.Expression, frozenset[str]]] = [(tree, frozenset())]
    while pending:
        node, defined = pending.pop()
        if isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
            if dotted(node).lower() not in defined:
                yield node
            # A name alone has nothing below it to look at.
            if len(node.args) == 1:
                continue
        with_ = node.args.get("with_")
        if isinstance(with_, exp.With):
            for cte in with_.expressions:
                own = frozenset({cte.alias.lower()})
                pending.append((cte.this, defined | own if is_recursive(cte, with_) else defined))
                defined |= own
        pending.extend((child, defined) for child in node.iter_expressions() if child is not with_)


def dotted(table: exp.Table) -> str:
    """Return a table's name as written, its schema and catalog before it, ``#`` before a temporary one of T-SQL."""
    sign = "#" * bool(table.this.args.get("temporary"))
    return sign + ".".join(part.name for part in table.parts)


def is_recursive(cte: exp.CTE, with_: exp.With) -> bool:
    """Tell whether a WITH entry may read itself: only a union has a first step to start from."""
    return bool(with_.args.get("recursive")) and isinstance(cte.this.unnest(), exp.SetOperation)


def _reread(statement: exp.Expression, dialect: str) -> exp.Expression:
    """Read MySQL's ``REPLACE INTO``, which sqlglot leaves unread, as the INSERT that it is."""
    if isinstance(statement, exp.Command) and str(statement.this).upper() == "REPLACE":
        return _parsed(" ".join(("INSERT", statement.text("expression"))), dialect)[0] or statement
    return statement


def _parsed(sql: str, dialect: str) -> list[exp.Expression | None]:
    try:
        return with_room(lambda: list(sqlglot.parse(sql, dialect=dialect)))
    except ParseError as error:
        first = error.errors[0] if error.errors else {}
        where = f" at line {first['line']}, column {first['col']}" if first.get("line") else ""
        what = first.get("description") or str(error).splitlines()[0]
        near = f", near {first['highlight']!r}" if first.get("highlight") else ""
        raise StageError(f"the SQL cannot be parsed{where}{near}: {what}", _MEND) from error
    except SqlglotError as error:
        raise StageError(f"the SQL cannot be parsed: {str(error).splitlines()[0]}", _MEND) from error
    except ValueError as error:
        raise StageError(
            f"the SQL dialect {dialect!r} is not known: {error}", "use duckdb, postgres, spark ..."
        ) from error


_MEND = "correct the SQL there; its dialect is the one of the engine that runs it"


def text_of(node: exp.Expression, dialect: str | Dialect) -> str:
    """Return SQL as one line of text; its kind alone where sqlglot cannot write what it has read, or not so deep."""
    try:
        return " ".join(node.sql(dialect=dialect, comments=False).split())
    except (ValueError, AttributeError, RecursionError):
        return f"an expression of {node.key}"


def start_of(node: exp.Expression, dialect: str | Dialect = "duckdb") -> str:
    """Return the beginning of some SQL, for a message."""
    text = text_of(node, dialect)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
