"""Expectations that bring a query of their own."""

from __future__ import annotations

from string import Formatter
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from hallmark.quality.compiler.ask import Ask
from hallmark.quality.compiler.formats import json_value
from hallmark.quality.compiler.refusal import Refusal
from hallmark.quality.compiler.registry import Found, expectation
from hallmark.quality.compiler.requests import ROWS, Rows
from hallmark.quality.compiler.run import Steps

# Great Expectations lists so many rows.
MOST_ROWS = 200
# A SELECT of some engines can hold these.
_CHANGES = (exp.DML, exp.DDL, exp.Into, exp.Drop, exp.Command)


@expectation("unexpected_rows_expectation", "a scan of its own (the suite's query)", conditional=False)
def unexpected_rows(ask: Ask, *, unexpected_rows_query: Any) -> Steps:
    """A query of the suite's author, over ``{batch}``, finds no rows."""
    query = _parsed(ask, unexpected_rows_query)
    counted = exp.select(exp.Count(this=exp.Star())).from_(query.subquery("unexpected"))
    (((count,),),) = yield [Rows(counted)]
    if ask.format.level == "BOOLEAN_ONLY":
        return Found(count == 0, {})
    result: dict[str, Any] = {"observed_value": count}
    if ask.format.level == "COMPLETE":
        (listed,) = yield [Rows(exp.select("*").from_(query.subquery("unexpected")).limit(MOST_ROWS))]
        result["details"] = {"unexpected_rows": [[json_value(v) for v in row] for row in listed]}
    return Found(count == 0, result)


def _parsed(ask: Ask, text: Any) -> exp.Query:
    if not isinstance(text, str):
        raise Refusal(f"unexpected_rows_query is {text!r}, and must be a query")
    try:
        names = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
        if names - {"batch"}:
            raise Refusal(f"unexpected_rows_query has {{{sorted(names - {'batch'})[0]}}}, and only {{batch}} is known")
        statements = sqlglot.parse(text.format(batch=f'"{ROWS}"'), read=ask.dialect.name)
    except (SqlglotError, ValueError) as error:
        raise Refusal(f"unexpected_rows_query cannot be read: {error}") from error
    if len(statements) != 1 or not isinstance(statements[0], exp.Query) or statements[0].find(*_CHANGES):
        raise Refusal("unexpected_rows_query must be one SELECT that changes nothing")
    _only_the_batch(ask, statements[0])
    return statements[0]


def _only_the_batch(ask: Ask, query: exp.Query) -> None:
    """Refuse a query that reads anything else: on files and frames the engine could read any file of the machine."""
    if ask.dialect.name != "duckdb":
        return
    own = {ROWS, *(cte.alias_or_name for cte in query.find_all(exp.CTE))}
    for table in query.find_all(exp.Table):
        if not isinstance(table.this, exp.Identifier) or table.name not in own or table.db:
            raise Refusal(f"unexpected_rows_query reads {table.sql(dialect='duckdb')}, and may read {{batch}} alone")
