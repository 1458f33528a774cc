"""The outcome of a suite, in the shape of GX's suite validation result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hallmark.quality.suite import Expectation

__all__ = ["MASK", "Outcome", "ValidationResult"]

MASK = "[masked]"
# Entries of GX's result that list rows or values in full; a receipt keeps samples only.
_LISTS = ("unexpected_list", "unexpected_index_list", "unexpected_index_query", "partial_unexpected_index_list")
_VALUES = ("observed_value", "partial_unexpected_list", "unexpected_list", "partial_unexpected_counts", "details")


@dataclass(frozen=True)
class Outcome:
    """What one expectation found.

    Args:
        expectation: what was checked.
        success: GX's verdict.
        result: GX's ``result`` entry (counts, observed value, samples of unexpected values).
        error: message of the exception that kept it from being checked, or None.
        traceback: of that exception.
        samples: whole rows that failed, a few.
        engine: who checked it: ``compiled`` SQL, or ``great_expectations`` itself.
    """

    expectation: Expectation
    success: bool
    result: Mapping[str, Any] = field(default_factory=dict)
    error: str | None = None
    traceback: str | None = None
    samples: tuple[Mapping[str, Any], ...] = ()
    engine: str = "compiled"

    @property
    def summary(self) -> str:
        """One line that tells what was found: ``12 of 27004 unexpected (0.04 %), for example -17``."""
        if self.error:
            return f"could not be checked: {self.error}"
        count = self.result.get("unexpected_count")
        if count:
            share = float(self.result.get("unexpected_percent") or 0)
            # GX's share is of the values that are there.
            total = (self.result.get("element_count") or 0) - (self.result.get("missing_count") or 0)
            some = [_plain(v) for v in list(self.result.get("partial_unexpected_list") or ())[:2]]
            text = f"{count:,} of {total:,} unexpected ({share:.3g} %)"
            return f"{text}, for example {', '.join(some)}" if some else text
        observed = self.result.get("observed_value")
        return (
            f"observed {observed}" if observed is not None else ("as expected" if self.success else "not as expected")
        )

    def to_json_dict(self) -> dict[str, Any]:
        line = {} if self.expectation.line is None else {"line": self.expectation.line}
        samples = {"failed_rows": [dict(row) for row in self.samples]} if self.samples else {}
        return {
            "success": self.success,
            "expectation_config": self.expectation.to_dict(),
            "result": dict(self.result),
            "meta": {"engine": self.engine, **line, **samples},
            "exception_info": {
                "raised_exception": self.error is not None,
                "exception_message": self.error,
                "exception_traceback": self.traceback,
            },
        }


@dataclass(frozen=True)
class ValidationResult:
    """What a suite found in some data.

    ``success`` is GX's: every expectation was met. ``publishable`` is the gate's: every critical one was.
    """

    suite_name: str
    outcomes: tuple[Outcome, ...]
    meta: Mapping[str, Any] = field(default_factory=dict)

    @property
    def success(self) -> bool:
        return all(o.success for o in self.outcomes)

    @property
    def publishable(self) -> bool:
        return not self.failed("critical")

    @property
    def results(self) -> list[dict[str, Any]]:
        return [o.to_json_dict() for o in self.outcomes]

    @property
    def statistics(self) -> dict[str, Any]:
        """Counts in GX's shape: evaluated, successful, unsuccessful expectations and the success percentage."""
        evaluated, good = len(self.outcomes), sum(o.success for o in self.outcomes)
        return {
            "evaluated_expectations": evaluated,
            "successful_expectations": good,
            "unsuccessful_expectations": evaluated - good,
            "success_percent": 100 * good / evaluated if evaluated else None,
        }

    def failed(self, *severities: str) -> list[Outcome]:
        """Return the expectations that were not met, of these severities (all, if none is given)."""
        return [o for o in self.outcomes if not o.success and (not severities or o.expectation.severity in severities)]

    def to_json_dict(self) -> dict[str, Any]:
        return {
            "success": self.success,
            "suite_name": self.suite_name,
            "results": self.results,
            "statistics": self.statistics,
            "meta": dict(self.meta),
        }

    def for_the_record(self, personal: Sequence[str], samples: int) -> ValidationResult:
        """Return this result as it may be kept: lists cut to samples, values of personal columns masked."""
        hidden = frozenset(personal)
        return replace(self, outcomes=tuple(_trimmed(_masked(o, hidden), samples) for o in self.outcomes))


def _plain(value: Any) -> str:
    """Show one unexpected value; of several columns, their values side by side."""
    values = value.values() if isinstance(value, Mapping) else value if isinstance(value, (list, tuple)) else [value]
    return "/".join(map(str, values))


def _trimmed(outcome: Outcome, samples: int) -> Outcome:
    kept = {key: value for key, value in outcome.result.items() if key not in _LISTS}
    for key in ("partial_unexpected_list", "partial_unexpected_counts"):
        if isinstance(kept.get(key), list):
            kept[key] = kept[key][:samples]
    return replace(outcome, result=kept, traceback=None, samples=outcome.samples[:samples])


def _masked(outcome: Outcome, personal: frozenset[str]) -> Outcome:
    if not personal:
        return outcome
    samples = tuple({k: MASK if k in personal else v for k, v in row.items()} for row in outcome.samples)
    if not personal.intersection(outcome.expectation.columns):
        return replace(outcome, samples=samples)
    result = {k: _hide(v) if k in _VALUES else v for k, v in outcome.result.items()}
    error = "its values are personal and not shown" if outcome.error else None
    return replace(outcome, result=result, samples=samples, error=error, traceback=None)


def _hide(value: Any) -> Any:
    if isinstance(value, list):
        return [dict(_hidden_counts(v)) if isinstance(v, Mapping) else MASK for v in value]
    return MASK if value is not None else None


def _hidden_counts(entry: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in entry.items():
        yield key, value if key == "count" else MASK
