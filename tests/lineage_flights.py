"""The flights pipeline as receipts and as the events that its stages emit, for the tests of the graph."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from openlineage.client.event_v2 import Job, Run, RunEvent, RunState
from openlineage.client.serde import Serde

from hallmark.catalog import Catalog
from hallmark.dataset import Column, Dataset, DatasetVersion
from hallmark.lineage.facets import inputs_of, job_facets_of, outputs_of, run_facets_of
from hallmark.receipt import CodeVersion, ColumnEdge, ColumnLineage, Receipt, StageRun
from lineage_telling import NOON

DAG = "flight_delays"
LAKE = "/lake"
MONTHS = ("2013-01", "2013-02", "2013-03")
CODE = CodeVersion("/dags/flight_delays.py", "9f2c" * 16, commit="3f2a1b9c4d", path="dags/flight_delays.py")
SOURCE = DatasetVersion(
    "operations.flights",
    "postgres://ops.example.com:5432",
    "airline.public.flights",
    kind="query",
    columns=(Column("carrier", "VARCHAR"), Column("dep_delay", "BIGINT"), Column("distance", "BIGINT")),
)
OWNERS = {"flights/raw": "data-engineering", "flights/clean": "data-engineering", "flights/features": "ml-engineering"}


def columns(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, "VARCHAR" if name == "carrier" else "DOUBLE") for name in names)


def version(name: str, number: str, *columns_: str, partition: str | None = None, rows: int = 27_004) -> DatasetVersion:
    return DatasetVersion(
        name,
        "file",
        f"{LAKE}/{name}",
        number,
        partition=partition,
        columns=columns(*columns_),
        rows=rows,
        owner=OWNERS.get(name),
    )


def model(number: str) -> DatasetVersion:
    return DatasetVersion("flight_delay", "mlflow://default", "flight_delay", number, kind="model", owner="ml")


def edge(source: DatasetVersion, column: str, subtype: str = "IDENTITY") -> ColumnEdge:
    kind = "INDIRECT" if subtype in {"FILTER", "JOIN"} else "DIRECT"
    return ColumnEdge(source.namespace, source.location, column, kind, subtype)  # type: ignore[arg-type]


def receipt(
    task: str,
    at: float,
    inputs: Iterable[DatasetVersion],
    output: DatasetVersion,
    lineage: ColumnLineage | None = None,
    **changes: Any,
) -> Receipt:
    """A stage's receipt; ``at`` is minutes after noon."""
    moment = NOON + timedelta(minutes=at)
    run = StageRun(DAG, task, f"scheduled__{moment:%Y-%m-%dT%H:%M}", kind=task)
    made = Receipt(
        str(uuid5(NAMESPACE_URL, f"{task}{at}")),
        run,
        "published",
        moment,
        moment + timedelta(seconds=30),
        inputs=tuple(inputs),
        output=output,
        code=CODE,
        principal="airflow",
        columns=lineage or ColumnLineage(),
    )
    return made.with_(**changes)


def suite(name: str, **held: bool) -> dict[str, Any]:
    """A suite result in GX's shape, of one not-null check a column: name, and whether it held."""
    results = [
        {
            "success": success,
            "expectation_config": {
                "type": "expect_column_values_to_not_be_null",
                "kwargs": {"column": column},
                "severity": "critical",
            },
            "result": {"element_count": 200, "unexpected_count": 0 if success else 3},
        }
        for column, success in held.items()
    ]
    return {"success": all(held.values()), "suite_name": name, "results": results}


def pipeline() -> list[Receipt]:
    """Three months through extract, clean and features, and a model of them."""
    made: list[Receipt] = []
    for number, month in enumerate(MONTHS):
        at = number * 10.0
        raw = version("flights/raw", str(number), "carrier", "dep_delay", "distance", partition=month)
        clean = version("flights/clean", str(number), "carrier", "dep_delay", "distance", partition=month, rows=26_398)
        features = version("flights/features", str(number), "carrier", "late", partition=month, rows=26_398)
        taken = {name: (edge(SOURCE, name),) for name in ("carrier", "dep_delay", "distance")}
        made.append(receipt("extract", at, [SOURCE], raw, ColumnLineage(taken)))
        kept = {name: (edge(raw, name),) for name in ("carrier", "dep_delay", "distance")}
        passed = suite("flights_clean", carrier=True, dep_delay=True)
        made.append(receipt("clean", at + 1, [raw], clean, ColumnLineage(kept), gate=passed))
        derived = {"carrier": (edge(clean, "carrier"),), "late": (edge(clean, "dep_delay", "TRANSFORMATION"),)}
        lineage = ColumnLineage(derived, (edge(clean, "distance", "FILTER"),))
        made.append(receipt("features", at + 2, [clean], features, lineage, gate=suite("flights_features", late=True)))
    whole = version("flights/features", str(len(MONTHS) - 1), "carrier", "late", rows=79_194)
    learned = ColumnLineage({"prediction": tuple(edge(whole, name, "TRANSFORMATION") for name in ("carrier", "late"))})
    made.append(receipt("train", 40, [whole], model("7"), learned))
    return made


def record(catalog: Catalog, receipts: Iterable[Receipt]) -> None:
    """Write receipts into the catalog."""
    for each in receipts:
        output = each.output
        assert output is not None
        declared = Dataset(output.name, owner=output.owner) if output.kind == "dataset" else None
        catalog.record(each, declared)


def event(told: Receipt, *, failed: bool = False) -> dict[str, Any]:
    """The event at the end of a stage, as Airflow's provider emits it."""
    assert told.output is not None
    end: datetime = told.finished_at or told.started_at
    made = RunEvent(
        eventTime=end.isoformat(),
        producer="urn:test",
        run=Run(str(uuid5(NAMESPACE_URL, told.id)), run_facets_of(told)),
        job=Job("airflow", f"{told.run.dag_id}.{told.run.task_id}", job_facets_of(told)),
        inputs=inputs_of(told.inputs),
        outputs=outputs_of(told, [told.output]),
        eventType=RunState.FAIL if failed else RunState.COMPLETE,
    )
    told_as: dict[str, Any] = json.loads(Serde.to_json(made))
    return told_as
