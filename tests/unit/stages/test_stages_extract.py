"""An extract from a database: what its receipt and its lineage say was read."""

from __future__ import annotations

import importlib.util
import json
import sqlite3
import uuid
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk import DAG
from laboratory import Laboratory
from openlineage.client.event_v2 import Job as OpenLineageJob
from openlineage.client.event_v2 import Run, RunEvent, RunState
from openlineage.client.facet_v2 import parent_run
from openlineage.client.serde import Serde

from hallmark import Dataset, ExtractOperator, GateOperator
from hallmark.engines.duckdb import connect
from hallmark.receipt import Receipt, StageRun
from hallmark.sources import FileSource, SqlSource
from hallmark.stages.job import Job
from hallmark.stages.lifecycle import run_stage

VALIDATOR = Path(__file__).resolve().parents[4] / "shared" / "tools" / "validate_events.py"
JOIN = "SELECT c.name AS customer, o.amount * 2 AS twice FROM orders o JOIN customers c ON c.id = o.customer"
SPENT = Dataset("shop/spent", owner="sales")


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database behind the Airflow connection ``shop``; its namespace in lineage."""
    file = tmp_path / "shop.db"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE orders (id INTEGER, customer INTEGER, amount REAL)")
        connection.execute("CREATE TABLE customers (id INTEGER, name TEXT)")
        connection.execute("INSERT INTO orders VALUES (1, 7, 2.5), (2, 7, 4)")
        connection.execute("INSERT INTO customers VALUES (7, 'ada')")
    connection.close()
    monkeypatch.setenv("AIRFLOW_CONN_SHOP", json.dumps({"conn_type": "sqlite", "host": str(file)}))
    return f"sqlite://{file}"


def run(lab: Laboratory, operator: Any) -> Receipt:
    with connect() as connection:
        stage = StageRun("shop", operator.task_id, "monday", operator=type(operator).__name__, kind=operator.kind)
        job = Job(stage, lab.settings, lab.catalog, connection, lambda _: f"sqlite:///{lab.folder}/shop.db")
        operator.receipt = run_stage(operator, job)
    return operator.receipt


def extract(source: Any, **kwargs: Any) -> ExtractOperator:
    with DAG("shop", schedule=None):
        return ExtractOperator(task_id="extract", source=source, output=SPENT, **kwargs)


def test_a_receipt_names_every_table_and_the_columns_that_came_from_it(lab: Laboratory, shop: str) -> None:
    receipt = run(lab, extract(SqlSource("shop", JOIN)))
    assert {(v.namespace, v.location, len(v.columns)) for v in receipt.inputs} == {
        (shop, "orders", 3),
        (shop, "customers", 2),
    }
    edges = {name: [(e.location, e.column, e.subtype) for e in es] for name, es in receipt.columns.fields.items()}
    assert edges == {
        "customer": [("customers", "name", "IDENTITY")],
        "twice": [("orders", "amount", "TRANSFORMATION")],
    }
    assert (receipt.dialect, receipt.rows_out) == ("sqlite", 2)
    assert Receipt.from_dict(json.loads(json.dumps(receipt.to_dict()))).dialect == "sqlite"


def test_a_query_on_one_table_says_how_many_rows_it_gave(lab: Laboratory, shop: str) -> None:
    receipt = run(lab, extract(SqlSource("shop", "SELECT id AS number FROM orders WHERE amount > 3")))
    assert [(v.location, v.rows) for v in receipt.inputs] == [("orders", 1)] and receipt.rows_in == 1
    assert [(e.location, e.column) for e in receipt.columns.fields["number"]] == [("orders", "id")]


def test_a_file_is_read_as_before(lab: Laboratory, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id\n1\n")
    receipt = run(lab, extract(FileSource(str(tmp_path / "a.csv"))))
    assert [(v.namespace, v.location, v.kind) for v in receipt.inputs] == [("file", str(tmp_path / "a.csv"), "file")]
    assert [(e.location, e.column) for e in receipt.columns.fields["id"]] == [(str(tmp_path / "a.csv"), "id")]
    assert receipt.dialect is None


def test_a_gate_on_a_query_checks_its_answer_as_one(lab: Laboratory, shop: str) -> None:
    suite = lab.suite(("expect_column_values_to_not_be_null", {"column": "customer"}))
    with DAG("shop", schedule=None, default_args={}):
        gate = GateOperator(task_id="gate", data=SqlSource("shop", JOIN), suite=suite)
    receipt = run(lab, gate)
    assert [v.location.split("-")[0] for v in receipt.inputs] == ["query"]


def test_what_a_stage_announces_has_the_names_of_what_it_reads(lab: Laboratory, shop: str) -> None:
    operator = extract(SqlSource("shop", JOIN))
    announced = operator.get_openlineage_facets_on_start()
    receipt = run(lab, operator)
    assert [(d.namespace, d.name) for d in announced.inputs] == [(v.namespace, v.location) for v in receipt.inputs]


def test_a_gate_on_a_table_announces_what_it_checks(lab: Laboratory, shop: str) -> None:
    suite = lab.suite(("expect_column_values_to_not_be_null", {"column": "customer"}))
    with DAG("shop", schedule=None):
        gate = GateOperator(task_id="gate", conn_id="shop", table="orders", suite=suite)
    announced = gate.get_openlineage_facets_on_start()
    receipt = run(lab, gate)
    assert [(d.namespace, d.name) for d in announced.inputs] == [(shop, "orders")]
    assert [(v.namespace, v.location) for v in receipt.inputs] == [(shop, "orders")]


def test_a_source_behind_a_connection_that_is_not_at_hand_is_told_when_it_was_read() -> None:
    assert extract(SqlSource("nowhere", JOIN)).get_openlineage_facets_on_start().inputs == []


def events_of(lab: Laboratory, operator: ExtractOperator) -> list[dict[str, Any]]:
    """Return the events of a run as Airflow's provider makes them of what the operator tells."""
    run_id = str(uuid.uuid4())
    parent = parent_run.ParentRunFacet(parent_run.Run(str(uuid.uuid4())), parent_run.Job("airflow", "shop"))
    started = operator.get_openlineage_facets_on_start()
    run(lab, operator)
    told = {RunState.START: started, RunState.COMPLETE: operator.get_openlineage_facets_on_complete(None)}
    return [
        json.loads(
            Serde.to_json(
                RunEvent(
                    eventType=state,
                    eventTime="2026-01-31T06:01:00Z",
                    run=Run(run_id, {"parent": parent, **lineage.run_facets}),
                    job=OpenLineageJob("airflow", "shop.extract", lineage.job_facets),
                    inputs=lineage.inputs,
                    outputs=lineage.outputs,
                    producer="https://example.com/producer",
                )
            )
        )
        for state, lineage in told.items()
    ]


def test_events_have_the_tables_the_dialect_and_hallmarks_own_name(lab: Laboratory, shop: str) -> None:
    _, complete = events_of(lab, extract(SqlSource("shop", JOIN)))
    assert complete["job"]["facets"]["sql"]["dialect"] == "sqlite"
    assert sorted(d["name"] for d in complete["inputs"]) == ["customers", "orders"]
    assert not any("symlinks" in d["facets"] for d in complete["inputs"])
    (output,) = complete["outputs"]
    assert output["facets"]["symlinks"]["identifiers"] == [
        {"namespace": "hallmark://default", "name": "shop/spent", "type": "TABLE"}
    ]
    assert output["facets"]["columnLineage"]["fields"]["twice"]["inputFields"][0]["name"] == "orders"


# The specification lies beside the project where it is developed.
if VALIDATOR.is_file():

    def test_the_events_are_as_the_specification_has_them(lab: Laboratory, shop: str) -> None:
        spec = importlib.util.spec_from_file_location("validate_events", VALIDATOR)
        assert spec is not None and spec.loader is not None
        validator = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(validator)
        schemas = validator.load_spec()
        events = [(f"event {n}", e) for n, e in enumerate(events_of(lab, extract(SqlSource("shop", JOIN))))]
        assert [fault for where, e in events for fault in validator.check_event(where, e, *schemas)] == []
        assert list(validator.check_stream(events)) == []
