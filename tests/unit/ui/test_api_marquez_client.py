"""Marquez's own client, unchanged, against the API in a real server."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from api_shop import LAKE, ORDERS, SHOP, run_id, served, shop, token
from marquez_client import MarquezClient
from marquez_client.errors import APIError
from marquez_client.models import DatasetId, DatasetType, JobType

from hallmark.catalog import Catalog, open_catalog
from hallmark.governance import SCOPES
from hallmark.lineage.store import ingest

ODD, NAME = "scheme://host:5432/a b", "täble/with.dots:and#more?%2F"
RUN = "01939b6f-8f3c-7c5e-9a34-1f1c62a1f7b5"


@pytest.fixture(scope="module")
def own_catalog(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    file = tmp_path_factory.mktemp("marquez") / "catalog.db"
    shutil.copy(migrated, file)
    opened = open_catalog(url=f"sqlite:///{file}")
    yield opened
    opened.database.engine.dispose()


@pytest.fixture(scope="module")
def marquez(own_catalog: Catalog) -> Iterator[MarquezClient]:
    """The client as its users make it, with what the shop told and what the client itself wrote."""
    from hallmark_ui.api.app import create_app

    app = create_app()
    app.state.catalog = lambda: own_catalog
    ingest(own_catalog.database, shop())
    with served(app) as url:
        client = MarquezClient(url, api_key=token(own_catalog, *SCOPES))
        write(client)
        yield client


def write(client: MarquezClient) -> None:
    """Everything that can be written by the client."""
    client.create_namespace(ODD, "me", "An odd one.")
    client.create_source("warehouse", "postgresql", "jdbc:postgresql://me:s3cret@db:5432/w", "The warehouse.")
    client.create_tag("PII", "Says something of a person.")
    fields = [{"name": "a", "type": "INTEGER", "tags": ["KEY"]}, {"name": "b", "type": "TEXT", "description": "B."}]
    client.create_dataset(
        ODD, NAME, DatasetType.DB_TABLE, "public.t", "warehouse", "A table.", fields=fields, tags=["GOLD"]
    )
    client.create_dataset(ODD, "s", DatasetType.STREAM, "topic", "warehouse", schema_location="http://registry/1")
    client.create_job(
        ODD,
        "job/1",
        JobType.SERVICE,
        "https://git/job",
        [DatasetId(ODD, NAME)],
        [DatasetId(ODD, "s")],
        "A job.",
        {"SQL": "select 1"},
    )
    client.create_job_run(ODD, "job/1", RUN, "2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z", {"retries": "1"})
    client.tag_dataset(ODD, NAME, "PII")
    client.tag_dataset_field(ODD, NAME, "b", "PII")


def test_a_namespace_is_as_it_was_entered(marquez: MarquezClient) -> None:
    found = marquez.get_namespace(ODD)

    assert (found["name"], found["ownerName"], found["description"], found["isHidden"]) == (
        ODD,
        "me",
        "An odd one.",
        False,
    )
    assert found in marquez.list_namespaces()["namespaces"]
    assert {one["name"] for one in marquez.list_namespaces()["namespaces"]} == {ODD, SHOP, LAKE, "shop"}


def test_a_source_is_entered_without_its_password(marquez: MarquezClient) -> None:
    found = marquez.get_source("warehouse")

    assert (found["type"], found["description"]) == ("POSTGRESQL", "The warehouse.")
    assert "s3cret" not in found["connectionUrl"]
    assert {one["name"] for one in marquez.list_sources()["sources"]} == {"warehouse", ODD, SHOP, LAKE}


def test_a_dataset_is_what_was_said_of_it(marquez: MarquezClient) -> None:
    found = marquez.get_dataset(ODD, NAME)

    assert found["id"] == {"namespace": ODD, "name": NAME}
    assert [found[key] for key in ("type", "physicalName", "sourceName", "description")] == [
        "DB_TABLE",
        "public.t",
        "warehouse",
        "A table.",
    ]
    assert found["fields"] == [
        {"name": "a", "type": "INTEGER", "tags": ["KEY"], "description": None},
        {"name": "b", "type": "TEXT", "tags": ["PII"], "description": "B."},
    ]
    assert found["tags"] == ["GOLD", "PII"]
    assert marquez.get_dataset(ODD, "s")["type"] == "STREAM"
    assert [one["name"] for one in marquez.list_datasets(ODD)["datasets"]] == ["s", NAME]
    assert marquez.list_datasets(ODD, limit=1)["totalCount"] == 2


def test_saying_the_same_of_a_dataset_again_makes_no_version(marquez: MarquezClient) -> None:
    for description in ("A table of versions.", "A table of versions.", "Another one."):
        marquez.create_dataset(ODD, "versions", DatasetType.DB_TABLE, "v", "warehouse", description)
    listed = marquez.list_dataset_versions(ODD, "versions")

    assert listed["totalCount"] == len(listed["versions"]) == 2
    assert marquez.get_dataset(ODD, "versions")["currentVersion"] == listed["versions"][0]["version"]
    assert marquez.get_dataset_version(ODD, "versions", listed["versions"][1]["version"]) == listed["versions"][1]


def test_a_version_of_a_producers_is_found_by_its_uuid_and_by_its_name(marquez: MarquezClient) -> None:
    current = marquez.get_dataset(LAKE, "/lake/raw")["currentVersion"]

    by_uuid, by_name = (marquez.get_dataset_version(LAKE, "/lake/raw", version) for version in (current, "v1"))
    assert by_uuid == by_name
    assert by_uuid["toldVersion"] == "v1"
    assert by_uuid["createdByRun"]["id"] == run_id(11)
    assert [field["name"] for field in by_uuid["fields"]] == ["id", "amount"]


def test_a_job_is_what_was_said_of_it(marquez: MarquezClient) -> None:
    found = marquez.get_job(ODD, "job/1")

    assert (found["type"], found["location"], found["description"]) == ("SERVICE", "https://git/job", "A job.")
    assert found["inputs"] == [{"namespace": ODD, "name": NAME}]
    assert found["outputs"] == [{"namespace": ODD, "name": "s"}]
    assert found["facets"]["sql"]["query"] == "select 1"
    assert found["latestRun"]["id"] == RUN
    assert [one["name"] for one in marquez.list_jobs("shop")["jobs"]] == ["report", "clean", "load"]


def test_a_run_goes_from_new_to_its_end(marquez: MarquezClient) -> None:
    new = marquez.get_job_run(RUN)
    started = marquez.mark_job_run_as_started(RUN, "2026-11-23T06:00:00Z")
    marquez.create_dataset(ODD, "written", DatasetType.DB_TABLE, "w", "warehouse", run_id=RUN)
    ended = marquez.mark_job_run_as_completed(RUN, "2026-11-23T06:01:30.5+00:00")

    assert [run["state"] for run in (new, started, ended)] == ["NEW", "RUNNING", "COMPLETED"]
    assert (new["nominalStartTime"], new["args"]) == ("2026-11-23T00:00:00Z", {"retries": "1"})
    assert (ended["startedAt"], ended["durationMs"]) == ("2026-11-23T06:00:00Z", 90_500)
    assert [io["datasetVersionId"]["name"] for io in ended["outputDatasetVersions"]] == ["written"]
    assert [run["id"] for run in marquez.list_job_runs(ODD, "job/1")["runs"]] == [RUN]


@pytest.mark.parametrize(("mark", "state"), [("failed", "FAILED"), ("aborted", "ABORTED")])
def test_a_run_may_end_otherwise(marquez: MarquezClient, mark: str, state: str) -> None:
    marquez.create_job(ODD, state, JobType.BATCH)
    begun = marquez.create_job_run(ODD, state, mark_as_running=True)
    ended = getattr(marquez, f"mark_job_run_as_{mark}")(begun["id"])

    assert (begun["state"], ended["state"]) == ("RUNNING", state)
    assert marquez.get_job(ODD, state)["latestRun"]["endedAt"] is not None


def test_tags_are_listed_also_those_that_came_with_a_dataset(marquez: MarquezClient) -> None:
    assert marquez.list_tags()["tags"] == [
        {"name": "GOLD", "description": None},
        {"name": "KEY", "description": None},
        {"name": "PII", "description": "Says something of a person."},
    ]


def test_events_are_listed_newest_first_also_of_a_namespace_with_slashes(marquez: MarquezClient) -> None:
    of_shop, of_odd = marquez.list_events("shop"), marquez.list_events(ODD)

    assert [event["job"]["name"] for event in of_shop["events"]][:2] == ["report", "clean"]
    assert of_shop["totalCount"] == len(shop())
    assert {event["job"]["namespace"] for event in of_odd["events"]} == {ODD}
    assert len(marquez.list_events(limit=2)["events"]) == 2


def ids(graph: dict[str, Any]) -> list[str]:
    return [node["id"].removeprefix("datasetField:") for node in graph["graph"]]


def test_columns_are_followed_upstream_and_down(marquez: MarquezClient) -> None:
    source, raw, clean = f"{SHOP}:{ORDERS}:amount", "file:/lake/raw:amount", "file:/lake/clean:amount"

    assert ids(marquez.get_column_lineage_by_dataset_field(LAKE, "/lake/raw", "amount")) == [raw, source]
    assert ids(marquez.get_column_lineage_by_dataset_field(LAKE, "/lake/raw", "amount", with_downstream=True)) == [
        clean,
        raw,
        source,
    ]
    assert set(ids(marquez.get_column_lineage_by_job("shop", "clean"))) == {clean, raw, source}
    assert set(ids(marquez.get_column_lineage_by_dataset(LAKE, "/lake/clean", depth=1))) == {
        clean,
        raw,
        "file:/lake/clean:id",
    }


def test_columns_are_followed_as_they_were_at_a_version(marquez: MarquezClient) -> None:
    old = marquez.get_dataset_version(LAKE, "/lake/clean", "v0")["version"]
    graph = marquez.get_column_lineage_by_dataset(LAKE, "/lake/clean", version=old)
    nodes = {(node["data"]["dataset"], node["data"]["field"]): node for node in graph["graph"]}

    amount = nodes["/lake/clean", "amount"]
    assert amount["id"] == f"datasetField:file:/lake/clean:amount#{old}"
    assert amount["data"]["datasetVersion"] == old
    assert (
        amount["data"]["inputFields"][0]["datasetVersion"]
        == marquez.get_dataset_version(LAKE, "/lake/raw", "v0")["version"]
    )
    with pytest.raises(APIError):
        marquez.get_column_lineage_by_dataset(LAKE, "/lake/clean", version=old, with_downstream=True)


@pytest.mark.parametrize(
    "call",
    [
        lambda m: m.get_namespace("nobody's"),
        lambda m: m.get_source("nobody's"),
        lambda m: m.get_dataset(ODD, "nobody's"),
        lambda m: m.get_dataset_version(ODD, NAME, "nobody's"),
        lambda m: m.list_datasets("nobody's"),
        lambda m: m.get_job(ODD, "nobody's"),
        lambda m: m.list_jobs("nobody's"),
        lambda m: m.list_job_runs(ODD, "nobody's"),
        lambda m: m.get_job_run("00000000-0000-4000-8000-00000000dead"),
        lambda m: m.create_job_run(ODD, "nobody's"),
        lambda m: m.create_job_run(ODD, "job/1", RUN),
        lambda m: m.mark_job_run_as_started("00000000-0000-4000-8000-00000000dead"),
        lambda m: m.mark_job_run_as_started(RUN, "yesterday"),
        lambda m: m.tag_dataset(ODD, "nobody's", "PII"),
        lambda m: m.tag_dataset_field(ODD, NAME, "nobody's", "PII"),
        lambda m: m.get_column_lineage_by_dataset(ODD, "nobody's"),
        lambda m: m.get_column_lineage_by_dataset_field(LAKE, "/lake/raw", "nobody's"),
        lambda m: m.list_jobs("shop", limit=5000),
    ],
)
def test_what_is_not_there_or_makes_no_sense_raises_as_marquez_does(marquez: MarquezClient, call: Any) -> None:
    with pytest.raises(APIError):
        call(marquez)
