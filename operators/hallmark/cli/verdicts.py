"""What became of each expectation, as a table: of a check just made, or of a dataset's last gate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from rich.table import Table
from rich.text import Text

from hallmark.cli.formats import NOTHING, cut, mark, plural, printable
from hallmark.cli.tables import Heading, table
from hallmark.quality.report import verdict
from hallmark.quality.result import Outcome
from hallmark.quality.suite import SEVERITIES, Expectation, Severity

if TYPE_CHECKING:
    from hallmark.catalog import GateResult

__all__ = ["counts", "outcome_of", "verdict", "verdict_table"]

_HEADINGS = (
    Heading("result"),
    Heading("severity"),
    Heading("column"),
    Heading("expectation", wraps=True),
    Heading("found", wraps=True),
)
# What was met is told in so many characters; what was not, in full.
_AS_USUAL = 60
_NOT_SHOWN = {"column", "column_A", "column_B", "column_list", "condition_parser"}
# Where an argument is shown by another name than its own, or by none.
_SHORT = {
    "min_value": "min=",
    "max_value": "max=",
    "value_set": "",
    "column_set": "",
    "regex": "",
    "row_condition": "where ",
}


def verdict_table(outcomes: Sequence[Outcome], width: int) -> Table:
    """Lay out one line an expectation, in the suite's order."""
    return table(_HEADINGS, [_row(outcome) for outcome in outcomes], width)


def counts(outcomes: Sequence[Outcome]) -> str:
    """Return ``18 expectations: 16 ok, 1 critical failed, 1 warning failed``."""
    met = sum(o.success for o in outcomes)
    errors = sum(o.error is not None for o in outcomes)
    missed = [
        f"{number} {severity} failed"
        for severity in SEVERITIES
        if (number := sum(not o.success and not o.error and o.expectation.severity == severity for o in outcomes))
    ]
    errors_told = [f"{errors} could not be checked"] if errors else []
    return f"{plural(len(outcomes), 'expectation')}: {', '.join([f'{met} ok', *missed, *errors_told])}"


def outcome_of(result: GateResult) -> Outcome:
    """Return a result of the catalog as the gate had it."""
    figures = ("element_count", "unexpected_count", "unexpected_percent", "observed_value")
    return Outcome(
        Expectation(result.expectation, result.kwargs, cast(Severity, result.severity), result.meta or {}),
        result.success,
        {name: getattr(result, name) for name in figures},
        result.exception,
    )


def _row(outcome: Outcome) -> tuple[Text | str, ...]:
    expectation = outcome.expectation
    columns = expectation.columns
    return (
        _result(outcome),
        expectation.severity,
        (f"{len(columns)} columns" if len(columns) > 1 else columns[0]) if columns else NOTHING,
        _expected(expectation, _AS_USUAL if outcome.success else None),
        _found(outcome),
    )


def _result(outcome: Outcome) -> Text:
    if outcome.error:
        return mark("error")
    return mark("ok") if outcome.success else mark("failed", outcome.expectation.severity)


def _expected(expectation: Expectation, longest: int | None) -> Text:
    """Return the expectation in words, which wrap where its name would not, and its arguments."""
    words = expectation.type.removeprefix("expect_").removeprefix("column_values_to_").replace("_", " ")
    arguments = cut(", ".join(_arguments(expectation)), longest)
    return Text.assemble(printable(words), (f": {printable(arguments)}", "dim") if arguments else "")


def _found(outcome: Outcome) -> str:
    if not outcome.success:
        return outcome.summary
    # Examples of what a "mostly" tolerates are of no use to the reader.
    return cut(outcome.summary.partition(", for example ")[0], _AS_USUAL)


def _arguments(expectation: Expectation) -> Iterator[str]:
    if len(expectation.columns) > 1:
        yield ", ".join(expectation.columns)
    for name, value in expectation.kwargs.items():
        if name not in _NOT_SHOWN:
            yield f"{_SHORT.get(name, f'{name}=')}{_argument(value)}"


def _argument(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(str, value))}]"
    if isinstance(value, Mapping) and "$PARAMETER" in value:
        return f"${value['$PARAMETER']}"
    return str(value)
