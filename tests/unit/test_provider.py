"""What Airflow finds of the provider."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import airflow
import jsonschema

from hallmark.catalog import current_revision, head_revision
from hallmark.config import OPTIONS
from hallmark.provider import get_provider_info

SCHEMA = Path(airflow.__file__).parent / "provider_info.schema.json"


def test_the_provider_info_is_of_airflows_schema() -> None:
    jsonschema.validate(get_provider_info(), json.loads(SCHEMA.read_text()))


def test_every_option_is_described_and_secret_ones_are_marked() -> None:
    options = get_provider_info()["config"]["hallmark"]["options"]

    assert set(options) == {o.name for o in OPTIONS}
    assert all(o["description"] for o in options.values())
    assert options["catalog_url"]["sensitive"]


def test_provider_and_plugin_are_found_by_their_entry_points() -> None:
    providers = {e.name: e for e in entry_points(group="apache_airflow_provider") if "hallmark" in e.value}
    plugins = {e.name: e for e in entry_points(group="airflow.plugins") if e.name == "hallmark"}

    assert providers["provider_info"].load() is get_provider_info
    assert plugins["hallmark"].load().name == "hallmark"


def test_airflow_db_migrate_migrates_the_catalog(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'catalog.db'}"
    home = {"AIRFLOW_HOME": str(tmp_path / "home"), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
    environment = {**os.environ, **home, "AIRFLOW__HALLMARK__CATALOG_URL": url}
    subprocess.run(
        [sys.executable, "-m", "airflow", "db", "migrate"],
        env=environment,
        check=True,
        capture_output=True,
        timeout=120,
    )

    assert current_revision(url) == head_revision()
