"""A validation as one HTML page that needs nothing but itself: no script, no font, no network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from hallmark.quality.report import figures, overview, plot
from hallmark.quality.report.cards import cards
from hallmark.quality.report.finding import Finding, finding
from hallmark.quality.result import Outcome, ValidationResult

if TYPE_CHECKING:
    from jinja2 import Template

__all__ = ["BRIEF", "FULL", "MET", "html_report"]

# So many failed expectations are told in full, so many more in a line each, and so many that were met.
FULL, BRIEF, MET = 100, 2_000, 2_000
# Lists that are longer start folded.
_OPEN = 40


def html_report(
    result: ValidationResult,
    *,
    name: str = "",
    profile: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> str:
    """Return a result as one self-contained HTML page.

    Every value is escaped and cut, and the page's own policy forbids scripts and anything from elsewhere.

    Args:
        result: what the suite found.
        name: of the data: a path, or a dataset's label.
        profile: figures of the columns, as ``Profile.to_dict()`` gives them; any of them may be absent.
        at: when it was checked; now, if not given.

    Returns:
        The page. What is not drawn of very many expectations and columns is counted on it.
    """
    failed = overview.by_gravity(result.outcomes)
    met = [o for o in result.outcomes if o.success]
    drawn, undrawn = cards(profile or {}, result.outcomes)
    page: str = _template().render(
        verdict=overview.verdict(result.outcomes) if result.outcomes else "none",
        title=overview.title(result.outcomes),
        suite=figures.shown(result.suite_name, 200),
        facts=list(overview.facts(result, profile, name, at or datetime.now(UTC))),
        tally=overview.tally(result.outcomes),
        failed=_findings(failed, 0, FULL),
        brief=_findings(failed, FULL, FULL + BRIEF),
        failed_count=len(failed),
        failed_left_out=max(len(failed) - FULL - BRIEF, 0),
        met=_findings(met, 0, MET),
        met_count=len(met),
        met_left_out=max(len(met) - MET, 0),
        cards=drawn,
        column_count=len(drawn) + undrawn,
        cards_left_out=undrawn,
        open_up_to=_OPEN,
    )
    return page.strip() + "\n"


def _findings(outcomes: Sequence[Outcome], start: int, stop: int) -> list[Finding]:
    return [finding(outcome) for outcome in outcomes[start:stop]]


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader(__package__, "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"count": figures.count, "percent": figures.percent}
    environment.globals |= {"plot": plot, "plural": figures.plural}
    return environment.get_template("report.html.j2")
