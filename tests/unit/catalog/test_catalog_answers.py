from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hallmark.catalog import Catalog
from hallmark.dataset import Dataset
from hallmark.lineage.store import ingest

Make = Callable[..., Any]


def train(receipt: Make, version: Make, number: int, at: float, **changes: Any) -> Any:
    made = receipt(
        version(number, "flight_delay", kind="model", rows=None),
        at=at,
        inputs=(version(40 + number, "flights/features"),),
        **{"metrics": {"train_auc": 0.9}, **changes},
    )
    return made.with_(run=replace(made.run, task_id="train"))


def test_a_dataset_is_answered_with_schema_versions_and_gate(
    catalog: Catalog, receipt: Make, version: Make, suite_result: Make
) -> None:
    made = receipt(
        version(2), gate=suite_result(carrier=True, flight=False), profile={"rows": 10}, principal="ana", quarantined=2
    )
    catalog.record(made, Dataset("flights/clean", owner="data-engineering"))
    detail = catalog.dataset("flights/clean")
    (published,) = detail.versions
    assert (published.profile, published.principal, published.task_id) == ({"rows": 10}, "ana", "clean")
    assert (detail.location, detail.partition_by) == ("/lake/flights/clean", "partition")
    assert [r.success for r in detail.gate.results] == [True, False]
    failed = detail.gate.results[1]
    assert failed.expectation == "expect_column_values_to_not_be_null"
    assert (failed.column_name, failed.severity, failed.meta) == ("flight", "warning", {"why": "joined on"})
    assert (failed.element_count, failed.unexpected_count, failed.unexpected_percent) == (8, 2, 25.0)
    assert catalog.gate(made.id) == detail.gate
    assert catalog.dataset("flights/none") is None
    assert catalog.gate("none") is None


def test_a_dataset_shows_as_many_versions_as_asked(catalog: Catalog, receipt: Make, version: Make) -> None:
    for number in range(4):
        catalog.record(receipt(version(number), at=number))
    assert [v.version for v in catalog.dataset("flights/clean", limit=2).versions] == ["3", "2"]


def test_datasets_are_listed_by_name_even_before_their_first_version(
    catalog: Catalog, receipt: Make, version: Make
) -> None:
    catalog.record(receipt(version(0, "b", rows=None)))
    catalog.record(receipt(version("", "a"), at=1, state="failed"), Dataset("a", tags=("x", "y")))
    first, second = catalog.datasets()
    assert (first.name, first.tags, first.rows, first.partitions) == ("a", ("x", "y"), None, 0)
    assert (second.name, second.latest_version, second.rows, second.last_gate_success) == ("b", "0", None, None)


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ({"expectation_config": {"type": "e", "kwargs": {"column_list": ["a", "b"]}}}, ("a, b", "critical", None)),
        (
            {"expectation_config": {"type": "e", "kwargs": {"column_A": "a", "column_B": "b"}}},
            ("a, b", "critical", None),
        ),
        ({"expectation_config": {"type": "e", "kwargs": {}, "severity": "info"}}, (None, "info", None)),
        (
            {"exception_info": {"('metric', 'x')": {"raised_exception": True, "exception_message": "no column x"}}},
            (None, "critical", "no column x"),
        ),
        (
            {"exception_info": {"raised_exception": True, "exception_message": "no column x"}},
            (None, "critical", "no column x"),
        ),
    ],
)
def test_gate_results_of_every_shape_that_gx_writes_are_read(
    catalog: Catalog, receipt: Make, version: Make, part: dict[str, Any], expected: tuple[Any, ...]
) -> None:
    result = {"success": False, "expectation_config": {"type": "e", "kwargs": {}}, "result": {}, **part}
    result["result"] = {"observed_value": [1, "a"], "unexpected_percent": float("nan")}
    made = receipt(version(1), gate={"success": False, "results": [result]})
    catalog.record(made)
    (row,) = catalog.gate(made.id).results
    assert (row.column_name, row.severity, row.exception) == expected
    assert (row.observed_value, row.unexpected_percent) == ([1, "a"], None)


def test_a_model_version_knows_who_trained_it_on_what(catalog: Catalog, receipt: Make, version: Make) -> None:
    trainings = [train(receipt, version, number, at=number) for number in (9, 10)]
    for each in trainings:
        catalog.record(each)
    detail = catalog.model("flight_delay")
    assert [v.version for v in detail.versions] == ["10", "9"]
    newest = detail.versions[0]
    assert (newest.stage, newest.receipt_id, newest.state) == ("train", trainings[1].id, "published")
    assert newest.trained_on == (version(50, "flights/features"),)
    assert catalog.models()[0].versions_count == 2
    assert catalog.model("none") is None


def test_later_stages_judge_a_model_version_and_add_their_metrics(
    catalog: Catalog, receipt: Make, version: Make, suite_result: Make
) -> None:
    training = train(receipt, version, 1, at=0)
    refusal = train(receipt, version, 1, 5, state="refused", metrics={"auc": 0.6}, gate=suite_result(auc=False))
    for each in (training, refusal, training):
        catalog.record(each)
    (judged,) = catalog.model("flight_delay").versions
    assert (judged.state, judged.gate_success, judged.judged_by) == ("refused", False, refusal.id)
    assert judged.metrics == {"train_auc": 0.9, "auc": 0.6}
    assert judged.receipt_id == training.id


def test_what_was_refused_before_it_was_registered_is_no_model_version(
    catalog: Catalog, receipt: Make, version: Make
) -> None:
    catalog.record(train(receipt, version, 1, at=0, state="refused"))
    catalog.record(train(receipt, version, 2, at=1, state="failed"))
    assert catalog.models() == []


def test_an_alias_points_at_one_version_and_a_version_may_have_several(
    catalog: Catalog, receipt: Make, version: Make
) -> None:
    for number in (1, 2):
        catalog.record(train(receipt, version, number, at=number))
    catalog.set_alias("flight_delay", "champion", "1", "r1")
    catalog.set_alias("flight_delay", "fallback", "1")
    assert [v.aliases for v in catalog.model("flight_delay").versions] == [(), ("champion", "fallback")]
    catalog.set_alias("flight_delay", "champion", "2", "r2")
    assert [v.aliases for v in catalog.model("flight_delay").versions] == [("champion",), ("fallback",)]
    assert catalog.models()[0].aliases == {"champion": "2", "fallback": "1"}


def test_a_metric_that_is_no_number_does_not_hide_the_model(catalog: Catalog, receipt: Make, version: Make) -> None:
    catalog.record(train(receipt, version, 1, at=0, metrics={"auc": float("nan")}))
    assert repr(catalog.models()[0].metrics) == "{'auc': nan}"


def test_every_answer_becomes_strict_json(catalog: Catalog, receipt: Make, version: Make, suite_result: Make) -> None:
    catalog.record(receipt(version(1), gate=suite_result(carrier=True)))
    catalog.record(train(receipt, version, 1, at=1, metrics={"auc": float("nan")}))
    ingest(catalog.database, [event()])
    lists = (catalog.datasets(), catalog.models(), catalog.runs(), catalog.events())
    ones = (catalog.dataset("flights/clean"), catalog.model("flight_delay"))
    answers = [answer for answers in (*lists, ones) for answer in answers]
    assert len(answers) == 7
    for answer in answers:
        assert json.loads(json.dumps(answer.to_dict(), allow_nan=False)) == answer.to_dict()


def event(at: str = "2026-03-01T12:00:00.123456789Z", kind: str = "START", job: str = "clean") -> dict[str, Any]:
    return {
        "eventTime": at,
        "eventType": kind,
        "run": {"runId": "0195-a", "facets": {"share": 1e23}},
        "job": {"namespace": "default", "name": job},
        "inputs": [],
    }


def test_an_event_is_kept_once(catalog: Catalog) -> None:
    done = ingest(catalog.database, [event(), dict(reversed(event().items())), event(kind="COMPLETE")])
    assert (done.stored, done.duplicate) == (2, 1)
    kept = next(e for e in catalog.events() if e.event_type == "START")
    assert list(kept.body.items()) == list(event().items())
    assert (kept.run_id, kept.job_namespace, kept.job_name) == ("0195-a", "default", "clean")
    assert kept.event_time.isoformat() == "2026-03-01T12:00:00.123456+00:00"


def test_events_are_filtered_and_newest_first(catalog: Catalog) -> None:
    for hour, job in enumerate(("clean", "clean", "train")):
        ingest(catalog.database, [event(f"2026-03-01T0{hour}:00:00+00:00", job=job)])
    newest, middle, _ = catalog.events(run_id="0195-a")
    assert newest.job_name == "train"
    assert catalog.events(job_namespace="default", job_name="clean", limit=1) == [middle]
    assert catalog.events(since=newest.event_time - timedelta(minutes=1)) == [newest]
    assert catalog.events(run_id="other") == []


def test_an_event_about_no_run_is_kept_too(catalog: Catalog) -> None:
    ingest(catalog.database, [{"eventTime": "2026-03-01T12:00:00", "dataset": {"namespace": "file", "name": "a"}}])
    (kept,) = catalog.events()
    assert (kept.run_id, kept.job_name, kept.event_time.isoformat()) == (None, None, "2026-03-01T12:00:00+00:00")
