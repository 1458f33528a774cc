"""What a user of Airflow is told when a stage cannot do what it is asked, and what is left as it was."""

from __future__ import annotations

import json

import pytest
from airflow_runs import Played

pytestmark = pytest.mark.airflow

PASSWORD = "hunter2-is-a-secret"
PERSONAL = ("Quillfeather", "Marrowstone")
TOLD = {
    "missing_file": ("SourceError", "nowhere.csv does not exist"),
    "malformed_file": ("SourceError", "malformed.csv, line 3: a quote is opened and not closed"),
    "empty_file": ("SourceError", "empty.csv is empty (0 bytes)"),
    "header_alone": ("SourceError", "the stage produced no rows"),
    "column_missing": ("ContractError", "column 'depot' is missing (found 'depo' instead)"),
    "column_added": ("ContractError", "column 'colour' (VARCHAR) is new"),
    "column_retyped": ("SourceError", "line 3: column 'parcel_id': 'two' is no BIGINT"),
    "personal_retyped": ("SourceError", "its value (personal, not shown) is no BIGINT"),
    "suite_missing": ("SuiteError", "nowhere.yml cannot be read"),
    "suite_not_yaml": ("SuiteError", "not_yaml.yml, line 3 is not valid YAML"),
    "suite_unknown_expectation": ("SuiteError", "'expect_column_values_to_be_lovely', which Great Expectations"),
    "suite_absent_column": ("SuiteError", "on column 'depott', which the data does not have; did you mean 'depot'?"),
    "gate": ("GateError", "1 of 3 unexpected (33.3 %), for example south"),
    "too_many_for_quarantine": ("GateError", "are in refused/too_many_for_quarantine__quarantine, more than the 5%"),
    "partition_empty": ("StageError", "the partition rendered to ''"),
    "partition_none": ("StageError", "the partition rendered to 'None'"),
    "path_empty": ("StageError", "the source's path rendered to nothing"),
    "connection_unknown": ("StageError", "Airflow has no connection 'nowhere'"),
    "query_wrong": ("SourceError", "the query on connection 'operations' failed (no such table: nowhere)"),
    "sql_empty": ("StageError", "the SQL rendered to nothing"),
    "sql_wrong_column": ("StageError", 'does not have a column named "nope"'),
    "sql_unconvertible": ("SourceError", "a value of column 'sender' (personal data is read, so it is not shown)"),
    "sql_not_a_query": ("StageError", "the SQL is not a query"),
    "input_unpublished": ("SourceError", "dataset refused/never_made has no published version"),
    "partition_unpublished": ("SourceError", "dataset refused/stock@0 has no rows in 2031-12"),
    "step_fails": ("StageError", "step 1, Cast: there is no column 'depott'; did you mean 'depot'?"),
    "model_untrained": ("RegistryError", "the registry has no version"),
    "bound_empty": ("StageError", "the partition rendered to 'None'"),
    "version_empty": ("StageError", "the version rendered to nothing"),
}
BROKEN = {
    "catalog_out_of_reach": ("CatalogError", "is out of reach"),
    "catalog_connection_unknown": ("StageError", "Airflow has no connection 'nowhere'"),
    "option_wrong": ("ConfigError", "[hallmark] sample_rows is 'a few', not a number"),
    "lake_read_only": ("LakeError", "cannot be written"),
    "table_read_only": ("LakeError", "cannot be written"),
}


@pytest.mark.parametrize("task", TOLD)
def test_the_message_names_stage_dataset_finding_and_remedy(refusals: Played, task: str) -> None:
    kind, found = TOLD[task]
    (error,) = refusals.task("refusals", task)["errors"]

    assert error["type"] == kind
    assert error["message"].startswith(f"stage {task} of ")
    assert found in error["message"]
    assert "; " in error["message"].partition(found)[0] + error["message"].partition(found)[2] or "did you" in found


@pytest.mark.parametrize("run", BROKEN)
def test_broken_surroundings_are_told_as_clearly(refusals: Played, run: str) -> None:
    kind, found = BROKEN[run]
    (error,) = refusals.task(run, "extract")["errors"]

    assert error["type"] == kind
    assert error["message"].startswith("stage extract of dataset refused/stock: ")
    assert found in error["message"]


@pytest.mark.parametrize("task", ["native_partition_none", "native_bound_none"])
def test_a_native_template_that_renders_to_none_does_not_mean_everything(refusals: Played, task: str) -> None:
    assert "the partition rendered to 'None'; check the template" in refusals.said("native_refusals", task)


def test_every_case_of_the_dag_has_its_message_checked(refusals: Played) -> None:
    assert set(refusals.runs["refusals"]["tasks"]) == set(TOLD)


def test_rows_beyond_the_quarantines_share_are_kept_for_who_mends_them(refusals: Played) -> None:
    (row,) = refusals.rows("refused/too_many_for_quarantine__quarantine")

    assert row["parcel_id"] == 2
    assert row["failed_expectations"] == [
        "depot: expect_column_values_to_be_in_set",
        "sender: expect_column_values_to_match_regex",
    ]
    assert row["quarantine_task_id"] == "too_many_for_quarantine"


def test_nothing_that_was_refused_is_published(refusals: Played) -> None:
    assert refusals.runs["refusals"]["asset_events"] == []
    for run in ("refusals", "native_refusals"):
        assert {t["state"] for t in refusals.runs[run]["tasks"].values()} == {"failed"}
    published = {d.name for d in refusals.catalog.datasets() if d.latest_version is not None}
    assert published == {"refused/stock", "refused/standing"}


def test_the_last_good_version_stays_when_the_next_one_is_refused(refusals: Played) -> None:
    assert refusals.task("refused", "standing")["state"] == "failed"
    standing = refusals.catalog.dataset("refused/standing")
    assert standing is not None
    assert [v.version for v in standing.versions] == ["0"]


def test_receipts_tell_refused_from_failed(refusals: Played) -> None:
    states = {r.run.task_id: r.state for r in refusals.catalog.receipts(run_id=refusals.runs["refusals"]["run_id"])}

    assert states["gate"] == states["too_many_for_quarantine"] == "refused"
    assert states["malformed_file"] == states["suite_missing"] == "failed"


def test_no_password_and_no_personal_value_is_told_anywhere(refusals: Played) -> None:
    told = refusals.log + refusals.events_file.read_text() + json.dumps(refusals.runs)

    assert PASSWORD not in told
    for name in PERSONAL:
        assert name not in told


def test_a_refused_gate_sends_its_failed_assertions(refusals: Played) -> None:
    event = refusals.event("refusals", "gate", "FAIL")
    (output,) = event["outputs"]
    assertions = output["facets"]["dataQualityAssertions"]["assertions"]

    assert [(a["assertion"], a.get("column"), a["success"], a["severity"]) for a in assertions] == [
        ("expect_column_values_to_be_in_set", "depot", False, "error"),
        ("expect_column_values_to_match_regex", "sender", False, "error"),
        ("expect_table_row_count_to_be_between", None, True, "error"),
    ]
    assert assertions[0]["description"] == "South is closed."
    assert "version" not in output["facets"]
    assert event["run"]["facets"]["hallmark_receipt"]["receipt"]["state"] == "refused"


def test_every_failure_is_told_to_lineage_with_its_message(refusals: Played) -> None:
    for task in TOLD:
        event = refusals.event("refusals", task, "FAIL")
        facets = event["run"]["facets"]

        assert facets["errorMessage"]["message"] == refusals.said("refusals", task)
        assert facets["hallmark_receipt"]["receipt"]["message"] == refusals.said("refusals", task)
        assert all(not output["outputFacets"] for output in event["outputs"])
