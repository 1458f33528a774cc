"""The example in a real ``airflow standalone``: scheduler, executor, API, plugin and pages."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, sync_playwright

from hallmark.demo.airflow import Airflow, standalone
from hallmark.demo.feed import deliver
from hallmark.demo.runner import DAG_ID, dags_folder

pytestmark = pytest.mark.airflow

MONTH = "2013-01"
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]


@dataclass(frozen=True)
class Ran:
    """An Airflow in which January of the example has run."""

    airflow: Airflow
    state: str
    token: str

    def get(self, path: str) -> httpx.Response:
        return httpx.get(f"{self.airflow.url}{path}", headers={"Authorization": f"Bearer {self.token}"}, timeout=30)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    folder = tmp_path_factory.mktemp("standalone")
    deliver(folder / "feed", [MONTH])
    with standalone(folder, dags_folder(), None) as airflow:
        wait(lambda: airflow.has_dag(DAG_ID), 120)
        airflow.unpause(DAG_ID)
        airflow.trigger(DAG_ID, MONTH, {"month": MONTH}, "a test")
        wait(lambda: airflow.runs(DAG_ID)[MONTH] in {"success", "failed"}, 300)
        body = {"username": airflow.user, "password": airflow.password}
        token = httpx.post(f"{airflow.url}/auth/token", json=body, timeout=30).json()["access_token"]
        yield Ran(airflow, airflow.runs(DAG_ID)[MONTH], token)


def wait(done: object, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not done():  # type: ignore[operator]
        assert time.monotonic() < deadline, f"not done after {seconds} s"
        time.sleep(1)


@pytest.fixture
def page(ran: Ran) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        opened = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        opened.goto(f"{ran.airflow.url}/auth/login")
        opened.fill("input[name=username]", ran.airflow.user)
        opened.fill("input[name=password]", ran.airflow.password)
        opened.click("button[type=submit]")
        opened.wait_for_url(lambda url: "login" not in url)
        yield opened
        browser.close()


def test_the_scheduler_runs_january_green(ran: Ran) -> None:
    states = {t["task_id"]: t["state"] for t in ran.airflow.tasks(DAG_ID, MONTH)}

    assert ran.state == "success"
    assert states["features"] == "success"
    assert states["train"] == states["score"] == "skipped"


def test_a_tasks_log_has_a_line_for_each_step(ran: Ran) -> None:
    log = ran.get(f"/api/v2/dags/{DAG_ID}/dagRuns/{MONTH}/taskInstances/extract_flights/logs/1").text

    for step in ("resolve  flights.csv@", "work     wrote flights/raw", "audit    48 of 48", "publish  flights/raw@0"):
        assert step in log
    assert "record   receipt" in log
    assert "ephemeral docs site" not in log


def test_an_asset_event_carries_the_versions_metadata(ran: Ran) -> None:
    events = ran.get("/api/v2/assets/events?limit=100").json()["asset_events"]
    extra = next(e["extra"] for e in events if e["source_task_id"] == "clean_flights")

    assert (extra["version"], extra["partition"], extra["rows"], extra["gate"]) == ("0", MONTH, 27004, "passed")


def test_health_needs_a_user_of_airflow(ran: Ran) -> None:
    path = "/hallmark/api/health"

    assert httpx.get(f"{ran.airflow.url}{path}").status_code == 401
    answer = ran.get(path)
    assert (answer.status_code, answer.json()["status"]) == (200, "healthy")
    by_cookie = httpx.get(f"{ran.airflow.url}{path}", cookies={"_token": ran.token})
    assert by_cookie.status_code == 200


def test_the_plugin_is_listed_without_import_errors(ran: Ran) -> None:
    assert "hallmark" in [p["name"] for p in ran.get("/api/v2/plugins").json()["plugins"]]
    assert ran.get("/api/v2/plugins/importErrors").json()["import_errors"] == []


def test_the_ui_shows_the_dag_and_its_assets(ran: Ran, page: Page, tmp_path: Path) -> None:
    page.goto(f"{ran.airflow.url}/dags/{DAG_ID}")
    page.get_by_text("extract_flights").first.wait_for()
    page.goto(f"{ran.airflow.url}/assets")
    page.get_by_text("flights/features").first.wait_for()

    assert page.screenshot(path=tmp_path / "assets.png")
