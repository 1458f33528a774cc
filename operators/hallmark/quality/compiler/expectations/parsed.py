"""Expectations that only a Python library can judge: each different value is judged once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from sqlglot import exp

from hallmark.quality.compiler.arguments import share, words
from hallmark.quality.compiler.ask import Ask, Operand
from hallmark.quality.compiler.kinds import Kind
from hallmark.quality.compiler.literals import text
from hallmark.quality.compiler.refusal import Refusal
from hallmark.quality.compiler.registry import expectation
from hallmark.quality.compiler.requests import Fold, conjunction
from hallmark.quality.compiler.run import Steps

VALUES = "a scan of its own: each different value once, in Python"
# Seconds that one regular expression may take over one value before it counts as one that never ends.
PATIENCE = 1.0
# So many different unexpected values can be looked up again for examples and quarantine.
MOST_UNEXPECTED = 100_000

Fits = Callable[[Any], bool]


def one_by_one(ask: Ask, operand: Operand, fits: Fits, mostly: Any) -> Steps:
    """Judge a column's values by a function of Python, each different value once."""
    least = share(mostly)
    counted = ask.value_rows(operand, where=operand.is_there).select(exp.Count(this=exp.Star())).group_by(operand.sql)

    def fold(batches: Iterable[list[tuple[Any, ...]]]) -> tuple[int, list[Any], int]:
        unexpected, bad, total = 0, [], 0
        for value, count in (row for batch in batches for row in batch):
            total += count
            if not fits(value):
                unexpected += count
                bad.append(value)
        return unexpected, bad, total

    elements, (unexpected, bad, present) = yield [ask.count(), Fold(counted, fold)]
    where = conjunction(ask.domain, operand.is_there, _one_of(operand, bad)) or exp.false()
    return (yield from ask.told([operand], where, True, least, [elements, present, unexpected]))


def _one_of(operand: Operand, values: list[Any]) -> exp.Expression:
    if len(values) > MOST_UNEXPECTED:
        values = values[:MOST_UNEXPECTED]
    if operand.kind is Kind.TEXT:
        return exp.In(this=operand.sql, expressions=[text(v) for v in values]) if values else exp.false()
    from hallmark.quality.compiler.literals import members

    literals = members(values, operand.kind)
    return exp.In(this=operand.sql, expressions=literals) if literals else exp.false()


def searcher(pattern: str) -> Fits:
    """Return the function that tells whether a text contains a match, within a time limit.

    Raises:
        Refusal: it is not a regular expression. The function raises one when a match takes too long.
    """
    import re

    import regex

    try:
        re.compile(pattern)
        compiled = regex.compile(pattern)
    except (re.error, regex.error) as error:
        raise Refusal(f"{pattern!r} is not a regular expression: {error}") from error

    def search(value: str) -> bool:
        try:
            return compiled.search(value, timeout=PATIENCE) is not None
        except TimeoutError as error:
            raise Refusal(
                f"the regular expression {pattern!r} took more than {PATIENCE:g} s "
                f"over a value of {len(value)} characters"
            ) from error

    return search


def _strings(ask: Ask, column: str) -> Operand:
    operand = ask.operand(column)
    if operand.kind not in {Kind.TEXT, Kind.NOTHING}:
        raise Refusal(f"column {column!r} is {operand.field.type}; its values must be text")
    return operand


@expectation("expect_column_values_to_be_dateutil_parseable", VALUES)
def dateutil_parseable(ask: Ask, *, column: str, mostly: float = 1) -> Steps:
    """Values are dates or times as python-dateutil reads them."""
    from dateutil.parser import parse

    def fits(value: str) -> bool:
        try:
            parse(value)
        except (ValueError, OverflowError):
            return False
        return True

    return (yield from one_by_one(ask, _strings(ask, column), fits, mostly))


@expectation("expect_column_values_to_match_strftime_format", VALUES)
def strftime_format(ask: Ask, *, column: str, strftime_format: Any, mostly: float = 1) -> Steps:
    """Values are dates or times in a format of ``strptime``."""
    from datetime import UTC, datetime

    wanted = words(strftime_format, "strftime_format")
    try:
        datetime.strptime(datetime.now(tz=UTC).strftime(wanted), wanted)
    except ValueError as error:
        raise Refusal(f"strftime_format {strftime_format!r} cannot be used: {error}") from error

    def fits(value: str) -> bool:
        try:
            datetime.strptime(value, wanted)
        except ValueError:
            return False
        return True

    return (yield from one_by_one(ask, _strings(ask, column), fits, mostly))


@expectation("expect_column_values_to_be_json_parseable", VALUES)
def json_parseable(ask: Ask, *, column: str, mostly: float = 1) -> Steps:
    """Values are JSON."""

    def fits(value: Any) -> bool:
        try:
            json.loads(value)
        except (ValueError, TypeError, RecursionError):
            return False
        return True

    return (yield from one_by_one(ask, ask.operand(column), fits, mostly))


@expectation("expect_column_values_to_match_json_schema", VALUES)
def json_schema(ask: Ask, *, column: str, json_schema: Any, mostly: float = 1) -> Steps:
    """Values are JSON that meets a JSON schema."""
    import jsonschema

    if not isinstance(json_schema, dict):
        raise Refusal(f"json_schema is {json_schema!r}, and must be a mapping")
    kind = jsonschema.validators.validator_for(json_schema)
    try:
        kind.check_schema(json_schema)
    except jsonschema.SchemaError as error:
        raise Refusal(f"json_schema is not a JSON schema: {error.message}") from error
    validator = kind(json_schema)

    def fits(value: str) -> bool:
        try:
            return bool(validator.is_valid(json.loads(value)))
        except ValueError as error:
            raise Refusal(f"a value of column {column!r} is not JSON: {error}") from error

    return (yield from one_by_one(ask, _strings(ask, column), fits, mostly))
