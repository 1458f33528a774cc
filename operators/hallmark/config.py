"""The ``[hallmark]`` options, read the way Airflow reads them but without importing it.

An option comes from ``AIRFLOW__HALLMARK__<OPTION>``, else from the command in ``AIRFLOW__HALLMARK__<OPTION>_CMD``,
else from ``airflow.cfg`` (``$AIRFLOW_CONFIG`` or ``$AIRFLOW_HOME/airflow.cfg``), else from :data:`OPTIONS`.
"""

from __future__ import annotations

import configparser
import json
import os
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hallmark.errors import ConfigError

__all__ = ["OPTIONS", "Option", "Settings", "airflow_home", "settings"]


@dataclass(frozen=True)
class Option:
    """One ``[hallmark]`` option; ``{home}`` in the default is ``$AIRFLOW_HOME``."""

    name: str
    default: str
    description: str
    sensitive: bool = False


OPTIONS: tuple[Option, ...] = (
    Option("lake_root", "{home}/hallmark/lake", "Where datasets live: a local folder or s3://bucket/prefix."),
    Option(
        "storage_options", "{{}}", "JSON object of options for a remote lake (region, endpoint, keys).", sensitive=True
    ),
    Option("catalog_url", "sqlite:///{home}/hallmark/catalog.db", "SQLAlchemy URL of the catalog.", sensitive=True),
    Option("catalog_conn_id", "", "Airflow connection of the catalog; wins over catalog_url when set."),
    Option(
        "mlflow_tracking_uri", "sqlite:///{home}/hallmark/mlflow.db", "MLflow tracking and registry.", sensitive=True
    ),
    Option("mlflow_artifact_root", "{home}/hallmark/mlartifacts", "Where a local MLflow keeps model files."),
    Option("sample_rows", "20", "Failing rows kept per expectation in a gate's result."),
    Option("staging_ttl_hours", "24", "Age after which files of a stage that died elsewhere are removed."),
    Option("namespace", "default", "Name of this installation in the lineage of queries and models."),
)
_DEFAULTS = {option.name: option.default for option in OPTIONS}


def airflow_home() -> Path:
    """Return ``$AIRFLOW_HOME``, else ``~/airflow`` as Airflow itself does."""
    return Path(os.environ.get("AIRFLOW_HOME") or "~/airflow").expanduser()


@dataclass(frozen=True)
class Settings:
    """The options of one process, resolved."""

    lake_root: str
    storage_options: dict[str, str]
    catalog_url: str
    catalog_conn_id: str
    mlflow_tracking_uri: str
    mlflow_artifact_root: str
    sample_rows: int
    staging_ttl_hours: float
    namespace: str


def settings() -> Settings:
    """Read all options now.

    Raises:
        ConfigError: an option cannot be read or is not of its type.
    """
    raw = {option.name: _value(option.name) for option in OPTIONS}
    return Settings(
        lake_root=raw["lake_root"].rstrip("/"),
        storage_options=_json_object("storage_options", raw["storage_options"]),
        catalog_url=raw["catalog_url"],
        catalog_conn_id=raw["catalog_conn_id"],
        mlflow_tracking_uri=raw["mlflow_tracking_uri"],
        mlflow_artifact_root=raw["mlflow_artifact_root"],
        sample_rows=int(_number("sample_rows", raw["sample_rows"])),
        staging_ttl_hours=_number("staging_ttl_hours", raw["staging_ttl_hours"]),
        namespace=raw["namespace"],
    )


def _value(name: str) -> str:
    variable = f"AIRFLOW__HALLMARK__{name.upper()}"
    if variable in os.environ:
        return os.environ[variable]
    if command := os.environ.get(f"{variable}_CMD"):
        return _output_of(command, name)
    return _from_file(name) or _DEFAULTS[name].format(home=airflow_home())


def _output_of(command: str, name: str) -> str:
    try:
        done = subprocess.run(shlex.split(command), capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise ConfigError(
            f"the command that gives [hallmark] {name} failed with {type(error).__name__}",
            f"run the command of AIRFLOW__HALLMARK__{name.upper()}_CMD by hand",
        ) from error
    return done.stdout.strip()


def _from_file(name: str) -> str | None:
    path = Path(os.environ.get("AIRFLOW_CONFIG") or airflow_home() / "airflow.cfg")
    if not path.is_file():
        return None
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read(path)
    except configparser.Error as error:
        raise ConfigError(f"{path} is not an Airflow configuration file", "mend it, or set AIRFLOW_CONFIG") from error
    value = parser.get("hallmark", name, fallback=None)
    return os.path.expandvars(value) if value else None


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise ConfigError(f"[hallmark] {name} is {text!r}, not a number", "set a number") from error


def _json_object(name: str, text: str) -> dict[str, Any]:
    try:
        value = json.loads(text or "{}")
    except ValueError as error:
        raise ConfigError(f"[hallmark] {name} is not JSON", 'set an object such as {"region": "eu-west-1"}') from error
    if not isinstance(value, dict):
        raise ConfigError(f"[hallmark] {name} is not a JSON object", 'set an object such as {"region": "eu-west-1"}')
    return {str(k): str(v) for k, v in value.items()}
