from __future__ import annotations

import asyncio
import gzip
import json
import os
from typing import Any
from unittest.mock import patch

import pytest
from api_shop import NOON, client, dataset, event, run_id, served, shop, token
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from hallmark.catalog import Catalog
from hallmark.catalog.tables import events
from hallmark.lineage.events import MAX_BYTES

GZIP = {"Content-Encoding": "gzip"}
DATASET = {"eventTime": NOON.isoformat(), "producer": "urn:test", "dataset": {"namespace": "file", "name": "/a"}}
JOB = {"eventTime": NOON.isoformat(), "producer": "urn:test", "job": {"namespace": "shop", "name": "a"}}


def stored(catalog: Catalog) -> int:
    return len(catalog.events(limit=100))


@pytest.mark.parametrize("told", [event("a", 1), DATASET, JOB], ids=["run", "dataset", "job"])
def test_one_event_of_each_kind_is_stored(ask: TestClient, catalog: Catalog, told: dict[str, Any]) -> None:
    answer = ask.post("/lineage", json=told)

    assert (answer.status_code, answer.json()) == (201, {"read": 1, "stored": 1, "duplicate": 0, "refused": []})
    assert stored(catalog) == 1


@pytest.mark.parametrize(
    "written",
    [
        json.dumps,
        lambda told: "\n".join(map(json.dumps, told)),
        lambda told: "\r\n\r\n".join(map(json.dumps, told)) + "\n",
        lambda told: "\ufeff" + json.dumps(told, indent=2),
        lambda told: "\n".join(json.dumps({**one, "sql": "a\u2028b\x85c"}, ensure_ascii=False) for one in told),
    ],
    ids=["array", "lines", "lines of Windows", "byte order mark", "what only looks like the end of a line"],
)
def test_a_batch_is_an_array_or_a_line_each(ask: TestClient, written: Any) -> None:
    told = shop()

    for packed, headers in ((written(told).encode(), {}), (gzip.compress(written(told).encode()), GZIP)):
        answer = ask.post("/lineage", content=packed, headers=headers)
        assert answer.status_code == 201
        assert answer.json()["read"] == len(told)

    assert answer.json()["duplicate"] == len(told)


def test_of_a_batch_what_can_be_stored_is(ask: TestClient, catalog: Catalog) -> None:
    answer = ask.post("/lineage", json=[event("a", 1), {"no": "event"}, 7, event("b", 2)])

    assert answer.status_code == 201
    assert (answer.json()["stored"], stored(catalog)) == (2, 2)
    assert [one["position"] for one in answer.json()["refused"]] == [1, 2]


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (b"", 400, "neither JSON"),
        (b"{", 400, "neither JSON"),
        (b'{"a": NaN}', 400, "NaN is no number"),
        (b"\xff\xfe\x00\xd8", 400, "neither JSON"),
        (b"[" * 100_000, 400, "nested too deep"),
        (b'{"a":' * 400 + b"1" + b"}" * 400, 422, "nested too deep"),
        (b'{"a":' + b"9" * 5000 + b"}", 400, "neither JSON"),
        (b"{}\n{", 400, "neither JSON"),
        (b"[]", 422, "no event"),
        (b"null", 422, "not an object"),
        (b"[1, 2]", 422, "None of 2 events"),
        (b'{"eventTime": "yesterday", "job": {"namespace": "a", "name": "b"}}', 422, "yesterday"),
        (b'{"eventTime": "2026-01-01T00:00:00Z"}', 422, "no run, job or dataset"),
        (json.dumps(event("a" * 2000, 1)).encode(), 422, "2000 bytes long"),
        (json.dumps([{}] * 10_001).encode(), 413, "more than 10000 events"),
    ],
)
def test_what_is_no_event_is_refused_with_the_reason(
    ask: TestClient, catalog: Catalog, body: bytes, status: int, reason: str
) -> None:
    answer = ask.post("/lineage", content=body)

    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert reason in answer.json()["detail"]
    assert stored(catalog) == 0


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"not gzip", GZIP, 400),
        (gzip.compress(b"{}")[:-4], GZIP, 400),
        (b"{}", {"Content-Encoding": "br"}, 415),
        (b"{}", {"Content-Encoding": "gzip, gzip"}, 415),
        (gzip.compress(b" " * (MAX_BYTES + 1)), GZIP, 413),
        (gzip.compress(bytes(300 * 1024**2), 9), GZIP, 413),
        (gzip.compress(b"[") + gzip.compress(json.dumps(event("a", 1)).encode() + b"]"), GZIP, 201),
        (gzip.compress(b"") * 2000 + gzip.compress(json.dumps(event("a", 1)).encode()), GZIP, 400),
        (b" " * (MAX_BYTES + 1), {}, 413),
        (b" " * (MAX_BYTES - 10_000) + json.dumps(event("a", 1)).encode(), {}, 201),
    ],
    ids=[
        "no gzip",
        "cut off",
        "brotli",
        "twice",
        "unpacks too long",
        "bomb",
        "two members",
        "too many members",
        "too long",
        "just fits",
    ],
)
def test_a_body_is_unpacked_up_to_its_limit(ask: TestClient, body: bytes, headers: dict[str, str], status: int) -> None:
    assert ask.post("/lineage", content=body, headers=headers).status_code == status


@pytest.mark.parametrize("announced", [[(b"content-length", b"99999999999")], []])
def test_a_body_that_is_too_long_is_not_read_to_its_end(
    app: FastAPI, catalog: Catalog, announced: list[tuple[bytes, bytes]]
) -> None:
    read = 0

    async def endless() -> dict[str, Any]:
        nonlocal read
        read += 1024**2
        return {"type": "http.request", "body": b" " * 1024**2, "more_body": True}

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    said: list[dict[str, Any]] = []
    secret = token(catalog, "lineage:write").encode()
    headers = [(b"authorization", b"Bearer " + secret), *announced]
    path = "/api/v1/lineage"
    scope = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b""}
    asyncio.run(app({**scope, "headers": headers, "root_path": ""}, endless, send))  # type: ignore[arg-type]

    assert said[0]["status"] == 413
    assert read <= MAX_BYTES + 2 * 1024**2


def test_a_client_of_openlineage_sends_with_a_token(app: FastAPI, catalog: Catalog) -> None:
    from openlineage.client import OpenLineageClient
    from openlineage.client.event_v2 import Job, Run, RunEvent, RunState

    # The client writes variables of its own into the environment: all of them go in the end.
    with served(app) as url, patch.dict(os.environ):
        os.environ["OPENLINEAGE_URL"] = url.removesuffix("/hallmark")
        os.environ["OPENLINEAGE_ENDPOINT"] = "hallmark/api/v1/lineage"
        os.environ["OPENLINEAGE_API_KEY"] = token(catalog, "lineage:write")
        sent = RunEvent(
            eventTime=NOON.isoformat(),
            run=Run(run_id(1)),
            job=Job("shop", "load"),
            eventType=RunState.COMPLETE,
            producer="urn:test",
        )
        OpenLineageClient().emit(sent)

    assert [told.job_name for told in catalog.events()] == ["load"]
    assert not [name for name in os.environ if name.startswith("OPENLINEAGE")]


def test_a_body_is_not_read_for_somebody_who_may_not_send_it(app: FastAPI) -> None:
    with client(app) as opened:
        assert opened.post("/lineage", content=b" " * (MAX_BYTES + 1)).status_code == 401


def test_credentials_in_an_event_are_not_kept(ask: TestClient, catalog: Catalog) -> None:
    ask.post("/lineage", json=event("a", 1, inputs=[{"namespace": "postgres://me:s3cr3t@db", "name": "x"}]))

    assert "s3cr3t" not in ask.get("/events/lineage").text
    with catalog.database.engine.connect() as connection:
        assert "s3cr3t" not in str(connection.execute(events.select()).all())


def test_what_utf_8_cannot_say_is_answered_all_the_same(ask: TestClient) -> None:
    facets = {"documentation": {"description": "\ud800\0"}, "\udfff": {"tags": [{"key": "\ud800"}]}}
    told = [
        event("j\ud800", 1, job_facets=facets, run_facets=facets, outputs=[dataset("a", "\ud800", "\ud800", **facets)]),
        {**DATASET, "dataset": dataset("a", "b", "\ud800", **facets)},
    ]
    assert ask.post("/lineage", content=json.dumps(told)).json()["stored"] == 2

    for path in ("/jobs", "/events/lineage", "/namespaces/a/datasets", f"/jobs/runs/{run_id(1)}", "/why?node=a:%3F"):
        assert ask.get(path).status_code == 200, path


NASTY = st.text(st.characters() | st.sampled_from("\0\ud800\u202e'\"%_:/#@."), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False) | NASTY,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NASTY, inner, max_size=3),
    max_leaves=8,
)
PARTS = ("fields", "datasetVersion", "run", "job", "identifiers", "tags", "name", "description")
FACETS = VALUES | st.dictionaries(
    st.sampled_from(
        ["schema", "columnLineage", "parent", "symlinks", "version", "tags", "documentation", "dataSource", "jobType"]
    )
    | NASTY,
    VALUES
    | st.fixed_dictionaries(
        {}, optional=dict.fromkeys(("fields", "datasetVersion", "run", "job", "identifiers", "tags", "name"), VALUES)
    ),
    max_size=3,
)
PLACES = st.fixed_dictionaries({}, optional={"namespace": VALUES, "name": VALUES, "facets": FACETS}) | VALUES
NAMED = st.fixed_dictionaries(
    {"namespace": NASTY.filter(bool), "name": NASTY.filter(bool)}, optional={"facets": FACETS}
)
EVENTS = st.fixed_dictionaries(
    {"eventTime": st.just(NOON.isoformat()) | VALUES},
    optional={
        "eventType": st.sampled_from(["START", "COMPLETE", "other"]) | VALUES,
        "run": st.fixed_dictionaries({"runId": st.just(run_id(1)) | VALUES}, optional={"facets": FACETS}) | VALUES,
        "job": NAMED | PLACES,
        "dataset": NAMED | PLACES,
        "inputs": st.lists(NAMED | PLACES, max_size=3) | VALUES,
        "outputs": st.lists(NAMED | PLACES, max_size=3) | VALUES,
    },
)


@given(st.lists(EVENTS, min_size=1, max_size=4) | EVENTS | VALUES)
@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_sent_is_answered_and_what_was_stored_can_be_asked_for(ask: TestClient, body: Any) -> None:
    answer = ask.post("/lineage", content=json.dumps(body))

    assert answer.status_code in {201, 400, 413, 422}, answer.text
    for path in ("/jobs?limit=1000", "/events/lineage", "/namespaces?limit=1000", "/namespaces/a/datasets?limit=1000"):
        assert ask.get(path).status_code in {200, 404}, body


@given(st.binary(max_size=60))
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_bytes_are_answered_too(ask: TestClient, body: bytes) -> None:
    assert ask.post("/lineage", content=body).status_code in {400, 422}
    assert ask.post("/lineage", content=body, headers=GZIP).status_code in {400, 422}
