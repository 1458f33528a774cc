"""What is suggested: expectations, each with the reason, and the suite they make."""

from __future__ import annotations

from dataclasses import dataclass

from hallmark.quality.profile import Profile
from hallmark.quality.suite import Expectation, Suite

__all__ = ["SuggestedSuite", "Suggestion"]


@dataclass(frozen=True)
class Suggestion:
    """An expectation, and from which figures it follows."""

    expectation: Expectation
    why: str


@dataclass(frozen=True)
class SuggestedSuite:
    """A suite that the data meets from which it was made.

    Args:
        name: of the suite.
        source: what was profiled, for a reader.
        profile: its figures.
        suggestions: on the table first, then column by column.
    """

    name: str
    source: str
    profile: Profile
    suggestions: tuple[Suggestion, ...]

    @property
    def suite(self) -> Suite:
        """The suite, without the reasons."""
        notes = f"Suggested from {self.profile.rows:,} rows of {self.source}."
        return Suite(self.name, tuple(s.expectation for s in self.suggestions), {"notes": notes})

    def to_yaml(self) -> str:
        """Return the suite as YAML in GX's format, with a comment above each expectation that tells why."""
        from hallmark.quality.suggest.writing import written

        return written(self)
