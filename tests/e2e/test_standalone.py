"""The example in a real ``airflow standalone``: scheduler, executor, API, plugin and pages."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pages
import pytest

from hallmark.demo.airflow import Airflow, standalone
from hallmark.demo.feed import deliver
from hallmark.demo.runner import DAG_ID, dags_folder

pytestmark = pytest.mark.airflow

JANUARY, FEBRUARY, NOT_DELIVERED = "2013-01", "2013-02", "2013-12"
HEALTH = "/hallmark/api/health"
VALIDATOR = Path(__file__).resolve().parents[3] / "shared" / "tools" / "validate_events.py"
# A task's own lines, and Airflow's around them.
FEW_LINES = 40


@dataclass(frozen=True)
class Ran:
    """An Airflow in which the example has run."""

    airflow: Airflow
    folder: Path

    def states(self, run: str) -> dict[str, str]:
        return {t["task_id"]: t["state"] for t in self.airflow.tasks(DAG_ID, run)}

    def log(self, run: str, task: str, attempt: int = 1) -> list[dict[str, Any]]:
        path = f"/dags/{DAG_ID}/dagRuns/{run}/taskInstances/{task}/logs/{attempt}"
        content: list[dict[str, Any]] = self.airflow.get(path)["content"]
        return content

    def asset_events(self, task: str) -> list[dict[str, Any]]:
        events = self.airflow.get("/assets/events", source_task_id=task, limit=100)["asset_events"]
        return sorted(events, key=lambda event: event["timestamp"])

    def token(self, user: str) -> str:
        home = self.folder / "airflow"
        passwords = json.loads((home / "simple_auth_manager_passwords.json.generated").read_text())
        body = {"username": user, "password": passwords[user]}
        answer = httpx.post(f"{self.airflow.url}/auth/token", json=body, timeout=30).json()
        return str(answer["access_token"])

    def ask(self, path: str, **options: Any) -> httpx.Response:
        return httpx.get(f"{self.airflow.url}{path}", timeout=30, **options)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    folder = tmp_path_factory.mktemp("standalone")
    (folder / "lineage").mkdir()
    deliver(folder / "feed", [JANUARY, FEBRUARY])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS", "admin:admin,reader:viewer")
        with standalone(folder, dags_folder(), None) as airflow:
            wait(lambda: airflow.has_dag(DAG_ID), 120)
            airflow.unpause(DAG_ID)
            for month in (JANUARY, FEBRUARY, NOT_DELIVERED):
                airflow.trigger(DAG_ID, month, {"month": month}, "a test")
            wait(lambda: ended(airflow, JANUARY), 200)
            clear(airflow, JANUARY, "extract_airlines")
            wait(lambda: ended(airflow, JANUARY, FEBRUARY, NOT_DELIVERED), 400)
            yield Ran(airflow, folder)


@pytest.fixture(scope="module")
def browser(ran: Ran) -> Iterator[pages.Browser]:
    with pages.browsing(ran.airflow) as opened:
        yield opened


def wait(done: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, f"not done after {seconds} s"
        time.sleep(1)


def ended(airflow: Airflow, *runs: str) -> bool:
    states = airflow.runs(DAG_ID)
    return all(states[run] in {"success", "failed"} for run in runs)


def clear(airflow: Airflow, run: str, task: str) -> None:
    """Clear a task as the button in the UI does; its run queues up behind those that wait."""
    what = {"dag_run_id": run, "task_ids": [task], "only_failed": False, "dry_run": False}
    path = f"{airflow.url}/api/v2/dags/{DAG_ID}/clearTaskInstances"
    body = {"username": airflow.user, "password": airflow.password}
    token = httpx.post(f"{airflow.url}/auth/token", json=body, timeout=30).json()["access_token"]
    httpx.post(path, json=what, headers={"Authorization": f"Bearer {token}"}, timeout=30).raise_for_status()


def tries(airflow: Airflow, run: str) -> dict[str, int]:
    return {t["task_id"]: t["try_number"] for t in airflow.tasks(DAG_ID, run)}


def test_the_first_month_is_green_with_nothing_to_learn_from(ran: Ran) -> None:
    states = ran.states(JANUARY)

    assert ran.airflow.runs(DAG_ID)[JANUARY] == "success"
    assert states["features"] == "success"
    assert {states[task] for task in ("train", "evaluate", "deploy", "score")} == {"skipped"}


def test_the_second_month_trains_deploys_and_scores(ran: Ran) -> None:
    deployed, scored = (ran.asset_events(task)[-1]["extra"] for task in ("deploy", "score"))

    assert set(ran.states(FEBRUARY).values()) == {"success"}
    assert deployed["version"] == "1"
    assert deployed["metrics"]["roc_auc"] > 0.5
    assert (scored["partition"], scored["rows"], scored["gate"]) == (FEBRUARY, 23611, "passed")


def test_a_month_that_was_not_delivered_fails_where_it_is_missed(ran: Ran) -> None:
    states = ran.states(NOT_DELIVERED)
    (told,) = [line for line in ran.log(NOT_DELIVERED, "extract_flights") if "error_detail" in line]
    (error,) = told["error_detail"]

    assert (states["extract_flights"], states["features"]) == ("failed", "upstream_failed")
    assert error["exc_type"] == "SourceError"
    assert error["exc_value"] == (
        f"stage extract_flights of dataset flights/raw: {ran.folder}/feed/{NOT_DELIVERED}/flights.csv does not exist; "
        "check the path, and that the feed has arrived"
    )


def test_a_tasks_log_has_a_line_for_each_step(ran: Ran) -> None:
    said = [line["event"] for line in ran.log(JANUARY, "extract_flights") if line.get("logger") == "hallmark.stages"]

    assert [line.split()[0] for line in said] == ["resolve", "work", "audit", "publish", "record"]
    assert said[0].startswith("resolve  flights.csv@")
    assert said[1].startswith("work     wrote flights/raw (27,004 rows), not visible yet")
    assert said[2].startswith("audit    48 of 48 expectations met")
    assert said[3].startswith("publish  flights/raw@")


@pytest.mark.parametrize("task", ["extract_flights", "features", "train", "evaluate", "deploy", "score"])
def test_a_tasks_log_is_short(ran: Ran, task: str) -> None:
    log = ran.log(FEBRUARY, task)

    assert len(log) <= FEW_LINES
    assert not [line["event"] for line in log if line.get("level") == "warning" and "hallmark" not in line["logger"]]


def test_an_asset_event_carries_the_versions_metadata(ran: Ran) -> None:
    first = ran.asset_events("clean_flights")[0]["extra"]

    assert (first["version"], first["partition"], first["rows"], first["gate"]) == ("0", JANUARY, 27004, "passed")
    assert first["checks_failed"] == 0
    assert first["receipt"]


def test_clearing_a_task_publishes_a_version_in_place_of_the_first(ran: Ran) -> None:
    published = [event["extra"] for event in ran.asset_events("extract_airlines")]

    # Three runs, and January's second try.
    assert [extra["version"] for extra in published] == ["0", "1", "2", "3"]
    assert {extra["rows"] for extra in published} == {16}
    assert tries(ran.airflow, JANUARY)["extract_airlines"] == 2


def test_health_needs_a_user_of_airflow(ran: Ran) -> None:
    assert ran.ask(HEALTH).status_code == 401
    assert ran.ask(HEALTH, headers={"Authorization": "Bearer nonsense"}).status_code in {401, 403}


@pytest.mark.parametrize("user", ["admin", "reader"])
def test_health_answers_any_user_by_token_and_by_cookie(ran: Ran, user: str) -> None:
    token = ran.token(user)

    for answer in (
        ran.ask(HEALTH, headers={"Authorization": f"Bearer {token}"}),
        ran.ask(HEALTH, cookies={"_token": token}),
    ):
        assert answer.status_code == 200
        assert answer.json()["status"] == "healthy"
        assert answer.json()["catalog"].startswith("at revision ")


def test_the_plugin_is_listed_without_import_errors(ran: Ran) -> None:
    listed = {p["name"]: p for p in ran.airflow.get("/plugins")["plugins"]}

    prefixes = [app["url_prefix"] for app in listed["hallmark"]["fastapi_apps"]]
    assert prefixes == ["/hallmark/static", "/hallmark"]
    assert ran.airflow.get("/plugins/importErrors")["import_errors"] == []


@pytest.mark.parametrize("view", pages.VIEWS, ids=lambda view: view.name)
def test_a_page_shows_what_it_is_for_and_complains_of_nothing(
    ran: Ran, browser: pages.Browser, view: pages.View, tmp_path: Path
) -> None:
    browser.complaints.clear()

    assert browser.photograph(view, tmp_path, run=FEBRUARY).stat().st_size > 10_000
    assert browser.complaints == []


def test_a_versions_page_shows_the_gates_verdict(browser: pages.Browser) -> None:
    browser.visit(next(view for view in pages.VIEWS if view.name == "version"), run=FEBRUARY)

    for text in ('"checks_passed"', '"gate"', '"partition"', f'"{FEBRUARY}"'):
        browser.page.get_by_text(text).first.wait_for()


if VALIDATOR.is_file():

    def test_the_lineage_of_scheduler_and_workers_is_what_the_specification_says(ran: Ran) -> None:
        events = ran.folder / "lineage" / "events.ndjson"
        done = subprocess.run(
            [sys.executable, str(VALIDATOR), "--strict", str(events)], capture_output=True, text=True, check=False
        )

        assert done.returncode == 0, done.stdout
