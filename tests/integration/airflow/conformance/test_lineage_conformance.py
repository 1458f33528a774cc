"""The events of whole scenarios, held against files of what they have to say; and the schemas they say it in."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import attr
import jsonschema
import openlineage.client.generated
import pytest
from airflow_runs import Played
from expecting import CASES, HERE, case, facets_in, missing, runs_of

pytestmark = pytest.mark.airflow

SCENARIOS = ("foreign", "life", "authoring", "refusals")
VERSIONS: dict[str, str] = json.loads((HERE / "facets.json").read_text())
VALIDATOR = Path(__file__).resolve().parents[5] / "shared" / "tools" / "validate_events.py"
URL = re.compile(r"(?:/|:)(\d+-\d+-\d+)[/:].*?(\w+)$")
Scenarios = Callable[[str], Played]


@pytest.mark.parametrize("name", CASES)
def test_a_jobs_events_say_what_they_have_to_in_their_order(played: Scenarios, name: str) -> None:
    scenario = played(case(name)["scenario"])
    expected = case(name, FOLDER=str(scenario.folder), SHOP=scenario.shop)
    dag_run = scenario.runs[expected["run"]]["run_id"] if "run" in expected else None

    runs = runs_of(scenario.events, expected["job"], dag_run)

    assert [[e["eventType"] for e in run] for run in runs] == [[e["eventType"] for e in r] for r in expected["runs"]]
    assert list(missing(expected["runs"], runs, name)) == []


@pytest.mark.parametrize(("name", "apart"), [("mapped", "map_index"), ("retried", "try_number"), ("backfilled", None)])
def test_each_mapped_task_each_try_and_each_date_is_a_run_of_its_own_of_one_job(
    played: Scenarios, name: str, apart: str | None
) -> None:
    expected = case(name)
    scenario = played(expected["scenario"])
    dag_run = scenario.runs[expected["run"]]["run_id"] if "run" in expected else None

    runs = runs_of(scenario.events, expected["job"], dag_run)

    parents = {run[0]["run"]["facets"]["parent"]["run"]["runId"] for run in runs}
    assert len(runs) == len(expected["runs"])
    assert len(parents) == (1 if apart else len(runs))
    if apart:
        told = [run[-1]["run"]["facets"]["airflow"]["taskInstance"][apart] for run in runs]
        assert told == sorted(set(told))


def versions_in(events: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Give name and version of every schema that events name."""
    for url in {facet["_schemaURL"] for e in events for _, facet in facets_in(e)} | {e["schemaURL"] for e in events}:
        match = URL.search(url)
        assert match, f"{url} has no version"
        yield match[2], match[1]


def test_every_schema_is_at_the_version_of_the_table(played: Scenarios) -> None:
    found = dict(pair for name in SCENARIOS for pair in versions_in(played(name).events))

    other = {name: (VERSIONS.get(name, "none"), version) for name, version in found.items()}
    changed = [f"{name}: {was} in the table, {now} in the events" for name, (was, now) in other.items() if was != now]
    gone = sorted(VERSIONS.keys() - found.keys())
    assert (changed, gone) == ([], []), (
        "openlineage-python or Airflow's OpenLineage provider brought other schemas. For each, read what changed at "
        "https://openlineage.io/spec/facets/<version>/<name>.json; see that hallmark/lineage/facets.py still fills "
        "what is required, that what reads events in hallmark/lineage still finds its fields, then set the version in "
        "conformance/facets.json"
    )


def classes() -> dict[str, Any]:
    """Return the facets that the installed client knows, by name."""
    package = openlineage.client.generated
    names = [m.name for m in pkgutil.iter_modules(package.__path__, f"{package.__name__}.")]
    modules = [importlib.import_module(name) for name in names]
    found = {name: value for module in modules for name, value in vars(module).items() if attr.has(value)}
    # What Airflow's own facets say of themselves, whose fields no schema names.
    found.pop("RunFacet", None)
    return found


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_facet_has_the_fields_that_the_client_knows_and_all_that_it_requires(
    played: Scenarios, scenario: str
) -> None:
    known, checked = classes(), set()
    for event in played(scenario).events:
        for key, facet in facets_in(event):
            name = facet["_schemaURL"].rpartition("/")[2]
            if name in known:
                fields = {f.name: f for f in attr.fields(known[name])}
                required = {n for n, f in fields.items() if f.default is attr.NOTHING and f.init}
                assert required <= facet.keys() <= fields.keys() | {"_deleted"}, f"{key} of {event['job']['name']}"
                checked.add(name)
    assert {"ParentRunFacet", "JobTypeJobFacet", "ColumnLineageDatasetFacet"} <= checked


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_receipt_is_as_its_packaged_schema_has_it(played: Scenarios, scenario: str) -> None:
    text = resources.files("hallmark.lineage").joinpath("schemas/HallmarkReceiptRunFacet.json").read_text()
    validator = jsonschema.Draft202012Validator(json.loads(text))
    receipts = [f for e in played(scenario).events for key, f in facets_in(e) if key == "hallmark_receipt"]

    assert receipts
    assert [e.message for facet in receipts for e in validator.iter_errors(facet)] == []


if VALIDATOR.is_file():

    def test_the_strict_validator_asks_of_foreign_tasks_only_what_they_cannot_know(foreign: Played) -> None:
        command = [sys.executable, str(VALIDATOR), "--strict", str(foreign.events_file)]
        *faults, _ = subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()
        lines = {int(found[1]) for f in faults if (found := re.search(r":(\d+): output \S+ lacks \w+$", f))}

        assert [
            f for f in faults if not re.search(r":\d+: output \S+ lacks (schema|version|outputStatistics)$", f)
        ] == []
        assert lines
        assert [n for n in lines if "hallmark_receipt" in foreign.events[n - 1]["run"]["facets"]] == []
