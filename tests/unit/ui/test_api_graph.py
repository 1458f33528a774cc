from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from api_shop import client, dataset, event, made_of, run_id
from fastapi import FastAPI
from pages_scene import Narrow, airflow, fill, login
from starlette.testclient import TestClient

from hallmark.catalog import Catalog
from hallmark.lineage.store import ingest

ORDERS, CLEAN = "/lake/shop/orders", "/lake/flights/clean"


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Narrow]:
    with airflow(tmp_path) as opened:
        yield opened


@pytest.fixture
def asked(app: FastAPI, catalog: Catalog, manager: Narrow) -> Iterator[Callable[..., Any]]:
    """Ask for the graph of receipts' datasets, which two DAGs make: orders are loaded, cleaned and read by others."""
    fill(catalog)
    ingest(catalog.database, told())
    opened: list[TestClient] = []

    def ask(address: str, name: str = "root") -> Any:
        opened.append(client(app, login(manager, name, "ADMIN")).__enter__())
        return opened[-1].get(f"/graph?{address}" if "=" in address else address)

    yield ask
    for each in opened:
        each.__exit__(None, None, None)


def told() -> list[dict[str, Any]]:
    def task(dag: str, name: str, number: int, *args: Any, **parts: Any) -> dict[str, Any]:
        above = {"run": {"runId": run_id(100 + number)}, "job": {"namespace": "prod", "name": dag}}
        facets = {"parent": above, **parts.pop("run_facets", {})}
        is_task = {"jobType": {"processingType": "BATCH", "integration": "AIRFLOW", "jobType": "TASK"}}
        named = {"namespace": "prod", "run_facets": facets, "job_facets": is_task}
        return event(f"{dag}.{name}", number, *args, **named, **parts)

    message = {"errorMessage": {"message": "no carrier " * 100, "programmingLanguage": "PYTHON"}}
    orders = dataset("file", ORDERS, "id", "amount", version="1")
    clean = dataset("file", CLEAN, "id", version="1", columnLineage=made_of(id=("file", ORDERS, "id")))
    failed = {"run_facets": message, "inputs": [orders], "outputs": [dataset("file", CLEAN)]}
    return [
        task("shop", "load", 1, outputs=[orders]),
        task("flights", "group.clean", 2, hours=1, inputs=[orders], outputs=[clean]),
        task("flights", "group.clean", 3, "FAIL", 2, **failed),
        event("export", 4, hours=3, inputs=[dataset("file", CLEAN, version="1")]),
    ]


def by_name(answer: Any) -> dict[str, dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    return {node["name"]: node for node in answer.json()["nodes"]}


def test_a_node_tells_what_a_drawing_needs(asked: Callable[..., Any]) -> None:
    answer = asked("node=flights/clean")
    found = by_name(answer)
    clean, job, orders = found[CLEAN], found["flights.group.clean"], found[ORDERS]

    assert answer.json()["start"] == clean["id"] == clean["base"] == f"dataset:file:{CLEAN}"
    assert (clean["hallmark"], clean["dag_id"]) == ("flights/clean", "flights")
    assert (clean["owner"], clean["version"]) == ("data", "2")
    assert (clean["gate_success"], clean["stale"], clean["up"], clean["down"]) == (False, True, 1, 1)
    assert (job["dag_id"], job["task_id"], job["state"], len(job["error"])) == ("flights", "group.clean", "FAIL", 500)
    assert (orders["gate_success"], orders["stale"]) == (True, False)
    assert (found["export"]["dag_id"], found["export"]["error"]) == (None, None)
    assert set(found) == {CLEAN, ORDERS, "flights.group.clean", "shop.load", "export"}
    assert {"source": "job:prod:flights.group.clean", "target": clean["id"]} in answer.json()["edges"]


def test_a_model_tells_of_its_newest_version(asked: Callable[..., Any], catalog: Catalog) -> None:
    model = dataset("mlflow", "flight_delay", datasetType={"datasetType": "MODEL"})
    ingest(catalog.database, [event("train", 9, namespace="prod", outputs=[model])])

    found = by_name(asked("node=dataset:mlflow:flight_delay"))["flight_delay"]

    assert (found["type"], found["hallmark"], found["version"]) == ("MODEL", "flight_delay", "2")
    assert (found["owner"], found["dag_id"], found["gate_success"]) == ("ml", "flights", None)


def test_the_rim_says_how_much_more_there_is(asked: Callable[..., Any]) -> None:
    answer = asked("node=flights/clean&up=1&down=0")
    found = by_name(answer)

    assert set(found) == {CLEAN, "flights.group.clean", ORDERS}
    assert (found[ORDERS]["up"], found[CLEAN]["down"]) == (1, 1)
    assert answer.json()["truncated"] is False
    few = asked("node=flights/clean&limit=2").json()
    assert (len(few["nodes"]), few["truncated"]) == (2, True)


def test_columns_are_told_when_asked_for(asked: Callable[..., Any]) -> None:
    answer, bare = asked("node=flights/clean&columns=true"), asked("node=flights/clean")
    (flow,) = answer.json()["column_edges"]

    assert by_name(answer)[ORDERS]["columns"] == [{"name": "id", "type": "int"}, {"name": "amount", "type": "int"}]
    assert (flow["source_column"], flow["target_column"], flow["job"]) == ("id", "id", "job:prod:flights.group.clean")
    assert (bare.json()["column_edges"], by_name(bare)[ORDERS]["columns"]) == ([], None)


def test_a_graph_of_the_past_has_nothing_of_today(asked: Callable[..., Any]) -> None:
    found = by_name(asked("node=flights/clean&as_of=1"))
    clean, job = found[CLEAN], found["flights.group.clean"]

    assert (clean["id"], clean["base"], clean["at"]) == (f"dataset:file:{CLEAN}@1", f"dataset:file:{CLEAN}", "1")
    assert (clean["version"], clean["gate_success"], clean["stale"], clean["up"]) == ("1", None, None, None)
    assert (job["state"], job["error"], job["dag_id"]) == ("COMPLETE", None, "flights")


def test_of_other_peoples_dags_only_names_are_told(asked: Callable[..., Any]) -> None:
    answer = asked("node=flights/clean&columns=true", "narrow")
    found = by_name(answer)
    hidden = {name for name, node in found.items() if node["hidden"]}

    assert hidden == {ORDERS, "shop.load"}
    for name in hidden:
        assert {key for key, value in found[name].items() if value} <= {
            *("id", "base", "kind", "namespace", "name", "hallmark", "type", "hidden")
        }
    assert answer.json()["column_edges"] == []
    assert len(answer.json()["edges"]) == len(asked("node=flights/clean").json()["edges"])


def test_who_reads_and_writes_is_one_job_away(asked: Callable[..., Any], catalog: Catalog) -> None:
    both = dataset("file", CLEAN)
    ingest(catalog.database, [event("mend", 8, hours=4, inputs=[both], outputs=[both, dataset("file", "/lake/log")])])

    found = asked("/catalog/datasets/flights%2Fclean/usage").json()

    assert [job["name"] for job in found["writers"]] == ["flights.group.clean", "mend"]
    assert [job["name"] for job in found["readers"]] == ["export", "mend"]
    assert [each["name"] for each in found["upstream"]] == [ORDERS]
    assert [each["name"] for each in found["downstream"]] == ["/lake/log"]


@pytest.mark.parametrize(
    ("address", "status"),
    [("node=nothing", 404), ("node=", 422), ("node=flights/clean&as_of=99", 404), ("node=flights/clean&up=21", 422)],
)
def test_what_cannot_be_drawn_is_refused(asked: Callable[..., Any], address: str, status: int) -> None:
    assert asked(address).status_code == status
