"""A suggested suite as the YAML that somebody will edit."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from hallmark.quality.suggest.values import SuggestedSuite, Suggestion

__all__ = ["written"]

_WIDTH = 116


def written(suggested: SuggestedSuite) -> str:
    """Return the suite as YAML, with a comment above each expectation."""
    return "\n".join(_lines(suggested)) + "\n"


def _lines(suggested: SuggestedSuite) -> Iterator[str]:
    suite, columns = suggested.suite, len(suggested.profile.columns)
    yield from _comment(
        f"Suggested from {suggested.source}: {suggested.profile.rows:,} rows, {columns:,} columns. What was observed "
        "once is not yet a rule: read it through, and delete what is there by accident.",
        "",
    )
    yield f"name: {_flow(suite.name)}"
    yield f"meta: {_flow(suite.meta)}"
    yield "expectations:"
    before: tuple[str, ...] | None = None
    for suggestion in suggested.suggestions:
        about = suggestion.expectation.columns[:1]
        if before is not None and about != before:
            yield ""
        before = about
        yield from _comment(suggestion.why, "  ")
        yield from _expectation(suggestion)


def _expectation(suggestion: Suggestion) -> Iterator[str]:
    expectation = suggestion.expectation
    yield f"  - type: {expectation.type}"
    yield f"    kwargs: {_flow(expectation.kwargs)}"
    yield f"    severity: {expectation.severity}"
    if expectation.meta:
        yield f"    meta: {_flow(expectation.meta)}"


def _comment(text: str, indent: str) -> Iterator[str]:
    """Yield lines of a comment: whatever is in the text, nothing of it ends the comment."""
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in " ".join(text.split()))
    yield from textwrap.wrap(shown, _WIDTH, initial_indent=f"{indent}# ", subsequent_indent=f"{indent}# ")


def _flow(value: Mapping[str, Any] | str) -> str:
    """Return a value on one line of YAML."""
    import yaml

    plain = dict(value) if isinstance(value, Mapping) else value
    text = yaml.safe_dump(plain, default_flow_style=True, allow_unicode=True, sort_keys=False, width=math.inf)
    return str(text).removesuffix("...\n").strip()
