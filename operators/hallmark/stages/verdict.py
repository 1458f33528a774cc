"""What a gate found, taken into the draft as it may be kept and shown."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hallmark.stages.job import Draft

if TYPE_CHECKING:
    from hallmark.quality.gate import Audit

__all__ = ["judged"]

# An error names this many failed expectations; the receipt has them all.
NAMED = 5


def judged(draft: Draft, found: Audit, samples: int) -> Draft:
    """Return the draft with the gate's result, personal values masked, and the reason if it may not be published."""
    from hallmark.quality.report import log_table

    personal = [c.name for c in draft.output.columns if c.personal]
    shown = found.result.for_the_record(personal, samples)
    failed = shown.failed("critical")
    refusal = ""
    if failed:
        told = "; ".join(f"{o.expectation.title}: {o.summary}" for o in failed[:NAMED])
        refusal = f"{len(failed)} of {len(shown.outcomes)} expectations failed and are critical: {told}"
    table = log_table(shown, name=draft.output.name)
    return replace(draft, gate=shown.to_json_dict(), publishable=not failed, refusal=refusal, verdict=table)
