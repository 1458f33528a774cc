"""What the pages are told, by a catalog that real receipts were recorded in."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from api_shop import client, token
from fastapi import FastAPI
from fastapi.routing import APIRoute
from pages_scene import ODD, Narrow, airflow, fill, id_of, login
from sqlalchemy import event
from starlette.testclient import TestClient

from hallmark.catalog import Catalog, open_catalog, upgrade
from hallmark.governance import SCOPES
from hallmark_ui.api.app import create_app
from hallmark_ui.api.ui import ROUTERS
from hallmark_ui.api.ui.lake import MASK
from postgres import new_database, running_server, unsynced

CLEAN = "flights%2Fclean"
MONDAY = id_of("flights", "clean", "monday", 10)
SHOP = id_of("shop", "load", "monday", 3)
ROUTES = [(method, route) for router in ROUTERS for route in router.routes for method in sorted(route.methods)]  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def manager(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Narrow]:
    with airflow(tmp_path_factory.mktemp("airflow")) as opened:
        yield opened


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    """A catalog on either database, filled once: these tests change nothing in it."""
    folder = tmp_path_factory.mktemp("told")
    if request.param == "sqlite":
        yield from _filled(f"sqlite:///{folder}/catalog.db")
    else:
        with running_server(folder) as server:
            yield from _filled(new_database(unsynced(server)))


def _filled(url: str) -> Iterator[Catalog]:
    upgrade(url)
    catalog = open_catalog(url=url)
    fill(catalog)
    yield catalog
    catalog.database.engine.dispose()


@pytest.fixture(scope="module")
def pages() -> FastAPI:
    return create_app()


@pytest.fixture
def asked_by(told: Catalog, manager: Narrow, pages: FastAPI) -> Iterator[Callable[..., TestClient]]:
    """Return a client of somebody who is logged in."""
    pages.state.catalog = lambda: told
    opened = []

    def asked(name: str = "root", role: str = "ADMIN") -> TestClient:
        manager_client = client(pages, login(manager, name, role))
        opened.append(manager_client)
        return manager_client.__enter__()

    yield asked
    for each in opened:
        each.__exit__(None, None, None)


@pytest.fixture
def ask(asked_by: Callable[..., TestClient]) -> Callable[[str], Any]:
    """Ask as an administrator, and return what is answered."""
    opened = asked_by()

    def asked(address: str) -> Any:
        answer = opened.get(address)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return asked


def path_of(route: APIRoute) -> str:
    return route.path_format.replace("{dataset}", CLEAN).replace("{receipt}", MONDAY).replace("{model}", "flight_delay")


def test_what_wants_attention_is_told_with_who_answers_for_it(ask: Callable[[str], Any]) -> None:
    found = ask("/overview?days=3")

    assert found["counts"] == {"failed_gate": 1, "stale": 1, "model": 1, "review": 2}
    listed = {each["kind"]: each for each in found["attention"]}
    assert listed["failed_gate"]["name"] == listed["stale"]["name"] == "flights/clean"
    assert listed["failed_gate"]["detail"] == "2 of 2 expectations failed; refused"
    assert (listed["failed_gate"]["run_id"], listed["failed_gate"]["owner"]) == ("tuesday", "data")
    assert listed["model"]["detail"] == "version 2 did not beat the champion"
    assert sum(day["failed"] for day in found["trend"]) == 2
    assert sum(day["passed"] for day in found["trend"]) == 2
    assert sum(day["refused"] for day in found["trend"]) == 1
    assert len(found["trend"]) == 3
    assert {k: found["freshness"][k] for k in ("promised", "fresh", "stale", "never")} == {
        "promised": 2,
        "fresh": 1,
        "stale": 1,
        "never": 0,
    }
    assert [each["name"] for each in found["freshness"]["datasets"]] == ["flights/clean", "shop/orders"]
    assert found["totals"] == {"datasets": 4, "models": 1}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["<b>", "flights/clean", "flights/raw", "shop/orders"]),
        ("search=TIDIED", ["flights/clean"]),
        ("search=50%25", ["<b>"]),
        ("search=gold", ["flights/clean", "shop/orders"]),
        ("owner=data&owner=sales", ["flights/clean", "shop/orders"]),
        ("owner=&search=flights", ["flights/raw"]),
        ("tag=flights", ["flights/clean"]),
        ("tag=flights&owner=sales", []),
        ("classification=personal", ["flights/clean"]),
        ("freshness=stale", ["flights/clean"]),
        ("freshness=fresh", ["shop/orders"]),
        ("freshness=unpromised", ["<b>", "flights/raw"]),
        ("gate=failed", ["flights/clean"]),
        ("gate=passed", ["shop/orders"]),
        ("gate=none&order=desc", ["flights/raw", "<b>"]),
        ("sort=published&order=desc&search=s", ["shop/orders", "<b>", "flights/clean", "flights/raw"]),
    ],
)
def test_datasets_are_narrowed_and_sorted(ask: Callable[[str], Any], query: str, expected: list[str]) -> None:
    found = ask(f"/catalog/datasets?{query}")

    names = [each["name"] for each in found["items"]]
    assert [name[:3] if name == ODD else name for name in names] == expected
    assert (found["total"], found["more"], found["next_cursor"]) == (len(expected), False, None)


@pytest.mark.parametrize("sort", ["name", "published", "gate", "owner"])
@pytest.mark.parametrize("order", ["asc", "desc"])
def test_pages_one_after_the_other_are_the_whole_list(ask: Callable[[str], Any], sort: str, order: str) -> None:
    whole = [each["name"] for each in ask(f"/catalog/datasets?sort={sort}&order={order}")["items"]]
    cursor, found = "", []
    while cursor is not None:
        page = ask(f"/catalog/datasets?sort={sort}&order={order}&limit=1&cursor={cursor}")
        found += [each["name"] for each in page["items"]]
        cursor = page["next_cursor"]

    assert found == whole
    assert len(found) == 4


@pytest.mark.parametrize("address", ["/catalog/datasets", "/gates", "/receipts", "/models", "/reviews"])
@pytest.mark.parametrize("cursor", ["x", "WzFd", "bm9wZQ", "WyJhIiwgImIiLCAiYyJd"])
def test_a_cursor_of_nowhere_is_refused(asked_by: Callable[..., TestClient], address: str, cursor: str) -> None:
    answer = asked_by().get(address, params={"cursor": cursor, "sort": "published"})

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_dataset_tells_its_contract_its_schema_and_its_last_gate(ask: Callable[[str], Any]) -> None:
    found = ask(f"/catalog/datasets/{CLEAN}")

    assert found["contract"] == "contracts/clean.yml"
    assert (found["primary_key"], found["freshness_seconds"], found["stale"]) == (["carrier"], 6 * 3600, True)
    assert found["suite"] == {
        "path": "suites/clean.yml",
        "url": "https://github.com/air/dags/blob/abc123/flights/suites/clean.yml",
    }
    assert [(c["name"], c["personal"], c["description"]) for c in found["schema"]] == [
        ("carrier", False, "who flies"),
        ("email", True, None),
    ]
    assert (found["versions"], found["latest_version"], found["rows"]) == (2, "2", 20)
    assert (found["gate"]["state"], found["gate"]["checks_failed"]) == ("refused", 2)
    assert (found["waiting"], found["dag_id"], found["may"]["see_rows"]) == (2, "flights", True)
    assert found["asset_uri"] == "hallmark://dataset/flights/clean"


def test_a_dataset_of_any_name_is_found(ask: Callable[[str], Any]) -> None:
    assert ask(f"/catalog/datasets/{quote(ODD, safe='')}")["name"] == ODD
    assert [v["version"] for v in ask(f"/catalog/datasets/{quote(ODD, safe='')}/versions")["items"]] == ["1"]


def test_versions_are_a_timeline_and_one_has_its_profile(ask: Callable[[str], Any]) -> None:
    listed = ask(f"/catalog/datasets/{CLEAN}/versions")["items"]
    found = ask(f"/catalog/datasets/{CLEAN}/versions/2")

    assert [(v["version"], v["run_id"], v["quarantined"], v["gate_success"]) for v in listed] == [
        ("2", "monday", 4, False),
        ("1", "sunday", 4, True),
    ]
    assert found["profile"]["columns"]["delay"]["histogram"]["counts"] == [250] * 4
    assert [c["personal"] for c in found["schema"]] == [False, False, True]


def test_drift_is_told_from_profiles_and_of_personal_columns_in_counts_alone(ask: Callable[[str], Any]) -> None:
    found = ask(f"/catalog/datasets/{CLEAN}/drift")
    delay, *others = found["columns"]

    assert (found["base"], found["version"]) == ("1", "2")
    assert (delay["name"], delay["status"], delay["quantile_shift"]) == ("delay", "strong", 0.75)
    assert delay["histogram"]["before"] == [0.25, 0.25, 0.25, 0.25, 0.0]
    assert delay["histogram"]["after"] == pytest.approx([0, 0, 0, 0.25, 0.75])
    assert {(c["name"], c["status"]) for c in others} == {("carrier", "stable"), ("email", "stable")}
    (email,) = (c for c in others if c["name"] == "email")
    assert (email["personal"], email["histogram"], email["top"], email["mean"]["before"]) == (True, None, [], None)


def test_checks_are_a_strip_of_runs(ask: Callable[[str], Any]) -> None:
    found = ask(f"/catalog/datasets/{CLEAN}/checks")

    assert [run["run_id"] for run in found["runs"]] == ["sunday", "monday", "tuesday"]
    assert [[cell["success"] for cell in row["cells"]] for row in found["rows"]] == [
        [True, True, False],
        [True, False, False],
    ]
    assert [len(row["cells"]) for row in ask(f"/catalog/datasets/{CLEAN}/checks?runs=2")["rows"]] == [2, 2]


def test_a_gate_run_is_compared_with_the_one_before(ask: Callable[[str], Any]) -> None:
    found = ask(f"/gates/{MONDAY}")
    kept, broken = found["results"]

    assert found["previous"] == id_of("flights", "clean", "sunday", 40)
    assert found["next"] == id_of("flights", "clean", "tuesday", 1)
    assert (kept["change"], broken["change"]) == ("same", "broken")
    assert broken["before"]["success"] is True
    assert [moment["success"] for moment in broken["history"]] == [True, False]
    assert broken["samples"] == {"values": ["secret"], "rows": [{"c1": "secret"}]}
    assert found["suite"]["url"] == "https://github.com/air/dags/blob/abc123/flights/suites/clean.yml"
    assert (broken["line"], broken["url"]) == (7, f"{found['suite']['url']}#L7")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", 4),
        ("success=false", 2),
        ("state=refused", 1),
        ("dag_id=shop", 1),
        ("dataset=flights/clean&success=true", 1),
    ],
)
def test_gate_runs_are_narrowed(ask: Callable[[str], Any], query: str, expected: int) -> None:
    assert ask(f"/gates?{query}")["total"] == expected


def test_a_model_has_a_champion_and_who_challenges_it(ask: Callable[[str], Any]) -> None:
    (found,) = ask("/models?search=DELAY")["items"]
    page = ask("/models/flight_delay")

    assert (found["champion"]["version"], found["challenger"]["version"]) == ("1", "2")
    assert (found["owner"], found["attention"]) == ("ml", "version 2 did not beat the champion")
    assert [(v["version"], v["trained_on"][0]["partition"]) for v in page["listed"]] == [
        ("2", "2026-03-01"),
        ("1", "2026-03-01"),
    ]


def test_a_models_version_is_shown_beside_the_champion(ask: Callable[[str], Any]) -> None:
    card = ask("/models/flight_delay/versions/2")
    side = ask("/models/flight_delay/comparison?version=1&version=2")

    assert [(m["name"], m["better"]) for m in card["against"]["metrics"]] == [("roc_auc", False), ("log_loss", False)]
    assert [c["name"] for c in card["inputs"]] == ["carrier", "email"]
    assert card["code_url"] == "https://github.com/air/dags/blob/abc123/flights/dag.py"
    assert [r["kind"] for r in card["receipts"]] == ["train"]
    assert [(line["name"], line["best"]) for line in side["metrics"]] == [("roc_auc", 0), ("log_loss", 0)]
    assert side["parameters"] == [{"name": "max_iter", "values": [100, 200], "best": None}]
    assert side["environment"] == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", 10),
        ("kind=train", 2),
        ("state=refused&state=skipped", 2),
        ("run_id=monday&dag_id=flights&task_id=clean&state=published", 1),
        ("principal=nobody", 0),
        ("dataset=flight_delay", 3),
    ],
)
def test_receipts_are_narrowed_and_written_to_a_file(
    asked_by: Callable[..., TestClient], query: str, expected: int
) -> None:
    opened = asked_by()
    listed = opened.get(f"/receipts?{query}").json()
    written = list(csv.DictReader(io.StringIO(opened.get(f"/receipts/export?{query}").text)))
    same = opened.get(f"/receipts/export?format=json&{query}")

    assert listed["total"] == len(listed["items"]) == expected
    assert [row["id"] for row in written] == [each["id"] for each in listed["items"]]
    assert [each["id"] for each in same.json()] == [each["id"] for each in listed["items"]]
    assert "attachment" in same.headers["content-disposition"]


def test_a_receipt_is_whole_and_has_its_chain(ask: Callable[[str], Any]) -> None:
    found, chain = ask(f"/receipts/{MONDAY}"), ask(f"/receipts/{MONDAY}/chain")

    assert found["body"]["gate"]["results"][0]["meta"]["failed_rows"]
    assert found["node"] == "dataset:file:/lake/flights/clean"
    assert [(link["dataset"], link["hidden"]) for link in chain["links"]] == [
        ("flights/clean", False),
        ("flights/raw", False),
    ]


def test_the_tabs_tell_of_a_task_a_run_and_a_dag(ask: Callable[[str], Any]) -> None:
    task = ask("/tabs/task?dag_id=flights&run_id=monday&task_id=clean")
    run = ask("/tabs/run?dag_id=flights&run_id=monday")
    dag = ask("/tabs/dag?dag_id=flights")

    assert [each["id"] for each in task["receipts"]] == [MONDAY]
    assert [ref["name"] for ref in task["last"]["inputs"]] == ["flights/raw"]
    assert len(task["last"]["gate"]["results"]) == 2
    assert [each["task_id"] for each in run["tasks"]] == ["extract", "clean", "deploy"]
    assert (run["counts"]["published"], run["checks_failed"], run["inputs"]) == (2, 1, [])
    assert [each["name"] for each in dag["datasets"]] == ["flights/clean", "flights/raw"]
    assert (dag["models"], dag["last_failed"]["run_id"]) == (["flight_delay"], "tuesday")
    assert {each["run_id"] for each in dag["runs"]} == {"sunday", "monday", "tuesday", "train1", "train2"}
    assert ask("/tabs/task?dag_id=flights&run_id=monday&task_id=other") == {"receipts": [], "last": None}


def test_an_answer_that_did_not_change_is_not_sent_again(asked_by: Callable[..., TestClient]) -> None:
    opened = asked_by()
    for address in ("/me", "/catalog/datasets", f"/gates/{MONDAY}", "/overview"):
        first = opened.get(address)
        tag = first.headers["etag"]
        again = opened.get(address, headers={"If-None-Match": f'"other", {tag}'})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert opened.get(address, headers={"If-None-Match": '"other"'}).content == first.content
        assert first.headers["cache-control"] == "private, no-cache"


def test_pages_are_for_logins_and_for_no_machine(told: Catalog, manager: Narrow, pages: FastAPI) -> None:
    pages.state.catalog = lambda: told
    with client(pages) as nobody, client(pages, token(told, *SCOPES)) as machine:
        for method, route in ROUTES:
            assert nobody.request(method, path_of(route), content=b"{").status_code == 401, route.path
            assert machine.request(method, path_of(route), content=b"{").status_code == 403, route.path


@pytest.mark.parametrize(
    ("address", "most"),
    [
        ("/overview", 20),
        ("/catalog/datasets", 3),
        (f"/catalog/datasets/{CLEAN}", 7),
        (f"/catalog/datasets/{CLEAN}/versions", 3),
        (f"/catalog/datasets/{CLEAN}/checks", 3),
        ("/gates", 2),
        (f"/gates/{MONDAY}", 6),
        ("/models", 7),
        ("/reviews", 2),
        ("/receipts", 2),
        ("/tabs/run?dag_id=flights&run_id=monday", 1),
        ("/tabs/dag?dag_id=flights", 4),
    ],
)
def test_a_page_asks_the_catalog_as_often_however_much_there_is(
    told: Catalog, ask: Callable[[str], Any], address: str, most: int
) -> None:
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    event.listen(told.database.engine, "before_cursor_execute", note)
    try:
        ask(address)
    finally:
        event.remove(told.database.engine, "before_cursor_execute", note)
    assert len([each for each in asked if each.startswith("SELECT")]) <= most, asked


def test_who_may_read_one_dag_sees_nothing_of_others(asked_by: Callable[..., TestClient]) -> None:
    opened = asked_by("narrow", "USER")
    names = [each["name"] for each in opened.get("/catalog/datasets").json()["items"]]

    assert names == ["flights/clean", "flights/raw"]
    assert {each["dag_id"] for each in opened.get("/receipts").json()["items"]} == {"flights"}
    assert {each["dag_id"] for each in opened.get("/gates").json()["items"]} == {"flights"}
    assert "shop" not in opened.get("/overview").text + opened.get("/receipts/export").text
    assert [each["value"] for each in opened.get("/catalog/facets").json()["dags"]] == ["flights"]
    for address in (
        "/catalog/datasets/shop%2Forders",
        "/catalog/datasets/shop%2Forders/versions",
        "/catalog/datasets/shop%2Forders/rows",
        f"/receipts/{SHOP}",
        f"/gates/{SHOP}",
        "/tabs/dag?dag_id=shop",
    ):
        answer = opened.get(address)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json"), address
    assert opened.get("/me").json()["dags"] == {"all": False, "readable": 1, "editable": 1}


def test_a_viewer_sees_pages_and_no_rows(asked_by: Callable[..., TestClient]) -> None:
    opened = asked_by("victor", "VIEWER")
    gate, whole = opened.get(f"/gates/{MONDAY}").json(), opened.get(f"/receipts/{MONDAY}").json()
    decision = {"batches": [{"dataset": "flights/clean", "receipt_id": MONDAY}], "reason": "because"}

    assert opened.get("/me").json()["may"] == dict.fromkeys(
        ("review", "see_rows", "see_personal", "manage_tokens"), False
    )
    assert {each["samples"] for each in gate["results"]} == {None}
    assert "secret" not in str(gate) + str(whole)
    assert opened.get(f"/catalog/datasets/{CLEAN}/rows").status_code == 403
    assert opened.get(f"/reviews/quarantine/{CLEAN}/{MONDAY}").status_code == 403
    assert [each["actions"] for each in opened.get("/reviews").json()["items"]] == [[], []]
    for action in ("release", "discard"):
        assert opened.post(f"/reviews/quarantine/{action}", json=decision).status_code == 403


@pytest.mark.parametrize(
    "address",
    [
        "/catalog/datasets/none",
        "/catalog/datasets/none/versions",
        f"/catalog/datasets/{CLEAN}/versions/9",
        f"/catalog/datasets/{CLEAN}/drift?version=9",
        "/catalog/datasets/flights%2Fraw/drift",
        "/catalog/datasets/none/checks",
        "/catalog/datasets/none/usage",
        "/gates/none",
        "/models/none",
        "/models/flight_delay/versions/9",
        "/models/flight_delay/comparison?version=1&version=9",
        "/receipts/none",
        f"/receipts/{id_of('flights', 'clean', 'tuesday', 1)}/chain",
        f"/reviews/quarantine/{CLEAN}/none",
    ],
)
def test_what_is_not_there_is_a_problem(asked_by: Callable[..., TestClient], address: str) -> None:
    answer = asked_by().get(address)

    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_a_catalog_out_of_reach_is_a_problem(manager: Narrow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__HALLMARK__CATALOG_URL", "postgresql://me:secret@127.0.0.1:1/nowhere")
    with client(create_app(), login(manager, "root", "ADMIN")) as opened:
        for address in ("/overview", "/receipts/export"):
            answer = opened.get(address)
            assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")


def test_masks_are_the_same_everywhere() -> None:
    from hallmark.quality.gate import FAILED_EXPECTATIONS
    from hallmark.quality.result import MASK as OF_RECEIPTS
    from hallmark_ui.api.ui.lake import FAILED

    assert (MASK, FAILED) == (OF_RECEIPTS, FAILED_EXPECTATIONS)


def test_the_metrics_that_versions_are_compared_by_are_those_that_are_measured() -> None:
    from hallmark.catalog.pages.models import _LESS_IS_BETTER, _MORE_IS_BETTER
    from hallmark.ml.evaluation import METRICS

    assert {name for name, metric in METRICS.items() if metric.greater_is_better} == _MORE_IS_BETTER
    assert {name for name, metric in METRICS.items() if not metric.greater_is_better} == _LESS_IS_BETTER


def test_what_is_done_by_hand_is_called_as_the_stages_call_it(tmp_path: Path) -> None:
    from hallmark.catalog.pages import quarantine
    from hallmark.catalog.store import BY_HAND
    from hallmark.stages.quarantine.discard import DISCARD, TAKE_OUT
    from hallmark.stages.quarantine.release import RELEASE
    from hallmark.stages.quarantine.running import DAG

    assert (quarantine._RELEASE, set(quarantine._TAKEN_OUT), BY_HAND) == (RELEASE, {DISCARD, TAKE_OUT}, DAG)
