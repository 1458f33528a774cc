"""From a file to a deployed model and its predictions, and what becomes of challengers."""

from __future__ import annotations

from typing import Any

import pytest
from airflow_runs import Played

pytestmark = pytest.mark.airflow

# What must be seen nowhere but in the data itself: people, a salt, a password.
SECRETS = ("Quillfeather", "Marrowstone", "Thistlewick", "pepper-0xC0FFEE", "hunter2")
STAGES = ("extract", "clean", "features", "train", "evaluate", "deploy", "score")


def lineage(played: Played, task: str) -> dict[str, Any]:
    """Return the column lineage of what a task of March wrote."""
    (output,) = played.event("march", task, "COMPLETE")["outputs"]
    found: dict[str, Any] = output["facets"]["columnLineage"]
    return found


def edges_of(fields: list[dict[str, Any]]) -> set[tuple[str, ...]]:
    """Return edges as dataset's last name, column, type and subtype."""
    return {
        (f["name"].rpartition("/")[2], f["field"], t["type"], t["subtype"])
        for f in fields
        for t in f["transformations"]
    }


def test_the_first_month_has_nothing_to_learn_from_and_is_no_failure(life: Played) -> None:
    states = {name: task["state"] for name, task in life.runs["january"]["tasks"].items()}

    assert life.runs["january"]["state"] == "success"
    assert states == dict.fromkeys(STAGES[:3], "success") | dict.fromkeys(STAGES[3:], "skipped")


def test_the_second_month_makes_a_champion_and_predictions(life: Played) -> None:
    assert {t["state"] for t in life.runs["february"]["tasks"].values()} == {"success"}
    assert life.outcome("february", "deploy")["version"] == "1"
    assert {(row["partition"], row["model_version"]) for row in life.rows("parcels/predictions")} == {
        ("2024-02", "1"),
        ("2024-03", "3"),
    }


def test_a_stages_outcome_names_the_version_for_the_tasks_behind_it(life: Played) -> None:
    outcome = life.outcome("february", "extract")
    receipt = life.catalog.receipt(outcome.pop("receipt"))

    assert outcome == {
        "name": "parcels/raw",
        "version": "1",
        "partition": "2024-02",
        "rows": 600,
        "state": "published",
        "metrics": {},
        "message": "",
    }
    assert receipt is not None
    assert receipt.output is not None
    assert receipt.output.version == "1"


def test_the_registry_has_each_version_with_the_receipt_and_the_data_behind_it(life: Played) -> None:
    import mlflow

    client = mlflow.MlflowClient(f"sqlite:///{life.folder / 'mlflow.db'}")
    champion = client.get_model_version_by_alias("parcel_late", "champion")
    run = client.get_run(champion.run_id)

    assert str(champion.version) == "3"
    assert champion.tags["hallmark.receipt"] == life.outcome("march", "train")["receipt"]
    assert [(d.dataset.name, d.dataset.digest) for d in run.inputs.dataset_inputs] == [("parcels/features", "2")]
    assert run.data.params["max_iter"] == "30"
    assert len(client.search_model_versions("name='parcel_late'")) == 4


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


@pytest.mark.parametrize(
    ("task", "column", "edges"),
    [
        ("extract", "depot", {("parcels.csv", "depot", "DIRECT", "IDENTITY")}),
        ("clean", "parcel_id", {("raw", "parcel_id", "DIRECT", "IDENTITY")}),
        ("clean", "depot", {("raw", "depot", "DIRECT", "TRANSFORMATION")}),
        ("clean", "sender", {("raw", "sender", "DIRECT", "TRANSFORMATION")}),
        (
            "features",
            "load",
            {
                ("clean", "weight_kg", "DIRECT", "TRANSFORMATION"),
                ("clean", "distance_km", "DIRECT", "TRANSFORMATION"),
            },
        ),
        ("features", "depot_parcels", {("clean", "depot", "INDIRECT", "WINDOW")}),
        ("score", "parcel_id", {("features", "parcel_id", "DIRECT", "IDENTITY")}),
        (
            "score",
            "probability",
            {
                *(
                    ("features", name, "DIRECT", "TRANSFORMATION")
                    for name in ("depot", "weight_kg", "distance_km", "fragile", "load", "depot_parcels")
                ),
                ("parcel_late", "probability", "DIRECT", "TRANSFORMATION"),
            },
        ),
        ("score", "model_version", set()),
    ],
)
def test_a_columns_edges_are_exact(life: Played, task: str, column: str, edges: set[tuple[str, ...]]) -> None:
    assert edges_of(lineage(life, task)["fields"][column]["inputFields"]) == edges


def test_what_decides_on_whole_rows_is_an_edge_of_the_dataset(life: Played) -> None:
    assert edges_of(lineage(life, "features")["dataset"]) == {("clean", "late", "INDIRECT", "FILTER")}


def test_personal_columns_are_tagged_where_they_are_written_and_read(life: Played) -> None:
    (written,) = life.event("march", "extract", "COMPLETE")["outputs"]
    (read,) = life.event("march", "clean", "COMPLETE")["inputs"]

    for dataset in (written, read):
        (tag,) = dataset["facets"]["tags"]["tags"]
        assert (tag["field"], tag["key"], tag["value"]) == ("sender", "classification", "personal")


def test_no_person_no_salt_and_no_password_is_in_the_lineage_or_the_log(life: Played) -> None:
    told = life.events_file.read_text() + life.log

    assert [secret for secret in SECRETS if secret in told] == []


def test_a_dataset_is_told_with_its_metrics_owner_and_statistics(life: Played) -> None:
    ended = life.event("march", "features", "COMPLETE")
    (output,) = ended["outputs"]

    assert {"dataQualityMetrics", "dataQualityAssertions", "ownership"} <= set(output["facets"])
    assert "sql" in ended["job"]["facets"]
    assert [d["inputFacets"]["inputStatistics"]["rowCount"] for d in ended["inputs"]] == [600]
    assert output["outputFacets"]["outputStatistics"]["rowCount"] == 600
    metrics = output["facets"]["dataQualityMetrics"]
    assert (metrics["rowCount"], metrics["columnMetrics"]["late"]["nullCount"]) == (600, 0)
    assert ended["job"]["facets"]["sql"]["query"].startswith("-- One row a parcel")
    assert output["facets"]["ownership"]["owners"][0]["name"] == "science"
    assert output["facets"]["documentation"]["description"] == "What a model learns."


def test_a_model_is_a_dataset_of_its_registry_made_from_every_feature(life: Played) -> None:
    (model,) = life.event("march", "train", "COMPLETE")["outputs"]
    edges = model["facets"]["columnLineage"]["fields"]["probability"]["inputFields"]

    assert (model["namespace"], model["name"]) == ("mlflow://hallmark-demo", "parcel_late")
    assert all(e["transformations"][0]["type"] == "DIRECT" and e["transformations"][0]["masking"] for e in edges)
    assert {e["name"].rpartition("/lake/")[2] for e in edges} == {"parcels/features"}
