"""What a scenario's events have to hold, as a file says it: no more than that is asked of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
CASES = sorted(file.stem for file in (HERE / "expected").glob("*.json"))


def case(name: str, **places: str) -> dict[str, Any]:
    """Return an expectation, with the places of this session for its ``$NAMES``.

    A case has the scenario that was played, the DAG run (all, if none is named) and the job; then for each run in
    lineage its events in their order.
    """
    text = (HERE / "expected" / f"{name}.json").read_text()
    for place, value in places.items():
        text = text.replace(f"${place}", value)
    found: dict[str, Any] = json.loads(text)
    return found


def missing(expected: Any, actual: Any, where: str) -> Iterator[str]:
    """Tell what of ``expected`` is not in ``actual``: an object's keys, a list's items in any order, a value."""
    if isinstance(expected, dict):
        if not isinstance(actual, dict):
            yield f"{where} is {actual!r}, not an object"
            return
        for key, value in expected.items():
            if key in actual:
                yield from missing(value, actual[key], f"{where}.{key}")
            else:
                yield f"{where} has no {key!r}, only {sorted(actual)}"
    elif isinstance(expected, list):
        for number, item in enumerate(expected):
            yield from _closest(item, actual, f"{where}[{number}]")
    elif expected != actual:
        yield f"{where} is {actual!r}, not {expected!r}"


def _closest(item: Any, among: Any, where: str) -> list[str]:
    """Return what the most similar item of a list lacks."""
    faults = [list(missing(item, one, where)) for one in among]
    return min(faults, key=len) if faults else [f"{where}: the list is empty"]


def runs_of(events: list[dict[str, Any]], job: str, dag_run: str | None) -> list[list[dict[str, Any]]]:
    """Return a job's events by their run, the runs by what tells them apart in Airflow."""
    runs: dict[str, list[dict[str, Any]]] = {}
    for event in sorted(events, key=lambda e: str(e["eventTime"])):
        if event["job"]["name"] == job and dag_run in {None, event["run"]["facets"]["airflow"]["dagRun"]["run_id"]}:
            runs.setdefault(event["run"]["runId"], []).append(event)
    return sorted(runs.values(), key=_order)


def _order(run: list[dict[str, Any]]) -> tuple[Any, ...]:
    airflow = run[0]["run"]["facets"]["airflow"]
    instance = airflow["taskInstance"]
    return airflow["dagRun"]["run_id"], instance.get("map_index", -1), instance["try_number"]


def facets_in(value: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give every facet of an event, or of a part of it, with its key."""
    if isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, dict) and "_schemaURL" in item:
                yield key, item
            yield from facets_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from facets_in(item)
