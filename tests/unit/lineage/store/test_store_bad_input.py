"""What is no event is refused with a reason; what is one and hostile is stored without harm."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Table

from hallmark.catalog import Catalog
from hallmark.catalog import lineage_tables as tables
from hallmark.lineage.store import ingest
from lineage_events import dataset, dumped, empty, event

Rows = Callable[[Table], list[dict[str, Any]]]


def nested(depth: int) -> dict[str, Any]:
    facet: dict[str, Any] = {}
    for _ in range(depth):
        facet = {"a": facet}
    return facet


def without(part: str, **told: Any) -> dict[str, Any]:
    whole = event("r") | told
    return {key: value for key, value in whole.items() if key != part}


REFUSED = [
    ("not JSON", "it is not JSON"),
    (b"\xff\xfe\xfa", "it is not JSON"),
    ("[1, 2]", "it is not an object but list"),
    ("null", "it is not an object but NoneType"),
    ("{}", "it is of no run, job or dataset"),
    (without("job"), "it is of no run, job or dataset"),
    (without("eventTime"), "its eventTime is 'None'"),
    (without("", eventTime="yesterday"), "its eventTime is 'yesterday'"),
    (without("", eventTime="0001-01-01T00:00:00+14:00"), "its eventTime is"),
    (without("", eventType=7), "its eventType is no text"),
    (without("", run=[]), "its run is not an object but list"),
    (without("", run={"runId": 7}), "its run.runId is missing or no text"),
    (without("", run={"runId": "x" * 201}), "its run.runId is 201 bytes long; use at most 200 bytes"),
    (without("", job={"name": "load"}), "its job.namespace is missing or no text"),
    (without("", inputs=[{"namespace": "file"}]), "its dataset.name is missing or no text"),
    (without("", inputs=[dataset("ä" * 501)]), "its dataset.name is 1002 bytes long"),
    (without("", run={"runId": "r", "facets": nested(200)}), "it is nested too deep"),
    ("[" * 100_000, "it is nested too deep"),
    (json.dumps(without("", producer="x" * 11_000_000)), "it is larger than 10 MiB"),
    (without("", producer="x" * 11_000_000), "it is larger than 10 MiB"),
]


@pytest.mark.parametrize(
    ("given", "reason"), REFUSED, ids=[f"{n}-{reason[:40]}" for n, (_, reason) in enumerate(REFUSED)]
)
def test_what_is_no_event_is_refused_and_the_others_are_stored(
    catalog: Catalog, rows: Rows, given: Any, reason: str
) -> None:
    done = ingest(catalog.database, [event("a"), given, event("b")])
    assert (done.read, done.stored, done.duplicate) == (3, 2, 0)
    (refusal,) = done.refused
    assert refusal.position == 1
    assert refusal.reason.startswith("the event is refused: ")
    assert reason in refusal.reason
    assert {row["run_id"] for row in rows(tables.lineage_runs)} == {"a", "b"}


def test_credentials_are_gone_before_anything_is_kept(catalog: Catalog, postgres: Catalog) -> None:
    told = event(
        "r",
        inputs=[dataset("public.orders", namespace="postgres://loader:hunter2@db.example.com:5432")],
        errorMessage={"message": 'cannot reach "mysql://root:hunter2@db/x?password=hunter2"', "stackTrace": "\u0000"},
    )
    for one in (catalog, postgres):
        empty(one)
        assert ingest(one.database, [told, json.dumps(told)]).duplicate == 1
        assert "hunter2" not in str(dumped(one))
        assert "db.example.com:5432" in str(dumped(one))


def test_names_that_are_markup_or_sql_are_kept_as_they_are(catalog: Catalog, postgres: Catalog) -> None:
    names = ["<script>alert(1)</script>", "x'; DROP TABLE hallmark_lineage_runs; --", "a\0b", "\ud800", "%s %(x)s :y"]
    told = [event(f"r{n}", job=name, outputs=[dataset(f"/{name}")]) for n, name in enumerate(names)]
    for one in (catalog, postgres):
        empty(one)
        assert ingest(one.database, told).stored == len(names)
        kept = {row["name"] for row in dumped(one)[tables.jobs.name].values()}
        assert {"<script>alert(1)</script>", names[1], "a\N{REPLACEMENT CHARACTER}b", "?", "%s %(x)s :y"} == kept


def test_a_clock_that_is_years_ahead_does_not_win_for_ever(catalog: Catalog, rows: Rows) -> None:
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    ahead = event("r1", inputs=[dataset("/wrong")]) | {"eventTime": "2099-01-01T00:00:00Z"}
    ingest(catalog.database, [ahead], now=now)
    ingest(catalog.database, [event("r2", at=30, inputs=[dataset("/right")])], now=datetime(2026, 3, 1, 13, tzinfo=UTC))
    names = {row["id"]: row["name"] for row in rows(tables.lineage_datasets)}
    assert [names[edge["dataset_id"]] for edge in rows(tables.edges)] == ["/right"]


def test_ten_thousand_inputs_and_a_cycle_are_stored(catalog: Catalog, rows: Rows) -> None:
    many = [dataset(f"/in/{n}") for n in range(10_000)]
    ingest(catalog.database, [event("r", inputs=many, outputs=[dataset("/in/0")])])
    assert len(rows(tables.edges)) == 10_001


FACETS = ["schema", "columnLineage", "version", "symlinks", "dataQualityAssertions", "parent", "nominalTime", "#state"]
junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["fields", "identifiers", "inputFields", "name", "namespace", "run", "job", "root", "runId"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
facets = st.dictionaries(st.sampled_from(FACETS), junk, max_size=4) | junk


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(of_run=facets, of_job=facets, of_input=facets, of_output=facets, own=junk)
def test_whatever_a_facet_holds_the_event_is_stored_or_refused(
    catalog: Catalog, of_run: Any, of_job: Any, of_input: Any, of_output: Any, own: Any
) -> None:
    told = event("r")
    told["run"]["facets"], told["job"]["facets"] = of_run, of_job
    told["inputs"] = [{"namespace": "file", "name": "/a", "facets": of_input, "inputFacets": own}, own]
    told["outputs"] = [{"namespace": "file", "name": "/b", "facets": of_output, "outputFacets": own}]
    done = ingest(catalog.database, [told])
    assert done.read == 1
