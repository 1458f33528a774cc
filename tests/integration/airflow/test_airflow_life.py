"""From a file to a deployed model and its predictions, and what becomes of challengers."""

from __future__ import annotations

import pytest
from airflow_runs import Played

from hallmark.storage.paths import Location
from hallmark.storage.snapshot import snapshot

pytestmark = pytest.mark.airflow

STAGES = ("extract", "clean", "features", "train", "evaluate", "deploy", "score")


def test_the_first_month_has_nothing_to_learn_from_and_is_no_failure(life: Played) -> None:
    states = {name: task["state"] for name, task in life.runs["january"]["tasks"].items()}

    assert life.runs["january"]["state"] == "success"
    assert states == dict.fromkeys(STAGES[:3], "success") | dict.fromkeys(STAGES[3:], "skipped")


def test_the_second_month_makes_a_champion_and_predictions(life: Played) -> None:
    assert {t["state"] for t in life.runs["february"]["tasks"].values()} == {"success"}
    assert life.outcome("february", "deploy")["version"] == "1"
    predictions = snapshot(Location(str(life.folder / "lake"), {}).child("parcels", "predictions"))
    assert predictions is not None
    assert {f.partition for f in predictions.files} == {"2024-02", "2024-03"}


def test_a_better_challenger_becomes_champion_and_the_catalog_knows(life: Played) -> None:
    model = life.catalog.model("parcel_late")

    assert model is not None
    assert model.aliases == {"champion": "3"}
    trained_on = next(v for v in model.versions if v.version == "3").trained_on
    assert [(d.name, d.version) for d in trained_on] == [("parcels/features", "2")]


def test_a_weaker_challenger_leaves_the_champion_and_the_task_is_green(life: Played) -> None:
    outcome = life.outcome("weaker", "deploy")

    assert life.runs["weaker"]["state"] == "success"
    assert outcome["state"] == "skipped"
    assert "version 3 stays the champion" in outcome["message"]
    assert "deploy" not in {e["task"] for e in life.runs["weaker"]["asset_events"]}


def test_the_champion_is_not_deployed_again(life: Played) -> None:
    assert life.outcome("champion_again", "deploy")["message"] == "version 3 is the champion already"


def test_an_evaluation_against_an_older_champion_does_not_count(life: Played) -> None:
    assert "was measured against version 1, and the champion is version 3 now" in life.said("stale", "deploy")


@pytest.mark.parametrize(
    ("run", "found"),
    [
        ("registry_out_of_reach", "the model registry failed"),
        ("model_changed", "are not the ones that were registered"),
        ("model_gone", "version 3"),
    ],
)
def test_a_model_that_cannot_be_had_fails_the_stage_clearly(life: Played, run: str, found: str) -> None:
    said = life.said(run, "score")

    assert said.startswith("stage score of model parcel_late: ")
    assert found in said
    assert "hunter2" not in said + life.log


def test_asset_events_carry_version_rows_partition_and_gate(life: Played) -> None:
    event = next(e for e in life.runs["february"]["asset_events"] if e["task"] == "features")

    assert event["uri"] == "hallmark://dataset/parcels/features"
    assert event["extra"]["version"] == "1"
    assert event["extra"]["partition"] == "2024-02"
    assert event["extra"]["rows"] > 0
    assert event["extra"]["gate"] == "passed"


@pytest.mark.parametrize("task", STAGES)
def test_every_stage_tells_what_it_read_and_wrote(life: Played, task: str) -> None:
    started, ended = (life.event("march", task, kind) for kind in ("START", "COMPLETE"))
    (output,) = ended["outputs"]

    assert [d["name"] for d in started["outputs"]] == [output["name"]]
    told = {"schema", "version", "datasetType"} | ({"columnLineage"} if task != "deploy" else set())
    assert told <= set(output["facets"])
    assert "outputStatistics" in output["outputFacets"]
    assert all("version" in d["facets"] for d in ended["inputs"])
    assert {"jobType", "sourceCodeLocation", "ownership", "documentation"} <= set(ended["job"]["facets"])
    assert ended["run"]["facets"]["hallmark_receipt"]["receipt"]["state"] == "published"


def test_a_dataset_is_told_with_its_metrics_owner_and_statistics(life: Played) -> None:
    ended = life.event("march", "features", "COMPLETE")
    (output,) = ended["outputs"]

    assert {"dataQualityMetrics", "dataQualityAssertions", "ownership"} <= set(output["facets"])
    assert "sql" in ended["job"]["facets"]
    assert all(d["inputFacets"]["inputStatistics"]["rowCount"] > 0 for d in ended["inputs"])


def test_a_model_is_a_dataset_of_its_registry_made_from_every_feature(life: Played) -> None:
    (model,) = life.event("march", "train", "COMPLETE")["outputs"]
    edges = model["facets"]["columnLineage"]["fields"]["probability"]["inputFields"]

    assert (model["namespace"], model["name"]) == ("mlflow://hallmark-demo", "parcel_late")
    assert all(e["transformations"][0]["type"] == "DIRECT" and e["transformations"][0]["masking"] for e in edges)
    assert {e["name"].rpartition("/lake/")[2] for e in edges} == {"parcels/features"}
