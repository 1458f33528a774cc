"""A suite's way through: its expectations become checks, the checks run side by side, and become outcomes."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from hallmark.errors import HallmarkError
from hallmark.quality.compiler.ask import Ask
from hallmark.quality.compiler.conditions import condition
from hallmark.quality.compiler.formats import ResultFormat, json_value
from hallmark.quality.compiler.parameters import filled
from hallmark.quality.compiler.refusal import Refusal
from hallmark.quality.compiler.registry import Entry, Found, entry_of
from hallmark.quality.compiler.run import Steps, Tally, advance
from hallmark.quality.compiler.table import Table
from hallmark.quality.result import Outcome
from hallmark.quality.suite import Expectation, Suite

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Checked", "check"]

# Brings the data as a frame, for expectations that only Great Expectations itself can check.
Frame = Callable[[], "pd.DataFrame"]


@dataclass(frozen=True)
class Checked:
    """What a suite found.

    Args:
        outcomes: one an expectation, in the suite's order.
        unexpected: for each outcome the predicate of the rows that are not as expected; None where rows are not judged.
        scans: queries over the data.
        seconds: of all.
        fallback: how many expectations Great Expectations itself checked.
    """

    outcomes: tuple[Outcome, ...]
    unexpected: tuple[exp.Expression | None, ...]
    scans: int
    seconds: float
    fallback: int = 0

    @property
    def engine(self) -> dict[str, Any]:
        """How it was run, for the result's meta."""
        return {
            "scans": self.scans,
            "seconds": round(self.seconds, 3),
            "compiled": len(self.outcomes) - self.fallback,
            "fallback": self.fallback,
        }


def check(
    table: Table,
    suite: Suite,
    *,
    format: ResultFormat,
    parameters: Mapping[str, Any] | None = None,
    samples: int = 0,
    frame: Frame | None = None,
) -> Checked:
    """Run a suite.

    Args:
        table: the data.
        suite: what to check.
        format: how much results tell.
        parameters: values of the suite's ``$PARAMETER`` entries.
        samples: whole failing rows to bring for each expectation.
        frame: brings the data for expectations that are not compiled.

    Raises:
        SuiteError: a parameter has no value, or nobody knows an expectation.
    """
    began = time.perf_counter()
    # What was asked is kept beside what it came to: values may differ from run to run.
    given = [filled(dict(e.kwargs), parameters or {}) for e in suite.expectations]
    entries = {i: entry for i, e in enumerate(suite.expectations) if (entry := entry_of(e.type)) is not None}
    tally = Tally()
    steps = [_steps(entry, given[i], table, format, samples) for i, entry in entries.items()]
    found = dict(zip(entries, advance(steps, table, tally), strict=True))
    others = [i for i in range(len(given)) if i not in found]
    outcomes = {i: _outcome(suite.expectations[i], given[i], found[i]) for i in entries}
    outcomes |= _by_gx(suite, others, given, format, frame)
    predicates = [found[i].unexpected if isinstance(found.get(i), Found) else None for i in range(len(given))]
    ordered = tuple(outcomes[i] for i in range(len(given)))
    return Checked(ordered, tuple(predicates), tally.scans, time.perf_counter() - began, len(others))


def _steps(entry: Entry, kwargs: Mapping[str, Any], table: Table, format: ResultFormat, samples: int) -> Steps:
    """Be the check of one expectation; what is wrong with its arguments comes out when it is run."""
    chosen = entry.chosen(kwargs)
    own = kwargs.get("result_format")
    shown = ResultFormat.of(own) if own is not None else format
    domain = condition(kwargs.get("row_condition"), kwargs.get("condition_parser"), table)
    return (yield from entry.check(Ask(table, shown, domain, samples), **chosen))


def _outcome(expectation: Expectation, kwargs: Mapping[str, Any], found: Any) -> Outcome:
    from dataclasses import replace

    as_run = replace(expectation, kwargs=kwargs)
    if isinstance(found, Found):
        samples = tuple({k: json_value(v) for k, v in row.items()} for row in found.samples)
        return Outcome(as_run, found.success, found.result, samples=samples)
    return Outcome(as_run, False, error=_told(found))


def _told(error: Exception) -> str:
    """Return what kept an expectation from being checked; GX's pydantic would call most of it wrong arguments."""
    return str(error) if isinstance(error, (Refusal, HallmarkError)) else f"{type(error).__name__}: {error}"


def _by_gx(
    suite: Suite,
    positions: Sequence[int],
    given: Sequence[Mapping[str, Any]],
    format: ResultFormat,
    frame: Frame | None,
) -> dict[int, Outcome]:
    """Have Great Expectations itself check what is not compiled: custom expectations and a few statistical ones."""
    from dataclasses import replace

    if not positions:
        return {}
    from hallmark.quality import gx

    chosen = tuple(replace(suite.expectations[i], kwargs=given[i]) for i in positions)
    gx.refuse_unknown(replace(suite, expectations=chosen))
    if frame is None:
        return {
            i: Outcome(e, False, error="it is not compiled, and Great Expectations cannot check this data")
            for i, e in zip(positions, chosen, strict=True)
        }
    found = gx.check(frame(), replace(suite, expectations=chosen), result_format=format.level)
    return dict(zip(positions, (replace(o, engine="great_expectations") for o in found), strict=True))
