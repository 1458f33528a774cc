"""Tasks that are not Hallmark's stand in one graph with its datasets: both name what they read and wrote alike."""

from __future__ import annotations

from typing import Any

import pytest
from airflow_runs import Played

from hallmark.lineage.outbox.spool import Spool

pytestmark = pytest.mark.airflow

Names = set[tuple[str, str]]


@pytest.fixture(scope="session")
def places(foreign: Played) -> dict[str, tuple[str, str]]:
    """Return what the tasks read and write as Hallmark's stages name it in the events of their own."""
    folder = str(foreign.folder)
    return {
        "csv": ("file", f"{folder}/feed/2024-01/parcels.csv"),
        "copy": ("file", f"{folder}/feed/copy.csv"),
        "out": ("file", f"{folder}/feed/out"),
        "raw": ("file", f"{folder}/lake/foreign/raw"),
        "revenue": ("file", f"{folder}/lake/foreign/revenue"),
        "model": ("mlflow://hallmark-demo", "late"),
        "shop_orders": (foreign.shop, "shop.public.orders"),
        "shop_revenue": (foreign.shop, "shop.public.revenue"),
        "ledger_parcels": (f"sqlite://{folder}/ledger.db", "parcels"),
        "ledger_depots": (f"sqlite://{folder}/ledger.db", "depots"),
    }


def events(played: Played, job: str, kind: str) -> list[dict[str, Any]]:
    return [e for e in played.events if e["job"]["name"] == job and e["eventType"] == kind]


def event(played: Played, job: str, kind: str = "COMPLETE") -> dict[str, Any]:
    (found,) = events(played, job, kind)
    return found


def names(datasets: list[dict[str, Any]]) -> Names:
    return {(d["namespace"], d["name"]) for d in datasets}


def edges(dataset: dict[str, Any]) -> dict[str, Names]:
    """Return the columns that each column comes from, with the names of what they are of."""
    fields = dataset["facets"]["columnLineage"]["fields"]
    return {column: {(e["name"], e["field"]) for e in found["inputFields"]} for column, found in fields.items()}


@pytest.mark.parametrize(
    ("job", "read", "written"),
    [
        # Hallmark's own, whose names the others have to share.
        ("hallmark_stages.file", ["csv"], ["raw"]),
        ("hallmark_stages.postgres", ["shop_revenue"], ["revenue"]),
        # Inlets and outlets of any operator.
        ("assets.dataset", ["raw"], ["model"]),
        ("assets.file", ["csv"], ["out"]),
        ("assets.table", ["shop_orders"], []),
        # SQL operators.
        ("sql.postgres", ["shop_orders"], ["shop_revenue"]),
        ("sql.sqlite", ["ledger_parcels"], ["ledger_depots"]),
        # What hooks saw while a function ran.
        ("hooks.copy_file", ["csv"], ["copy"]),
        ("hooks.query.query.1", ["shop_orders"], ["shop_revenue"]),
        # Declared.
        ("declared.by_hand", ["raw", "shop_orders"], ["shop_revenue"]),
        ("declared.report", ["raw", "csv"], ["revenue"]),
    ],
)
def test_a_task_is_told_with_the_names_that_stages_use(
    foreign: Played, places: dict[str, tuple[str, str]], job: str, read: list[str], written: list[str]
) -> None:
    told = event(foreign, job)

    assert names(told["inputs"]) == {places[place] for place in read}
    assert names(told["outputs"]) == {places[place] for place in written}


def test_a_source_in_sqlite_is_named_as_the_operator_that_filled_it_names_it(
    foreign: Played, places: dict[str, tuple[str, str]]
) -> None:
    assert names(event(foreign, "hallmark_stages.sqlite")["inputs"]) == {places["ledger_depots"]}


def test_columns_are_followed_through_databases_that_are_not_hallmarks(foreign: Played) -> None:
    (in_postgres,) = event(foreign, "sql.postgres")["outputs"]
    (in_sqlite,) = event(foreign, "sql.sqlite")["outputs"]

    assert edges(in_postgres) == {
        "customer": {("shop.public.orders", "customer")},
        "total": {("shop.public.orders", "amount")},
    }
    assert edges(in_sqlite) == {"depot": {("parcels", "depot")}, "parcels": set()}


def test_all_that_was_sent_is_in_the_catalog_or_on_its_way_there(foreign: Played) -> None:
    kept = foreign.catalog.events(limit=1000)
    waiting = Spool(foreign.folder / "airflow" / "hallmark" / "spool").waiting()

    sent = {(e["run"]["runId"], e["job"]["name"], e["eventType"]) for e in foreign.events}
    assert {(e.run_id, e.job_name, e.event_type) for e in kept} <= sent
    assert len(kept) + len(waiting) == len(foreign.events)
    assert kept


def test_declared_columns_are_edges_of_the_declared_output(foreign: Played) -> None:
    (output,) = event(foreign, "declared.by_hand")["outputs"]
    facet = output["facets"]["columnLineage"]["fields"]["customer"]["inputFields"][0]

    raw = f"{foreign.folder}/lake/foreign/raw"
    assert edges(output) == {
        "customer": {("shop.public.orders", "customer")},
        "total": {("shop.public.orders", "amount"), (raw, "weight_kg")},
    }
    assert [(t["type"], t["description"]) for t in facet["transformations"]] == [
        ("DIRECT", "declared by the DAG's author")
    ]


def test_what_is_declared_is_told_at_the_start_too_with_the_jobs_description(foreign: Played) -> None:
    started, ended = (event(foreign, "declared.by_hand", kind) for kind in ("START", "COMPLETE"))

    assert (started["inputs"], started["outputs"]) == (ended["inputs"], ended["outputs"])
    assert ended["job"]["facets"]["documentation"]["description"] == "The shop's nightly load."


def test_a_dataset_is_declared_with_what_is_known_of_it(foreign: Played) -> None:
    (declared,) = (d for d in event(foreign, "declared.by_hand")["inputs"] if d["name"].endswith("/foreign/raw"))

    assert declared["facets"]["ownership"]["owners"][0]["name"] == "logistics"
    assert declared["facets"]["documentation"]["description"] == "Parcels as they came."


def test_templates_are_rendered_in_what_is_declared(foreign: Played, places: dict[str, tuple[str, str]]) -> None:
    told = event(foreign, "declared.templated")
    (output,) = told["outputs"]

    assert names(told["inputs"]) == {places["csv"]}
    assert (output["namespace"], output["name"]) == ("s3://bucket", "declared/report.csv")
    assert edges(output) == {"late": {(places["csv"][1], "late")}}


@pytest.mark.parametrize("task", ["wrong", "wrong_task"])
def test_a_template_that_renders_to_what_lineage_cannot_name_fails_the_task(foreign: Played, task: str) -> None:
    assert foreign.said("declared", task).startswith(f"stage {task}: 'no-uri' names nothing in lineage; give a Dataset")


def test_a_declared_function_runs_and_gives_its_value_on(foreign: Played) -> None:
    assert foreign.outcome("declared", "report") == 41 * 2
    assert [foreign.outcome("declared", f"mapped[{n}]") for n in (0, 1)] == [41, 82]


def test_a_declared_function_that_fails_tells_what_it_would_have_written(
    foreign: Played, places: dict[str, tuple[str, str]]
) -> None:
    told = event(foreign, "declared.fails", "FAIL")

    assert foreign.said("declared", "fails") == "no luck today"
    assert names(told["outputs"]) == {places["raw"], ("s3://bucket", "declared/x")}
    assert told["run"]["facets"]["errorMessage"]["message"] == "no luck today"


def test_mapped_declarations_tell_each_its_own(foreign: Played) -> None:
    told = events(foreign, "declared.mapped_by_hand", "COMPLETE")

    assert [names(e["outputs"]) for e in told] in (
        [{("s3://bucket", "a")}, {("s3://bucket", "b")}],
        [{("s3://bucket", "b")}, {("s3://bucket", "a")}],
    )
    assert {names_of for e in told for names_of in names(e["inputs"])} == {
        ("file", f"{foreign.folder}/lake/foreign/raw")
    }


def test_what_is_declared_sends_asset_events_of_datasets_and_publishes_no_version(foreign: Played) -> None:
    sent = {(e["task"], e["uri"]) for e in foreign.runs["declared"]["asset_events"]}

    assert ("report", "hallmark://dataset/foreign/revenue") in sent
    assert all(not e["extra"] for e in foreign.runs["declared"]["asset_events"])
    assert [r for r in foreign.catalog.receipts(limit=100) if r.run.dag_id == "declared"] == []


# What Airflow 3.3 with its OpenLineage provider 2.20 does that whoever reads the events has to know. Should one of
# these fail after an upgrade, the way round it in hallmark/lineage may go.


def test_airflow_names_no_asset_whose_provider_is_not_installed_but_keeps_its_uri(foreign: Played) -> None:
    told = event(foreign, "assets.table")

    assert told["outputs"] == []
    assert "'uri': 's3://bucket/key'" in told["run"]["facets"]["airflow"]["task"]["outlets"]


def test_airflow_forgets_an_outlet_at_the_end_of_a_task_whose_hooks_saw_something(
    foreign: Played, places: dict[str, tuple[str, str]]
) -> None:
    started, ended = (event(foreign, "hooks.hook_and_outlet", kind) for kind in ("START", "COMPLETE"))

    assert (names(started["inputs"]), names(started["outputs"])) == (set(), {places["raw"]})
    assert (names(ended["inputs"]), names(ended["outputs"])) == ({places["csv"]}, set())


def test_airflow_tells_a_hooks_query_as_a_job_of_its_own_below_the_task(foreign: Played) -> None:
    query, task = event(foreign, "hooks.query.query.1"), event(foreign, "hooks.query")

    assert (task["inputs"], task["outputs"]) == ([], [])
    assert query["job"]["facets"]["jobType"]["jobType"] == "QUERY"
    assert query["run"]["facets"]["parent"]["run"]["runId"] == task["run"]["runId"]
    assert query["run"]["facets"]["parent"]["root"]["job"]["name"] == "hooks"


def test_airflow_calls_an_inserted_column_by_the_querys_name_for_it(foreign: Played) -> None:
    (output,) = event(foreign, "hooks.query.query.1")["outputs"]

    # The statement says INSERT INTO revenue (customer, total) SELECT customer, amount.
    assert set(edges(output)) == {"customer", "amount"}
    assert output["facets"]["columnLineage"]["fields"]["amount"]["inputFields"][0]["transformations"] == []


def test_airflow_tells_the_columns_of_a_statement_that_failed(foreign: Played) -> None:
    (output,) = event(foreign, "sql.postgres_fails", "FAIL")["outputs"]

    assert set(edges(output)) == {"nobody"}


def test_airflow_sends_the_failure_of_a_try_that_will_be_repeated(foreign: Played) -> None:
    failed, passed = (event(foreign, "again.second_try", kind) for kind in ("FAIL", "COMPLETE"))

    assert failed["run"]["runId"] != passed["run"]["runId"]
    assert failed["run"]["facets"]["parent"] == passed["run"]["facets"]["parent"]
