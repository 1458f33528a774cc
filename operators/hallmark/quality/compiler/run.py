"""All checks at once: what they ask for is asked together, in as few scans as there are rounds of questions."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, cast

from sqlglot import exp

from hallmark.errors import reason
from hallmark.quality.compiler.refusal import Refusal
from hallmark.quality.compiler.requests import Figure, Fold, Request, Rows, placed
from hallmark.quality.compiler.table import Table

__all__ = ["Steps", "advance"]

# A check: it yields what it asks for, is sent the answers, and returns what it found.
Steps = Generator[Sequence[Request], Sequence[Any], Any]


# What each check has asked for, by its position; a key is the same for the same question.
Waiting = dict[int, list[tuple[Any, Request]]]


@dataclass
class Tally:
    """How many queries ran over the data."""

    scans: int = 0


def advance(checks: Sequence[Steps], table: Table, tally: Tally) -> list[Any]:
    """Run checks side by side to their ends.

    Returns:
        What each check returned, or the exception that ended it.
    """
    results: list[Any] = [None] * len(checks)
    waiting: Waiting = {}
    for position, check in enumerate(checks):
        _step(position, check, None, waiting, results)
    while waiting:
        answers = _answers({key: r for asked in waiting.values() for key, r in asked}, table, tally)
        asked, waiting = waiting, {}
        for position, keyed in asked.items():
            _step(position, checks[position], [answers[key] for key, _ in keyed], waiting, results)
    return results


def _step(position: int, check: Steps, answers: list[Any] | None, waiting: Waiting, results: list[Any]) -> None:
    failed = next((a for a in answers or () if isinstance(a, Refusal)), None)
    try:
        asked = check.throw(failed) if failed is not None else check.send(answers)  # type: ignore[arg-type]
        waiting[position] = [(_key(request), request) for request in asked]
    except StopIteration as end:
        results[position] = end.value
    except Exception as error:  # whatever an expectation's arguments provoke is its own outcome, not the suite's end
        results[position] = error


def _key(request: Request) -> Any:
    if isinstance(request, Figure):
        return ("figure", request.expression.sql())
    return (type(request).__name__, request.query.sql(), id(request.fold) if isinstance(request, Fold) else None)


def _answers(unique: Mapping[Any, Request], table: Table, tally: Tally) -> dict[Any, Any]:
    """Answer each different request once."""
    figures = {key: request for key, request in unique.items() if isinstance(request, Figure)}
    answers = dict(zip(figures, _figures(list(figures.values()), table, tally), strict=True))
    for key, request in unique.items():
        if not isinstance(request, Figure):
            answers[key] = _tried(request, table, tally)
    return answers


def _tried(request: Rows | Fold, table: Table, tally: Tally) -> Any:
    try:
        sql = table.dialect.sql(placed(request.query, table.selection))
        tally.scans += 1
        if isinstance(request, Rows):
            return table.engine.fetch(sql)
        # Closed at once also where the fold breaks off: an answer left open would block its connection.
        with closing(cast(Generator[Any, None, None], table.engine.batches(sql))) as batches:
            return request.fold(batches)
    except Exception as error:  # the engine's refusal is the outcome of those who asked
        return error if isinstance(error, Refusal) else Refusal(_told(error))


def _figures(figures: Sequence[Figure], table: Table, tally: Tally) -> list[Any]:
    """Answer the figures in as few queries as the engine allows, those of a column in one."""
    if not figures:
        return []
    by_column = sorted(range(len(figures)), key=lambda i: _first_column(figures[i]))
    most = table.dialect.figures
    answers: dict[int, Any] = {}
    for start in range(0, len(figures), most):
        chosen = by_column[start : start + most]
        answers.update(zip(chosen, _together([figures[i] for i in chosen], table, tally), strict=True))
    return [answers[i] for i in range(len(figures))]


def _first_column(figure: Figure) -> str:
    found = figure.expression.find(exp.Column)
    return found.name if found else ""


def _together(figures: Sequence[Figure], table: Table, tally: Tally) -> list[Any]:
    from hallmark.quality.compiler.requests import rows

    try:
        named = [exp.alias_(table.dialect.figure(f.expression), f"f{i}") for i, f in enumerate(figures)]
        sql = table.dialect.sql(placed(rows(*named), table.selection))
        tally.scans += 1
        return list(table.engine.fetch(sql)[0])
    except Exception as error:  # one bad figure must not spoil the others: find it
        if len(figures) == 1:
            return [Refusal(_told(error))]
        half = len(figures) // 2
        return [*_together(figures[:half], table, tally), *_together(figures[half:], table, tally)]


def _told(error: Exception) -> str:
    return f"the engine refuses it ({type(error).__name__}: {reason(error)})"
