"""Which of all that was ever read and written is the graph of today."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, Table

from hallmark.catalog import Catalog
from hallmark.catalog import lineage_tables as tables
from hallmark.catalog.lineage_tables import number_of
from hallmark.lineage import graph
from hallmark.lineage.store import ingest
from hallmark.lineage.store.names import _meant
from lineage_events import columns, dataset, event

Rows = Callable[[Table], list[dict[str, Any]]]


def drawn(rows: Rows) -> set[tuple[str, str, str]]:
    """The edges of today: job, direction, dataset."""
    jobs = {row["id"]: row["name"] for row in rows(tables.jobs)}
    named = {row["id"]: row["name"] for row in rows(tables.lineage_datasets)}
    return {(jobs[e["job_id"]], e["direction"], named[e["dataset_id"]]) for e in rows(tables.edges)}


def state_of(rows: Rows, run: str) -> Any:
    return next(row["state"] for row in rows(tables.lineage_runs) if row["run_id"] == run)


def test_a_start_without_inputs_and_a_complete_with_them_are_one_run(catalog: Catalog, rows: Rows) -> None:
    ingest(catalog.database, [event("r", "START"), event("r", at=5, inputs=[dataset("/a")], outputs=[dataset("/b")])])
    (run,) = rows(tables.lineage_runs)
    assert (run["state"], run["started_at"].minute, run["ended_at"].minute) == ("COMPLETE", 0, 5)
    assert drawn(rows) == {("load", "in", "/a"), ("load", "out", "/b")}


def test_a_run_that_ended_stays_ended_whatever_comes_late(catalog: Catalog, rows: Rows) -> None:
    for late in [event("r", at=1), event("r", "START", at=0), event("r", "RUNNING", at=9)]:
        ingest(catalog.database, [late])
    assert state_of(rows, "r") == "COMPLETE"


def test_a_job_that_reads_something_else_today_has_todays_edges(catalog: Catalog, rows: Rows) -> None:
    ingest(catalog.database, [event("r1", inputs=[dataset("/old")]), event("r2", at=9, inputs=[dataset("/new")])])
    assert drawn(rows) == {("load", "in", "/new")}


def test_a_run_that_fails_leaves_the_edges_of_the_last_that_completed(catalog: Catalog, rows: Rows) -> None:
    ingest(catalog.database, [event("r1", inputs=[dataset("/good")])])
    ingest(catalog.database, [event("r2", "FAIL", 9, inputs=[dataset("/tried")])])
    assert drawn(rows) == {("load", "in", "/good")}


def test_a_job_that_never_completed_shows_what_it_tried(catalog: Catalog, rows: Rows) -> None:
    ingest(catalog.database, [event("r1", "FAIL", inputs=[dataset("/tried")])])
    assert drawn(rows) == {("load", "in", "/tried")}


def test_mapped_tasks_and_tries_of_one_dag_run_count_together(catalog: Catalog, rows: Rows) -> None:
    parts = [event(f"r{n}", at=n, parent="dag-run-1", inputs=[dataset(f"/part-{n}")]) for n in range(3)]
    for part in parts:
        ingest(catalog.database, [part])
    assert drawn(rows) == {("load", "in", f"/part-{n}") for n in range(3)}
    ingest(catalog.database, [event("s", at=9, parent="dag-run-2", inputs=[dataset("/part-0")])])
    assert drawn(rows) == {("load", "in", "/part-0")}


def of_instance(told: dict[str, Any], index: int) -> dict[str, Any]:
    told["run"]["facets"]["airflow"] = {"taskInstance": {"map_index": index, "try_number": 1}}
    return told


@pytest.mark.parametrize("tried_again", [False, True])
def test_a_mapped_instance_that_failed_is_not_hidden_by_those_beside_it(catalog: Catalog, tried_again: bool) -> None:
    out = [dataset("/parts")]
    told = [of_instance(event("r0", "FAIL", 1, parent="d", outputs=out), 0)]
    told += [of_instance(event("r1", at=2, parent="d", outputs=out), 1)]
    told += [of_instance(event("r0-again", at=3, parent="d", outputs=out), 0)] * tried_again
    told += [of_instance(event("r2", at=4, parent="d", outputs=out), 2)]
    ingest(catalog.database, told)

    def cause(connection: Connection) -> graph.Cause | None:
        return graph.root_cause(connection, graph.find(connection, "file:/parts"))

    found = catalog.database.read(cause)
    assert (found is None) == tried_again


def test_what_a_job_event_declares_holds_until_a_run_shows_it(catalog: Catalog, rows: Rows) -> None:
    declared = event("x", inputs=[dataset("/planned")])
    del declared["run"], declared["eventType"]
    ingest(catalog.database, [declared])
    assert drawn(rows) == {("load", "in", "/planned")}
    assert [row["static"] for row in rows(tables.lineage_runs)] == [True]
    ingest(catalog.database, [event("r", at=9, inputs=[dataset("/real")])])
    assert drawn(rows) == {("load", "in", "/real")}


def test_columns_that_change_are_those_of_the_last_run(catalog: Catalog, rows: Rows) -> None:
    for minute, source in enumerate("pq"):
        told = dataset("/b", columnLineage=columns(total=[("/a", source)]))
        ingest(catalog.database, [event(f"r{minute}", at=minute, inputs=[dataset("/a")], outputs=[told])])
    (edge,) = [e for e in rows(tables.edges) if e["direction"] == "out"]
    of_set = [row for row in rows(tables.column_edges) if row["columns_id"] == edge["columns_id"]]
    assert [(row["output_column"], row["input_column"]) for row in of_set] == [("total", "q")]
    assert len(rows(tables.column_edges)) == 2


def test_columns_told_twice_are_kept_once(catalog: Catalog, rows: Rows) -> None:
    told = dataset("/b", columnLineage=columns(total=[("/a", "p"), ("/a", "q")]))
    ingest(catalog.database, [event(f"r{n}", at=n, outputs=[told]) for n in range(20)])
    assert len(rows(tables.column_edges)) == 2


def test_versions_remember_their_writer_and_their_columns(catalog: Catalog, rows: Rows) -> None:
    schema = {"fields": [{"name": "p", "type": "INT"}]}
    ingest(catalog.database, [event("w", outputs=[dataset("/a", "41", schema=schema)])])
    ingest(catalog.database, [event("r", at=9, inputs=[dataset("/a", "41")])])
    (version,) = rows(tables.dataset_versions)
    assert (version["version"], version["run_id"]) == ("41", "w")
    assert rows(tables.schemas) == [{"id": version["schema_id"], "fields": schema["fields"]}]
    assert {(row["run_id"], row["version"], row["direction"]) for row in rows(tables.run_io)} == {
        ("w", "41", "out"),
        ("r", "41", "in"),
    }
    (known,) = rows(tables.lineage_datasets)
    assert known["version"] == "41"


def test_an_output_without_a_version_is_known_by_its_run(catalog: Catalog, rows: Rows) -> None:
    ingest(catalog.database, [event("w", "START", outputs=[dataset("/a")])])
    assert rows(tables.dataset_versions) == []
    ingest(catalog.database, [event("w", at=1, outputs=[dataset("/a")])])
    assert [(row["version"], row["run_id"]) for row in rows(tables.dataset_versions)] == [("w", "w")]


def test_a_refused_version_is_none(catalog: Catalog, rows: Rows) -> None:
    ingest(catalog.database, [event("w", "FAIL", outputs=[dataset("/a", "42")])])
    assert rows(tables.dataset_versions) == []
    assert rows(tables.lineage_datasets)[0]["version"] is None


def test_parents_and_roots_are_known_before_they_tell_of_themselves(catalog: Catalog, rows: Rows) -> None:
    facet = {
        "run": {"runId": "child-of"},
        "job": {"namespace": "default", "name": "dag.submit"},
        "root": {"run": {"runId": "top"}, "job": {"namespace": "default", "name": "dag"}},
    }
    told = event("r", job="spark.step")
    told["run"]["facets"]["parent"] = facet
    ingest(catalog.database, [told])
    runs = {row["run_id"]: row for row in rows(tables.lineage_runs)}
    assert (runs["r"]["parent_run_id"], runs["r"]["root_run_id"], runs["r"]["group_id"]) == (
        "child-of",
        "top",
        "child-of",
    )
    assert (runs["top"]["state"], runs["child-of"]["state"]) == (None, None)
    jobs = {row["name"]: row for row in rows(tables.jobs)}
    assert jobs["spark.step"]["parent_id"] == number_of("default", "dag.submit")
    ingest(catalog.database, [event("top", "START", job="dag")])
    assert state_of(rows, "top") == "START"


def test_a_run_belongs_to_the_job_that_claimed_it_first(catalog: Catalog, rows: Rows) -> None:
    other = event("r", "START", at=1, job="other", inputs=[dataset("/a")])
    ingest(catalog.database, [other])
    ingest(catalog.database, [event("r", "START", at=0, job="load"), event("r", at=2, job="other")])
    (run,) = rows(tables.lineage_runs)
    assert run["job_id"] == number_of("default", "load")
    assert drawn(rows) == {("load", "in", "/a")}
    assert len(catalog.events(run_id="r")) == 3


def test_names_that_symlinks_connect_stand_for_one_dataset(catalog: Catalog, rows: Rows) -> None:
    link = {"identifiers": [{"namespace": "hive://metastore:9083", "name": "shop.orders", "type": "TABLE"}]}
    ingest(catalog.database, [event("r1", inputs=[dataset("shop.orders", namespace="hive://metastore:9083")])])
    ingest(catalog.database, [event("r2", at=1, outputs=[dataset("/lake/orders", symlinks=link)])])
    place = number_of("file", "/lake/orders")
    assert {row["canonical_id"] for row in rows(tables.lineage_datasets)} == {place}


def test_namespaces_that_mean_the_same_are_one(
    catalog: Catalog, rows: Rows, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setenv("AIRFLOW__HALLMARK__LINEAGE_NAMESPACES", '{"postgres://10.0.0.3:5432": "postgres://shop:5432"}')
    _meant.cache_clear()
    request.addfinalizer(_meant.cache_clear)
    said = ["postgres://10.0.0.3:5432", "postgresql://10.0.0.3", "postgresql+psycopg://shop:5432/"]
    ingest(catalog.database, [event("r", inputs=[dataset("db.public.orders", namespace=one) for one in said])])
    assert [row["namespace"] for row in rows(tables.lineage_datasets)] == ["postgres://shop:5432"]


def test_checks_that_failed_are_counted_where_they_block(catalog: Catalog, rows: Rows) -> None:
    told = [("error", False), ("error", True), ("warn", False), (None, False)]
    assertions = [
        {"assertion": "x", "success": success} | ({"severity": severity} if severity else {})
        for severity, success in told
    ]
    facet = {"dataQualityAssertions": {"assertions": assertions}}
    ingest(catalog.database, [event("r", "FAIL", outputs=[dataset("/a", **facet)])])
    (io,) = rows(tables.run_io)
    assert io["assertions_failed"] == 2
    assert io["facets"]["dataQualityAssertions"]["assertions"] == assertions
