"""The head of a report: the verdict in words, what was checked, and how many expectations became of what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hallmark.quality.report.figures import count, plural, seconds, shown
from hallmark.quality.result import Outcome, ValidationResult
from hallmark.quality.suite import SEVERITIES

__all__ = ["Tally", "by_gravity", "engine_words", "facts", "row_count", "tally", "title", "verdict"]


@dataclass(frozen=True)
class Tally:
    """How many expectations of a severity were met, not met, and could not be checked."""

    severity: str
    met: int
    not_met: int
    unchecked: int

    @property
    def total(self) -> int:
        return self.met + self.not_met + self.unchecked


def verdict(outcomes: Sequence[Outcome]) -> str:
    """Return ``error``, ``failed``, ``warned`` or ``passed``, whichever is the gravest that applies."""
    if any(o.error for o in outcomes):
        return "error"
    missed = {o.expectation.severity for o in outcomes if not o.success}
    if "critical" in missed:
        return "failed"
    return "warned" if missed else "passed"


def by_gravity(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Return what was not met, the gravest first: what could not be checked, then by severity, as in the suite."""
    failed = [o for o in outcomes if not o.success]
    return sorted(failed, key=lambda o: (o.error is None, SEVERITIES.index(o.expectation.severity)))


def title(outcomes: Sequence[Outcome]) -> str:
    """Return the verdict in a sentence without a full stop."""
    total = len(outcomes)
    if not total:
        return "Nothing was checked: the suite has no expectations"
    unchecked = sum(o.error is not None for o in outcomes)
    missed = [o for o in outcomes if not o.success and o.error is None]
    critical = sum(o.expectation.severity == "critical" for o in missed)
    not_met = f"{count(len(missed))} of {plural(total, 'expectation')} {_is(len(missed))} not met"
    return {
        "error": f"Not checkable: {count(unchecked)} of {plural(total, 'expectation')} could not be evaluated"
        + (f", {count(len(missed))} {_is(len(missed))} not met" if missed else ""),
        "failed": f"Failed: {not_met}, {_of_them(critical, len(missed))} critical",
        "warned": f"Passed, with warnings: {not_met}, none critical",
        "passed": f"Passed: all {plural(total, 'expectation')} are met"
        if total > 1
        else "Passed: the expectation is met",
    }[verdict(outcomes)]


def tally(outcomes: Sequence[Outcome]) -> tuple[Tally, ...]:
    """Count by severity, those without any left out."""
    counted = []
    for severity in SEVERITIES:
        own = [o for o in outcomes if o.expectation.severity == severity]
        met, unchecked = sum(o.success for o in own), sum(o.error is not None for o in own)
        counted.append(Tally(severity, met, len(own) - met - unchecked, unchecked))
    return tuple(t for t in counted if t.total)


def row_count(result: ValidationResult, profile: Mapping[str, Any] | None = None) -> int | None:
    """Return the rows of the data: as profiled, as the engine says, or as an expectation without a condition saw."""
    for known in (profile or {}, _engine(result)):
        if isinstance(known.get("rows"), int):
            return int(known["rows"])
    seen = [o.result.get("element_count") for o in result.outcomes if not o.expectation.kwargs.get("row_condition")]
    return max((n for n in seen if isinstance(n, int)), default=None)


def facts(
    result: ValidationResult, profile: Mapping[str, Any] | None, name: str, at: datetime | None
) -> Iterator[tuple[str, str]]:
    """Yield labels and what is known of the check."""
    yield "Suite", str(shown(result.suite_name, 200))
    if name:
        yield "Data", str(shown(name, 400))
    if at is not None:
        yield "Checked", f"{at:%d %B %Y, %H:%M:%S %Z}".strip()
    rows = row_count(result, profile)
    if rows is not None:
        yield "Rows", count(rows)
    if profile and profile.get("columns"):
        yield "Columns", count(len(profile["columns"]))
    told = engine_words(result)
    if told:
        yield "Engine", told


def engine_words(result: ValidationResult) -> str:
    """Return ``3 scans in 1.2 s; expectations: 17 as SQL, 1 by Great Expectations``, as far as it is known."""
    engine = _engine(result)
    scans, took = engine.get("scans"), engine.get("seconds")
    work = [plural(scans, "scan")] if isinstance(scans, int) else []
    work += [seconds(took)] if isinstance(took, (int, float)) else []
    done = [(engine.get(key), how) for key, how in (("compiled", "as SQL"), ("fallback", "by Great Expectations"))]
    by = [f"{count(number)} {how}" for number, how in done if isinstance(number, int)]
    return "; ".join(filter(None, [" in ".join(work), f"expectations: {', '.join(by)}" if by else ""]))


def _engine(result: ValidationResult) -> Mapping[str, Any]:
    engine = result.meta.get("engine")
    return engine if isinstance(engine, Mapping) else {}


def _is(number: int) -> str:
    return "is" if number == 1 else "are"


def _of_them(part: int, whole: int) -> str:
    if whole == 1:
        return "and it is"
    return "all" if part == whole else f"{count(part)} of them"
