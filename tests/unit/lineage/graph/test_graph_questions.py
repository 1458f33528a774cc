"""Differences between runs, search, and the events themselves."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from uuid import NAMESPACE_URL, uuid5

import pytest

from hallmark.errors import LineageError
from hallmark.lineage import graph as lineage
from hallmark.receipt import ColumnLineage, Receipt
from lineage_asking import Store, labels
from lineage_flights import CODE, SOURCE, edge, event, pipeline, receipt, record, suite, version
from lineage_telling import NOON, dataset, run, run_id


def told(made: Receipt) -> str:
    return str(uuid5(NAMESPACE_URL, made.id))


def test_two_runs_differ_in_versions_columns_code_parameters_rows_and_checks(store: Store) -> None:
    lineage_a = ColumnLineage({"a": (edge(SOURCE, "carrier"),)}, (edge(SOURCE, "distance", "FILTER"),))
    a = receipt(
        "load",
        0,
        [SOURCE, version("other", "1", "x")],
        version("shop", "1", "a", "b", rows=10),
        lineage_a,
        gate=suite("s", a=True),
        parameters={"day": "1", "same": [1]},
        sql="SELECT 1",
        environment={"polars": "1.0"},
    )
    b = replace(
        a,
        id="other",
        inputs=(SOURCE, version("other", "2", "x")),
        output=version("shop", "2", "a", "carrier", rows=12),
        columns=ColumnLineage({"a": (edge(SOURCE, "carrier", "TRANSFORMATION"),)}),
        gate=suite("s", a=False),
        parameters={"day": "2", "same": [1]},
        sql="SELECT 2",
        code=replace(CODE, commit="ffff"),
        environment={"polars": "2.0"},
    )
    record(store.catalog, [a])
    store.tell(event(a), event(b, failed=True))

    found = store.ask(lineage.diff, told(a), told(b))
    changes = {(change.what, change.name): (change.before, change.after) for change in found.changes}
    carrier = "airline.public.flights.carrier → shop.a"
    assert changes == {
        ("state", "state"): ("COMPLETE", "FAIL"),
        ("input", "/lake/other"): ("1", "2"),
        ("output", "shop"): ("1", "2"),
        ("column", "shop.b"): ("DOUBLE", None),
        ("column", "shop.carrier"): (None, "VARCHAR"),
        ("column edge", carrier): ("DIRECT IDENTITY", "DIRECT TRANSFORMATION"),
        ("column edge", "airline.public.flights.distance → all rows of shop"): ("INDIRECT FILTER", None),
        ("code", "version"): (CODE.commit, "ffff"),
        ("sql", "query"): ("SELECT 1", "SELECT 2"),
        ("parameter", "day"): ("1", "2"),
        ("package", "polars"): ("1.0", "2.0"),
        ("rows", "shop"): (10, 12),
        ("assertion", "shop.a: expect_column_values_to_not_be_null"): ("passed", "failed"),
    }
    assert found.job.label == "flight_delays.load"
    assert store.ask(lineage.diff, told(a), told(a)).changes == ()


def test_inputs_that_came_or_went_and_the_duration_are_changes(store: Store) -> None:
    store.tell(run("sum", at=0, type="START"), run("sum", ["a"], ["z"], at=1, run="sum@0"))
    store.tell(run("sum", at=5, type="START"), run("sum", ["b"], ["z"], at=9, run="sum@5"))

    found = store.ask(lineage.diff, run_id("sum@0"), run_id("sum@5"))
    assert [(c.what, c.name, c.before, c.after) for c in found.changes] == [
        ("input", "a", "read", None),
        ("input", "b", None, "read"),
        ("duration", "seconds", 60.0, 240.0),
    ]


def test_only_runs_of_one_job_are_compared(store: Store) -> None:
    store.tell(run("a", ["x"]), run("b", ["x"]))

    with pytest.raises(LineageError, match="compare two runs of one job"):
        store.ask(lineage.diff, run_id("a@0"), run_id("b@0"))
    with pytest.raises(LineageError, match="no event told of a run nothing"):
        store.ask(lineage.diff, run_id("a@0"), "nothing")


def test_a_search_puts_first_what_begins_with_the_text(store: Store) -> None:
    record(store.catalog, pipeline())
    store.tell(*map(event, pipeline()))
    store.tell(run("shop.load", ["raw.Orders"], ["orders_raw", "shop.reorders"], at=90))

    assert labels(store.ask(lineage.search, "ORDERS")) == ["orders_raw", "raw.Orders", "shop.reorders"]
    assert labels(store.ask(lineage.search, "flights/f")) == ["flights/features"]
    assert labels(store.ask(lineage.search, "flight_delay", kind="dataset")) == ["flight_delay"]
    assert labels(store.ask(lineage.search, "load", kind="job")) == ["shop.load"]
    assert labels(store.ask(lineage.search, "", sort="updated", limit=1, kind="job")) == ["shop.load"]
    assert len(store.ask(lineage.search, "", limit=3)) == 3


@pytest.mark.parametrize("text", ["100%", "a_b", "%", "_", "\\", "'"])
def test_signs_of_sql_are_searched_for_as_they_are(store: Store, text: str) -> None:
    store.tell(run("j", [], ["100% sure", "a_b", "axb", "back\\slash", "o'clock"]))

    found = labels(store.ask(lineage.search, text, kind="dataset"))
    assert found == [name for name in ("100% sure", "a_b", "back\\slash", "o'clock") if text in name]


def test_events_are_found_by_job_dataset_and_time_and_page_by_page(store: Store) -> None:
    alias = ("hive://meta:9083", "orders")
    every = [
        run("load", [], [dataset("orders", "s3://lake", aliases=[alias])], at=0),
        *(run("load", [], [dataset("orders", "s3://lake")], at=n) for n in range(1, 5)),
        run("read", [dataset(alias[1], alias[0])], at=9),
        run("other", ["x"], at=5),
    ]
    store.tell(*every)

    about = store.find("s3://lake:orders")
    pages, cursor = [], None
    while not pages or cursor:
        page = store.ask(lineage.events, dataset=about, limit=2, cursor=cursor)
        cursor = page.cursor
        pages.append([event.job_name for event in page.events])
    assert pages == [["read", "load"], ["load", "load"], ["load", "load"]]
    assert len(store.ask(lineage.events, job=store.find("load"), since=NOON + timedelta(minutes=3)).events) == 2
    (body,) = (event.body for event in store.ask(lineage.events, job=store.find("other")).events)
    assert body == json.loads(json.dumps(every[-1]))


def test_events_without_a_run_are_found_by_the_dataset_they_declare(store: Store) -> None:
    place = {"eventTime": NOON.isoformat(), "producer": "urn:test", "schemaURL": "urn:test"}
    job = {"namespace": "warehouse", "name": "nightly"}
    mine, other = dataset("orders", "s3://lake"), dataset("visits", "s3://lake")
    store.tell({**place, "dataset": mine}, {**place, "dataset": other}, {**place, "job": job, "outputs": [mine]})
    store.tell({**place, "job": {**job, "name": "weekly"}, "inputs": [other]})

    found = store.ask(lineage.events, dataset=store.find("s3://lake:orders")).events
    assert {event.job_name for event in found} == {None, "nightly"}
    assert len(found) == 2


@pytest.mark.parametrize("cursor", ["", "x", "é", "W10=", "WzEsMl0=", "bnVsbA=="])
def test_what_is_no_cursor_is_refused(sqlite_store: Store, cursor: str) -> None:
    with pytest.raises(LineageError, match="is no cursor"):
        sqlite_store.ask(lineage.events, cursor=cursor)


def test_every_answer_is_json(store: Store) -> None:
    record(store.catalog, pipeline())
    store.tell(*map(event, pipeline()), run("gate", [dataset("/lake/flights/clean", "file", assertions={"x": False})]))

    cause = store.cause("flights/features")
    assert cause is not None
    for answer in (
        store.graph("flights/features", columns=True),
        store.impact("flights/raw", "distance"),
        store.why("flight_delay"),
        store.ask(lineage.events),
        cause,
    ):
        assert json.loads(json.dumps(answer.to_dict(), allow_nan=False)) == answer.to_dict()


@pytest.mark.parametrize("sent", [5, "text", {"a": 1}, {"parameters": 5, "environment": ["x"]}])
def test_what_a_producer_sent_in_place_of_something_else_is_passed_over(store: Store, sent: object) -> None:
    written = dataset("orders", dataQualityAssertions={"assertions": sent})
    written["outputFacets"] = {"outputStatistics": {"rowCount": sent if type(sent) is not int else "5"}}
    said = {"hallmark_receipt": {"receipt": sent}}
    for at, type_ in ((0, "COMPLETE"), (1, "COMPLETE"), (2, "FAIL")):
        store.tell(run("load", ["raw"], [written], at=at, type=type_, run_facets=said))

    assert [(link.rows, link.suite) for link in store.why("orders").links] == [(None, None), (None, None)]
    assert store.ask(lineage.diff, run_id("load@0"), run_id("load@1")).changes == ()
    found = store.cause("orders")
    assert found is not None
    assert found.assertions == ()
