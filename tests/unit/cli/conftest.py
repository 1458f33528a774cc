from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from typer.testing import CliRunner, Result

from hallmark.catalog import Catalog, open_catalog
from hallmark.cli.app import app
from hallmark.dataset import Column, Dataset, DatasetVersion
from hallmark.receipt import Receipt, StageRun

# Last year's, so that a time shown is a date without an hour whenever the tests run.
NOON = datetime(datetime.now(UTC).year - 1, 6, 15, 12, tzinfo=UTC)
SHOWN_DAY = f"15 Jun {NOON.year}"
RUN_ID = "scheduled__2013-02-01T00:00:00+00:00"
COLUMNS = (
    Column("carrier", "VARCHAR", nullable=False, description="IATA code."),
    Column("passenger", "VARCHAR", classification="personal"),
    Column("distance", "BIGINT"),
)
CLEAN = Dataset(
    "flights/clean",
    suite="suites/flights_clean.yml",
    owner="data-engineering",
    description="One row a departure.",
    schema=COLUMNS,
    partition_by="month",
)
RAW = Dataset("flights/raw", owner="data-engineering")


@pytest.fixture(autouse=True)
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A zone that is not UTC, and nothing said about the terminal."""
    for variable in ("COLUMNS", "FORCE_COLOR", "NO_COLOR", "AIRFLOW_CONFIG"):
        monkeypatch.delenv(variable, raising=False)
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "Europe/Berlin")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
def catalog() -> Iterator[Catalog]:
    """The catalog of this test's Airflow home, with nothing in it."""
    opened = open_catalog()
    yield opened
    opened.database.engine.dispose()


@pytest.fixture
def filled(catalog: Catalog) -> Catalog:
    """Two datasets, one of them refused last, and a model of two versions."""
    catalog.record(extract(0), RAW)
    for month, at in (("2013-01", 1), ("2013-02", 2)):
        catalog.record(clean(at, month), CLEAN)
    catalog.record(refused(3), RAW)
    for version, at in (("1", 4), ("2", 5)):
        catalog.record(trained(at, version))
    catalog.set_alias("flight_delay", "champion", "1")
    return catalog


@pytest.fixture
def hallmark() -> Callable[..., Result]:
    """Run the command line in this process, 100 characters wide."""

    def run(*arguments: str, columns: int = 100) -> Result:
        return CliRunner().invoke(app, list(arguments), env={"COLUMNS": str(columns)})

    return run


@pytest.fixture
def record(catalog: Catalog) -> Callable[..., None]:
    """Record the run of a task that put out a version of some name."""

    def make(name: str, number: str = "0", task: str = "extract", at: float = 0, **changes: Any) -> None:
        catalog.record(receipt(task, at, version(name, number), **changes))

    return make


def receipt(task: str, at: float, output: DatasetVersion, **changes: Any) -> Receipt:
    """Make a receipt; ``at`` is hours after noon."""
    moment = NOON + timedelta(hours=at)
    run = StageRun("flight_delays", task, f"{RUN_ID}.{at:g}", kind=task)
    made = Receipt(str(uuid4()), run, "published", moment, moment + timedelta(seconds=90), output=output)
    return made.with_(**changes)


def version(name: str, number: str, **facts: Any) -> DatasetVersion:
    known = {"rows": 27_004, "bytes": 1_428_232, "files": 1, "columns": COLUMNS}
    return DatasetVersion(name, "file", f"/lake/{name}", number, **{**known, **facts})


def extract(at: float) -> Receipt:
    return receipt("extract", at, version("flights/raw", "0"))


def clean(at: float, month: str) -> Receipt:
    output = version("flights/clean", f"{at:g}", partition=month)
    return receipt("clean", at, output, gate=gate(warning=False, critical=True))


def refused(at: float) -> Receipt:
    reason = "1 of 2 expectations failed and are critical: [bold]distance[/bold]: -17"
    output = version("flights/raw", "")
    return receipt("extract", at, output, state="refused", gate=gate(warning=True, critical=False), message=reason)


def trained(at: float, number: str) -> Receipt:
    output = DatasetVersion("flight_delay", "mlflow://default", "flight_delay", number, kind="model")
    metrics = {"rows": 26_398.0, "roc_auc": 0.7 + at / 100, "log_loss": 0.4371}
    return receipt("train", at, output, metrics=metrics, inputs=(version("flights/clean", number),))


def gate(**held: bool) -> dict[str, Any]:
    """Make a suite result in GX's shape: by severity, whether its one expectation held."""
    results = [_result(severity, success) for severity, success in held.items()]
    return {"success": all(held.values()), "results": results}


def _result(severity: str, success: bool) -> dict[str, Any]:
    return {
        "success": success,
        "expectation_config": {
            "type": "expect_column_values_to_be_between",
            "kwargs": {"column": "distance", "min_value": 1, "max_value": 5000},
            "severity": severity,
        },
        "result": {"element_count": 200, "unexpected_count": 0 if success else 3, "unexpected_percent": 1.5},
        "exception_info": {"raised_exception": False},
    }
