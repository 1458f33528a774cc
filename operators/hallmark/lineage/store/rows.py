"""What one event leaves in which table: rows to be merged with those that are there."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Table

from hallmark.catalog import lineage_tables as tables
from hallmark.catalog.lineage_tables import STATIC, STATIC_LENGTH, number_of, number_of_json
from hallmark.errors import LineageError
from hallmark.lineage.events import Event
from hallmark.lineage.events.reading import MAX_RUN_ID, named
from hallmark.lineage.events.shape import clean_name, mapping, mappings
from hallmark.lineage.store.columns import ColumnSet, column_set
from hallmark.lineage.store.merging import COLUMN, LAST_RESORT, Row, stamp_of
from hallmark.lineage.store.names import identity

__all__ = ["namespaces_of", "rows_of"]

TERMINAL = {"COMPLETE", "FAIL", "ABORT"}
# Facets of a run that questions are answered from; all others are in the event's body.
_RUN_FACETS = {"nominalTime", "errorMessage", "externalQuery", "extractionError", "tags"}
# Facets of a dataset that tell of this reading or writing, not of the dataset.
_IO_FACETS = {"dataQualityAssertions", "dataQualityMetrics", "subset", "iceberg_scan_report", "iceberg_commit_report"}
# Kept in tables of their own.
_APART = {"columnLineage", "version"}
# Events in which a version may be told that is written already, though the run goes on.
_WHILE_RUNNING = {"RUNNING", "OTHER"}
# What blocks nothing is not counted as a failure.
_HARMLESS = {"warn", "info"}
_MAX_VERSION = 500
_MAX_MAP_INDEX = 2**31
# Of a namespace no event tells.
_UNSAID = {"owner": None, "description": None, "hidden": False}
# So much of an event's id tells it from others of the same moment.
_TELLING = 12

Named = Iterator[tuple[Table, Row]]


def rows_of(event: Event) -> Named:
    """Yield the rows of one event, some more than once.

    Raises:
        LineageError: a name in it is missing or too long.
    """
    yield from _KINDS[event.kind](event)


def namespaces_of(rows: Iterable[Row]) -> dict[tuple[str], Row]:
    """Return the namespaces of datasets and jobs by key, each since the first of them."""
    since: dict[str, datetime] = {}
    for row in rows:
        name, moment = row["namespace"], row["created_at"]
        since[name] = min(moment, since.get(name, moment))
    return {(name,): {"name": name, **_UNSAID, "created_at": moment} for name, moment in since.items()}


def _of_run(event: Event) -> Named:
    job_id = yield from _job(event)
    run_id, stamp = str(event.run_id), stamp_of(event.moment, event.id[:_TELLING])
    terminal, state = event.type in TERMINAL, event.type
    row = _run_row(run_id, job_id, event)
    facets = _facets(mapping(event.body["run"], "run").get("facets"))
    kept = {name: facet for name, facet in facets.items() if name in _RUN_FACETS}
    row |= {"state": state, "facets": kept, "map_index": _map_index(facets)}
    row["started_at"] = event.moment if state == "START" else None
    row["ended_at"] = event.moment if terminal else None
    row["stamps"] = {
        f"{COLUMN}job_id": stamp,
        f"{COLUMN}state": stamp_of(event.moment, event.id[:_TELLING], rank=int(terminal)),
        **_stamped({"map_index": row["map_index"]}, stamp),
        **dict.fromkeys(kept, stamp),
    }
    yield from _family(event, row, facets.get("parent"), stamp)
    yield tables.lineage_runs, row
    yield from _io(event, run_id)


def _of_job(event: Event) -> Named:
    """A job event has no run; what it declares is kept as if one had been."""
    job_id = yield from _job(event)
    if event.body.get("inputs") or event.body.get("outputs"):
        row = _run_row(f"{STATIC}{event.id[:STATIC_LENGTH]}", job_id, event) | {"static": True, "state": "COMPLETE"}
        row["stamps"] = {f"{COLUMN}job_id": stamp_of(event.moment, event.id[:_TELLING])}
        yield tables.lineage_runs, row
        yield from _io(event, row["run_id"])


def _of_dataset(event: Event) -> Named:
    told = mapping(event.body["dataset"], "dataset")
    facets = _facets(told.get("facets"))
    version = _explicit_version(facets)
    dataset_id = yield from _dataset(event, told, facets, current=version)
    if version:
        yield from _version(event, dataset_id, facets, version, None)


_KINDS = {"run": _of_run, "job": _of_job, "dataset": _of_dataset}


def _job(event: Event) -> Generator[tuple[Table, Row], None, int]:
    namespace, name = event.job or ("", "")
    facets = _facets(mapping(event.body["job"], "job").get("facets"))
    stamp = stamp_of(event.moment, event.id[:_TELLING])
    stamps = dict.fromkeys((*facets, f"{COLUMN}hidden"), stamp)
    row = _job_row(namespace, name, event) | {"facets": facets, "stamps": stamps}
    yield tables.jobs, row
    return int(row["id"])


def _family(event: Event, row: Row, parent: Any, stamp: str) -> Named:
    """Note a run's parent and root, and that they exist, whether or not they ever told of themselves."""
    if not isinstance(parent, dict):
        return
    above = _claimed(event, parent)
    root = _claimed(event, parent.get("root")) or above
    for told in {one["run_id"]: one for one in (above, root) if one}.values():
        yield tables.jobs, _job_row(told["namespace"], told["name"], event)
        yield tables.lineage_runs, _run_row(told["run_id"], told["job_id"], event)
    if above and above["run_id"] != row["run_id"]:
        row |= {"parent_run_id": above["run_id"], "group_id": above["run_id"], "root_run_id": (root or above)["run_id"]}
        row["stamps"] |= {f"{COLUMN}{name}": stamp for name in ("parent_run_id", "group_id", "root_run_id")}
        if above["job_id"] != row["job_id"]:
            namespace, name = event.job or ("", "")
            child = _job_row(namespace, name, event) | {"parent_id": above["job_id"]}
            yield tables.jobs, child | {"stamps": {f"{COLUMN}parent_id": stamp}}


def _claimed(event: Event, told: Any) -> dict[str, Any] | None:
    """Return the run and the job that a parent facet names, None where it does not name them rightly."""
    try:
        parts = mapping(told, "parent")
        run_id = clean_name(mapping(parts.get("run"), "parent.run").get("runId"), "parent.run.runId", MAX_RUN_ID)
        namespace, name = named(parts.get("job"), "parent.job")
    except LineageError:
        return None
    return {"run_id": run_id, "namespace": namespace, "name": name, "job_id": number_of(namespace, name)}


def _io(event: Event, run_id: str) -> Named:
    for direction, key, own in (("in", "inputs", "inputFacets"), ("out", "outputs", "outputFacets")):
        for told in mappings(event.body.get(key)):
            yield from _one_io(event, run_id, direction, told, _facets(told.get(own)))


def _one_io(event: Event, run_id: str, direction: str, told: Mapping[str, Any], own: Mapping[str, Any]) -> Named:
    facets = _facets(told.get("facets"))
    version = _explicit_version(facets)
    wrote = direction == "out" and (event.type == "COMPLETE" or (version and event.type in _WHILE_RUNNING))
    if wrote:
        version = version or run_id
    dataset_id = yield from _dataset(event, told, facets, current=version if wrote else None)
    if version and (wrote or direction == "in"):
        yield from _version(event, dataset_id, facets, version, run_id if wrote else None)
    columns = column_set(facets.get("columnLineage")) if direction == "out" else None
    if columns:
        yield from _columns(event, columns)
    kept = {**{name: facet for name, facet in facets.items() if name in _IO_FACETS}, **own}
    stamp = stamp_of(event.moment, event.id[:_TELLING])
    told_of = {
        "version": version,
        "columns_id": columns.id if columns else None,
        "assertions_failed": _failed(kept.get("dataQualityAssertions")),
    }
    stamps = _stamped(told_of, stamp) | dict.fromkeys(kept, stamp)
    key = {"run_id": run_id, "dataset_id": dataset_id, "direction": direction}
    yield tables.run_io, {**key, **told_of, "facets": kept, "stamps": stamps}


def _columns(event: Event, columns: ColumnSet) -> Named:
    for namespace, name in columns.inputs:
        yield tables.lineage_datasets, _dataset_row(namespace, name, event)
    for row in columns.rows:
        yield tables.column_edges, row


def _dataset(
    event: Event, told: Mapping[str, Any], facets: Mapping[str, Any], current: str | None
) -> Generator[tuple[Table, Row], None, int]:
    """Yield a dataset's row and those of its other names; ``current`` is the version that is its newest from now on."""
    namespace, name = identity(*named(told, "dataset"))
    row = _dataset_row(namespace, name, event)
    row["facets"] = {key: facet for key, facet in facets.items() if key not in _IO_FACETS | _APART}
    stamp = stamp_of(event.moment, event.id[:_TELLING])
    row["stamps"] = dict.fromkeys((*row["facets"], f"{COLUMN}hidden"), stamp)
    if current:
        told_of = {"version": current, "version_at": event.moment}
        row |= told_of
        row["stamps"] |= _stamped(told_of, stamp)
    yield tables.lineage_datasets, row
    yield from _names(event, row["id"], facets.get("symlinks"))
    return int(row["id"])


def _names(event: Event, dataset_id: int, symlinks: Any) -> Named:
    for identifier in mappings(symlinks.get("identifiers") if isinstance(symlinks, dict) else None):
        try:
            namespace, name = identity(*named(identifier, "symlinks facet"))
        except LineageError:
            continue
        alias = _dataset_row(namespace, name, event)
        if alias["id"] != dataset_id:
            yield tables.lineage_datasets, alias
            yield tables.symlinks, {"declared": dataset_id, "alias": alias["id"]}


def _version(event: Event, dataset_id: int, facets: Mapping[str, Any], version: str, writer: str | None) -> Named:
    fields = list(mappings(facets["schema"].get("fields"))) if "schema" in facets else []
    schema_id = number_of_json(fields) if fields else None
    if fields:
        yield tables.schemas, {"id": schema_id, "fields": fields}
    told_of = {"run_id": writer, "schema_id": schema_id}
    # What the writer says of its version outranks what readers say.
    stamps = _stamped(told_of, stamp_of(event.moment, event.id[:_TELLING], rank=int(writer is not None)))
    key = {"dataset_id": dataset_id, "version": version}
    yield tables.dataset_versions, {**key, "created_at": event.moment, **told_of, "stamps": stamps}


def _stamped(told: Mapping[str, Any], stamp: str) -> dict[str, str]:
    return {f"{COLUMN}{name}": stamp for name, value in told.items() if value is not None}


def _map_index(facets: Mapping[str, Any]) -> int | None:
    """Return which instance of a mapped task a run is, as Airflow's own facet tells."""
    task_instance = facets.get("airflow", {}).get("taskInstance")
    index = task_instance.get("map_index") if isinstance(task_instance, Mapping) else None
    return index if isinstance(index, int) and -1 <= index < _MAX_MAP_INDEX else None


def _explicit_version(facets: Mapping[str, Any]) -> str | None:
    told = facets.get("version")
    version = told.get("datasetVersion") if isinstance(told, dict) else None
    return clean_name(str(version), "version", _MAX_VERSION) if version not in (None, "") else None


def _failed(assertions: Any) -> int | None:
    if not isinstance(assertions, dict):
        return None
    told = mappings(assertions.get("assertions"))
    return sum(one.get("success") is False and one.get("severity") not in _HARMLESS for one in told)


def _facets(given: Any) -> dict[str, Any]:
    """Return facets by name; what is no facet stays in the body alone."""
    if not isinstance(given, dict):
        return {}
    kept = {name: facet for name, facet in given.items() if isinstance(facet, dict)}
    return {name: facet for name, facet in kept.items() if name and not name.startswith(COLUMN)}


def _dataset_row(namespace: str, name: str, event: Event) -> Row:
    id_ = number_of(namespace, name)
    return {
        "id": id_,
        "namespace": namespace,
        "name": name,
        "canonical_id": id_,
        "version": None,
        "version_at": None,
        "hidden": False,
        "created_at": event.moment,
        "updated_at": event.moment,
        "facets": {},
        "stamps": {},
    }


def _job_row(namespace: str, name: str, event: Event) -> Row:
    return {
        "id": number_of(namespace, name),
        "namespace": namespace,
        "name": name,
        "parent_id": None,
        "current_group": None,
        "hidden": False,
        "created_at": event.moment,
        "updated_at": event.moment,
        "facets": {},
        "stamps": {},
    }


def _run_row(run_id: str, job_id: int, event: Event) -> Row:
    return {
        "run_id": run_id,
        "job_id": job_id,
        "group_id": run_id,
        "parent_run_id": None,
        "root_run_id": None,
        "static": False,
        "map_index": None,
        "state": None,
        "started_at": None,
        "ended_at": None,
        "created_at": event.moment,
        "updated_at": event.moment,
        "facets": {},
        "stamps": {f"{COLUMN}job_id": LAST_RESORT},
    }
