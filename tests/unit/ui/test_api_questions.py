from __future__ import annotations

from typing import Any

import pytest
from api_shop import LAKE, ORDERS, SHOP, event, run_id
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from hallmark.catalog import Catalog
from hallmark.lineage.store import ingest

SOURCE = f"dataset:{SHOP}:{ORDERS}"


def get(ask: TestClient, address: str, **query: Any) -> Any:
    answer = ask.get(address, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_what_depends_on_a_column_is_told_by_how_and_how_far(filled: Catalog, ask: TestClient) -> None:
    by_parameter = get(ask, "/impact", node=SOURCE, column="amount")
    by_name = get(ask, "/impact", node="file:/lake/raw.amount")

    assert [(one["dataset"], one["how"], one["distance"]) for one in by_parameter["columns"]][:2] == [
        (f"dataset:{LAKE}:/lake/raw", "direct", 1),
        (f"dataset:{LAKE}:/lake/clean", "direct", 2),
    ]
    assert by_name["columns"][0]["dataset"] == f"dataset:{LAKE}:/lake/clean"
    assert by_name["start"]["column"] == "amount"


def test_what_broke_it_is_the_nearest_job_that_failed(filled: Catalog, ask: TestClient) -> None:
    cause = get(ask, "/cause", node=f"{LAKE}:/lake/report")["cause"]

    assert (cause["job"]["name"], cause["error"]) == ("report", "no report")
    assert [one["assertion"] for one in cause["assertions"]] == ["not_null"]
    assert get(ask, "/cause", node=f"{LAKE}:/lake/raw") == {"cause": None}


def test_how_a_version_came_to_be_goes_back_to_the_source(filled: Catalog, ask: TestClient) -> None:
    newest, old = (get(ask, "/why", node=f"{LAKE}:/lake/clean", **at) for at in ({}, {"version": "v0"}))

    assert (newest["version"], old["version"]) == ("v1", "v0")
    assert [link["runs"] for link in old["links"] if link["runs"]] == [[run_id(20)], [run_id(10)]]
    uuid = ask.get("/namespaces/file/datasets/%2Flake%2Fclean/versions/v0").json()["version"]
    assert get(ask, "/why", node=f"{LAKE}:/lake/clean", version=uuid) == old


def test_what_changed_between_two_runs_is_told(filled: Catalog, ask: TestClient) -> None:
    changes = get(ask, "/runs/diff", a=run_id(10), b=run_id(11))

    assert changes["job"]["name"] == "load"
    assert {"what": "output", "name": "/lake/raw", "before": "v0", "after": "v1"} in changes["changes"]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/impact?node=file:/lake/raw", 400),
        ("/impact?node=shop.load&column=x", 404),
        ("/impact?node=job:shop:load&column=x", 400),
        ("/impact?node=file:/lake/raw&column=nobody", 404),
        ("/impact", 422),
        ("/cause?node=nobody", 404),
        ("/cause?node=", 422),
        ("/cause?node=" + ".@" * 1500, 400),
        ("/why?node=job:shop:load", 400),
        ("/why?node=file:/lake/raw&version=v9", 404),
        (f"/runs/diff?a={run_id(10)}", 422),
        (f"/runs/diff?a={run_id(10)}&b=nobody", 404),
        (f"/runs/diff?a={run_id(10)}&b={run_id(20)}", 400),
    ],
)
def test_a_question_about_nothing_is_a_problem(filled: Catalog, ask: TestClient, address: str, status: int) -> None:
    answer = ask.get(address)

    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


TEXT = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from(":.@#%/*'\""), max_size=30)
NODES = TEXT | st.builds(
    "{}:{}".format, st.sampled_from(["dataset", "job", "datasetField", "dataset:file", "shop"]), TEXT
)
NUMBERS = st.integers(-(2**70), 2**70) | st.integers(0, 30)
ADDRESSES = (
    "/lineage",
    "/column-lineage",
    "/impact",
    "/cause",
    "/why",
    "/runs/diff",
    "/search",
    "/events/lineage",
    "/jobs",
)


@given(st.sampled_from(ADDRESSES), NODES, TEXT, NUMBERS, st.booleans())
@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_asked_is_answered(
    filled: Catalog, ask: TestClient, address: str, node: str, text: str, number: int, downstream: bool
) -> None:
    of_node = {"nodeId": node, "node": node, "column": text, "version": text, "as_of": text, "a": text, "b": node}
    of_list = {"q": text, "cursor": text, "before": text, "limit": number, "depth": number, "offset": number}
    answer = ask.get(address, params={**of_node, **of_list, "withDownstream": downstream})

    assert answer.status_code in {200, 400, 404, 422}, answer.text


def test_a_name_of_several_is_answered_with_which_there_are(filled: Catalog, ask: TestClient) -> None:
    ingest(filled.database, [event("load", 99, namespace="elsewhere")])
    answer = ask.get("/cause?node=load")

    assert answer.status_code == 404
    assert "job:elsewhere:load, job:shop:load" in answer.json()["detail"]
