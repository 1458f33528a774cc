"""The store's values as Marquez's answers.

Facets come from any producer and may hold anything: what is not of the type that is needed is taken as absent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, Literal
from uuid import NAMESPACE_URL, UUID, uuid5

from hallmark.lineage import browse
from hallmark_ui.api.marquez import models
from hallmark_ui.api.told import text

__all__ = [
    "OWN_FACET",
    "RunState",
    "dataset",
    "dataset_version",
    "facet_tags",
    "field_type",
    "job",
    "job_uuid",
    "namespace",
    "run",
    "source",
    "tag",
    "tag_name",
    "version_uuid",
]

# What Marquez's clients may say and OpenLineage has no facet for.
OWN_FACET = "hallmark_marquez"
NOBODY = "anonymous"

RunState = Literal["NEW", "RUNNING", "COMPLETED", "FAILED", "ABORTED"]
_STATES: Mapping[str | None, RunState] = {
    "START": "RUNNING",
    "RUNNING": "RUNNING",
    "COMPLETE": "COMPLETED",
    "FAIL": "FAILED",
    "ABORT": "ABORTED",
}
_UUIDS = uuid5(NAMESPACE_URL, "urn:hallmark:lineage")


def version_uuid(namespace: str, name: str, version: str) -> str:
    """Return the UUID that stands for a dataset's version: the version itself, where it is one."""
    try:
        return str(UUID(version))
    except ValueError:
        return str(uuid5(_UUIDS, "\0".join(("version", namespace, name, version))))


def job_uuid(namespace: str, name: str) -> str:
    """Return the UUID that stands for a job."""
    return str(uuid5(_UUIDS, "\0".join(("job", namespace, name))))


def namespace(found: browse.Namespace) -> models.Namespace:
    """Return a namespace."""
    return models.Namespace(
        name=found.name,
        created_at=found.created_at,
        updated_at=found.created_at,
        owner_name=found.owner or NOBODY,
        description=found.description,
        is_hidden=found.hidden,
    )


def source(found: browse.Source) -> models.Source:
    """Return a source."""
    return models.Source(**vars(found))


def tag(found: browse.Tag) -> models.Tag:
    """Return a tag."""
    return models.Tag(**vars(found))


def dataset(found: browse.Dataset) -> models.Dataset:
    """Return a dataset as it is today."""
    return models.Dataset(
        id=models.Id(namespace=found.namespace, name=found.name),
        created_at=found.created_at,
        updated_at=found.updated_at,
        fields=_fields(_list(found.facets, "schema", "fields"), found),
        last_modified_at=found.version_at,
        last_lifecycle_state=_text(found.facets, "lifecycleStateChange", "lifecycleStateChange"),
        current_version=found.version and version_uuid(found.namespace, found.name, found.version),
        column_lineage=_columns(found.columns) or None,
        facets=dict(found.facets),
        **_description(found),
    )


def dataset_version(found: browse.Version, of: browse.Dataset) -> models.DatasetVersion:
    """Return a dataset as it was once."""
    uuid = version_uuid(of.namespace, of.name, found.version)
    writer = found.run
    schema = {"schema": {"fields": list(found.fields)}} if found.fields else {}
    return models.DatasetVersion(
        id=models.DatasetVersionId(namespace=of.namespace, name=of.name, version=uuid),
        created_at=found.created_at,
        version=uuid,
        told_version=found.version,
        fields=_fields(found.fields, of),
        lifecycle_state=_text(of.facets, "lifecycleStateChange", "lifecycleStateChange"),
        created_by_run=run(writer) if writer else None,
        facets={**schema, **_said_of_writing(writer, of)},
        **_description(of),
    )


def job(found: browse.Job) -> models.Job:
    """Return a job, what it reads and writes today, and how it last went."""
    runs = [run(each) for each in found.runs]
    above = found.parent
    within = above is not None and above.namespace == found.namespace and found.name.startswith(f"{above.name}.")
    return models.Job(
        id=models.Id(namespace=found.namespace, name=found.name),
        type=_job_type(found.facets),
        name=found.name,
        simple_name=found.name[len(above.name) + 1 :] or found.name if above and within else found.name,
        parent_job_name=above.name if above else None,
        parent_job_uuid=job_uuid(*above) if above else None,
        created_at=found.created_at,
        updated_at=found.updated_at,
        namespace=found.namespace,
        inputs=[models.Id(**each._asdict()) for each in found.inputs],
        outputs=[models.Id(**each._asdict()) for each in found.outputs],
        location=_text(found.facets, "sourceCodeLocation", "url"),
        description=_text(found.facets, "documentation", "description"),
        latest_run=runs[0] if runs else None,
        latest_runs=runs,
        facets=dict(found.facets),
        current_version=job_uuid(found.namespace, found.name),
        labels=[],
        tags=_tag_names(found.facets, None),
    )


def run(found: browse.Run, facets: Mapping[str, Any] | None = None) -> models.Run:
    """Return a run.

    Args:
        found: the run.
        facets: all that its events told, if they were asked for; else those that the store keeps beside the run.
    """
    known = found.facets if facets is None else facets
    args = _mapping(known, OWN_FACET).get("args")
    return models.Run(
        id=found.id,
        created_at=found.created_at,
        updated_at=found.updated_at,
        nominal_start_time=_text(known, "nominalTime", "nominalStartTime"),
        nominal_end_time=_text(known, "nominalTime", "nominalEndTime"),
        state=_STATES.get(found.state, "RUNNING" if found.started_at else "NEW"),
        started_at=found.started_at,
        ended_at=found.ended_at,
        duration_ms=_milliseconds(found.started_at, found.ended_at),
        args=dict(args) if isinstance(args, Mapping) else {},
        job_version=models.JobVersionId(**found.job._asdict(), version=job_uuid(*found.job)),
        input_dataset_versions=_io(found, "in"),
        output_dataset_versions=_io(found, "out"),
        facets=dict(known),
    )


def field_type(found: browse.Dataset, field: str) -> str:
    """Return the type of a dataset's column, empty if nobody told."""
    told = (one for one in _list(found.facets, "schema", "fields") if one.get("name") == field)
    return text(next(told, {}).get("type")) or ""


def facet_tags(facets: Mapping[str, Any], field: str | None = None) -> list[Mapping[str, Any]]:
    """Return the tags that a job's or a dataset's facet tells, of one of its fields if one is named."""
    return [one for one in _list(facets, "tags", "tags") if one.get("field") == field]


def tag_name(told: Mapping[str, Any]) -> str | None:
    """Return what Marquez calls a tag of a facet: its key, and its value if that says more than that it is there."""
    key, value = text(told.get("key")), text(told.get("value"))
    return key if value in {None, "", "true"} else f"{key}:{value}"


def _description(of: browse.Dataset) -> dict[str, Any]:
    """Return what a dataset and its versions share."""
    return {
        "type": _dataset_type(of.facets),
        "name": of.name,
        "physical_name": _text(of.facets, OWN_FACET, "physicalName") or of.name,
        "namespace": of.namespace,
        "source_name": _text(of.facets, "dataSource", "name") or of.namespace,
        "tags": _united(of.tags, _tag_names(of.facets, None)),
        "description": _text(of.facets, "documentation", "description"),
    }


def _fields(told: Sequence[Mapping[str, Any]], of: browse.Dataset) -> list[models.Field]:
    named = [(one, name) for one in _mappings(list(told)) if (name := text(one.get("name")))]
    return [
        models.Field(
            name=name,
            type=text(one.get("type")),
            tags=_united(of.field_tags.get(name, ()), _tag_names(of.facets, name)),
            description=text(one.get("description")),
        )
        for one, name in named
    ]


def _columns(inputs: Sequence[browse.ColumnInput]) -> list[models.ColumnLineage]:
    columns = []
    for name, group in groupby((one for one in inputs if one.output), key=lambda one: one.output):
        sources = [_column_source(one) for one in group]
        first = sources[0]
        columns.append(
            models.ColumnLineage(
                name=name,
                input_fields=sources,
                transformation_description=first.transformation_description,
                transformation_type=first.transformation_type,
            )
        )
    return columns


def _column_source(one: browse.ColumnInput) -> models.ColumnSource:
    return models.ColumnSource(
        namespace=one.dataset.namespace,
        dataset=one.dataset.name,
        field=one.field,
        transformation_description=one.description,
        transformation_type=one.subtype or one.type or None,
    )


def _io(found: browse.Run, direction: str) -> list[models.DatasetIo]:
    return [
        models.DatasetIo(
            dataset_version_id=models.DatasetVersionId(
                **io.dataset._asdict(), version=version_uuid(*io.dataset, io.version) if io.version else ""
            ),
            facets=dict(io.facets),
        )
        for io in found.io
        if io.direction == direction
    ]


def _said_of_writing(run: browse.Run | None, of: browse.Dataset) -> Mapping[str, Any]:
    """Return statistics and assertions of what a run wrote."""
    written = (
        io.facets for io in (run.io if run else ()) if io.direction == "out" and io.dataset == (of.namespace, of.name)
    )
    return next(written, {})


def _dataset_type(facets: Mapping[str, Any]) -> Literal["DB_TABLE", "STREAM"]:
    kind = _text(facets, "datasetType", "datasetType") or ""
    return "STREAM" if kind.upper() in {"STREAM", "TOPIC"} else "DB_TABLE"


def _job_type(facets: Mapping[str, Any]) -> Literal["BATCH", "STREAM", "SERVICE"]:
    kinds = {(_text(facets, "jobType", key) or "").upper() for key in ("processingType", "jobType")}
    if "SERVICE" in kinds:
        return "SERVICE"
    return "STREAM" if kinds & {"STREAMING", "STREAM"} else "BATCH"


def _tag_names(facets: Mapping[str, Any], field: str | None) -> list[str]:
    return [name for one in facet_tags(facets, field) if (name := tag_name(one))]


def _united(*lists: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(each for some in lists for each in some))


def _milliseconds(started: datetime | None, ended: datetime | None) -> int | None:
    if started is None or ended is None:
        return None
    return max(0, round((ended - started).total_seconds() * 1000))


def _mapping(facets: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    facet = facets.get(name)
    return facet if isinstance(facet, Mapping) else {}


def _list(facets: Mapping[str, Any], name: str, key: str) -> list[Mapping[str, Any]]:
    return list(_mappings(_mapping(facets, name).get(key)))


def _mappings(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, Mapping))


def _text(facets: Mapping[str, Any], name: str, key: str) -> str | None:
    return text(_mapping(facets, name).get(key))
