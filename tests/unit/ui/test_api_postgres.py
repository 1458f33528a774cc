"""The main path once more, on the database of production."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from api_shop import client, run_id, shop, token
from starlette.testclient import TestClient

from hallmark.catalog import open_catalog, upgrade
from hallmark.governance import SCOPES
from hallmark_ui.api.app import create_app
from postgres import new_database, running_server, unsynced


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with running_server(Path(tmp_path_factory.mktemp("runtime"))) as server:
        url = new_database(unsynced(server))
        upgrade(url)
        catalog = open_catalog(url=url)
        app = create_app()
        app.state.catalog = lambda: catalog
        with client(app, token(catalog, *SCOPES)) as opened:
            assert opened.post("/lineage", json=shop()).json()["stored"] == len(shop())
            yield opened
        catalog.database.engine.dispose()


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/namespaces", 3),
        ("/sources", 2),
        ("/tags", 0),
        ("/jobs?lastRunStates=COMPLETED", 2),
        ("/namespaces/shop/jobs", 3),
        ("/namespaces/file/datasets", 3),
        ("/namespaces/file/datasets/%2Flake%2Fraw/versions", 2),
        ("/namespaces/shop/jobs/load/runs", 2),
        ("/events/lineage?after=2026-03-01T00:00:00Z", 7),
        ("/events/shop", 7),
        ("/search?q=lake&limit=100", 3),
    ],
)
def test_a_list_has_what_was_sent(asked: TestClient, address: str, expected: int) -> None:
    answer = asked.get(address)

    assert answer.status_code == 200, answer.text
    assert answer.json()["totalCount"] == expected


@pytest.mark.parametrize(
    "address",
    [
        "/namespaces/file/datasets/%2Flake%2Fraw",
        f"/jobs/runs/{run_id(31)}/facets?type=run",
        "/lineage?nodeId=job:shop:clean",
        "/lineage?nodeId=dataset:file:/lake/clean&as_of=v0",
        "/column-lineage?nodeId=dataset:file:/lake/clean&withDownstream=true",
        "/impact?node=file:/lake/raw.amount",
        "/cause?node=file:/lake/report",
        "/why?node=file:/lake/clean",
        f"/runs/diff?a={run_id(10)}&b={run_id(11)}",
        "/stats/lineage-events?period=DAY",
        "/stats/jobs?period=WEEK&timezone=Europe/Berlin",
        "/stats/datasets?period=DAY",
        "/stats/sources?period=DAY",
    ],
)
def test_a_question_is_answered(asked: TestClient, address: str) -> None:
    answer = asked.get(address)

    assert answer.status_code == 200, answer.text


def test_what_is_written_is_read_again(asked: TestClient) -> None:
    dataset = "/namespaces/file/datasets/%2Flake%2Fraw"

    assert asked.put("/namespaces/mine", json={"ownerName": "me"}).json()["ownerName"] == "me"
    assert asked.put("/sources/s", json={"type": "X", "connectionUrl": "x://y"}).json()["type"] == "X"
    assert [asked.put("/tags/t", json={"description": text}).status_code for text in ("a", "b")] == [200, 200]
    assert asked.post(f"{dataset}/fields/id/tags/t").json()["fields"][0]["tags"] == ["t"]
    assert asked.post("/lineage", json=shop()[0]).json()["duplicate"] == 1
    assert asked.delete("/namespaces/file/datasets/%2Flake%2Freport").status_code == 200


def test_pages_by_cursor_are_the_whole_list(asked: TestClient) -> None:
    first = asked.get("/events/lineage?limit=3").json()
    rest = asked.get("/events/lineage", params={"limit": 10, "cursor": first["nextCursor"]}).json()
    whole = asked.get("/events/lineage?limit=10").json()["events"]

    assert [*first["events"], *rest["events"]] == whole


def test_what_no_database_holds_is_answered(asked: TestClient) -> None:
    facets = {"a": {"b": "\ud800\0"}}
    job = {"namespace": "\0\ud800", "name": "n", "facets": facets}
    told = json.dumps({"eventTime": "2026-03-01T00:00:00Z", "job": job})

    assert asked.post("/lineage", content=told).status_code == 201
    assert asked.get("/jobs").status_code == 200
    assert asked.get("/namespaces/%ff/jobs/x").status_code == 404
    for run in ("\0", "\ud800"):
        body = json.dumps({"type": "STREAM", "physicalName": "a", "sourceName": "b", "runId": run})
        assert asked.put("/namespaces/x/datasets/y", content=body).status_code == 422
    for value in ("\0", "\ud800"):
        cursor = base64.urlsafe_b64encode(json.dumps(["2026-03-01T00:00:00+00:00", value]).encode()).decode()
        assert asked.get("/events/lineage", params={"cursor": cursor}).status_code == 400


def test_a_name_that_no_index_takes_is_refused(asked: TestClient) -> None:
    long = random.Random(1).randbytes(1500).hex()
    dataset = {"type": "STREAM", "physicalName": "a", "sourceName": "b", "fields": [{"name": long, "tags": ["x"]}]}
    answers = [
        asked.put(f"/namespaces/{long}", json={"ownerName": "me"}),
        asked.put(f"/sources/{long}", json={"type": "a", "connectionUrl": "b"}),
        asked.put("/namespaces/x/datasets/y", json=dataset),
        asked.put("/namespaces/x/datasets/y", json={**dataset, "fields": [], "tags": [long]}),
    ]

    assert [answer.status_code for answer in answers] == [400] * 4
    assert all("3000 bytes" in answer.json()["detail"] for answer in answers)
