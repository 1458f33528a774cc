"""The example in a real ``airflow standalone``: scheduler, executor, API, plugin and pages."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from e2e import pages
from e2e.scene import APRIL, DAG_ID, FEBRUARY, JANUARY, NOT_DELIVERED, Ran
from hallmark.demo.airflow import Airflow

pytestmark = pytest.mark.airflow

HEALTH = "/hallmark/api/health"
VALIDATOR = Path(__file__).resolve().parents[3] / "shared" / "tools" / "validate_events.py"
# A task's own lines, and Airflow's around them.
FEW_LINES = 40


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


def test_a_damaged_month_is_refused_at_the_gate_and_readers_see_the_one_before(ran: Ran) -> None:
    states = ran.states(APRIL)
    published = {event["extra"]["partition"] for event in ran.asset_events("extract_flights")}

    assert (states["extract_flights"], states["extract_weather"]) == ("failed", "failed")
    assert (states["extract_planes"], states["features"]) == ("success", "upstream_failed")
    assert published == {JANUARY, FEBRUARY}


def test_a_tasks_log_has_a_line_for_each_step(ran: Ran) -> None:
    said = [line["event"] for line in ran.log(JANUARY, "extract_flights") if line.get("logger") == "hallmark.stages"]

    assert [line.split()[0] for line in said] == ["resolve", "work", "audit", "publish", "record"]
    assert said[0].startswith("resolve  flights.csv@")
    assert said[1].startswith("work     wrote flights/raw (27,004 rows), not visible yet")
    assert re.match(r"audit    (\d+) of \1 expectations met", said[2])
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

    # Four runs, and January's second try.
    assert [extra["version"] for extra in published] == ["0", "1", "2", "3", "4"]
    assert {extra["rows"] for extra in published} == {16}
    assert tries(ran.airflow, JANUARY)["extract_airlines"] == 2


def test_health_needs_a_user_of_airflow(ran: Ran) -> None:
    assert ran.ask(HEALTH).status_code == 401
    assert ran.ask(HEALTH, headers={"Authorization": "Bearer nonsense"}).status_code in {401, 403}


@pytest.mark.parametrize("user", ["admin", "reader"])
def test_health_answers_any_user_by_token_and_by_cookie(ran: Ran, user: str) -> None:
    for answer in (ran.ask(HEALTH, user), httpx.get(ran.airflow.url + HEALTH, cookies={"_token": ran.token(user)})):
        assert answer.status_code == 200
        assert answer.json()["status"] == "healthy"
        assert answer.json()["catalog"].startswith("at revision ")


def test_the_plugin_is_listed_without_import_errors(ran: Ran) -> None:
    listed = {p["name"]: p for p in ran.airflow.get("/plugins")["plugins"]}

    prefixes = [app["url_prefix"] for app in listed["hallmark"]["fastapi_apps"]]
    assert prefixes == ["/hallmark/static", "/hallmark"]
    assert ran.airflow.get("/plugins/importErrors")["import_errors"] == []


@pytest.mark.parametrize("view", pages.VIEWS, ids=lambda view: view.name)
def test_a_page_of_airflows_shows_what_it_is_for_and_complains_of_nothing(
    admin: pages.Browser, facts: dict[str, str], view: pages.View
) -> None:
    admin.visit(view, facts)

    assert admin.complaints == []


def test_a_versions_page_shows_the_gates_verdict(admin: pages.Browser, facts: dict[str, str]) -> None:
    admin.visit(next(view for view in pages.VIEWS if view.name == "version"), facts)

    for text in ('"checks_passed"', '"gate"', '"partition"', f'"{FEBRUARY}"'):
        admin.sees(text)


if VALIDATOR.is_file():

    def test_the_lineage_of_scheduler_and_workers_is_what_the_specification_says(ran: Ran, tmp_path: Path) -> None:
        told = (ran.folder / "lineage" / "events.ndjson").read_text().splitlines(keepends=True)
        events = tmp_path / "events.ndjson"
        # A run that waits for an answer has not ended.
        events.write_text("".join(line for line in told if DAG_ID in line))
        done = subprocess.run(
            [sys.executable, str(VALIDATOR), "--strict", str(events)], capture_output=True, text=True, check=False
        )

        assert done.returncode == 0, done.stdout
