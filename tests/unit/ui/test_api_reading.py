"""What Marquez's web pages ask for, and what they get for a bad question."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from api_shop import LAKE, NOON, ORDERS, SHOP, dataset, event, run_id
from starlette.testclient import TestClient

from hallmark.catalog import Catalog
from hallmark.lineage.store import ingest

RAW = f"dataset:{LAKE}:/lake/raw"
CLEAN = f"dataset:{LAKE}:/lake/clean"
SOURCE = f"dataset:{SHOP}:{ORDERS}"


def path(*parts: str) -> str:
    return "/" + "/".join(quote(part, safe="") for part in parts)


def get(ask: TestClient, *parts: str, **query: Any) -> Any:
    answer = ask.get(path(*parts), params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def tell(catalog: Catalog, *events: dict[str, Any]) -> None:
    assert ingest(catalog.database, events).refused == ()


def test_a_name_with_anything_in_it_is_found_by_its_encoded_path(filled: Catalog, ask: TestClient) -> None:
    found = get(ask, "namespaces", SHOP, "datasets", ORDERS)

    assert found["id"] == {"namespace": SHOP, "name": ORDERS}
    assert [one["name"] for one in get(ask, "namespaces", SHOP, "datasets")["datasets"]] == [ORDERS]


@pytest.mark.parametrize("mount", ["/hallmark", "/%68allmark"])
def test_a_path_is_the_same_however_much_of_it_is_encoded(filled: Catalog, ask: TestClient, mount: str) -> None:
    assert ask.get(f"http://test{mount}/api/v1/namespaces/%66ile/datasets/%2flake%2Fraw").status_code == 200
    assert ask.get(f"http://test{mount}/api/v1/namespaces/file/datasets//lake/raw").status_code == 404


@pytest.mark.parametrize("address", ["/namespaces/a%00b", "/jobs/runs/%00", "/search?q=%00", "/tags/x%00"])
def test_a_nul_is_in_no_name(ask: TestClient, address: str) -> None:
    assert ask.get(address).status_code == 400


HOSTILE = ["'; drop table hallmark_lineage_jobs; --", "<script>alert(1)</script>", "%", "_", "../../etc", "a\tb", "​"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_a_name_like_any_other(catalog: Catalog, ask: TestClient, name: str) -> None:
    tell(catalog, event(name, 1, outputs=[dataset(LAKE, "/x")]))
    answer = ask.get(path("namespaces", "shop", "jobs", name))

    assert answer.json()["name"] == name
    assert answer.headers["content-type"] == "application/json"
    assert [one["name"] for one in get(ask, "search", q=name, filter="JOB")["results"]] == [name]


def test_lists_are_paged_by_cursor_to_their_end(catalog: Catalog, ask: TestClient) -> None:
    # Two and two at the same time: the time alone does not tell them apart.
    tell(catalog, *(event(f"job{n}", n, hours=n // 2, outputs=[dataset(LAKE, f"/d{n}")]) for n in range(7)))
    lists = {
        ("jobs",): ("jobs", lambda one: one["name"]),
        ("namespaces", LAKE, "datasets"): ("datasets", lambda one: one["name"]),
        ("namespaces",): ("namespaces", lambda one: one["name"]),
        ("sources",): ("sources", lambda one: one["name"]),
        ("events", "lineage"): ("events", lambda one: one["run"]["runId"]),
    }
    for parts, (key, name) in lists.items():
        whole = [name(one) for one in get(ask, *parts, limit=1000)[key]]
        found, cursor = [], {}
        while True:
            page = get(ask, *parts, limit=2, **cursor)
            assert page["totalCount"] == len(whole)
            found += [name(one) for one in page[key]]
            if page["nextCursor"] is None:
                break
            cursor = {"cursor": page["nextCursor"]}
        assert found == whole
        assert [name(one) for one in get(ask, *parts, limit=3, offset=2)[key]] == whole[2:5]


def test_a_page_by_cursor_misses_and_repeats_nothing_when_something_comes_in_between(
    catalog: Catalog, ask: TestClient
) -> None:
    tell(catalog, *(event(f"job{n}", n, hours=n) for n in range(4)))
    first = get(ask, "jobs", limit=2)
    tell(catalog, event("new", 9, hours=9))
    second = get(ask, "jobs", limit=2, cursor=first["nextCursor"])

    assert [job["name"] for job in (*first["jobs"], *second["jobs"])] == ["job3", "job2", "job1", "job0"]


@pytest.mark.parametrize(
    "query",
    [
        {"limit": -1},
        {"limit": 1001},
        {"limit": "many"},
        {"limit": 10**30},
        {"offset": -1},
        {"offset": 10**30},
        {"lastRunStates": "LOST"},
    ],
)
def test_a_window_out_of_range_is_refused(ask: TestClient, query: dict[str, Any]) -> None:
    answer = ask.get("/jobs", params=query)

    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert next(iter(query)) in answer.json()["detail"]


@pytest.mark.parametrize("cursor", ["x", "!", "WzFd", "W10", "e30", "WzEsMl0", "WyJhIiwgMV0", "a" * 3999, "é"])
def test_a_cursor_of_elsewhere_is_refused(ask: TestClient, cursor: str) -> None:
    assert ask.get("/jobs", params={"cursor": cursor}).status_code == 400


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
def test_a_cursor_beyond_all_times_is_refused(ask: TestClient, moment: str) -> None:
    cursor = base64.urlsafe_b64encode(json.dumps([moment, 1]).encode()).decode()

    assert ask.get("/jobs", params={"cursor": cursor}).status_code == 400


def test_a_limit_of_nothing_is_answered_with_the_count(filled: Catalog, ask: TestClient) -> None:
    assert get(ask, "jobs", limit=0) == {"jobs": [], "totalCount": 3, "nextCursor": None}


def test_jobs_are_chosen_by_the_state_of_their_newest_run(filled: Catalog, ask: TestClient) -> None:
    tell(filled, {"eventTime": NOON.isoformat(), "job": {"namespace": "shop", "name": "declared"}})

    def of(*states: str) -> list[str]:
        return sorted(job["name"] for job in get(ask, "jobs", lastRunStates=list(states))["jobs"])

    assert of("FAILED") == ["report"]
    assert of("COMPLETED", "FAILED") == ["clean", "load", "report"]
    assert of("NEW") == ["declared"]
    assert of("RUNNING") == []


def test_a_job_tells_its_parent_and_its_newest_runs(catalog: Catalog, ask: TestClient) -> None:
    parent = {"run": {"runId": run_id(99)}, "job": {"namespace": "shop", "name": "dag"}}
    runs = [event("dag.task", n, hours=n, run_facets={"parent": parent}) for n in range(12)]
    tell(catalog, *runs)
    job = get(ask, "namespaces", "shop", "jobs", "dag.task")

    assert (job["simpleName"], job["parentJobName"]) == ("task", "dag")
    assert job["parentJobUuid"] == get(ask, "namespaces", "shop", "jobs", "dag")["currentVersion"]
    assert [run["id"] for run in job["latestRuns"]] == [run_id(n) for n in range(11, 1, -1)]
    assert job["latestRun"] == job["latestRuns"][0]


def test_a_run_has_all_facets_that_its_events_told(filled: Catalog, ask: TestClient) -> None:
    tell(filled, event("report", 31, "RUNNING", 26, run_facets={"mine": {"a": 1}}, job_facets={"theirs": {"b": 2}}))

    assert set(get(ask, "jobs", "runs", run_id(31))["facets"]) == {"errorMessage", "mine"}
    assert set(get(ask, "jobs", "runs", run_id(31), "facets", type="run")["facets"]) == {"errorMessage", "mine"}
    assert get(ask, "jobs", "runs", run_id(31), "facets", type="job")["facets"] == {"theirs": {"b": 2}}


def test_a_dataset_under_another_name_is_the_same_dataset(catalog: Catalog, ask: TestClient) -> None:
    link = {"symlinks": {"identifiers": [{"namespace": "hive://h", "name": "db.t", "type": "TABLE"}]}}
    tell(catalog, event("a", 1, outputs=[dataset("s3://b", "t", "x", version="1", **link)]))
    tell(catalog, event("b", 2, hours=1, outputs=[dataset("hive://h", "db.t", version="2", owners={"o": 1})]))
    found = [get(ask, "namespaces", *name) for name in (("s3://b", "datasets", "t"), ("hive://h", "datasets", "db.t"))]
    listed = [one for ns in ("s3://b", "hive://h") for one in get(ask, "namespaces", ns, "datasets")["datasets"]]
    versions = get(ask, "namespaces", "hive://h", "datasets", "db.t", "versions")["versions"]

    assert found[0] == found[1]
    assert listed == found[:1]
    assert {"schema", "owners"} <= set(found[0]["facets"])
    assert [one["toldVersion"] for one in versions] == ["2", "1"]


def test_what_is_deleted_is_not_shown_until_an_event_tells_of_it(filled: Catalog, ask: TestClient) -> None:
    gone = [path("namespaces", LAKE, "datasets", "/lake/report"), path("namespaces", "shop", "jobs", "report")]
    for address in gone:
        assert ask.delete(address).status_code == 200
        assert ask.get(address).status_code == ask.delete(address).status_code == 404
    assert "report" not in json.dumps(get(ask, "jobs")) + json.dumps(get(ask, "namespaces", LAKE, "datasets"))

    later = (datetime.now(UTC) - NOON) / timedelta(hours=1) + 0.5
    tell(filled, event("report", 32, hours=later, outputs=[dataset(LAKE, "/lake/report")]))
    assert [ask.get(address).status_code for address in gone] == [200, 200]


def test_tags_are_given_and_taken(filled: Catalog, ask: TestClient) -> None:
    of_dataset = path("namespaces", LAKE, "datasets", "/lake/raw")
    of_job = path("namespaces", "shop", "jobs", "load")

    assert ask.post(f"{of_dataset}/tags/PII").json()["tags"] == ["PII"]
    assert ask.post(f"{of_dataset}/fields/amount/tags/a%2Fb").json()["fields"][1]["tags"] == ["a/b"]
    assert ask.delete(f"{of_dataset}/tags/PII").json()["tags"] == []
    assert ask.delete(f"{of_dataset}/fields/amount/tags/a%2Fb").json()["fields"][1]["tags"] == []
    assert [ask.post(f"{of_job}/tags/{tag}").json()["tags"] for tag in "aba"] == [["a"], ["a", "b"], ["b", "a"]]
    assert ask.delete(f"{of_job}/tags/a").json()["tags"] == ["b"]


def test_tags_of_a_producer_stand_beside_those_that_people_gave(catalog: Catalog, ask: TestClient) -> None:
    told = {"tags": [{"key": "team", "value": "sales"}, {"key": "pii", "value": "true", "field": "x"}, {"key": 7}]}
    tell(catalog, event("a", 1, outputs=[dataset(LAKE, "/t", "x", tags=told)]))
    ask.post("/namespaces/file/datasets/%2Ft/fields/x/tags/MINE")
    found = get(ask, "namespaces", LAKE, "datasets", "/t")

    assert (found["tags"], found["fields"][0]["tags"]) == (["team:sales"], ["MINE", "pii"])


def node_ids(graph: dict[str, Any]) -> set[str]:
    return {node["id"] for node in graph["graph"]}


def test_lineage_goes_as_far_as_it_is_asked_to(filled: Catalog, ask: TestClient) -> None:
    load, clean, report = (f"job:shop:{name}" for name in ("load", "clean", "report"))
    last = f"dataset:{LAKE}:/lake/report"

    assert node_ids(get(ask, "lineage", nodeId=RAW, depth=0)) == {RAW}
    assert node_ids(get(ask, "lineage", nodeId=RAW, depth=1)) == {SOURCE, load, RAW, clean, CLEAN}
    assert node_ids(get(ask, "lineage", nodeId=RAW, depth=10**9)) == {SOURCE, load, RAW, clean, CLEAN, report, last}


def test_a_node_may_have_the_sign_of_a_version_in_its_name(filled: Catalog, ask: TestClient) -> None:
    field = f"datasetField:{SHOP}:{ORDERS}:amount"

    assert SOURCE in node_ids(get(ask, "lineage", nodeId=SOURCE, depth=0))
    assert field in node_ids(get(ask, "column-lineage", nodeId=field))
    assert field in node_ids(get(ask, "column-lineage", nodeId=SOURCE))


def test_lineage_is_drawn_as_marquez_does(filled: Catalog, ask: TestClient) -> None:
    nodes = {node["id"]: node for node in get(ask, "lineage", nodeId=RAW)["graph"]}
    raw, clean = nodes[RAW], nodes["job:shop:clean"]

    assert (raw["type"], clean["type"]) == ("DATASET", "JOB")
    assert raw["inEdges"] == [{"origin": "job:shop:load", "destination": RAW}]
    assert raw["outEdges"] == [{"origin": RAW, "destination": "job:shop:clean"}]
    assert raw["data"] == get(ask, "namespaces", LAKE, "datasets", "/lake/raw")
    assert clean["data"]["latestRun"]["state"] == "COMPLETED"


def test_lineage_at_a_version_has_the_runs_of_that_time(filled: Catalog, ask: TestClient) -> None:
    for version in ("v0", get(ask, "namespaces", LAKE, "datasets", "/lake/clean", "versions", "v0")["version"]):
        ids = node_ids(get(ask, "lineage", nodeId=CLEAN, as_of=version))
        assert any(run_id(20) in id_ for id_ in ids)
        assert not any(run_id(21) in id_ for id_ in ids)
    assert ask.get("/lineage", params={"nodeId": CLEAN, "as_of": "v9"}).status_code == 404


def test_a_graph_that_is_deeper_than_is_let_through_says_so(catalog: Catalog, ask: TestClient) -> None:
    tell(
        catalog,
        *(event(f"j{n}", n, inputs=[dataset(LAKE, f"/{n}")], outputs=[dataset(LAKE, f"/{n + 1}")]) for n in range(25)),
    )
    first, near_end = (get(ask, "lineage", nodeId=f"dataset:file:/{n}", depth=25) for n in (0, 15))

    assert (first["truncated"], len(first["graph"])) == (True, 41)
    assert (near_end["truncated"], len(near_end["graph"])) == (False, 51)
    assert get(ask, "lineage", nodeId="dataset:file:/0", depth=2)["truncated"] is False


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({}, 422),
        ({"nodeId": ""}, 400),
        ({"nodeId": "shop"}, 400),
        ({"nodeId": "dataset:"}, 400),
        ({"nodeId": "table:file:/lake/raw"}, 400),
        ({"nodeId": "datasetField:file:x"}, 400),
        ({"nodeId": "dataset:" + ".@" * 1500 + ":x"}, 400),
        ({"nodeId": "x" * 5000}, 422),
        ({"nodeId": "dataset:file:/lake/raw.nobody"}, 404),
        ({"nodeId": "job:shop:nobody's"}, 404),
        ({"nodeId": f"{RAW}#v9"}, 404),
        ({"nodeId": "datasetField:file:/lake/raw:nobody"}, 404),
        ({"nodeId": RAW, "depth": -1}, 422),
        ({"nodeId": RAW, "depth": "deep"}, 422),
    ],
)
def test_a_node_that_is_none_is_refused(filled: Catalog, ask: TestClient, query: dict[str, Any], status: int) -> None:
    for address in ("/lineage", "/column-lineage"):
        answer = ask.get(address, params=query)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_events_are_chosen_by_time_and_direction(filled: Catalog, ask: TestClient) -> None:
    def at(hours: float) -> str:
        return (NOON + timedelta(hours=hours)).isoformat()

    chosen = get(ask, "events", "lineage", after=at(1), before=at(24), sortDirection="ASC")
    assert [event["job"]["name"] for event in chosen["events"]] == ["load", "clean"]
    assert chosen["totalCount"] == 2
    # As Marquez's pages ask: not said is said by nothing, and a plus sign is not encoded.
    assert get(ask, "events", "lineage", before="", after="")["totalCount"] == 7
    assert ask.get(f"/events/lineage?after={at(25)}").json()["totalCount"] == 3
    assert ask.get("/events/lineage?after=yesterday").status_code == 400
    assert ask.get("/events/lineage?sortDirection=sideways").status_code == 422


def test_the_search_finds_parts_of_names(filled: Catalog, ask: TestClient) -> None:
    def found(**query: Any) -> list[tuple[str, str]]:
        return [(one["type"], one["name"]) for one in get(ask, "search", **query)["results"]]

    assert set(found(q="REPORT")) == {("JOB", "report"), ("DATASET", "/lake/report")}
    assert found(q="report", filter="job") == [("JOB", "report")]
    newest, first = (found(q="/lake/r", sort=sort, limit=1) for sort in ("UPDATE_AT", "NAME"))
    assert (newest, first) == ([("DATASET", "/lake/report")], [("DATASET", "/lake/raw")])
    assert found(q="r", namespace="shop", limit=1) == [("JOB", "report")]
    assert found(q="report", after="2027-01-01") == found(q="report", before="2020-01-01") == []
    assert [ask.get(f"/search?{query}").status_code for query in ("", "q=", "q=%20", "q=x&filter=TAG")] == [422] * 4


@pytest.mark.parametrize(("period", "intervals", "hours"), [("DAY", 24, 1), ("WEEK", 7, 24)])
def test_figures_over_time_end_with_now(
    catalog: Catalog, ask: TestClient, period: str, intervals: int, hours: int
) -> None:
    now = (datetime.now(UTC) - NOON) / timedelta(hours=1)
    tell(catalog, event("a", 1, "START", now - 24 * 30), event("b", 2, "FAIL", now, outputs=[dataset(LAKE, "/x")]))
    query = {"period": period, "timezone": "Pacific/Kiritimati"}
    jobs, told = get(ask, "stats", "jobs", **query), get(ask, "stats", "lineage-events", **query)

    assert len(jobs) == len(told) == intervals
    assert (jobs[0]["count"], jobs[-1]["count"]) == (1, 2)
    assert {name: told[-1][name] for name in ("fail", "start", "complete", "abort")} == {
        "fail": 1,
        "start": 0,
        "complete": 0,
        "abort": 0,
    }
    begin, end = (datetime.fromisoformat(jobs[-1][key]) for key in ("startInterval", "endInterval"))
    assert begin <= datetime.now(UTC) < end
    assert end - begin == timedelta(hours=hours)
    assert [get(ask, "stats", what, **query)[-1]["count"] for what in ("datasets", "sources")] == [1, 1]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/stats/jobs", 422),
        ("/stats/jobs?period=YEAR", 422),
        ("/stats/runs?period=DAY", 422),
        ("/stats/jobs?period=WEEK&timezone=../../etc/passwd", 400),
        ("/stats/jobs?period=WEEK&timezone=Nowhere", 400),
        ("/nowhere", 404),
    ],
)
def test_a_question_that_nothing_answers_is_a_problem(ask: TestClient, address: str, status: int) -> None:
    answer = ask.get(address)

    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_a_method_that_is_not_allowed_is_a_problem(ask: TestClient) -> None:
    assert ask.patch("/jobs").status_code == 405
    assert ask.patch("/jobs").headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("address", "body", "status"),
    [
        ("/namespaces/x", b"{", 400),
        ("/namespaces/x", b"[]", 422),
        ("/namespaces/x", b"{}", 422),
        ("/namespaces/x", b'{"ownerName": 7}', 422),
        ("/sources/x", b'{"type": "A"}', 422),
        ("/namespaces/x/datasets/y", b'{"type": "VIEW", "physicalName": "a", "sourceName": "b"}', 422),
        ("/namespaces/x/datasets/" + "y" * 2000, b'{"type": "STREAM", "physicalName": "a", "sourceName": "b"}', 422),
        ("/namespaces/x/jobs/y", b'{"type": "BATCH", "inputs": [{"namespace": ""}]}', 422),
        ("/namespaces/x/jobs/y", b'{"type": "BATCH", "inputs": [{"namespace": "", "name": ""}]}', 422),
    ],
)
def test_a_body_that_does_not_fit_is_refused(ask: TestClient, address: str, body: bytes, status: int) -> None:
    answer = ask.put(address, content=body)

    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
