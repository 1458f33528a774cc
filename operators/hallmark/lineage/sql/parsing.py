"""SQL text as one checked query, and the tables it reads."""

from __future__ import annotations

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, SqlglotError

from hallmark.errors import StageError

__all__ = ["checked_query", "parse_query", "table_names"]

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
    statements = [s for s in _parsed(sql, dialect) if s is not None and not isinstance(s, exp.Semicolon)]
    if not statements:
        raise StageError("the SQL is empty", "write one SELECT")
    if len(statements) > 1:
        raise StageError(f"the SQL has {len(statements)} statements", "keep one SELECT and remove the others")
    return checked_query(statements[0], dialect)


def checked_query(statement: exp.Expression, dialect: str = "duckdb") -> exp.Query:
    """Return a parsed statement as a query.

    Raises:
        StageError: it is not a query, or it changes data somewhere inside.
    """
    if isinstance(statement, exp.Values | exp.Pivot):
        source = statement.copy()
        statement = exp.select("*").from_(source if isinstance(source, exp.Values) else exp.Subquery(this=source))
    if not isinstance(statement, exp.Query):
        raise StageError(f"the SQL is not a query: {_start(statement, dialect)}", "write one SELECT")
    effect = statement.find(*_EFFECTS)
    if effect is not None:
        raise StageError(f"the SQL does more than read: {_start(effect, dialect)}", "keep to one SELECT")
    return statement


def table_names(query: exp.Query) -> set[str]:
    """Return the tables a query reads, as written and with dots, without the names its WITH clauses define."""
    names: set[str] = set()
    pending: list[tuple[exp.Expression, frozenset[str]]] = [(query, frozenset())]
    while pending:
        node, defined = pending.pop()
        if isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
            name = dotted(node)
            if name.lower() not in defined:
                names.add(name)
        with_ = node.args.get("with_")
        if with_ is not None:
            for cte in with_.expressions:
                own = frozenset({cte.alias.lower()})
                pending.append((cte.this, defined | own if is_recursive(cte, with_) else defined))
                defined |= own
        pending.extend((child, defined) for child in node.iter_expressions() if child is not with_)
    return names


def dotted(table: exp.Table) -> str:
    """Return a table's name as written, its schema and catalog before it."""
    return ".".join(part.name for part in table.parts)


def is_recursive(cte: exp.CTE, with_: exp.With) -> bool:
    """Tell whether a WITH entry may read itself: only a union has a first step to start from."""
    return bool(with_.args.get("recursive")) and isinstance(cte.this.unnest(), exp.SetOperation)


def _parsed(sql: str, dialect: str) -> list[exp.Expression | None]:
    try:
        return list(sqlglot.parse(sql, dialect=dialect))
    except ParseError as error:
        first = error.errors[0] if error.errors else {}
        where = f" at line {first['line']}, column {first['col']}" if first.get("line") else ""
        what = first.get("description") or str(error).splitlines()[0]
        near = f", near {first['highlight']!r}" if first.get("highlight") else ""
        raise StageError(f"the SQL cannot be parsed{where}{near}: {what}", _MEND) from error
    except SqlglotError as error:
        raise StageError(f"the SQL cannot be parsed: {str(error).splitlines()[0]}", _MEND) from error
    except RecursionError as error:
        raise StageError("the SQL is nested too deeply to be parsed", "split it into WITH entries") from error
    except ValueError as error:
        raise StageError(
            f"the SQL dialect {dialect!r} is not known: {error}", "use duckdb, postgres, spark ..."
        ) from error


_MEND = "correct the SQL there; its dialect is the one of the engine that runs it"


def _start(statement: exp.Expression, dialect: str) -> str:
    text = " ".join(statement.sql(dialect=dialect).split())
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
