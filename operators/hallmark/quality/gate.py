"""Step three: what a stage wrote, held against its suite, with the rows that failed set apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from hallmark.quality import gx
from hallmark.quality.result import Outcome, ValidationResult
from hallmark.quality.suite import Suite
from hallmark.quality.validate import frame_of

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["FAILED_EXPECTATIONS", "Audit", "audit", "failed_rows", "good_rows"]

# The column of a quarantine table that says what each row failed.
FAILED_EXPECTATIONS = "failed_expectations"


@dataclass(frozen=True)
class Audit:
    """A suite's verdict on some rows, and by row position the critical expectations that the row failed."""

    result: ValidationResult
    failures: Mapping[int, tuple[str, ...]]


def audit(rows: pa.Table, suite: Suite, *, samples: int, parameters: Mapping[str, Any] | None = None) -> Audit:
    """Check rows against a suite.

    Args:
        rows: what was written.
        suite: its columns must all be in ``rows``.
        samples: whole failing rows to keep for each expectation.
        parameters: values of the suite's ``$PARAMETER`` entries.

    Raises:
        SuiteError: the suite looks at an absent column or has an unknown expectation.
    """
    suite.require_columns(rows.column_names)
    outcomes = gx.check(frame_of(rows), suite, result_format="COMPLETE", parameters=parameters)
    sampled = tuple(_with_samples(o, rows, samples) for o in outcomes)
    return Audit(ValidationResult(suite.name, sampled), _failures(outcomes))


def failed_rows(rows: pa.Table, failures: Mapping[int, Sequence[str]]) -> pa.Table:
    """Return the rows that failed, with a column that lists what each of them failed."""
    import pyarrow as pa

    positions = sorted(failures)
    reasons = pa.array([list(failures[p]) for p in positions], pa.list_(pa.string()))
    return rows.take(pa.array(positions, pa.int64())).append_column(FAILED_EXPECTATIONS, reasons)


def good_rows(rows: pa.Table, failures: Mapping[int, Sequence[str]]) -> pa.Table:
    """Return the rows that failed nothing, in their order."""
    import numpy as np
    import pyarrow as pa

    keep = np.ones(rows.num_rows, dtype=bool)
    keep[list(failures)] = False
    return rows.filter(pa.array(keep))


def _failures(outcomes: Sequence[Outcome]) -> dict[int, tuple[str, ...]]:
    failures: dict[int, tuple[str, ...]] = {}
    for outcome in outcomes:
        if not outcome.success and outcome.expectation.severity == "critical":
            for row in outcome.rows:
                failures[row] = (*failures.get(row, ()), outcome.expectation.title)
    return failures


def _with_samples(outcome: Outcome, rows: pa.Table, samples: int) -> Outcome:
    chosen = list(outcome.rows[:samples])
    if outcome.success or not chosen:
        return outcome
    return replace(outcome, samples=tuple(rows.take(chosen).to_pylist()))
