"""What Airflow finds of the provider."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

import jsonschema

from hallmark import __version__
from hallmark.catalog import current_revision, head_revision, open_catalog
from hallmark.config import OPTIONS
from hallmark.provider import get_provider_info
from hallmark.receipt import Receipt, StageRun

SCHEMA = Path(find_spec("airflow").origin or "").parent / "provider_info.schema.json"  # type: ignore[union-attr]
# Asked of Airflow itself, in a process of its own.
FOUND = """
import json
from airflow.configuration import conf
from airflow.providers_manager import ProvidersManager
from airflow.sdk import Asset

manager = ProvidersManager()
provider = manager.providers["airflow-provider-hallmark"]
section = conf.configuration_description["hallmark"]
print(json.dumps({
    "provider": [provider.version, provider.data["package-name"]],
    "options": list(section["options"]),
    "documented": all(option["description"] for option in section["options"].values()) and bool(section["description"]),
    "scheme": Asset(uri="hallmark://dataset/flights/raw", name="flights/raw").uri == "hallmark://dataset/flights/raw",
    "databases": sorted(manager.db_managers),
}))
"""


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


def airflow(home: Path, *arguments: str) -> str:
    """Run Airflow in a home of its own and return what it printed."""
    own = {"AIRFLOW_HOME": str(home), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
    done = subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, **own},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_airflow_finds_provider_options_and_asset_scheme(tmp_path: Path) -> None:
    found = json.loads(airflow(tmp_path, "-c", FOUND).splitlines()[-1])

    assert found["provider"] == [__version__, "airflow-provider-hallmark"]
    assert set(found["options"]) == {o.name for o in OPTIONS}
    assert found["documented"]
    assert found["scheme"]
    assert "hallmark.dbmanager.CatalogDBManager" in found["databases"]


def test_airflow_db_reset_keeps_what_the_catalog_has(tmp_path: Path) -> None:
    catalog = open_catalog(url=f"sqlite:///{tmp_path / 'hallmark' / 'catalog.db'}")
    kept = Receipt("a-receipt", StageRun("dag", "task", "run"), "failed", datetime.now(UTC), message="kept")
    catalog.record(kept)
    airflow(tmp_path, "-m", "airflow", "db", "reset", "--yes")

    assert catalog.receipt("a-receipt") == kept


def test_airflow_db_migrate_makes_the_catalog(tmp_path: Path) -> None:
    airflow(tmp_path, "-m", "airflow", "db", "migrate")

    assert current_revision(f"sqlite:///{tmp_path / 'hallmark' / 'catalog.db'}") == head_revision()
