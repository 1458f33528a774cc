"""A gate on its own, as an operator and as a decorator."""

from __future__ import annotations

import pytest
from airflow_runs import Played

pytestmark = pytest.mark.airflow


@pytest.mark.parametrize("task", ["file", "table", "dataset", "asset"])
def test_data_that_passes_lets_the_next_task_run(authoring: Played, task: str) -> None:
    assert authoring.task("gates", task)["state"] == "success"
    event = authoring.event("gates", task, "COMPLETE")
    (checked,) = event["inputs"]
    assertions = checked["facets"]["dataQualityAssertions"]["assertions"]
    assert [a["success"] for a in assertions] == [True, True]
    assert event["outputs"] == []


def test_data_that_fails_stops_what_comes_after(authoring: Played) -> None:
    assert authoring.task("gates", "bad_file")["state"] == "failed"
    assert authoring.task("gates", "never")["state"] == "upstream_failed"
    assert "depot: expect_column_values_to_be_in_set: 1 of 2 unexpected (50 %), for example nowhere" in authoring.said(
        "gates", "bad_file"
    )
    (checked,) = authoring.event("gates", "bad_file", "FAIL")["inputs"]
    assertions = checked["facets"]["dataQualityAssertions"]["assertions"]
    assert [a["success"] for a in assertions] == [True, False]


def test_a_gate_leaves_a_receipt(authoring: Played) -> None:
    receipts = {r.run.task_id: r for r in authoring.catalog.receipts(dag_id="gates")}
    assert {task: r.state for task, r in receipts.items()} == {
        "file": "published",
        "table": "published",
        "dataset": "published",
        "asset": "published",
        "bad_file": "refused",
    }
    assert receipts["table"].output is not None and receipts["table"].output.name == "parcels"


def test_a_gate_on_a_dataset_judges_a_version_and_makes_none(authoring: Played) -> None:
    found = authoring.catalog.dataset("mapped/raw")
    assert found is not None
    assert {v.version for v in found.versions} == {"0", "1", "2"}
    judged = next(r for r in authoring.catalog.receipts(dag_id="gates") if r.run.task_id == "dataset")
    assert judged.id not in {v.receipt_id for v in found.versions}


def test_a_function_s_frame_is_handed_on_only_if_it_passes(authoring: Played) -> None:
    assert authoring.outcome("gates", "count") == 2
    assert authoring.task("gates", "refused")["state"] == "failed"
    said = authoring.said("gates", "refused")
    assert "2 of 2 expectations failed and are critical" in said
    assert "nowhere" not in said and "[masked]" in said
