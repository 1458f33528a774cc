"""What a later try makes of an earlier one, and what a catalog that is out of reach does to a stage."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from laboratory import Laboratory, Sample, out_of_reach

from hallmark.dataset import Dataset, DatasetVersion
from hallmark.errors import CatalogError, GateError, LakeError, SourceError
from hallmark.stages.dataset_target import DatasetTarget
from hallmark.stages.job import Draft, Job

RAW = Dataset("flights/raw")


class LosesTheCatalog(DatasetTarget):
    """The catalog goes out of reach as soon as the output is visible."""

    def publish(self, job: Job, draft: Draft, base: Any) -> DatasetVersion:
        version = super().publish(job, draft, base)
        job.catalog = out_of_reach()
        return version


class Interrupted(DatasetTarget):
    """The task is stopped after its commit, before it knows of it."""

    def publish(self, job: Job, draft: Draft, base: Any) -> DatasetVersion:
        super().publish(job, draft, base)
        raise KeyboardInterrupt


class Stopped(DatasetTarget):
    """The task is stopped before its commit."""

    def publish(self, job: Job, draft: Draft, base: Any) -> DatasetVersion:
        raise KeyboardInterrupt


class Blind(Interrupted):
    """Nor can anybody look afterwards."""

    def adopt(self, job: Job, receipt: Any) -> DatasetVersion | None:
        raise LakeError("the lake went away")


def lose_catalog(job: Job) -> None:
    job.catalog = out_of_reach()


def fail(_job: Job) -> None:
    raise SourceError("the feed is late")


def test_a_catalog_that_is_not_there_stops_a_stage_before_it_begins(lab: Laboratory) -> None:
    lab.publish(RAW, "SELECT 1 AS a")
    with pytest.raises(CatalogError, match=r"stage clean of dataset flights/raw: the catalog .* is out of reach"):
        lab.run(Sample(DatasetTarget(RAW), "SELECT 2 AS a"), catalog=out_of_reach())
    assert lab.rows(RAW) == [(1,)]
    assert lab.left_over(RAW) == set()


def test_a_catalog_that_goes_away_before_publication_keeps_the_output_from_readers(lab: Laboratory) -> None:
    lab.publish(RAW, "SELECT 1 AS a")
    with pytest.raises(CatalogError, match="out of reach"):
        lab.run(Sample(DatasetTarget(RAW), "SELECT 2 AS a", aside=lose_catalog))
    assert (lab.version(RAW), lab.rows(RAW)) == (0, [(1,)])
    assert lab.left_over(RAW) == set()
    assert lab.last().state == "running"

    lab.run(Sample(DatasetTarget(RAW), "SELECT 3 AS a"), attempt=2)
    assert lab.rows(RAW) == [(3,)]
    assert lab.states()[1:] == [("clean", 1, "failed"), ("clean", 2, "published")]


def test_a_catalog_that_goes_away_after_publication_leaves_a_receipt_for_the_next_try(lab: Laboratory) -> None:
    lab.publish(RAW, "SELECT 1 AS a")
    with pytest.raises(CatalogError):
        lab.run(Sample(LosesTheCatalog(RAW), "SELECT 2 AS a"))
    assert (lab.version(RAW), lab.rows(RAW)) == (1, [(2,)])
    audited = lab.last()
    assert audited.state == "audited"
    assert set(audited.seconds) == {"resolve", "work", "audit"}

    adopted = lab.run(Sample(DatasetTarget(RAW), "SELECT 3 AS a"), attempt=2)
    assert (adopted.id, adopted.state, adopted.run.try_number) == (audited.id, "published", 1)
    assert adopted.output is not None and adopted.output.version == "1"
    assert adopted.finished_at is not None
    assert lab.catalog.receipt(audited.id) == adopted
    assert (lab.version(RAW), lab.rows(RAW)) == (1, [(2,)])
    assert lab.states()[1:] == [("clean", 1, "published")]
    assert lab.catalog.last_published("flights/raw") == replace(adopted.output, owner=None)


def test_a_version_is_adopted_even_if_another_task_has_replaced_it_since(lab: Laboratory) -> None:
    with pytest.raises(CatalogError):
        lab.run(Sample(LosesTheCatalog(RAW), "SELECT 1 AS a"))
    lab.publish(RAW, "SELECT 2 AS a")
    adopted = lab.run(Sample(DatasetTarget(RAW), "SELECT 3 AS a"), attempt=2)
    assert adopted.output is not None and adopted.output.version == "0"
    assert lab.rows(RAW) == [(2,)]


def test_a_task_that_adopted_publishes_again_when_it_is_run_once_more(lab: Laboratory) -> None:
    with pytest.raises(CatalogError):
        lab.run(Sample(LosesTheCatalog(RAW), "SELECT 1 AS a"))
    for attempt in (2, 3):
        lab.run(Sample(DatasetTarget(RAW), "SELECT 3 AS a"), attempt=attempt)
    assert (lab.version(RAW), lab.rows(RAW)) == (1, [(3,)])


def test_another_task_adopts_nothing(lab: Laboratory) -> None:
    with pytest.raises(CatalogError):
        lab.run(Sample(LosesTheCatalog(RAW), "SELECT 1 AS a"))
    lab.run(Sample(DatasetTarget(RAW), "SELECT 2 AS a"), task="other")
    assert lab.rows(RAW) == [(2,)]
    assert lab.states() == [("clean", 1, "audited"), ("other", 1, "published")]


@pytest.mark.parametrize("target", [Interrupted(RAW), Blind(RAW)], ids=["interrupted", "out of sight"])
def test_a_task_stopped_after_its_commit_is_not_called_failed(lab: Laboratory, target: DatasetTarget) -> None:
    with pytest.raises(KeyboardInterrupt):
        lab.run(Sample(target, "SELECT 1 AS a"))
    assert lab.states() == [("clean", 1, "audited")]
    assert lab.rows(RAW) == [(1,)]

    lab.run(Sample(DatasetTarget(RAW), "SELECT 2 AS a"), attempt=2)
    assert (lab.version(RAW), lab.rows(RAW)) == (0, [(1,)])
    assert lab.states() == [("clean", 1, "published")]


def test_a_task_stopped_before_its_commit_is_called_failed(lab: Laboratory) -> None:
    with pytest.raises(KeyboardInterrupt):
        lab.run(Sample(Stopped(RAW)))
    assert lab.states() == [("clean", 1, "failed")]
    assert (lab.version(RAW), lab.left_over(RAW)) == (None, set())


@pytest.mark.parametrize("state", ["running", "audited"])
def test_a_try_that_died_before_it_published_is_settled_by_the_next(lab: Laboratory, state: Any) -> None:
    job, receipt = lab.receipt(Sample(DatasetTarget(Dataset("other")), "SELECT 1 AS a"))
    dead = replace(receipt, id="dead", state=state, finished_at=None, output=DatasetTarget(RAW).declared(job))
    lab.catalog.record(dead, RAW)
    lab.run(Sample(DatasetTarget(RAW), "SELECT 2 AS a"), attempt=2)
    settled = lab.catalog.receipt("dead")
    assert settled is not None and settled.finished_at is not None
    assert (settled.state, settled.message) == ("failed", "its process died before it published")
    assert lab.rows(RAW) == [(2,)]


def test_tries_of_other_tasks_and_runs_are_left_alone(lab: Laboratory) -> None:
    job, receipt = lab.receipt(Sample(DatasetTarget(Dataset("other")), "SELECT 1 AS a"))
    runs = {
        "task": replace(job.run, task_id="elsewhere"),
        "run": replace(job.run, run_id="tuesday"),
        "map index": replace(job.run, map_index=3),
    }
    for name, run in runs.items():
        lab.catalog.record(replace(receipt, id=name, run=run, state="running"), None)
    lab.run(Sample(DatasetTarget(RAW), "SELECT 2 AS a"), attempt=2)
    assert all((found := lab.catalog.receipt(name)) and found.state == "running" for name in runs)


def test_an_error_is_told_even_if_its_receipt_cannot_be_kept(lab: Laboratory, caplog: pytest.LogCaptureFixture) -> None:
    def both(job: Job) -> None:
        lose_catalog(job)
        fail(job)

    with pytest.raises(SourceError, match="the feed is late"):
        lab.run(Sample(DatasetTarget(RAW), aside=both))
    assert "the receipt of this failure could not be kept" in caplog.text


def test_a_refusal_is_told_even_if_its_receipt_cannot_be_kept(lab: Laboratory) -> None:
    suite = lab.suite(("expect_column_values_to_not_be_null", {"column": "a"}))
    stage = Sample(DatasetTarget(RAW, None, suite), "SELECT NULL::INTEGER AS a", aside=lose_catalog)
    with pytest.raises(GateError, match="nothing was published"):
        lab.run(stage)
    assert (lab.version(RAW), lab.left_over(RAW)) == (None, set())


def test_each_step_leaves_one_line_in_the_log(lab: Laboratory, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", logger="hallmark.stages"):
        lab.run(Sample(DatasetTarget(RAW), "SELECT unnest([1, 2]) AS a"))
    lines = [r.getMessage() for r in caplog.records if r.name == "hallmark.stages"]
    assert [line.split()[0] for line in lines] == ["resolve", "work", "audit", "publish", "record"]
    assert "wrote flights/raw (2 rows), not visible yet" in lines[1]
    assert "flights/raw@0" in lines[3]
