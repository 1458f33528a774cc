from __future__ import annotations

import datetime as dt
import importlib
import importlib.util
import json
import math
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from openlineage.client.event_v2 import Job, Run, RunEvent, RunState
from openlineage.client.serde import Serde

from hallmark.dataset import Column, DatasetVersion
from hallmark.lineage.facets import (
    PRODUCER,
    RECEIPT_SCHEMA,
    inputs_of,
    job_facets_of,
    outputs_of,
    run_facets_of,
)
from hallmark.receipt import CodeVersion, ColumnEdge, ColumnLineage, Receipt, StageRun

SHARED = Path(__file__).resolve().parents[4] / "shared"
VALIDATOR = SHARED / "tools" / "validate_events.py"
RUN_ID = "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"

COLUMNS = (
    Column("distance", "BIGINT", description="Miles."),
    Column("passenger", "VARCHAR", classification="personal"),
)
FEED = DatasetVersion("f.csv", "file", "/feed/f.csv", "9f86d0", "file", columns=COLUMNS, rows=5, bytes=300, files=1)
MODEL = DatasetVersion("delays", "mlflow://production", "delays", "4", "model")
QUERY = DatasetVersion("shop.public.o", "postgres://db:5432", "shop.public.o", "ab12", "query", rows=7)
OUTPUT = DatasetVersion(
    "flights/clean",
    "file",
    "/lake/flights/clean",
    "12",
    partition="2013-01",
    columns=COLUMNS,
    rows=5,
    bytes=900,
    files=1,
    owner="data-engineering",
    description="One row a departure.",
)
GATE = {
    "success": False,
    "suite_name": "flights",
    "results": [
        {
            "success": True,
            "expectation_config": {
                "type": "expect_column_values_to_be_between",
                "kwargs": {"column": "distance", "min_value": 0, "max_value": math.inf},
                "severity": "critical",
                "meta": {"notes": "Nobody flies backwards."},
            },
            "result": {"element_count": 5, "unexpected_count": 0},
        },
        {
            "success": False,
            "expectation_config": {
                "type": "expect_column_pair_values_a_to_be_greater_than_b",
                "kwargs": {"column_A": "a", "column_B": "b", "value_set": {2, 1}, "day": dt.date(2026, 1, 31)},
                "severity": "warning",
                "meta": {"notes": ["First.", "Second."]},
            },
            "result": {},
        },
        {
            "success": False,
            "expectation_config": {
                "type": "expect_table_row_count_to_be_between",
                "kwargs": {"min_value": 9},
                "severity": "info",
                "meta": {"notes": {"format": "markdown", "content": ["**Nine**"]}},
            },
            "result": {"observed_value": 5},
        },
    ],
    "statistics": {"evaluated_expectations": 3},
}
PROFILE = {
    "rows": 5,
    "columns": {
        "distance": {
            "nulls": 1,
            "distinct": 4,
            "min": 80.0,
            "max": 4983.0,
            "sum": 9000.0,
            "mean": 2250.0,
            "quantiles": {"0.5": 1000.0},
        },
        "passenger": {
            "nulls": 0,
            "distinct": 5,
            "min": None,
            "max": None,
            "sum": None,
            "mean": None,
            "quantiles": {},
        },
    },
}
LINEAGE = ColumnLineage(
    {
        "distance": (
            ColumnEdge("file", "/feed/f.csv", "distance"),
            ColumnEdge("file", "/feed/f.csv", "distance", "INDIRECT", "CONDITIONAL", "distance > 0"),
            ColumnEdge("file", "/feed/f.csv", "unit", "DIRECT", "TRANSFORMATION", "distance * unit", masking=True),
        )
    },
    (ColumnEdge("file", "/feed/f.csv", "passenger", "INDIRECT", "FILTER"),),
)
CODE = CodeVersion("/dags/flights.py", "ab" * 32, "https://git.example/flights", "c0ffee", "dags/flights.py")
RECEIPT = Receipt(
    id="6ecd8c99-4036-403d-bf84-cf8400f67836",
    run=StageRun("flights", "clean", "manual", operator="CleanOperator", kind="clean"),
    state="published",
    started_at=dt.datetime(2026, 1, 31, 6, tzinfo=dt.UTC),
    finished_at=dt.datetime(2026, 1, 31, 6, 1, tzinfo=dt.UTC),
    inputs=(FEED, MODEL, QUERY),
    output=OUTPUT,
    code=CODE,
    environment={"python": "3.11"},
    parameters={"partition": "2013-01", "since": dt.date(2026, 1, 31)},
    gate=GATE,
    profile=PROFILE,
    seconds={"work": 1.5},
    sql="SELECT 1",
    columns=LINEAGE,
    metrics={"auc": 0.7, "loss": math.nan},
)


def event_of(receipt: Receipt) -> dict[str, Any]:
    """Return the event that Airflow's provider would send, after OpenLineage's own serializer."""
    outputs = [receipt.output] if receipt.output else []
    event = RunEvent(
        eventType=RunState.COMPLETE,
        eventTime="2026-01-31T06:01:00Z",
        run=Run(RUN_ID, run_facets_of(receipt)),
        job=Job("airflow", "flights.clean", job_facets_of(receipt)),
        inputs=inputs_of(receipt.inputs),
        outputs=outputs_of(receipt, outputs),
        producer=PRODUCER,
    )
    text = Serde.to_json(event)
    found: dict[str, Any] = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    return found


@pytest.fixture(scope="module")
def event() -> dict[str, Any]:
    return event_of(RECEIPT)


VARIANTS = {
    "published": RECEIPT,
    "refused": replace(RECEIPT, state="refused", output=replace(OUTPUT, version=""), profile=None),
    "failed early": Receipt(RECEIPT.id, RECEIPT.run, "failed", RECEIPT.started_at, message="nothing there"),
    "a model": replace(RECEIPT, output=replace(MODEL, columns=(Column("late", "BOOLEAN"),)), gate=None, profile=None),
    "outside git": replace(RECEIPT, code=CodeVersion("/dags/flights.py", "ab" * 32)),
    "little known": replace(RECEIPT, inputs=(DatasetVersion("q", "x://y", "q"),), columns=ColumnLineage()),
}

# The specification lies beside the project where it is developed.
if VALIDATOR.is_file():

    @pytest.fixture(scope="module")
    def validator() -> Any:
        spec = importlib.util.spec_from_file_location("validate_events", VALIDATOR)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module, *module.load_spec()

    @pytest.mark.parametrize("variant", VARIANTS)
    def test_an_event_and_all_its_facets_are_as_the_specification_has_them(validator: Any, variant: str) -> None:
        module, spec, facets = validator
        assert list(module.check_event(variant, event_of(VARIANTS[variant]), spec, facets)) == []

    def test_every_facet_but_the_receipt_is_one_of_the_specification(validator: Any, event: dict[str, Any]) -> None:
        module, _, facets = validator
        checked = 0
        for holder, key, kinds in (
            (event["run"], "facets", ("RunFacet",)),
            (event["job"], "facets", ("JobFacet",)),
            *((d, "facets", ("DatasetFacet",)) for d in (*event["inputs"], *event["outputs"])),
            *((d, "inputFacets", ("InputDatasetFacet",)) for d in event["inputs"]),
            *((d, "outputFacets", ("OutputDatasetFacet",)) for d in event["outputs"]),
        ):
            for name in holder[key]:
                known = module.facet_validator(facets, name, kinds)
                assert (known is None) == (name == "hallmark_receipt"), name
                checked += 1
        assert checked > 15


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_receipts_facet_is_as_its_own_schema_has_it(variant: str) -> None:
    text = resources.files("hallmark.lineage").joinpath("schemas/HallmarkReceiptRunFacet.json").read_text()
    schema = json.loads(text)
    facet = event_of(VARIANTS[variant])["run"]["facets"]["hallmark_receipt"]
    jsonschema = importlib.import_module("jsonschema")
    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(facet)
    assert facet["_schemaURL"] == schema["$id"] == RECEIPT_SCHEMA and facet["_producer"] == PRODUCER


def test_the_receipts_facet_leaves_out_what_other_facets_tell(event: dict[str, Any]) -> None:
    receipt = event["run"]["facets"]["hallmark_receipt"]["receipt"]
    assert not {"columns", "profile", "sql"} & receipt.keys()
    assert not [v for v in (*receipt["inputs"], receipt["output"]) if "columns" in v]
    assert receipt["output"]["version"] == "12" and receipt["gate"]["statistics"] == {"evaluated_expectations": 3}


def test_inputs_stand_at_their_versions_with_what_is_known_of_their_size(event: dict[str, Any]) -> None:
    feed, model, query = event["inputs"]
    assert feed["facets"]["version"]["datasetVersion"] == "9f86d0"
    assert [d["facets"]["datasetType"]["datasetType"] for d in (feed, model, query)] == ["FILE", "MODEL", "TABLE"]
    statistics = feed["inputFacets"]["inputStatistics"]
    assert (statistics["rowCount"], statistics["size"], statistics["fileCount"]) == (5, 300, 1)
    assert model["inputFacets"] == {}
    assert query["inputFacets"]["inputStatistics"]["rowCount"] == 7


def test_an_output_has_its_schema_owner_and_what_is_personal_in_it(event: dict[str, Any]) -> None:
    (output,) = event["outputs"]
    facets = output["facets"]
    assert [(f["name"], f["type"], f.get("description")) for f in facets["schema"]["fields"]] == [
        ("distance", "BIGINT", "Miles."),
        ("passenger", "VARCHAR", None),
    ]
    assert facets["ownership"]["owners"] == [{"name": "data-engineering", "type": "OWNER"}]
    assert facets["documentation"]["description"] == "One row a departure."
    assert [(t["field"], t["key"], t["value"]) for t in facets["tags"]["tags"]] == [
        ("passenger", "classification", "personal")
    ]
    assert (facets["storage"]["storageLayer"], facets["storage"]["fileFormat"]) == ("delta", "parquet")
    assert output["outputFacets"]["outputStatistics"]["rowCount"] == 5


def test_edges_from_one_column_are_one_field_with_its_transformations(event: dict[str, Any]) -> None:
    lineage = event["outputs"][0]["facets"]["columnLineage"]
    distance, unit = lineage["fields"]["distance"]["inputFields"]
    assert (distance["namespace"], distance["name"], distance["field"]) == ("file", "/feed/f.csv", "distance")
    assert [(t["type"], t["subtype"]) for t in distance["transformations"]] == [
        ("DIRECT", "IDENTITY"),
        ("INDIRECT", "CONDITIONAL"),
    ]
    assert unit["transformations"] == [
        {"type": "DIRECT", "subtype": "TRANSFORMATION", "description": "distance * unit", "masking": True}
    ]
    assert [(f["field"], f["transformations"][0]["subtype"]) for f in lineage["dataset"]] == [("passenger", "FILTER")]


def test_assertions_say_what_was_asked_how_grave_it_is_and_what_was_found(event: dict[str, Any]) -> None:
    between, pair, count = event["outputs"][0]["facets"]["dataQualityAssertions"]["assertions"]
    assert between == {
        "assertion": "expect_column_values_to_be_between",
        "success": True,
        "column": "distance",
        "severity": "error",
        "description": "Nobody flies backwards.",
        "actual": "0",
        "params": {"min_value": 0, "max_value": "Infinity"},
    }
    assert (pair["severity"], pair["description"]) == ("warn", "First.\nSecond.")
    assert pair["params"] == {"column_A": "a", "column_B": "b", "value_set": [1, 2], "day": "2026-01-31"}
    assert "column" not in pair and "actual" not in pair
    assert (count["severity"], count["description"], count["actual"]) == ("info", "**Nine**", "5")


def test_metrics_of_columns_count_values_and_not_nulls(event: dict[str, Any]) -> None:
    metrics = event["outputs"][0]["facets"]["dataQualityMetrics"]
    assert metrics["rowCount"] == 5
    distance, passenger = metrics["columnMetrics"]["distance"], metrics["columnMetrics"]["passenger"]
    assert (distance["count"], distance["nullCount"], distance["min"], distance["quantiles"]) == (
        4,
        1,
        80.0,
        {"0.5": 1000.0},
    )
    assert passenger == {"count": 5, "nullCount": 0, "distinctCount": 5}


def test_what_was_not_published_has_assertions_and_no_statistics() -> None:
    (output,) = event_of(VARIANTS["refused"])["outputs"]
    assert output["outputFacets"] == {} and "version" not in output["facets"]
    assert len(output["facets"]["dataQualityAssertions"]["assertions"]) == 3


@pytest.mark.parametrize(
    ("code", "type_", "url", "path", "version"),
    [
        (CODE, "git", "https://git.example/flights", "dags/flights.py", "c0ffee"),
        (replace(CODE, dirty=True), "git", "https://git.example/flights", "dags/flights.py", "c0ffee-dirty"),
        (replace(CODE, repository=None), "git", "file:///dags/flights.py", "dags/flights.py", "c0ffee"),
        (CodeVersion("/d.py", "ab" * 32), "file", "file:///d.py", "/d.py", f"sha256:{'ab' * 32}"),
    ],
)
def test_code_is_told_by_commit_or_by_checksum(
    code: CodeVersion, type_: str, url: str, path: str, version: str
) -> None:
    job = event_of(replace(RECEIPT, code=code))["job"]["facets"]
    location = job["sourceCodeLocation"]
    assert (location["type"], location["url"], location["path"], location["version"]) == (type_, url, path, version)
    assert (job["sql"]["query"], job["sql"]["dialect"]) == ("SELECT 1", "duckdb")


def test_a_stage_without_sql_or_code_has_no_such_facets() -> None:
    assert event_of(VARIANTS["failed early"])["job"]["facets"] == {}
