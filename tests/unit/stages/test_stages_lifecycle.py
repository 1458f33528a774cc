from __future__ import annotations

from typing import Any

import pytest
from laboratory import CODE, Laboratory, Sample

from hallmark.dataset import Column, Dataset
from hallmark.errors import (
    ConflictError,
    ContractError,
    GateError,
    HallmarkError,
    LakeError,
    SourceError,
    StageError,
    SuiteError,
)
from hallmark.receipt import ColumnEdge
from hallmark.stages.dataset_target import DatasetTarget
from hallmark.stages.inputs import DatasetInput
from hallmark.stages.job import Job
from hallmark.stages.lifecycle import NothingToDo
from hallmark.storage.snapshot import Selection

RAW = Dataset("flights/raw", owner="ops", description="As it came.")
CLEAN = Dataset(
    "flights/clean", owner="data", description="Checked.", schema=(Column("a", "BIGINT"), Column("b", "VARCHAR"))
)
NO_NULLS = ("expect_column_values_to_not_be_null", {"column": "a"})


def reading(sql: str, target: DatasetTarget, **selection: Any) -> Sample:
    return Sample(target, sql, {"raw": DatasetInput(RAW, Selection(**selection))})


def test_a_published_output_has_a_receipt_that_tells_all_of_it(lab: Laboratory) -> None:
    lab.publish(RAW, "SELECT unnest([1, 2, 3]) AS a, 'x' AS b", "2013-01")
    lab.publish(RAW, "SELECT 9 AS a, 'y' AS b", "2013-02")
    suite = lab.suite(NO_NULLS, ("expect_column_values_to_be_between", {"column": "a", "max_value": 2}, "warning"))
    sql = "SELECT a, upper(b) AS b FROM raw WHERE a > 1"
    receipt = lab.run(reading(sql, DatasetTarget(CLEAN, "2013-01", suite), equals="2013-01"))

    assert lab.catalog.receipt(receipt.id) == receipt
    assert (receipt.state, receipt.message, receipt.principal) == ("published", "", "ada")
    [source] = receipt.inputs
    assert (source.name, source.version, source.partition) == ("flights/raw", "1", "2013-01")
    assert (source.rows, source.files, source.owner) == (3, 1, "ops")
    assert [c.name for c in source.columns] == ["a", "b", "partition"]
    output = receipt.output
    assert output is not None
    assert (output.name, output.version, output.partition) == ("flights/clean", "0", "2013-01")
    assert (output.rows, output.columns) == (2, (Column("a", "BIGINT"), Column("b", "VARCHAR")))
    assert (output.namespace, output.location) == ("file", f"{lab.settings.lake_root}/flights/clean")
    assert receipt.gate is not None
    assert receipt.gate["statistics"]["evaluated_expectations"] == 2
    assert [r["success"] for r in receipt.gate["results"]] == [True, False]
    assert receipt.profile is not None
    assert (receipt.profile["rows"], receipt.profile["columns"]["a"]["max"]) == (2, 3.0)
    assert receipt.columns.fields["a"] == (ColumnEdge("file", f"{lab.settings.lake_root}/flights/raw", "a"),)
    assert set(receipt.columns.fields) == {"a", "b"}
    assert (receipt.sql, dict(receipt.parameters), receipt.code) == (sql, {"sql": sql}, CODE)
    assert set(receipt.seconds) == {"resolve", "work", "audit", "publish"}
    assert all(seconds >= 0 for seconds in receipt.seconds.values())
    assert receipt.finished_at is not None and receipt.finished_at >= receipt.started_at
    assert {"python", "duckdb", "deltalake"} <= set(receipt.environment)
    assert lab.rows(CLEAN) == [(2, "X", "2013-01"), (3, "X", "2013-01")]
    assert lab.left_over(CLEAN) == set()


def test_the_catalog_knows_the_version_that_was_published(lab: Laboratory) -> None:
    lab.publish(RAW, "SELECT 1 AS a", "2013-01")
    lab.publish(RAW, "SELECT 2 AS a", "2013-01")
    detail = lab.catalog.dataset("flights/raw")
    assert detail is not None
    assert [v.version for v in detail.versions] == ["1", "0"]
    assert (detail.owner, detail.latest_version, detail.partitions) == ("ops", "1", 1)


def test_a_gate_that_refuses_leaves_the_last_good_version(lab: Laboratory) -> None:
    lab.publish(CLEAN, "SELECT 1 AS a, 'x' AS b", "2013-01")
    suite = lab.suite(NO_NULLS)
    stage = Sample(DatasetTarget(CLEAN, "2013-01", suite), "SELECT NULL::BIGINT AS a, 'x' AS b FROM range(4)")
    with pytest.raises(GateError) as caught:
        lab.run(stage)
    message = str(caught.value)
    assert message.startswith("stage clean of dataset flights/clean: the gate refused the output: 1 of 1 expectations")
    assert "a: expect_column_values_to_not_be_null: 4 of 4 unexpected" in message
    receipt = lab.last("refused")
    assert receipt.message == message
    assert receipt.gate is not None and not receipt.gate["success"]
    assert receipt.gate["results"][0]["result"]["unexpected_count"] == 4
    assert receipt.output is not None and (receipt.output.version, receipt.output.rows) == ("", 4)
    assert set(receipt.seconds) == {"resolve", "work", "audit"}
    assert lab.rows(CLEAN) == [(1, "x", "2013-01")]
    assert lab.version(CLEAN) == 0
    assert lab.left_over(CLEAN) == set()


@pytest.mark.parametrize("severity", ["warning", "info"])
def test_an_expectation_that_is_not_critical_does_not_hold_back_the_output(lab: Laboratory, severity: str) -> None:
    suite = lab.suite((*NO_NULLS, severity))
    receipt = lab.run(Sample(DatasetTarget(RAW, None, suite), "SELECT NULL::INTEGER AS a"))
    assert (receipt.state, lab.version(RAW)) == ("published", 0)
    assert receipt.gate is not None and not receipt.gate["success"]


@pytest.mark.parametrize(
    "error",
    [RuntimeError("disk on fire"), SourceError("the feed is late", "wait"), KeyboardInterrupt(), SystemExit(1)],
    ids=lambda error: type(error).__name__,
)
def test_work_that_fails_publishes_nothing(lab: Laboratory, error: BaseException) -> None:
    def fail(_job: Job) -> None:
        raise error

    lab.publish(RAW, "SELECT 1 AS a")
    with pytest.raises(type(error)):
        lab.run(Sample(DatasetTarget(RAW), aside=fail))
    receipt = lab.last("failed")
    assert receipt.finished_at is not None
    assert str(error) in receipt.message
    assert receipt.message.startswith(
        "stage clean of dataset flights/raw: " if isinstance(error, HallmarkError) else type(error).__name__
    )
    assert set(receipt.seconds) == {"resolve", "work"}
    assert lab.rows(RAW) == [(1,)]
    assert lab.left_over(RAW) == set()


@pytest.mark.parametrize(
    ("sql", "error"),
    [
        ("SELECT missing FROM raw", StageError),
        ("SELECT CAST(b AS INTEGER) AS a FROM raw", SourceError),
        ("SELECT error('boom')::INTEGER AS a FROM raw", HallmarkError),
    ],
)
def test_a_query_that_the_engine_refuses_publishes_nothing(
    lab: Laboratory, sql: str, error: type[HallmarkError]
) -> None:
    lab.publish(RAW, "SELECT 1 AS a, 'x' AS b")
    with pytest.raises(error):
        lab.run(reading(sql, DatasetTarget(Dataset("flights/made"))))
    assert lab.last().state == "failed"
    assert lab.version(Dataset("flights/made")) is None
    assert lab.left_over(Dataset("flights/made")) == set()


@pytest.mark.parametrize(
    "expectation",
    [
        ("expect_column_values_to_not_be_null", {"column": "absent"}),
        ("expect_column_values_to_be_polite", {"column": "a"}),
    ],
)
def test_a_suite_that_cannot_be_run_publishes_nothing(lab: Laboratory, expectation: tuple[str, dict[str, Any]]) -> None:
    lab.publish(RAW, "SELECT 1 AS a")
    with pytest.raises(SuiteError):
        lab.run(Sample(DatasetTarget(RAW, None, lab.suite(expectation)), "SELECT 2 AS a"))
    assert lab.last().state == "failed"
    assert lab.rows(RAW) == [(1,)]
    assert lab.left_over(RAW) == set()


def test_a_stage_with_nothing_to_do_is_skipped(lab: Laboratory) -> None:
    def idle(_job: Job) -> None:
        raise NothingToDo("no new files since Monday")

    receipt = lab.run(Sample(DatasetTarget(RAW), aside=idle))
    assert (receipt.state, receipt.message) == ("skipped", "no new files since Monday")
    assert lab.catalog.receipt(receipt.id) == receipt
    assert lab.version(RAW) is None


@pytest.mark.parametrize("partition", [None, "2013-01"])
def test_an_output_without_rows_is_refused(lab: Laboratory, partition: str | None) -> None:
    with pytest.raises(SourceError, match="produced no rows"):
        lab.run(Sample(DatasetTarget(RAW, partition), "SELECT 1 AS a WHERE false"))
    assert lab.version(RAW) is None
    assert lab.left_over(RAW) == set()


@pytest.mark.parametrize("partition", [None, "2013-01"])
def test_an_output_without_rows_is_published_if_that_is_allowed(lab: Laboratory, partition: str | None) -> None:
    lab.publish(RAW, "SELECT 1 AS a", partition)
    target = DatasetTarget(RAW, partition, lab.suite(NO_NULLS), may_be_empty=True)
    receipt = lab.run(Sample(target, "SELECT 1 AS a WHERE false"))
    assert receipt.rows_out == 0
    assert lab.rows(RAW) == []


@pytest.mark.parametrize("partition", ["", " ", "None"])
def test_a_partition_that_is_empty_is_refused(lab: Laboratory, partition: str) -> None:
    with pytest.raises(StageError, match="partition rendered to"):
        lab.run(Sample(DatasetTarget(RAW, partition)))
    assert (lab.last().state, lab.version(RAW)) == ("failed", None)


@pytest.mark.parametrize(("first", "second"), [(None, "2013-01"), ("2013-01", None)])
def test_a_dataset_is_either_partitioned_or_not(lab: Laboratory, first: str | None, second: str | None) -> None:
    lab.publish(RAW, "SELECT 1 AS a", first)
    with pytest.raises(StageError, match="partition"):
        lab.run(Sample(DatasetTarget(RAW, second)))
    assert lab.version(RAW) == 0


def test_a_dataset_keeps_its_partition_column(lab: Laboratory) -> None:
    lab.publish(Dataset("d", partition_by="day"), "SELECT 1 AS a", "1")
    with pytest.raises(StageError, match=r"partitioned by 'day' and the stage was given partition '1' of 'month'"):
        lab.run(Sample(DatasetTarget(Dataset("d", partition_by="month"), "1")))


def test_a_contract_may_name_the_partition_column(lab: Laboratory) -> None:
    days = Dataset("days", schema=(Column("day", "DATE"), Column("a", "INTEGER")), partition_by="day")
    lab.publish(days, "SELECT DATE '2013-01-01' AS day, 1 AS a", "2013-01-01")
    assert lab.rows(days) == [(1, "2013-01-01")]


@pytest.mark.parametrize("name", ["partition", "PARTITION"])
def test_a_column_of_the_partitions_name_is_the_partition(lab: Laboratory, name: str) -> None:
    lab.publish(RAW, f"SELECT 1 AS a, 'other' AS {name}", "2013-01")
    assert lab.rows(RAW) == [(1, "2013-01")]


@pytest.mark.parametrize("sql", ['SELECT 1 AS a, 2 AS "A"', "SELECT 1 AS a, 2 AS a"])
def test_two_columns_of_one_name_are_refused(lab: Laboratory, sql: str) -> None:
    with pytest.raises(HallmarkError):
        lab.run(Sample(DatasetTarget(RAW), sql))
    assert lab.version(RAW) is None


def test_a_column_that_must_not_be_null_is_checked_without_a_suite(lab: Laboratory) -> None:
    strict = Dataset("strict", schema=(Column("a", "INTEGER", nullable=False), Column("b", "INTEGER")))
    with pytest.raises(GateError, match="a: expect_column_values_to_not_be_null"):
        lab.run(Sample(DatasetTarget(strict), "SELECT unnest([1, NULL]) AS a, NULL::INTEGER AS b"))
    assert (lab.last().state, lab.version(strict)) == ("refused", None)
    lab.run(Sample(DatasetTarget(strict), "SELECT 1 AS a, NULL::INTEGER AS b"), attempt=2)
    assert lab.rows(strict) == [(1, None)]


def test_a_broken_contract_is_told_before_anything_is_written(lab: Laboratory) -> None:
    with pytest.raises(ContractError) as caught:
        lab.run(Sample(DatasetTarget(CLEAN, "2013-01"), "SELECT 'x' AS a, 1 AS bb"))
    assert "column 'b' is missing (found 'bb' instead); column 'a' is VARCHAR" in str(caught.value)
    assert lab.left_over(CLEAN) == set()


def test_the_first_version_is_the_contract_of_a_dataset_that_declares_none(lab: Laboratory) -> None:
    lab.publish(RAW, "SELECT 1 AS a")
    with pytest.raises(ContractError, match="column 'a' is VARCHAR where the contract says INTEGER"):
        lab.run(Sample(DatasetTarget(RAW), "SELECT 'x' AS a"))


def test_an_input_that_was_never_published_is_told(lab: Laboratory) -> None:
    with pytest.raises(SourceError, match="flights/raw has no published version"):
        lab.run(reading("SELECT * FROM raw", DatasetTarget(CLEAN)))
    assert lab.last().state == "failed"


def test_an_input_without_the_partition_is_told(lab: Laboratory) -> None:
    lab.publish(RAW, "SELECT 1 AS a", "2013-01")
    with pytest.raises(SourceError, match=r"flights/raw@0 has no rows in 2013-02"):
        lab.run(reading("SELECT * FROM raw", DatasetTarget(CLEAN), equals="2013-02"))


def test_an_input_is_read_at_the_version_it_was_resolved_to(lab: Laboratory) -> None:
    made = Dataset("made")

    def overwritten_meanwhile(_job: Job) -> None:
        lab.publish(RAW, "SELECT 2 AS a")

    lab.publish(RAW, "SELECT 1 AS a")
    stage = Sample(DatasetTarget(made), "SELECT a FROM raw", {"raw": DatasetInput(RAW)}, overwritten_meanwhile)
    assert lab.run(stage).inputs[0].version == "0"
    assert (lab.rows(made), lab.rows(RAW)) == ([(1,)], [(2,)])


def test_an_input_may_be_pinned_to_an_older_version(lab: Laboratory) -> None:
    lab.publish(RAW, "SELECT 1 AS a")
    lab.publish(RAW, "SELECT 2 AS a")
    lab.run(Sample(DatasetTarget(Dataset("made")), "SELECT a FROM raw", {"raw": DatasetInput(RAW, version=0)}))
    assert lab.rows(Dataset("made")) == [(1,)]


def test_a_task_that_runs_again_replaces_its_partition(lab: Laboratory) -> None:
    for attempt in (1, 2):
        lab.run(Sample(DatasetTarget(RAW, "x"), f"SELECT {attempt} AS a"), attempt=attempt)
    assert lab.rows(RAW) == [(2, "x")]
    assert lab.states() == [("clean", 1, "published"), ("clean", 2, "published")]


def test_a_partition_that_another_task_publishes_meanwhile_is_not_overwritten(lab: Laboratory) -> None:
    def overtaken(_job: Job) -> None:
        lab.publish(RAW, "SELECT 2 AS a", "x")

    with pytest.raises(ConflictError):
        lab.run(Sample(DatasetTarget(RAW, "x"), aside=overtaken))
    assert lab.rows(RAW) == [(2, "x")]
    assert ("clean", 1, "failed") in lab.states()
    assert lab.left_over(RAW) == set()


def test_an_older_try_that_still_runs_does_not_overwrite_the_newer_one(lab: Laboratory) -> None:
    def overtaken(_job: Job) -> None:
        lab.run(Sample(DatasetTarget(RAW, "y"), "SELECT 2 AS a"), attempt=2)

    with pytest.raises(ConflictError, match="try 2 of this task has published already and this is try 1"):
        lab.run(Sample(DatasetTarget(RAW, "x"), aside=overtaken), attempt=1)
    assert lab.rows(RAW) == [(2, "y")]
    assert lab.states() == [("clean", 1, "failed"), ("clean", 2, "published")]


def test_a_lake_that_cannot_be_written_fails_the_stage_and_keeps_its_receipt(lab: Laboratory) -> None:
    (lab.folder / "file").touch()
    with pytest.raises(LakeError, match="stage clean of dataset flights/raw: "):
        lab.run(Sample(DatasetTarget(RAW)), lake_root=str(lab.folder / "file"))
    assert lab.states() == [("clean", 1, "failed")]


def test_an_unpublished_draft_that_cannot_be_removed_does_not_hide_why(lab: Laboratory) -> None:
    class Stubborn(DatasetTarget):
        def discard(self, job: Job, draft: Any) -> None:
            raise LakeError("the lake went away")

    with pytest.raises(SourceError, match="produced no rows"):
        lab.run(Sample(Stubborn(RAW), "SELECT 1 AS a WHERE false"))
    assert "produced no rows" in lab.last("failed").message
