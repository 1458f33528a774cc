"""A warehouse as OpenLineage's events tell of it: layers of datasets, Airflow tasks between them, many days of runs.

Everything follows from the size and a seed: the same call makes the same events.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID, uuid5

__all__ = ["BEGIN", "FULL", "HUB", "Warehouse"]

LAYERS = 20
TASKS_OF_A_DAG = 20
EDGES_OF_A_JOB = 10
# The first column of every dataset goes into the first of all that is made of it.
HUB = "id"

_SEED = UUID("6f1d2f0e-53a0-4b5c-9d4c-3f6f8f0f5a11")
BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
_LAKE = ("postgres://dwh:5432", "s3://lake", "bigquery")
_TYPES = ("BIGINT", "VARCHAR", "TIMESTAMP", "DOUBLE", "DATE", "BOOLEAN")
_WORDS = ("orders", "customers", "returns", "visits", "stock", "prices", "clicks", "flights", "invoices", "ratings")
_PRODUCER = "https://airflow.example.com"
_SPEC = "https://openlineage.io/spec/facets"


@dataclass(frozen=True)
class Task:
    """A job: what it reads, what it writes, and the columns of that."""

    name: str
    dag: str
    inputs: tuple[int, int]
    output: int
    facet: dict[str, Any]


@dataclass(frozen=True)
class Warehouse:
    """So many datasets and jobs, each run so many days."""

    datasets: int
    jobs: int
    days: int

    @property
    def events(self) -> int:
        """How many there are: each run begins and completes."""
        return self.jobs * self.days * 2

    @cached_property
    def columns(self) -> list[list[str]]:
        """The columns of each dataset, 10 to 20."""
        dice = random.Random(1)
        return [
            [HUB, *(f"{dice.choice(_WORDS)}_{n}" for n in range(1, dice.randint(10, 20)))] for _ in range(self.datasets)
        ]

    @cached_property
    def tasks(self) -> list[Task]:
        """The jobs; each writes a dataset of a layer and reads two of those below."""
        dice = random.Random(2)
        width = max(self.datasets // LAYERS, 1)
        return [self._task(dice, job, width) for job in range(self.jobs)]

    def told(self, first: int = 0) -> Iterator[str]:
        """Yield the events' JSON from some run on, day by day: each begins, and completes."""
        for run in range(first, self.jobs * self.days):
            day, job = divmod(run, self.jobs)
            yield from self._run(day, job)

    def name(self, dataset: int) -> tuple[str, str]:
        """Return the namespace and the name of a dataset."""
        word = _WORDS[dataset % len(_WORDS)]
        layer = dataset * LAYERS // self.datasets
        return _LAKE[layer % len(_LAKE)], f"shop.layer_{layer}.{word}_{dataset}"

    def _task(self, dice: random.Random, job: int, width: int) -> Task:
        output = width + job % (self.datasets - width)
        floor = output // width * width
        inputs = (floor - 1 - dice.randrange(width), floor - 1 - dice.randrange(min(floor, 3 * width)))
        dag = f"dag_{job // TASKS_OF_A_DAG}"
        return Task(
            f"{dag}.load_{_WORDS[job % len(_WORDS)]}_{job}", dag, inputs, output, self._facet(dice, inputs, output)
        )

    def _facet(self, dice: random.Random, inputs: tuple[int, int], output: int) -> dict[str, Any]:
        told: dict[str, Any] = {}
        for column in self.columns[output][: EDGES_OF_A_JOB - 1]:
            sources = [(one, HUB) for one in inputs] if column == HUB else [self._any_column(dice, inputs)]
            told[column] = {"inputFields": [self._field(*source, column == HUB) for source in sources]}
        return {**_about("ColumnLineageDatasetFacet"), "fields": told, "dataset": []}

    def _any_column(self, dice: random.Random, inputs: tuple[int, int]) -> tuple[int, str]:
        source = dice.choice(inputs)
        return source, dice.choice(self.columns[source][1:])

    def _field(self, dataset: int, column: str, identity: bool) -> dict[str, Any]:
        namespace, name = self.name(dataset)
        how = {"transformations": [{"type": "DIRECT", "subtype": "IDENTITY"}]} if identity else {}
        return {"namespace": namespace, "name": name, "field": column, **how}

    def _run(self, day: int, job: int) -> Iterator[str]:
        task = self.tasks[job]
        begin = BEGIN + timedelta(days=day, seconds=job)
        run_id = str(uuid5(_SEED, f"{day} {job}"))
        shared = {
            "run": {"runId": run_id, "facets": _run_facets(task, run_id, day, begin)},
            "job": {"namespace": "production", "name": task.name, "facets": _job_facets(task)},
            "producer": _PRODUCER,
            "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        }
        # What is read and written is known when a task begins, versions and columns when it is done.
        began = {"inputs": [self._dataset(one) for one in task.inputs], "outputs": [self._dataset(task.output)]}
        written = {**_version(task.output, day), "columnLineage": task.facet}
        done = {
            "inputs": [self._dataset(one, **_version(one, day)) for one in task.inputs],
            "outputs": [self._dataset(task.output, **written)],
        }
        yield json.dumps({"eventTime": begin.isoformat(), "eventType": "START", **shared, **began})
        end = begin + timedelta(seconds=40)
        yield json.dumps({"eventTime": end.isoformat(), "eventType": "COMPLETE", **shared, **done})

    def _dataset(self, dataset: int, **facets: Any) -> dict[str, Any]:
        namespace, name = self.name(dataset)
        fields = [{"name": column, "type": _TYPES[n % len(_TYPES)]} for n, column in enumerate(self.columns[dataset])]
        schema = {**_about("SchemaDatasetFacet"), "fields": fields}
        return {"namespace": namespace, "name": name, "facets": {"schema": schema, **facets}}


# What the goals are set for: a million events of 500,000 runs, 200,000 edges between columns.
FULL = Warehouse(datasets=10_000, jobs=20_000, days=25)


def _about(facet: str) -> dict[str, str]:
    return {"_producer": _PRODUCER, "_schemaURL": f"{_SPEC}/1-0-0/{facet}.json#/$defs/{facet}"}


def _version(dataset: int, day: int) -> dict[str, Any]:
    return {"version": {**_about("DatasetVersionDatasetFacet"), "datasetVersion": f"{dataset}-{day}"}}


def _run_facets(task: Task, run_id: str, day: int, begin: datetime) -> dict[str, Any]:
    dag_run = str(uuid5(_SEED, f"{day} {task.dag}"))
    above = {"run": {"runId": dag_run}, "job": {"namespace": "production", "name": task.dag}}
    airflow = {
        "dag": {"dag_id": task.dag, "schedule": "@daily", "owner": "data", "fileloc": f"/dags/{task.dag}.py"},
        "dagRun": {"dag_id": task.dag, "run_id": f"scheduled__{begin.date()}", "run_type": "scheduled"},
        "taskInstance": {"try_number": 1, "map_index": -1, "pool": "default_pool"},
        "task": {
            "task_id": task.name.partition(".")[2],
            "operator_class": "SQLExecuteQueryOperator",
            "trigger_rule": "all_success",
            "retries": 2,
        },
        "taskUuid": run_id,
    }
    return {
        "parent": {**_about("ParentRunFacet"), **above, "root": above},
        "nominalTime": {**_about("NominalTimeRunFacet"), "nominalStartTime": begin.isoformat()},
        "airflow": {**_about("AirflowRunFacet"), **airflow},
    }


def _job_facets(task: Task) -> dict[str, Any]:
    return {
        "jobType": {
            **_about("JobTypeJobFacet"),
            "jobType": "TASK",
            "integration": "AIRFLOW",
            "processingType": "BATCH",
        },
        "ownership": {**_about("OwnershipJobFacet"), "owners": [{"name": "data", "type": "owner"}]},
        "sql": {
            **_about("SQLJobFacet"),
            "query": f"INSERT INTO target SELECT * FROM a JOIN b USING (id) /* {task.name} */",
        },
    }
