"""Templates, XComs, mapped tasks, retries and clearing: stages among Airflow's own ways."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import airflow_runs
import pytest
from airflow_runs import Played

pytestmark = pytest.mark.airflow


def versions(played: Played, dataset: str) -> list[tuple[str, str | None]]:
    found = played.catalog.dataset(dataset)
    assert found is not None
    return sorted((v.version, v.partition) for v in found.versions)


def parameters(played: Played, run: str, task: str) -> dict[str, Any]:
    """Return the rendered arguments, as the receipt has them."""
    event = played.event(run, task, "COMPLETE")
    found: dict[str, Any] = event["run"]["facets"]["hallmark_receipt"]["receipt"]["parameters"]
    return found


def test_a_stage_takes_from_and_gives_to_its_neighbours(authoring: Played) -> None:
    assert authoring.outcome("handover", "read") == "handover/raw has 40 rows in version 0 of 2024-02"


@pytest.mark.parametrize("dataset", ["mapped/raw", "mapped/clean"])
def test_a_mapped_stage_publishes_one_version_a_partition(authoring: Played, dataset: str) -> None:
    published = versions(authoring, dataset)

    assert [version for version, _ in published] == ["0", "1", "2"]
    assert {partition for _, partition in published} == {"2024-01", "2024-02", "2024-03"}


def test_a_mapped_stage_sends_an_asset_event_for_each_version(authoring: Played) -> None:
    for dataset, months in (("mapped/raw", 3), ("mapped/clean", 3), ("mapped/by_kwargs", 2)):
        sent = [e["extra"] for e in authoring.runs["mapped"]["asset_events"] if e["asset"] == dataset]

        assert sorted((extra["version"], extra["partition"]) for extra in sent) == versions(authoring, dataset)
        assert len(sent) == months


def test_a_mapped_stage_renders_its_other_arguments_for_each_partition(authoring: Played) -> None:
    depots = {(row["partition"], row["depot"]) for row in authoring.rows("mapped/clean")}

    assert depots == {(month, "south") for month in ("2024-01", "2024-02", "2024-03")}


def test_the_outcomes_of_a_mapped_stage_go_to_the_task_behind_it(authoring: Played) -> None:
    assert authoring.outcome("mapped", "total") == len(authoring.rows("mapped/clean"))


def test_a_source_is_rendered_down_to_its_sql_file_and_its_parameters(authoring: Played) -> None:
    given = parameters(authoring, "templated", "extract")

    assert given["partition"] == "2024-03"
    assert given["suite_parameters"] == {"depots": ["harbour"]}
    assert given["source"]["parameters"] == {"depot": "harbour"}
    assert "'2024-03' AS month" in given["source"]["sql"]


def test_cleaning_steps_are_rendered_too(authoring: Played) -> None:
    run_id = authoring.runs["templated"]["run_id"]
    rows = authoring.rows("templated/clean")

    assert parameters(authoring, "templated", "clean")["steps"] == [
        "keep rows where depot = 'harbour' AND weight_kg < 20",
        f"derive run as '{run_id}'",
    ]
    assert {(row["depot"], row["run"]) for row in rows} == {("harbour", run_id)}
    assert max(row["weight_kg"] for row in rows) < 20


def test_the_sql_of_a_file_is_rendered_and_told_to_lineage(authoring: Played) -> None:
    told = authoring.event("templated", "transform", "COMPLETE")["job"]["facets"]["sql"]["query"]
    (row,) = authoring.rows("templated/by_depot")

    assert told.startswith("SELECT p.depot, count(*) AS parcels")
    assert "'2024-03' AS told" in told
    assert (row["depot"], row["told"], row["partition"]) == ("harbour", "2024-03", "2024-03")


def test_an_airflow_connection_to_sqlite_is_read(authoring: Played) -> None:
    (read,) = authoring.event("templated", "extract", "COMPLETE")["inputs"]

    assert read["namespace"].startswith("sqlite://")
    assert read["namespace"].endswith("/operations.db")
    assert read["name"] == "parcels"
    assert read["inputFacets"]["inputStatistics"]["rowCount"] == len(authoring.rows("templated/raw"))


def test_native_templates_are_taken_as_text(authoring: Played) -> None:
    assert authoring.runs["native"]["state"] == "success"
    assert versions(authoring, "native/raw") == [("0", "202401")]


def test_hyperparameters_come_from_a_task(authoring: Played) -> None:
    assert parameters(authoring, "native", "train")["hyperparameters"] == {"max_iter": 5}


def test_a_retried_task_publishes_once(authoring: Played) -> None:
    tries = authoring.catalog.receipts(dataset="late_feed/raw")

    assert authoring.task("late_feed", "extract")["tries"] == 2
    assert versions(authoring, "late_feed/raw") == [("0", "2024-01")]
    assert [(r.run.try_number, r.state) for r in tries] == [(2, "published"), (1, "failed")]


def test_a_run_again_replaces_the_partition(authoring: Played) -> None:
    assert versions(authoring, "again/raw") == [("0", "2024-05-01"), ("1", "2024-05-01")]
    assert [row["parcel_id"] for row in authoring.rows("again/raw")] == [1, 2]


def test_of_two_that_publish_one_partition_at_once_one_wins_and_one_is_told(root: Path) -> None:
    racers = airflow_runs.play_race(root)
    ended = {r.runs["same_partition"]["state"]: r for r in racers}

    assert set(ended) == {"success", "failed"}
    assert ended["failed"].said("same_partition", "same_partition") == (
        "stage same_partition of dataset race/same_partition: another run published partition 2024-01 while this one "
        "worked (now version 0); let one task at a time write a partition; a retry of this one works on top of that "
        "version"
    )
    (row,) = airflow_runs.rows(root / "race" / "lake" / "race" / "same_partition")
    assert row["racer"] == ended["success"].folder.name


def test_two_that_publish_their_own_partitions_at_once_both_win(root: Path) -> None:
    racers = airflow_runs.play_race(root)
    found = airflow_runs.rows(root / "race" / "lake" / "race" / "own_partition")

    assert {r.runs["own_partition"]["state"] for r in racers} == {"success"}
    assert sorted((row["racer"], row["partition"]) for row in found) == [("left", "left"), ("right", "right")]
