"""Rows and decisions on them: a real lake, with rows that a real gate set apart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml
from api_shop import client
from fastapi import FastAPI
from pages_scene import Narrow, airflow, login
from starlette.testclient import TestClient

from hallmark.catalog import Catalog
from hallmark.config import settings
from hallmark.dataset import Column, Dataset, DatasetVersion
from hallmark.engines.duckdb import connect
from hallmark.errors import GateError
from hallmark.receipt import Receipt, StageRun
from hallmark.stages.dataset_target import DatasetTarget
from hallmark.stages.job import Job
from hallmark.stages.lifecycle import run_stage
from loading import Loads

ROWS = "SELECT * FROM (VALUES (1, 'a@x'), (-2, 'b@x'), (3, NULL), (-4, 'd@x')) t(amount, email)"
ORDERS = Dataset(
    "shop/orders", owner="sales", schema=(Column("amount", "INTEGER"), Column("email", "VARCHAR")), personal=("email",)
)
PATH = "shop%2Forders"


def run(catalog: Catalog, target: DatasetTarget, sql: str, name: str = "monday") -> Receipt:
    stage = StageRun("flights", "load", name, operator="Loads", kind="extract")
    with connect() as connection:
        return run_stage(Loads(target, sql), Job(stage, settings(), catalog, connection, str, principal="ada"))


@pytest.fixture
def suite(tmp_path: Path) -> str:
    positive = {"type": "expect_column_values_to_be_between", "kwargs": {"column": "amount", "min_value": 1}}
    path = tmp_path / "suite.yml"
    path.write_text(yaml.safe_dump({"name": "suite", "expectations": [positive]}))
    return str(path)


@pytest.fixture
def batch(catalog: Catalog, suite: str) -> Receipt:
    """A run that published two rows and set two apart."""
    return run(catalog, DatasetTarget(ORDERS, None, suite, "quarantine", 1.0), ROWS)


@pytest.fixture(scope="module")
def manager(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Narrow]:
    with airflow(tmp_path_factory.mktemp("airflow")) as opened:
        yield opened


@pytest.fixture
def admin(app: FastAPI, manager: Narrow) -> Iterator[TestClient]:
    with client(app, login(manager, "root", "ADMIN")) as opened:
        yield opened


@pytest.fixture
def editor(app: FastAPI, manager: Narrow) -> Iterator[TestClient]:
    with client(app, login(manager, "eve", "USER")) as opened:
        yield opened


def test_rows_are_shown_with_personal_columns_masked(batch: Receipt, editor: TestClient, admin: TestClient) -> None:
    shown = editor.get(f"/catalog/datasets/{PATH}/rows").json()
    whole = admin.get(f"/catalog/datasets/{PATH}/rows?personal=true").json()

    assert sorted(shown["rows"]) == [[1, "[masked]"], [3, None]]
    assert [(c["name"], c["personal"], c["masked"]) for c in shown["columns"]] == [
        ("amount", False, False),
        ("email", True, True),
    ]
    assert sorted(whole["rows"]) == [[1, "a@x"], [3, None]]
    assert editor.get(f"/catalog/datasets/{PATH}/rows?personal=true").status_code == 403
    assert len(editor.get(f"/catalog/datasets/{PATH}/rows?limit=1").json()["rows"]) == 1


def test_rows_in_quarantine_tell_what_they_failed(batch: Receipt, editor: TestClient, admin: TestClient) -> None:
    (waits,) = (each for each in editor.get("/reviews").json()["items"])
    address = f"/reviews/quarantine/{PATH}/{batch.id}"
    shown = editor.get(address).json()

    assert (waits["standing"], waits["rows"], waits["actions"]) == ("open", 2, ["release", "discard"])
    assert shown["batch"]["failed"] == {"amount: expect_column_values_to_be_between": 2}
    assert sorted(row["values"] for row in shown["items"]) == [[-4, "[masked]"], [-2, "[masked]"]]
    assert {tuple(row["failed"]) for row in shown["items"]} == {("amount: expect_column_values_to_be_between",)}
    assert len(editor.get(f"{address}?limit=1&offset=1").json()["items"]) == 1
    assert "b@x" in admin.get(f"{address}?personal=true").text
    assert editor.get(f"{address}?personal=true").status_code == 403


def decide(opened: TestClient, action: str, *receipts: str, reason: str = "the source is mended") -> Any:
    batches = [{"dataset": "shop/orders", "receipt_id": each} for each in receipts]
    return opened.post(f"/reviews/quarantine/{action}", json={"batches": batches, "reason": reason})


def test_rows_that_still_fail_are_not_released(batch: Receipt, editor: TestClient, catalog: Catalog) -> None:
    (verdict,) = decide(editor, "release", batch.id).json()["results"]

    assert (verdict["done"], verdict["state"]) == (False, "refused")
    assert editor.get("/reviews").json()["total"] == 1
    assert len(catalog.dataset("shop/orders").versions) == 1  # type: ignore[union-attr]


def test_rows_are_released_through_the_gate(batch: Receipt, suite: str, editor: TestClient, catalog: Catalog) -> None:
    _relaxed(batch, catalog)
    (verdict,) = decide(editor, "release", batch.id).json()["results"]

    assert (verdict["done"], verdict["state"]) == (True, "published"), verdict
    assert editor.get("/reviews").json()["items"] == []
    assert len(editor.get(f"/catalog/datasets/{PATH}/rows").json()["rows"]) == 4
    told = [r for r in catalog.receipts(dag_id="hallmark") if r.run.task_id == "quarantine take out"]
    assert [(r.principal, "the source is mended" in r.message) for r in told] == [("eve", True)]
    page = editor.get(f"/catalog/datasets/{PATH}").json()
    assert (page["dag_id"], page["owner"], page["waiting"]) == ("flights", "sales", 0)


def _relaxed(batch: Receipt, catalog: Catalog) -> None:
    """Let the run have been checked for nothing, as if its suite had been mended since."""
    assert batch.gate is not None
    catalog.record(batch.with_(gate={**batch.gate, "results": []}), ORDERS)


def test_rows_are_discarded_with_a_reason_each_batch_for_itself(
    batch: Receipt, editor: TestClient, catalog: Catalog
) -> None:
    found = decide(editor, "discard", str(uuid4()), batch.id).json()["results"]

    assert [(each["done"], each["state"]) for each in found] == [(False, "failed"), (True, "published")]
    assert found[1]["detail"] == "eve discarded 2 rows: the source is mended"
    assert editor.get("/reviews").json()["items"] == []
    assert decide(editor, "discard", batch.id, reason=" ").status_code == 422
    assert decide(editor, "discard", batch.id).json()["results"][0]["done"] is False


def test_a_batch_whose_run_published_nothing_can_only_be_discarded(
    catalog: Catalog, suite: str, editor: TestClient
) -> None:
    with pytest.raises(GateError):
        run(catalog, DatasetTarget(ORDERS, None, suite, "quarantine", 0.0), ROWS)
    (waits,) = editor.get("/reviews?standing=refused").json()["items"]
    (verdict,) = decide(editor, "release", waits["receipt_id"]).json()["results"]

    assert waits["actions"] == ["discard"]
    assert (verdict["state"], "published nothing" in verdict["detail"]) == ("failed", True)
    assert editor.get(f"/reviews/quarantine/{PATH}/{waits['receipt_id']}").json()["batch"]["why_not"]


def test_another_run_of_the_partition_supersedes_a_batch(batch: Receipt, catalog: Catalog, editor: TestClient) -> None:
    run(catalog, DatasetTarget(ORDERS), "SELECT 9 AS amount, 'z@x' AS email", "tuesday")
    (waits,) = editor.get("/reviews").json()["items"]

    assert (waits["standing"], waits["actions"]) == ("superseded", ["discard"])


def test_what_catalog_and_lake_say_of_a_batch_is_the_same(batch: Receipt, editor: TestClient) -> None:
    (waits,) = editor.get("/reviews").json()["items"]
    of_lake = editor.get(f"/reviews/quarantine/{PATH}/{batch.id}").json()["batch"]

    same = ("standing", "rows", "partition", "dag_id", "task_id", "run_id", "receipt_id", "actions")
    assert {name: waits[name] for name in same} == {name: of_lake[name] for name in same}


def test_the_slices_of_an_evaluation_are_read_from_its_dataset(catalog: Catalog, editor: TestClient) -> None:
    figures = (
        "SELECT * FROM (VALUES ('overall', '1', 0.7e0), ('carrier=AA', '1', 0.6e0), ('overall', '2', 0.9e0))"
        " t(slice, model_version, roc_auc)"
    )
    run(catalog, DatasetTarget(Dataset("delay/evaluation")), figures)
    model = DatasetVersion("delay", "mlflow", "delay", "1", "model")
    trained = StageRun("flights", "train", "monday", kind="train")
    catalog.record(Receipt(str(uuid4()), trained, "published", datetime.now(UTC), datetime.now(UTC), output=model))

    found = editor.get("/models/delay/versions/1/slices").json()
    assert sorted((row["slice"], row["roc_auc"]) for row in found["rows"]) == [("carrier=AA", 0.6), ("overall", 0.7)]


def test_questions_of_airflow_are_listed_for_dags_with_stages(
    batch: Receipt, manager: Narrow, editor: TestClient
) -> None:
    with _question("flights", "approve it"), _question("shop", "no stage of ours"):
        found = editor.get("/reviews").json()
        only = editor.get("/reviews?kind=question").json()

    assert [each["kind"] for each in found["items"]] == ["question", "quarantine"]
    assert {each["kind"]: each["count"] for each in found["kinds"]} == {"question": 1, "quarantine": 1}
    (asked,) = only["items"]
    assert (asked["title"], asked["dag_id"]) == ("Approve?", "flights")
    assert asked["url"] == "/dags/flights/runs/monday/tasks/approve%20it/required_actions"


class _question:
    """A question that a task of a DAG asks, in Airflow's database for a while."""

    def __init__(self, dag_id: str, task_id: str) -> None:
        self.dag_id, self.task_id = dag_id, task_id

    def __enter__(self) -> None:
        from airflow.models.dagrun import DagRun
        from airflow.models.hitl import HITLDetail
        from airflow.models.taskinstance import TaskInstance
        from airflow.utils.session import create_session
        from sqlalchemy import insert

        id = uuid4()
        run = {"dag_id": self.dag_id, "run_id": "monday"}
        state = {"state": "deferred", "try_number": 1, "max_tries": 1, "pool": "p", "pool_slots": 1}
        with create_session() as session:
            session.add(DagRun(**run, run_type="manual", run_after=datetime.now(UTC), state="running"))
            session.flush()
            task = insert(TaskInstance.__table__).values(id=id, task_id=self.task_id, map_index=-1, **run, **state)
            session.execute(task)
            session.add(HITLDetail(ti_id=id, options=["yes", "no"], subject="Approve?", created_at=datetime.now(UTC)))

    def __exit__(self, *_: object) -> None:
        from airflow.models.hitl import HITLDetail
        from airflow.utils.session import create_session
        from sqlalchemy import delete

        with create_session() as session:
            session.execute(delete(HITLDetail))


def test_the_assets_of_a_dataset_are_told_with_their_dags(batch: Receipt, manager: Narrow, editor: TestClient) -> None:
    from airflow.models.asset import AssetModel, DagScheduleAssetReference
    from airflow.utils.session import create_session

    with create_session() as session:
        asset = AssetModel(name="shop/orders", uri="hallmark://dataset/shop/orders", group="dataset")
        asset.scheduled_dags = [DagScheduleAssetReference(dag_id="shop")]
        session.add(asset)

    (found,) = editor.get(f"/catalog/datasets/{PATH}/usage").json()["assets"]
    assert (found["uri"], found["scheduled_dags"]) == ("hallmark://dataset/shop/orders", ["shop"])


def test_a_lake_out_of_reach_is_told(batch: Receipt, editor: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__HALLMARK__LAKE_ROOT", "ftp://nowhere/lake")
    answer = editor.get(f"/catalog/datasets/{PATH}/rows")

    assert (answer.status_code, answer.headers["content-type"]) == (409, "application/problem+json")
