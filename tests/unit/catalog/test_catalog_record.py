from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import func, select

from hallmark.catalog import (
    Catalog,
    lineage_tables,  # noqa: F401 - puts its tables into the metadata
)
from hallmark.catalog.tables import metadata
from hallmark.dataset import Column, Dataset, DatasetVersion
from hallmark.errors import StageError
from hallmark.receipt import Receipt

Make = Callable[..., Any]
CLEAN = Dataset(
    "flights/clean",
    suite="suites/clean.yml",
    owner="data-engineering",
    description="Flights, tidied.",
    personal=("tailnum",),
    tags=("flights",),
)


def sizes(catalog: Catalog) -> dict[str, int]:
    counts = {table.name: select(func.count()).select_from(table) for table in metadata.sorted_tables}
    return catalog.database.read(lambda connection: {name: connection.scalar(q) or 0 for name, q in counts.items()})


def test_a_receipt_comes_back_as_it_was(catalog: Catalog, receipt: Make, version: Make, suite_result: Make) -> None:
    made = receipt(
        version(3),
        inputs=(version("ab12", "flights.csv", kind="file"),),
        parameters={"steps": ["Trim"], "share": 1e23, "limit": -0.0, "text": "NUL \0, half a pair \ud800"},
        gate=suite_result(carrier=True),
        metrics={"auc": 0.75, "loss": float("inf")},
    )
    catalog.record(made)
    assert catalog.receipt(made.id) == made
    assert str(catalog.receipt(made.id)) == str(made)
    assert catalog.receipt("another") is None


def test_recording_again_adds_nothing(catalog: Catalog, receipt: Make, version: Make, suite_result: Make) -> None:
    made = receipt(version(3), gate=suite_result(carrier=True, flight=False))
    model = receipt(version(1, "flight_delay", kind="model"), at=1, metrics={"auc": 0.8})
    for each in (made, model):
        catalog.record(each, CLEAN)
    before = sizes(catalog), catalog.dataset("flights/clean"), catalog.model("flight_delay"), catalog.runs()
    for each in (made, model):
        catalog.record(each, CLEAN)
    assert (sizes(catalog), catalog.dataset("flights/clean"), catalog.model("flight_delay"), catalog.runs()) == before


def test_a_run_shows_its_latest_try_whichever_is_recorded_last(catalog: Catalog, receipt: Make, version: Make) -> None:
    first = receipt(version(""), state="failed", message="disk full")
    second = receipt(version(4), at=10, run=replace(first.run, try_number=2))
    catalog.record(second)
    catalog.record(first)
    (run,) = catalog.runs()
    assert (run.try_number, run.state, run.message, run.receipt_id) == (2, "published", "", second.id)
    assert (run.output_name, run.output_version, run.operator) == ("flights/clean", "4", "CleanOperator")


def test_a_written_version_is_pending_until_it_is_published(catalog: Catalog, receipt: Make, version: Make) -> None:
    made = receipt(version(""), state="audited", finished_at=None)
    other = receipt(version(""), at=1, state="audited", run=replace(made.run, task_id="other"))
    catalog.record(made, CLEAN)
    catalog.record(other, CLEAN)
    assert catalog.pending(made.run.key) == [made]
    assert catalog.last_published("flights/clean") is None
    catalog.record(made.with_(state="published", output=version(5)), CLEAN)
    assert catalog.pending(made.run.key) == []
    assert catalog.last_published("flights/clean").version == "5"


@pytest.mark.parametrize("state", ["running", "audited", "refused", "failed", "skipped"])
def test_only_what_is_published_becomes_a_version(catalog: Catalog, receipt: Make, version: Make, state: str) -> None:
    catalog.record(receipt(version(7), state=state), CLEAN)
    detail = catalog.dataset("flights/clean")
    assert (detail.latest_version, detail.versions, detail.owner) == (None, (), "data-engineering")


def test_the_newest_version_stays_the_latest_in_whichever_order_they_are_recorded(
    catalog: Catalog, receipt: Make, version: Make, suite_result: Make
) -> None:
    made = [receipt(version(n), at=n, gate=suite_result(carrier=n != 10)) for n in (8, 9, 10)]
    for order in permutations(made):
        for each in order:
            catalog.record(each, CLEAN)
        detail = catalog.dataset("flights/clean")
        assert detail.latest_version == "10"
        assert [v.version for v in detail.versions] == ["10", "9", "8"]
        assert (detail.last_gate_success, detail.gate.receipt_id) == (False, made[2].id)


def test_versions_of_one_moment_are_ordered_as_numbers(catalog: Catalog, receipt: Make, version: Make) -> None:
    for number in (10, 9):
        catalog.record(receipt(version(number)))
    assert catalog.last_published("flights/clean").version == "10"


def test_a_dataset_that_was_made_anew_begins_its_numbers_again(catalog: Catalog, receipt: Make, version: Make) -> None:
    for at, number in enumerate((0, 1, 0)):
        catalog.record(receipt(version(number, rows=at), at=at))
    detail = catalog.dataset("flights/clean")
    assert [(v.version, v.rows) for v in detail.versions] == [("0", 2), ("1", 1)]
    assert (detail.latest_version, detail.rows) == ("0", 2)


def test_a_refused_run_leaves_the_last_good_version_and_says_that_the_gate_failed(
    catalog: Catalog, receipt: Make, version: Make, suite_result: Make
) -> None:
    catalog.record(receipt(version(1), gate=suite_result(carrier=True)), CLEAN)
    catalog.record(receipt(version(""), at=5, state="refused", gate=suite_result(carrier=False)), CLEAN)
    (summary,) = catalog.datasets()
    assert (summary.latest_version, summary.last_gate_success) == ("1", False)


def test_a_receipt_without_a_declaration_keeps_what_was_declared(
    catalog: Catalog, receipt: Make, version: Make
) -> None:
    contract = replace(CLEAN, schema=(Column("carrier", "VARCHAR", False, "IATA code"),), personal=())
    catalog.record(receipt(version(1)), contract)
    catalog.record(receipt(version(2), at=1))
    detail = catalog.dataset("flights/clean")
    assert (detail.owner, detail.tags, detail.suite) == ("data-engineering", ("flights",), "suites/clean.yml")
    assert (detail.schema, detail.latest_version) == (contract.schema, "2")


def test_a_new_declaration_replaces_the_old_one(catalog: Catalog, receipt: Make, version: Make) -> None:
    catalog.record(receipt(version(1)), CLEAN)
    catalog.record(receipt(version(2), at=1), Dataset("flights/clean", owner="ml-engineering"))
    detail = catalog.dataset("flights/clean")
    assert (detail.owner, detail.description, detail.tags, detail.suite) == ("ml-engineering", None, (), None)
    assert detail.classification is None


def test_without_a_contract_the_newest_version_says_the_columns_and_personal_ones_are_marked(
    catalog: Catalog, receipt: Make, version: Make
) -> None:
    columns = (Column("carrier", "VARCHAR"), Column("tailnum", "VARCHAR"))
    catalog.record(receipt(version(1, columns=columns)), CLEAN)
    detail = catalog.dataset("flights/clean")
    assert [(c.name, c.personal) for c in detail.schema] == [("carrier", False), ("tailnum", True)]
    assert detail.versions[0].columns == detail.schema
    assert detail.classification == "personal"


def test_a_file_or_a_query_is_no_dataset(catalog: Catalog, receipt: Make, version: Make) -> None:
    catalog.record(receipt(version("abc", "flights.csv", kind="file")))
    catalog.record(receipt(None, at=1, state="skipped"))
    assert catalog.datasets() == []
    assert [r.state for r in catalog.receipts()] == ["skipped", "published"]


def test_times_are_utc_whatever_zone_they_came_in(catalog: Catalog, receipt: Make, version: Make) -> None:
    kolkata = timezone(timedelta(hours=5, minutes=30))
    began = datetime(2026, 3, 1, 2, 0, tzinfo=kolkata)
    catalog.record(receipt(version(1), started_at=began, finished_at=None))
    (run,) = catalog.runs()
    assert run.started_at.isoformat() == "2026-02-28T20:30:00+00:00"
    assert catalog.dataset("flights/clean").last_published_at.tzinfo is UTC


def test_a_time_without_a_zone_is_refused_before_anything_is_written(catalog: Catalog, receipt: Make) -> None:
    with pytest.raises(StageError, match="time without a zone"):
        catalog.record(receipt(None, started_at=datetime(2026, 3, 1)))
    assert set(sizes(catalog).values()) == {0}


def test_a_message_may_quote_what_no_database_holds(catalog: Catalog, receipt: Make) -> None:
    catalog.record(receipt(None, state="failed", message="bad value 'a\0b\ud800'"))
    assert catalog.runs()[0].message == "bad value 'a\N{REPLACEMENT CHARACTER}b?'"


def test_a_failing_write_leaves_nothing_behind(
    catalog: Catalog, receipt: Make, version: Make, suite_result: Make
) -> None:
    broken = suite_result(carrier=True)
    del broken["results"][0]["expectation_config"]
    with pytest.raises(KeyError):
        catalog.record(receipt(version(1), gate=broken), CLEAN)
    assert set(sizes(catalog).values()) == {0}


def test_receipts_are_filtered_and_newest_first(catalog: Catalog, receipt: Make, version: Make) -> None:
    made: list[Receipt] = [receipt(version(n), at=n) for n in range(3)]
    failed = receipt(version("", "flights/raw"), at=3, state="failed", run=replace(made[0].run, dag_id="other"))
    for each in (*made, failed):
        catalog.record(each)
    assert catalog.receipts() == [failed, *reversed(made)]
    assert catalog.receipts(limit=2) == [failed, made[2]]
    assert catalog.receipts(dataset="flights/raw") == [failed]
    assert catalog.receipts(state="published", dag_id="flight_delays", run_id="manual", limit=1) == [made[2]]
    assert catalog.receipts(run_id="another") == []
    assert [run.state for run in catalog.runs(dag_id="other")] == ["failed"]
    assert [run.dag_id for run in catalog.runs(state="published")] == ["flight_delays"]
    assert len(catalog.runs(limit=1)) == 1


def test_a_version_is_found_by_partition(catalog: Catalog, receipt: Make, version: Make) -> None:
    months = ["2013-01", "2013-02", "2013-01"]
    for at, month in enumerate(months):
        catalog.record(receipt(version(at, partition=month, rows=at + 1, bytes=100), at=at), CLEAN)
    expected = version(2, partition="2013-01", rows=3, owner="data-engineering", description="Flights, tidied.")
    assert catalog.last_published("flights/clean") == expected
    assert catalog.last_published("flights/clean", "2013-02").version == "1"
    assert catalog.last_published("flights/clean", "2013-03") is None
    (summary,) = catalog.datasets()
    assert (summary.partitions, summary.rows, summary.bytes) == (2, 5, 200)


def test_a_partitions_version_comes_back_with_its_columns(catalog: Catalog, receipt: Make, version: Make) -> None:
    written: DatasetVersion = version(1, partition="a/b ü", columns=(Column("x", "DECIMAL(10,2)", False, "€"),))
    catalog.record(receipt(written))
    assert catalog.last_published("flights/clean", "a/b ü") == written
