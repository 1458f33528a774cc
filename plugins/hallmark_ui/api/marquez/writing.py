"""What Marquez's clients write, said in OpenLineage: one event each, taken in like any other."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import NAMESPACE_URL, uuid4, uuid5

from fastapi import HTTPException
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from hallmark import __version__
from hallmark.lineage.store import ingest
from hallmark_ui.api.catalog import Opener
from hallmark_ui.api.marquez.shapes import OWN_FACET

__all__ = [
    "DatasetIn",
    "FieldIn",
    "IdIn",
    "JobIn",
    "RunIn",
    "dataset_event",
    "job_event",
    "job_tags_event",
    "run_event",
    "take",
]

PRODUCER = f"urn:hallmark:airflow-provider-hallmark:{__version__}:marquez"
_SPEC = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/"
_FACETS = "https://openlineage.io/spec/facets/1-0-0/"
_OWN_SCHEMA = "urn:hallmark:schema:1-0-0:HallmarkMarquezFacet"

Facets = dict[str, dict[str, Any]]


class _In(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class IdIn(_In):
    """A dataset by its namespace and name."""

    namespace: str
    name: str


class FieldIn(_In):
    """A column that a dataset has."""

    name: str
    type: str | None = None
    tags: list[str] = Field(default_factory=list)
    description: str | None = None


class DatasetIn(_In):
    """What is said of a dataset."""

    type: Literal["DB_TABLE", "STREAM"]
    physical_name: str
    source_name: str
    fields: list[FieldIn] = Field(default_factory=list)
    tags: list[str] = Field(default_factory=list)
    description: str | None = None
    run_id: str | None = Field(None, max_length=200, pattern=r"^[^\x00]+$")
    schema_location: str | None = None


class JobIn(_In):
    """What is said of a job."""

    type: Literal["BATCH", "STREAM", "SERVICE"]
    inputs: list[IdIn] = Field(default_factory=list)
    outputs: list[IdIn] = Field(default_factory=list)
    location: str | None = None
    description: str | None = None
    context: dict[str, Any] = Field(default_factory=dict)
    run_id: str | None = None


class RunIn(_In):
    """What is said of a run that is to begin."""

    id: str | None = None
    nominal_start_time: str | None = None
    nominal_end_time: str | None = None
    args: dict[str, Any] = Field(default_factory=dict)


def take(catalog: Opener, event: Mapping[str, Any]) -> None:
    """Take an event in.

    Raises:
        HTTPException: 422, something in it is too long, or no name.
    """
    refused = ingest(catalog().database, [event]).refused
    if refused:
        raise HTTPException(422, refused[0].reason)


def dataset_event(namespace: str, name: str, told: DatasetIn, url: str | None, job: IdIn | None) -> dict[str, Any]:
    """Return what is said of a dataset as an event: of the run that made it, if one is named, else of itself.

    Args:
        namespace, name: of the dataset.
        told: what is said of it.
        url: where its source is, if that is known.
        job: of the run.
    """
    facets = _dataset_facets(told, url)
    # What was said is the version: saying it again makes no new one.
    content = json.dumps([namespace, name, told.model_dump(exclude={"run_id"})], sort_keys=True)
    version = str(uuid5(NAMESPACE_URL, hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()))
    facets["version"] = _facet("DatasetVersionDatasetFacet", datasetVersion=version)
    dataset = {"namespace": namespace, "name": name, "facets": facets}
    if job is None or told.run_id is None:
        return {**_event("DatasetEvent"), "dataset": dataset}
    return {**run_event("RUNNING", told.run_id, job), "outputs": [dataset]}


def job_event(namespace: str, name: str, told: JobIn) -> dict[str, Any]:
    """Return what is said of a job as an event: of a run of it, if one is named, else of itself."""
    job = {"namespace": namespace, "name": name, "facets": _job_facets(told)}
    io = {
        "inputs": [one.model_dump() for one in told.inputs],
        "outputs": [one.model_dump() for one in told.outputs],
    }
    if told.run_id is None:
        return {**_event("JobEvent"), "job": job, **io}
    return {**run_event("OTHER", told.run_id, IdIn(namespace=namespace, name=name)), "job": job, **io}


def job_tags_event(namespace: str, name: str, tags: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return an event that says which tags a job has."""
    facets = {"tags": _facet("TagsJobFacet", tags=[dict(tag) for tag in tags])}
    return {**_event("JobEvent"), "job": {"namespace": namespace, "name": name, "facets": facets}}


def run_event(
    type_: str, run_id: str | None, job: IdIn, at: datetime | None = None, told: RunIn | None = None
) -> dict[str, Any]:
    """Return that a run begins, goes on or ends.

    Args:
        type_: OpenLineage's event type.
        run_id: of the run; a new one by default.
        job: whose run it is.
        at: when; now by default.
        told: what is said of a run that is to begin.
    """
    facets: Facets = {}
    if told is not None and told.nominal_start_time:
        times = {"nominalStartTime": told.nominal_start_time, "nominalEndTime": told.nominal_end_time}
        facets["nominalTime"] = _facet("NominalTimeRunFacet", **{key: value for key, value in times.items() if value})
    if told is not None and told.args:
        facets[OWN_FACET] = _own(args=told.args)
    return {
        **_event("RunEvent", at),
        "eventType": type_,
        "run": {"runId": run_id or str(uuid4()), "facets": facets},
        "job": job.model_dump(),
    }


def _event(kind: str, at: datetime | None = None) -> dict[str, Any]:
    moment = at or datetime.now(UTC)
    return {"eventTime": moment.isoformat(), "producer": PRODUCER, "schemaURL": f"{_SPEC}{kind}"}


def _dataset_facets(told: DatasetIn, url: str | None) -> Facets:
    facets = {
        "dataSource": _facet("DatasourceDatasetFacet", name=told.source_name, **({"uri": url} if url else {})),
        "datasetType": _facet("DatasetTypeDatasetFacet", datasetType="STREAM" if told.type == "STREAM" else "TABLE"),
    }
    if told.fields:
        fields = [one.model_dump(exclude={"tags"}, exclude_none=True) for one in told.fields]
        facets["schema"] = _facet("SchemaDatasetFacet", fields=fields)
    if told.description:
        facets["documentation"] = _facet("DocumentationDatasetFacet", description=told.description)
    own = {"physicalName": told.physical_name, "schemaLocation": told.schema_location}
    facets[OWN_FACET] = _own(**{key: value for key, value in own.items() if value})
    return facets


def _job_facets(told: JobIn) -> Facets:
    kind = "STREAMING" if told.type == "STREAM" else "BATCH"
    service = {"jobType": "SERVICE"} if told.type == "SERVICE" else {}
    facets = {"jobType": _facet("JobTypeJobFacet", processingType=kind, integration="MARQUEZ", **service)}
    if told.location:
        facets["sourceCodeLocation"] = _facet("SourceCodeLocationJobFacet", type="git", url=told.location)
    if told.description:
        facets["documentation"] = _facet("DocumentationJobFacet", description=told.description)
    sql = next((value for key, value in told.context.items() if key.lower() == "sql" and isinstance(value, str)), None)
    if sql:
        facets["sql"] = _facet("SQLJobFacet", query=sql)
    if told.context:
        facets[OWN_FACET] = _own(context=told.context)
    return facets


def _facet(kind: str, **told: Any) -> dict[str, Any]:
    return {"_producer": PRODUCER, "_schemaURL": f"{_FACETS}{kind}.json", **told}


def _own(**told: Any) -> dict[str, Any]:
    return {"_producer": PRODUCER, "_schemaURL": _OWN_SCHEMA, **told}
