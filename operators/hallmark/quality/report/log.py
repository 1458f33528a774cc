"""A validation as the plain text that a task's log shows: aligned, without colours, one line an expectation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hallmark.quality.report import overview
from hallmark.quality.report.figures import count, plural, shown
from hallmark.quality.report.finding import examples, found
from hallmark.quality.report.words import subject, words
from hallmark.quality.result import Outcome, ValidationResult

__all__ = ["log_table"]

_HEADINGS = ("RESULT", "SEVERITY", "COLUMN", "EXPECTED", "FOUND")
_EXAMPLES = 3
_GAP = 2
# What was met is told up to so many lines, what was not up to so many.
_MET, _NOT_MET = 50, 200
# The columns with text share what the others leave; none is narrower than this.
_LEAST, _MOST_SUBJECT = 16, 28


def log_table(result: ValidationResult, *, width: int = 160, name: str = "") -> str:
    """Return a result as lines of text.

    Those that were not met come first, the gravest at the top, with examples. Of very many only the first are listed.

    Args:
        result: what the suite found.
        width: characters in a line. A text that does not fit is cut; examples are the first to go.
        name: of the data.

    Returns:
        Some lines, without a line end after the last.
    """
    failed = overview.by_gravity(result.outcomes)
    met = [o for o in result.outcomes if o.success]
    rows = [_row(o) for o in (*failed[:_NOT_MET], *met[:_MET])]
    lines = [_head(result, name)]
    if rows:
        lines += _aligned([_HEADINGS, *rows], width)
    lines += _left_out(len(failed) - _NOT_MET, "not met") + _left_out(len(met) - _MET, "met")
    return "\n".join(lines)


def _head(result: ValidationResult, name: str) -> str:
    rows = overview.row_count(result)
    of = f" on {shown(name)}" if name else ""
    known = [plural(rows, "row") if rows is not None else "", overview.engine_words(result)]
    return f"Suite {shown(result.suite_name)}{of}: {'; '.join([overview.title(result.outcomes), *filter(None, known)])}"


def _left_out(number: int, what: str) -> list[str]:
    return [f"… and {count(number)} more {what}"] if number > 0 else []


def _row(outcome: Outcome) -> tuple[str, ...]:
    expectation = outcome.expectation
    word = "ERROR" if outcome.error else "ok" if outcome.success else "FAILED"
    return word, expectation.severity, subject(expectation), words(expectation), _found(outcome)


def _found(outcome: Outcome) -> str:
    told = found(outcome)
    some = [] if outcome.success else examples(outcome)[:_EXAMPLES]
    return f"{told}, for example {', '.join(str(e.value) for e in some)}" if some else told


def _aligned(rows: Sequence[tuple[str, ...]], width: int) -> Iterator[str]:
    from rich.cells import cell_len, set_cell_size

    widths = [max(cell_len(row[at]) for row in rows) for at in range(len(_HEADINGS))]
    widths[2] = min(widths[2], _MOST_SUBJECT)
    left = max(width - sum(widths[:3]) - _GAP * (len(widths) - 1), 2 * _LEAST)
    widths[3], widths[4] = _divided(left, widths[3], widths[4])
    for row in rows:
        cells = [
            text if cell_len(text) <= wide else f"{set_cell_size(text, wide - 1).rstrip()}…"
            for text, wide in zip(row, widths, strict=True)
        ]
        yield (" " * _GAP).join(set_cell_size(text, wide) for text, wide in zip(cells, widths, strict=True)).rstrip()


def _divided(left: int, expected: int, told: int) -> tuple[int, int]:
    """Return widths of the last two columns: what they need, or half each, or what the other does not need."""
    if expected + told <= left:
        return expected, told
    half = left // 2
    if expected <= half:
        return expected, left - expected
    return (left - told, told) if told <= half else (half, left - half)
