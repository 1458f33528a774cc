"""Marquez's answers, field by field, as its OpenAPI (0.51) has them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from hallmark_ui.api.told import Told

__all__ = [
    "ColumnLineage",
    "ColumnSource",
    "Dataset",
    "DatasetIo",
    "DatasetVersion",
    "DatasetVersionId",
    "Datasets",
    "Edge",
    "Events",
    "Facets",
    "Field",
    "FieldInput",
    "FieldNode",
    "Id",
    "Job",
    "JobVersionId",
    "Jobs",
    "LineageGraph",
    "Metric",
    "Namespace",
    "Namespaces",
    "Node",
    "Run",
    "Runs",
    "Search",
    "SearchResult",
    "Source",
    "Sources",
    "StateMetric",
    "Tag",
    "Tags",
    "Versions",
]


class Answer(BaseModel):
    """What all answers share: Python's names inside, JavaScript's outside."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class Listing(Answer):
    """What all lists share."""

    total_count: int
    next_cursor: str | None = None


class Id(Answer):
    """A dataset or a job by what OpenLineage calls it."""

    namespace: str
    name: str


class Namespace(Answer):
    """A namespace and its owner."""

    name: str
    created_at: datetime
    updated_at: datetime
    owner_name: str
    description: str | None
    is_hidden: bool


class Namespaces(Listing):
    """Namespaces by name."""

    namespaces: list[Namespace]


class Source(Answer):
    """Where datasets physically are."""

    type: str
    name: str
    created_at: datetime
    updated_at: datetime
    connection_url: str
    description: str | None


class Sources(Listing):
    """Sources by name."""

    sources: list[Source]


class Tag(Answer):
    """A tag and what it means."""

    name: str
    description: str | None


class Tags(Listing):
    """Tags by name."""

    tags: list[Tag]


class Field(Answer):
    """A column of a dataset."""

    name: str
    type: str | None
    tags: list[str]
    description: str | None


class ColumnSource(Answer):
    """A column that goes into another one."""

    namespace: str
    dataset: str
    field: str
    transformation_description: str | None
    transformation_type: str | None


class ColumnLineage(Answer):
    """What goes into a column today."""

    name: str
    input_fields: list[ColumnSource]
    transformation_description: str | None
    transformation_type: str | None


class Dataset(Answer):
    """A dataset as it is today."""

    id: Id
    type: Literal["DB_TABLE", "STREAM"]
    name: str
    physical_name: str
    created_at: datetime
    updated_at: datetime
    namespace: str
    source_name: str
    fields: list[Field]
    tags: list[str]
    last_modified_at: datetime | None
    last_lifecycle_state: str | None
    description: str | None
    current_version: str | None
    column_lineage: list[ColumnLineage] | None
    facets: Told
    deleted: bool = False


class Datasets(Listing):
    """Datasets of a namespace by name."""

    datasets: list[Dataset]


class DatasetVersionId(Id):
    """A version of a dataset: the UUID that stands for what the producer calls it."""

    version: str


class DatasetIo(Answer):
    """What a run read or wrote."""

    dataset_version_id: DatasetVersionId
    facets: Told


class JobVersionId(Id):
    """A job with its version; Hallmark keeps no versions of jobs, the UUID stands for the job."""

    version: str


class Run(Answer):
    """A run of a job."""

    id: str
    created_at: datetime
    updated_at: datetime
    nominal_start_time: str | None
    nominal_end_time: str | None
    state: Literal["NEW", "RUNNING", "COMPLETED", "FAILED", "ABORTED"]
    started_at: datetime | None
    ended_at: datetime | None
    duration_ms: int | None
    args: Told
    job_version: JobVersionId
    input_dataset_versions: list[DatasetIo]
    output_dataset_versions: list[DatasetIo]
    facets: Told


class Runs(Listing):
    """Runs of a job, newest first."""

    runs: list[Run]


class DatasetVersion(Answer):
    """A dataset as it was once."""

    id: DatasetVersionId
    type: Literal["DB_TABLE", "STREAM"]
    name: str
    physical_name: str
    created_at: datetime
    version: str
    told_version: str
    namespace: str
    source_name: str
    fields: list[Field]
    tags: list[str]
    lifecycle_state: str | None
    description: str | None
    created_by_run: Run | None
    facets: Told


class Versions(Listing):
    """Versions of a dataset, newest first."""

    versions: list[DatasetVersion]


class Job(Answer):
    """A job, what it reads and writes today, and how it last went."""

    id: Id
    type: Literal["BATCH", "STREAM", "SERVICE"]
    name: str
    simple_name: str
    parent_job_name: str | None
    parent_job_uuid: str | None
    created_at: datetime
    updated_at: datetime
    namespace: str
    inputs: list[Id]
    outputs: list[Id]
    location: str | None
    description: str | None
    latest_run: Run | None
    latest_runs: list[Run]
    facets: Told
    current_version: str | None
    labels: list[str]
    tags: list[str]


class Jobs(Listing):
    """Jobs, those told of last first."""

    jobs: list[Job]


class Facets(Answer):
    """Facets of a run or of its job."""

    run_id: str
    facets: Told


class Events(Listing):
    """Events as they were sent, credentials removed."""

    events: list[Told]


class Edge(Answer):
    """From one node to another."""

    origin: str
    destination: str


class FieldInput(ColumnSource):
    """A column that goes into another one, at the version of its dataset."""

    dataset_version: str | None


class FieldNode(Answer):
    """A column in a graph of columns."""

    namespace: str
    dataset: str
    dataset_version: str | None
    field: str
    field_type: str
    transformation_description: str | None
    transformation_type: str | None
    input_fields: list[FieldInput]


class Node(Answer):
    """A node of a graph with what is known of it."""

    id: str
    type: Literal["DATASET", "JOB", "DATASET_FIELD"]
    data: Dataset | Job | FieldNode | None
    in_edges: list[Edge]
    out_edges: list[Edge]


class LineageGraph(Answer):
    """What lies around a node; `truncated` tells that there is more than was let through."""

    graph: list[Node]
    truncated: bool = False


class SearchResult(Answer):
    """A dataset or a job whose name fits."""

    type: Literal["DATASET", "JOB"]
    name: str
    updated_at: datetime | None
    namespace: str
    node_id: str


class Search(Answer):
    """What was found."""

    total_count: int
    results: list[SearchResult]


class Metric(Answer):
    """How many there were at the end of an interval."""

    start_interval: datetime
    end_interval: datetime
    count: int


class StateMetric(Answer):
    """How many events of each kind there were in an interval."""

    start_interval: datetime
    end_interval: datetime
    fail: int
    start: int
    complete: int
    abort: int
