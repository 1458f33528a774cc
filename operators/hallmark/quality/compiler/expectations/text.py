"""Expectations of texts: regular expressions and LIKE patterns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlglot import exp

from hallmark.quality.compiler.arguments import words
from hallmark.quality.compiler.ask import Ask, Operand
from hallmark.quality.compiler.expectations.parsed import one_by_one, searcher
from hallmark.quality.compiler.expectations.rows import SHARED, as_text, met
from hallmark.quality.compiler.kinds import Kind
from hallmark.quality.compiler.literals import text
from hallmark.quality.compiler.refusal import Refusal
from hallmark.quality.compiler.registry import expectation
from hallmark.quality.compiler.run import Steps

REGEX = "in the shared scan; a pattern the engine has no words for: each value once, in Python"


@expectation("expect_column_values_to_match_regex", REGEX)
def match_regex(ask: Ask, *, column: str, regex: Any = "(?s).*", mostly: float = 1) -> Steps:
    """Values contain a match of a regular expression."""
    return (yield from _regexes(ask, column, [regex], all, True, mostly))


@expectation("expect_column_values_to_not_match_regex", REGEX)
def not_match_regex(ask: Ask, *, column: str, regex: Any, mostly: float = 1) -> Steps:
    """Values contain no match of a regular expression."""
    return (yield from _regexes(ask, column, [regex], any, False, mostly))


@expectation("expect_column_values_to_match_regex_list", REGEX)
def match_regex_list(ask: Ask, *, column: str, regex_list: Any, match_on: Any = "any", mostly: float = 1) -> Steps:
    """Values contain a match of any, or of all, of some regular expressions."""
    return (yield from _regexes(ask, column, _list(regex_list, "regex_list"), _how(match_on), True, mostly))


@expectation("expect_column_values_to_not_match_regex_list", REGEX)
def not_match_regex_list(ask: Ask, *, column: str, regex_list: Any, mostly: float = 1) -> Steps:
    """Values contain a match of none of some regular expressions."""
    return (yield from _regexes(ask, column, _list(regex_list, "regex_list"), any, False, mostly))


@expectation("expect_column_values_to_match_like_pattern", SHARED)
def match_like(ask: Ask, *, column: str, like_pattern: Any, escape: Any = None, mostly: float = 1) -> Steps:
    """Values are like a SQL pattern."""
    return (yield from _likes(ask, column, [like_pattern], all, True, escape, mostly))


@expectation("expect_column_values_to_not_match_like_pattern", SHARED)
def not_match_like(ask: Ask, *, column: str, like_pattern: Any, escape: Any = None, mostly: float = 1) -> Steps:
    """Values are not like a SQL pattern."""
    return (yield from _likes(ask, column, [like_pattern], any, False, escape, mostly))


@expectation("expect_column_values_to_match_like_pattern_list", SHARED)
def match_like_list(
    ask: Ask, *, column: str, like_pattern_list: Any, match_on: Any = "any", escape: Any = None, mostly: float = 1
) -> Steps:
    """Values are like any, or all, of some SQL patterns."""
    patterns = _list(like_pattern_list, "like_pattern_list")
    return (yield from _likes(ask, column, patterns, _how(match_on), True, escape, mostly))


@expectation("expect_column_values_to_not_match_like_pattern_list", SHARED)
def not_match_like_list(
    ask: Ask, *, column: str, like_pattern_list: Any, escape: Any = None, mostly: float = 1
) -> Steps:
    """Values are like none of some SQL patterns."""
    patterns = _list(like_pattern_list, "like_pattern_list")
    return (yield from _likes(ask, column, patterns, any, False, escape, mostly))


def _regexes(ask: Ask, column: str, patterns: Sequence[Any], how: Any, positive: bool, mostly: Any) -> Steps:
    operand, patterns = ask.operand(column), [words(p, "the regular expression") for p in patterns]
    matches = [ask.dialect.regex(as_text(operand), pattern) for pattern in patterns] if _plain_text(operand) else [None]
    told = [m for m in matches if m is not None]
    if len(told) == len(patterns):
        return (yield from met(ask, operand, _joined(told, how, positive), mostly))
    searches = [searcher(pattern) for pattern in patterns]

    def fits(value: Any) -> bool:
        return how(search(python_text(value)) for search in searches) is positive

    return (yield from one_by_one(ask, operand, fits, mostly))


def _plain_text(operand: Operand) -> bool:
    # The text of an integer is the same for Python and for every engine.
    return operand.kind in {Kind.TEXT, Kind.INTEGER, Kind.NOTHING}


def python_text(value: Any) -> str:
    """Return a value's text as Python and pandas have it."""
    return value if isinstance(value, str) else str(value)


def _likes(ask: Ask, column: str, patterns: Sequence[Any], how: Any, positive: bool, escape: Any, mostly: Any) -> Steps:
    operand, patterns = ask.operand(column), [words(p, "the LIKE pattern") for p in patterns]
    if escape is not None and not (isinstance(escape, str) and len(escape) == 1):
        raise Refusal(f"escape is {escape!r}, and must be one character")
    likes = [_like(as_text(operand), pattern, escape) for pattern in patterns]
    return (yield from met(ask, operand, _joined(likes, how, positive), mostly))


def _like(value: exp.Expression, pattern: str, escape: str | None) -> exp.Expression:
    like = exp.Like(this=value, expression=text(pattern))
    return exp.Escape(this=like, expression=text(escape)) if escape else like


def _joined(predicates: list[exp.Expression], how: Any, positive: bool) -> exp.Expression:
    joined = exp.and_(*predicates) if how is all else exp.or_(*predicates)
    return joined if positive else exp.Not(this=exp.Paren(this=joined))


def _list(patterns: Any, argument: str) -> list[Any]:
    if not isinstance(patterns, (list, tuple)) or not patterns:
        raise Refusal(f"{argument} must be a list of at least one pattern")
    return list(patterns)


def _how(match_on: Any) -> Any:
    if match_on not in {"any", "all", None}:
        raise Refusal(f"match_on is {match_on!r}, and must be any or all")
    return all if match_on == "all" else any
