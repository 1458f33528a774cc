"""``hallmark status``: everything at a glance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.console import RenderableType

from hallmark.cli.datasets import datasets_table, gate_word
from hallmark.cli.formats import plural
from hallmark.cli.models import models_table
from hallmark.cli.options import AsJson
from hallmark.cli.reach import ask, catalog_name, empty
from hallmark.cli.runs import runs_page
from hallmark.cli.screen import show, show_json, width
from hallmark.cli.tables import section

if TYPE_CHECKING:
    from hallmark.catalog import Catalog, DatasetSummary, ModelSummary, RunSummary

__all__ = ["status"]

UNCHECKED = "unchecked"
_GATES = ("passed", "warned", "failed", UNCHECKED)
_RUNS = 10
# A reason longer than this is for `hallmark runs`.
_LONGEST_REASON = 120


@dataclass(frozen=True)
class Overview:
    """What the catalog holds, and its last runs."""

    datasets: tuple[DatasetSummary, ...] = ()
    models: tuple[ModelSummary, ...] = ()
    runs: tuple[RunSummary, ...] = ()

    def counts(self) -> dict[str, Any]:
        """Return how many there are, how the last gates went, and in which states the last runs are."""
        gates = Counter(gate_word(each) or UNCHECKED for each in self.datasets)
        return {
            "datasets": len(self.datasets),
            "models": len(self.models),
            "gates": {word: gates[word] for word in _GATES if word in gates},
            "last_runs": dict(Counter(run.state for run in self.runs)),
        }


def status(as_json: AsJson = False) -> None:
    """Show datasets, models and the last runs."""
    found = ask(_overview, Overview())
    if as_json:
        show_json({"catalog": catalog_name(), "counts": found.counts(), **_lists(found)})
    elif found == Overview():
        show(empty("datasets, models or runs"))
    else:
        show(*_page(found, width()))


def _overview(catalog: Catalog) -> Overview:
    return Overview(tuple(catalog.datasets()), tuple(catalog.models()), tuple(catalog.runs(_RUNS)))


def _lists(found: Overview) -> dict[str, Any]:
    return {
        "datasets": [each.to_dict() for each in found.datasets],
        "models": [each.to_dict() for each in found.models],
        "runs": [each.to_dict() for each in found.runs],
    }


def _page(found: Overview, width: int) -> Iterator[RenderableType]:
    counts = found.counts()
    yield f"{plural(counts['datasets'], 'dataset')}: {_parts(counts['gates'])}"
    yield plural(counts["models"], "model")
    yield f"last {plural(len(found.runs), 'run')}: {_parts(counts['last_runs'])}"
    if found.datasets:
        yield section("Datasets", "", datasets_table(found.datasets, width))
    if found.models:
        yield section("Models", "", models_table(found.models, width))
    if found.runs:
        yield section("Last runs", "", *runs_page(found.runs, width, _LONGEST_REASON))


def _parts(counts: dict[str, int]) -> str:
    return ", ".join(f"{number} {word}" for word, number in counts.items()) or "none"
