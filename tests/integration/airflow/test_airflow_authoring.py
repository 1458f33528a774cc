"""Templates, XComs, mapped tasks, retries and clearing: stages among Airflow's own ways."""

from __future__ import annotations

from pathlib import Path

import airflow_runs
import pytest
from airflow_runs import Played

pytestmark = pytest.mark.airflow


def versions(played: Played, dataset: str) -> list[tuple[str, str | None]]:
    found = played.catalog.dataset(dataset)
    assert found is not None
    return sorted((v.version, v.partition) for v in found.versions)


def test_a_stage_takes_from_and_gives_to_its_neighbours(authoring: Played) -> None:
    said = authoring.outcome("handover", "read")

    assert said.startswith("handover/raw has ")
    assert said.endswith("in version 0 of 2024-02")


@pytest.mark.parametrize("dataset", ["mapped/raw", "mapped/clean"])
def test_a_mapped_stage_publishes_one_version_a_partition(authoring: Played, dataset: str) -> None:
    published = versions(authoring, dataset)

    assert [version for version, _ in published] == ["0", "1", "2"]
    assert {partition for _, partition in published} == {"2024-01", "2024-02", "2024-03"}


def test_a_mapped_stage_sends_its_asset_events(authoring: Played) -> None:
    events = [e for e in authoring.runs["mapped"]["asset_events"] if e["asset"] == "mapped/raw"]

    assert {e["extra"]["partition"] for e in events} == {"2024-01", "2024-02", "2024-03"}
    assert authoring.runs["mapped"]["state"] == "success"


def test_templates_reach_sources_parameters_steps_and_sql_files(authoring: Played) -> None:
    event = authoring.event("templated", "transform", "COMPLETE")
    receipt = authoring.event("templated", "clean", "COMPLETE")["run"]["facets"]["hallmark_receipt"]["receipt"]

    assert authoring.runs["templated"]["state"] == "success"
    assert "harbour" in str(receipt["parameters"]["steps"])
    assert "{{" not in str(receipt["parameters"])
    assert "SELECT" in event["job"]["facets"]["sql"]["query"].upper()


def test_native_templates_are_taken_as_text(authoring: Played) -> None:
    assert authoring.runs["native"]["state"] == "success"
    assert versions(authoring, "native/raw") == [("0", "202401")]


def test_a_retried_task_publishes_once(authoring: Played) -> None:
    assert authoring.task("late_feed", "extract")["tries"] == 2
    assert versions(authoring, "late_feed/raw") == [("0", "2024-01")]


def test_a_run_again_replaces_the_partition(authoring: Played) -> None:
    assert versions(authoring, "again/raw") == [("0", "2024-05-01"), ("1", "2024-05-01")]
    newest = authoring.catalog.last_published("again/raw", "2024-05-01")
    assert newest is not None
    assert newest.rows == 2


def test_of_two_that_publish_one_partition_at_once_one_wins_and_one_is_told(root: Path) -> None:
    racers = airflow_runs.play_race(root)
    ended = {r.runs["same_partition"]["state"]: r for r in racers}

    assert set(ended) == {"success", "failed"}
    assert "another run published partition 2024-01" in ended["failed"].said("same_partition", "same_partition")
    assert {r.runs["own_partition"]["state"] for r in racers} == {"success"}
