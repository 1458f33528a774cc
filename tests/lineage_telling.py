"""OpenLineage events in few words, for the tests of the graph."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SPACE = "postgres://shop:5432"
JOBS = "airflow"

Event = dict[str, Any]
# Output column -> input "dataset.column", which may carry what is done: "orders.amount AGGREGATION".
Columns = Mapping[str, Iterable[str]]


def run_id(name: str) -> str:
    """A UUID that is always the same for a name."""
    return str(uuid5(NAMESPACE_URL, name))


def dataset(name: str, namespace: str = SPACE, **facets: Any) -> dict[str, Any]:
    """A dataset of an event; ``version``, ``owner``, ``fields``, ``type`` and ``assertions`` are short for facets."""
    told: dict[str, Any] = {"namespace": namespace, "name": name, "facets": {}}
    for key, value in facets.items():
        facet, content = _SHORT[key](value) if key in _SHORT else (key, value)
        told["facets"][facet] = content
    return told


def run(
    job: str,
    inputs: Iterable[Any] = (),
    outputs: Iterable[Any] = (),
    *,
    at: float = 0,
    type: str = "COMPLETE",
    run: str | None = None,
    namespace: str = JOBS,
    job_facets: Mapping[str, Any] | None = None,
    run_facets: Mapping[str, Any] | None = None,
) -> Event:
    """An event of a job's run; ``at`` is minutes after noon, and names the run unless ``run`` does."""
    return {
        "eventTime": (NOON + timedelta(minutes=at)).isoformat(),
        "eventType": type,
        "producer": "urn:test",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": run_id(run or f"{job}@{at:g}"), "facets": dict(run_facets or {})},
        "job": {"namespace": namespace, "name": job, "facets": dict(job_facets or {})},
        "inputs": [_dataset(each) for each in inputs],
        "outputs": [_dataset(each) for each in outputs],
    }


def made_of(columns: Columns, rows: Iterable[str] = ()) -> dict[str, Any]:
    """A columnLineage facet; ``rows`` are the columns that decide over all rows."""
    fields = {name: {"inputFields": [_field(each) for each in some]} for name, some in columns.items()}
    return {"fields": fields, "dataset": [_field(f"{each} FILTER") for each in rows]}


_DECIDES = {"JOIN", "FILTER", "GROUP_BY", "SORT", "WINDOW", "CONDITIONAL"}


def _field(text: str) -> dict[str, Any]:
    source, _, subtype = text.partition(" ")
    name, _, column = source.rpartition(".")
    subtype = subtype or "IDENTITY"
    kind = "INDIRECT" if subtype in _DECIDES else "DIRECT"
    how = {"type": kind, "subtype": subtype, "masking": False}
    return {"namespace": SPACE, "name": name, "field": column, "transformations": [how]}


def _dataset(given: Any) -> dict[str, Any]:
    return dataset(given) if isinstance(given, str) else dict(given)


_SHORT: dict[str, Any] = {
    "version": lambda value: ("version", {"datasetVersion": value}),
    "owner": lambda value: ("ownership", {"owners": [{"name": value, "type": "OWNER"}]}),
    "fields": lambda value: ("schema", {"fields": [{"name": name, "type": type_} for name, type_ in value.items()]}),
    "type": lambda value: ("datasetType", {"datasetType": value}),
    "columns": lambda value: ("columnLineage", value),
    "aliases": lambda value: (
        "symlinks",
        {"identifiers": [{"namespace": space, "name": name, "type": "TABLE"} for space, name in value]},
    ),
    "assertions": lambda value: (
        "dataQualityAssertions",
        {
            "assertions": [
                {"assertion": name, "success": success, "severity": "error", "actual": "17", "column": "amount"}
                for name, success in value.items()
            ]
        },
    ),
}
