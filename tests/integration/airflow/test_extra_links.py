"""The links of a task instance, as Airflow's API hands them out."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import airflow_runs
import pytest
from airflow_runs import Played

from hallmark.receipt import Receipt

pytestmark = pytest.mark.airflow


@pytest.fixture(scope="module")
def played(root: Path) -> Played:
    return airflow_runs.play("links", root)


@pytest.fixture(scope="module")
def links(played: Played) -> dict[str, dict[str, str | None]]:
    found: dict[str, dict[str, str | None]] = json.loads((played.folder / "links.json").read_text())
    return found


def receipts(played: Played, task: str, map_index: int = -1) -> list[Receipt]:
    """Return the receipts of a task instance's tries, oldest first."""
    found = [r for r in played.catalog.receipts(limit=100) if (r.run.task_id, r.run.map_index) == (task, map_index)]
    return sorted(found, key=lambda r: r.run.try_number)


def node(link: str | None) -> str:
    (found,) = parse_qs(urlsplit(link or "").query)["node"]
    return found


@pytest.mark.parametrize("task", ["published", "refused", "gate"])
def test_quality_leads_to_the_gate_of_the_try(task: str, played: Played, links: dict[str, Any]) -> None:
    (receipt,) = receipts(played, task)

    assert receipt.gate is not None
    assert links[task]["Quality"] == f"plugin/hallmark/quality/{receipt.id}"


def test_quality_leads_to_the_receipt_of_a_stage_that_failed_before_its_gate(
    played: Played, links: dict[str, Any]
) -> None:
    (receipt,) = receipts(played, "broken")

    assert (receipt.state, receipt.gate) == ("failed", None)
    assert links["broken"]["Quality"] == f"plugin/hallmark/receipts/{receipt.id}"


def test_a_stage_without_a_suite_has_no_link_to_a_gate(links: dict[str, Any]) -> None:
    assert links["unchecked"]["Quality"] is None


def test_after_a_retry_the_link_is_that_of_the_last_try(played: Played, links: dict[str, Any]) -> None:
    first, second = receipts(played, "retried")

    assert (first.state, second.state) == ("refused", "published")
    assert links["retried"]["Quality"] == f"plugin/hallmark/quality/{second.id}"


def test_each_instance_of_a_mapped_task_has_its_own(played: Played, links: dict[str, Any]) -> None:
    for index in (0, 1):
        (receipt,) = receipts(played, "mapped", index)
        assert links[f"mapped[{index}]"]["Quality"] == f"plugin/hallmark/quality/{receipt.id}"


def test_lineage_is_around_what_was_published(played: Played, links: dict[str, Any]) -> None:
    (receipt,) = receipts(played, "published")
    assert receipt.output is not None

    assert links["published"]["Lineage"].startswith("plugin/hallmark/lineage?")
    assert node(links["published"]["Lineage"]) == f"dataset:{receipt.output.namespace}:{receipt.output.location}"


@pytest.mark.parametrize("task", ["refused", "broken", "declared", "report"])
def test_lineage_is_around_the_job_where_nothing_was_published(task: str, links: dict[str, Any]) -> None:
    assert node(links[task]["Lineage"]) == f"job:hallmark-demo:links.{task}"


def test_a_training_leads_to_its_run_in_mlflow(played: Played, links: dict[str, Any]) -> None:
    with sqlite3.connect(played.folder / "mlflow.db") as mlflow:
        ((run,),) = mlflow.execute("SELECT run_uuid FROM runs")

    assert links["train"]["MLflow"] == f"https://mlflow.example/ml/#/runs/{run}"
    assert "MLflow" not in links["published"]


def test_every_task_leads_to_its_job_in_marquez_and_the_password_stays_here(links: dict[str, Any]) -> None:
    for label, found in links.items():
        task = label.partition("[")[0]
        assert found["Marquez"] == f"https://marquez.example/pages/lineage/job/hallmark-demo/links.{task}"
