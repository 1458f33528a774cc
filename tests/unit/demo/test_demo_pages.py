"""The demonstration's end names the pages that there is something to see on."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from hallmark.catalog import Catalog, open_catalog
from hallmark.dataset import Dataset, DatasetVersion, Kind
from hallmark.demo.pages import pages
from hallmark.receipt import Receipt, StageRun, State

AIRFLOW = "http://localhost:8080"


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    return open_catalog(url=f"sqlite:///{tmp_path / 'catalog.db'}")


def record(catalog: Catalog, receipt: str, name: str, version: str, *, state: State = "published") -> None:
    kind: Kind = "model" if name == "flight_delay" else "dataset"
    output = DatasetVersion(name, "file", f"/the lake/{name}", version, kind)
    run = StageRun("flight_delays", receipt, "2013-04")
    dataset = None if kind == "model" else Dataset(name)
    catalog.record(Receipt(receipt, run, state, datetime.now(UTC), datetime.now(UTC), output=output), dataset)


def test_a_demonstration_that_broke_off_shows_the_overview_alone(catalog: Catalog) -> None:
    assert dict(pages(catalog, AIRFLOW)) == {"Overview": f"{AIRFLOW}/plugin/hallmark/overview"}


def test_what_there_is_to_see_is_shown(catalog: Catalog) -> None:
    record(catalog, "refusal", "flights/raw", "", state="refused")
    record(catalog, "features", "flights/features", "3")
    for version in ("1", "2"):
        record(catalog, f"train-{version}", "flight_delay", version)
    catalog.set_alias("flight_delay", "champion", "2")
    shown = dict(pages(catalog, AIRFLOW))
    column = parse_qs(urlsplit(shown["Where flights/features.arr_delay comes from"]).query)

    assert shown["Why April was red"] == f"{AIRFLOW}/plugin/hallmark/quality/refusal"
    assert shown["What was kept out"] == f"{AIRFLOW}/plugin/hallmark/reviews/quarantine/flights%2Fraw/refusal"
    assert shown["The champion"] == f"{AIRFLOW}/plugin/hallmark/models/flight_delay/versions/2"
    assert column["node"] == column["selected"] == ["dataset:file:/the lake/flights/features"]
    assert (column["column"], column["columns"]) == (["arr_delay"], ["true"])
