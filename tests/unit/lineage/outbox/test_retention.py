"""Old lineage goes, and the graph of today stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Table, func, select

from hallmark.catalog import lineage_tables as lineage
from hallmark.catalog import tables
from hallmark.catalog.engine import Database
from hallmark.errors import LineageError
from hallmark.lineage.outbox import Pruned, deliver, prune
from hallmark.lineage.outbox.retention import age_of
from hallmark.lineage.store import ingest
from lineage_backend import Receiver, event

NOW = datetime(2026, 11, 23, tzinfo=UTC)
MONTH = timedelta(days=30)


def told(run: str, days_ago: int, job: str = "clean", columns: str = "a", **facets: Any) -> dict[str, Any]:
    """A run that completed some days ago, wrote ``/lake/<job>`` and says from which column it made ``b``."""
    moment = (NOW - timedelta(days=days_ago)).isoformat()
    fields = {"b": {"inputFields": [{"namespace": "file", "name": "/lake/raw", "field": columns}]}}
    one = event(run, "COMPLETE", job=job) | {"eventTime": moment}
    one["run"] = {"runId": run, "facets": facets}
    one["inputs"] = [{"namespace": "file", "name": "/lake/raw"}]
    one["outputs"] = [{"namespace": "file", "name": f"/lake/{job}", "facets": {"columnLineage": {"fields": fields}}}]
    return one


def count(database: Database, table: Table) -> int:
    return database.read(lambda c: c.scalar(select(func.count()).select_from(table)) or 0)


def runs(database: Database) -> list[str]:
    return sorted(database.read(lambda c: list(c.scalars(select(lineage.lineage_runs.c.run_id)))))


def graph(database: Database) -> list[Any]:
    """What questions about today are answered from."""
    columns = lineage.edges.join(lineage.column_edges, lineage.edges.c.columns_id == lineage.column_edges.c.columns_id)
    queries = [select(t).order_by(*t.primary_key) for t in (lineage.jobs, lineage.lineage_datasets, lineage.edges)]
    queries.append(select(lineage.column_edges).select_from(columns).order_by(*lineage.column_edges.primary_key))
    return [database.read(lambda c, q=query: [tuple(map(str, r)) for r in c.execute(q)]) for query in queries]


def test_what_is_old_goes_and_the_graph_of_today_stays(database: Database) -> None:
    ingest(database, [told(f"run-{n}", days_ago=100 - n, columns=f"c{n}") for n in range(90)])
    ingest(database, [told("only", days_ago=400, job="yearly")])
    before = graph(database)

    would = prune(database, MONTH, dry_run=True, now=NOW)
    assert (count(database, tables.events), len(runs(database))) == (91, 91)
    gone = prune(database, MONTH, now=NOW)
    # Seventy are older than thirty days, and the yearly one is what its job does today.
    assert gone == would == Pruned(events=71, runs=70, columns=70)
    assert runs(database) == sorted([*(f"run-{n}" for n in range(70, 90)), "only"])
    assert graph(database) == before
    assert count(database, lineage.run_io) == 2 * 21
    assert count(database, lineage.column_edges) == 21
    assert prune(database, MONTH, now=NOW) == Pruned(0, 0, 0)


def test_what_is_pruned_may_come_again(database: Database) -> None:
    events = [told("old", 90), told("new", 1)]
    ingest(database, events)
    before = graph(database)
    prune(database, MONTH, now=NOW)
    assert ingest(database, events).stored == 1
    assert graph(database) == before


def test_an_event_that_is_still_to_be_delivered_stays(receiver: Receiver, database: Database) -> None:
    ingest(database, [told("old", 90), told("new", 1)])
    assert prune(database, MONTH, now=NOW).events == 0
    assert deliver(database).sent == 2
    assert len(receiver.events) == 2
    assert prune(database, MONTH, now=NOW).events == 1


def test_the_runs_of_the_current_group_stay_with_their_parent(database: Database) -> None:
    parent = {"run": {"runId": "dag-run"}, "job": {"namespace": "production", "name": "dag"}}
    old = {"run": {"runId": "old-dag-run"}, "job": {"namespace": "production", "name": "dag"}}
    ingest(
        database,
        [
            *(told(f"mapped-{n}", 80, parent=parent) for n in range(2)),
            told("before", 99, parent=old),
            event("dag-run", "COMPLETE", job="dag") | {"eventTime": (NOW - timedelta(days=80)).isoformat()},
            event("old-dag-run", "COMPLETE", job="dag") | {"eventTime": (NOW - timedelta(days=99)).isoformat()},
        ],
    )
    prune(database, MONTH, now=NOW)
    assert runs(database) == ["dag-run", "mapped-0", "mapped-1"]


def test_the_run_that_wrote_the_present_version_stays(database: Database) -> None:
    wrote = told("wrote", 90) | {"outputs": [{"namespace": "file", "name": "/lake/shared"}]}
    ingest(database, [wrote, told("other", 80)])
    prune(database, MONTH, now=NOW)
    assert runs(database) == ["other", "wrote"]


def test_what_a_run_that_stays_has_read_keeps_its_version(database: Database) -> None:
    version = {"version": {"datasetVersion": "7"}}
    wrote = told("wrote", 90, job="a")
    wrote["outputs"][0]["facets"] |= version
    later = told("later", 80, job="a")
    reads = told("reads", 1, job="b")
    reads["inputs"] = [{"namespace": "file", "name": "/lake/a", "facets": version}]
    ingest(database, [wrote, later, reads])
    prune(database, MONTH, now=NOW)
    assert runs(database) == ["later", "reads"]
    versions = database.read(lambda c: set(c.scalars(select(lineage.dataset_versions.c.version))))
    assert {"7", "later"} <= versions


def test_a_version_that_nobody_has_read_or_written_since_goes(database: Database) -> None:
    def version(name: str) -> dict[str, Any]:
        return {"facets": {"version": {"datasetVersion": name}}}

    wrote, reads = told("wrote", 99, job="a"), told("reads", 40, job="b")
    wrote["outputs"][0] |= version("7")
    foreign = {"namespace": "s3://elsewhere", "name": "prices"}
    reads["inputs"] = [{"namespace": "file", "name": "/lake/a", **version("7")}, foreign | version("x1")]
    later = told("later", 1, job="b") | {"inputs": [foreign | version("x2")]}
    ingest(database, [wrote, told("again", 80, job="a"), reads, later])
    for days_ago in (60, 20):
        # The writer goes first, and then its reader.
        prune(database, timedelta(days=days_ago), now=NOW)
        versions = database.read(lambda c: set(c.scalars(select(lineage.dataset_versions.c.version))))
        assert ({"7", "x1"} <= versions) is (days_ago == 60)
    assert {"again", "x2", "later"} <= versions


@pytest.mark.parametrize(("text", "days"), [("90d", 90), (" 2 w", 14), ("48h", 2)])
def test_an_age_is_a_number_and_a_unit(text: str, days: int) -> None:
    assert age_of(text) == timedelta(days=days)


@pytest.mark.parametrize("text", ["90", "d", "-1d", "1y", ""])
def test_what_is_no_age_is_refused(text: str) -> None:
    with pytest.raises(LineageError, match="90d"):
        age_of(text)
