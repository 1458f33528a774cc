"""The ``[hallmark]`` options, read the way Airflow reads them but without importing it.

An option comes from ``AIRFLOW__HALLMARK__<OPTION>``, else from the command in ``AIRFLOW__HALLMARK__<OPTION>_CMD``,
else from ``airflow.cfg`` (``$AIRFLOW_CONFIG`` or ``$AIRFLOW_HOME/airflow.cfg``), where ``<option>_cmd`` may stand for
``<option>`` too, else from :data:`OPTIONS`. What is empty counts as not set.
"""

from __future__ import annotations

import configparser
import json
import math
import os
import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hallmark.errors import ConfigError

__all__ = ["OPTIONS", "Option", "Settings", "airflow_home", "installation", "read_option", "settings"]


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
    Option(
        "lineage_backends",
        "{{}}",
        "JSON object of backends to deliver lineage to: names, and OpenLineage transports.",
        sensitive=True,
    ),
    Option("lineage_spool", "{home}/hallmark/spool", "Where events wait while the catalog is out of reach."),
    Option("lineage_namespaces", "{{}}", "JSON object of namespaces in lineage: as producers say them, and as meant."),
    Option("marquez_url", "", "Address of Marquez's pages, not of its API; tasks link to their jobs there when set."),
)
_DEFAULTS = {option.name: option.default for option in OPTIONS}


def airflow_home() -> Path:
    """Return ``$AIRFLOW_HOME``, else ``~/airflow`` as Airflow itself does."""
    return Path(os.environ.get("AIRFLOW_HOME") or "~/airflow").expanduser()


@dataclass(frozen=True)
class Settings:
    """The options of one process, resolved. Those that may hold secrets are not in its representation."""

    lake_root: str
    storage_options: dict[str, str] = field(repr=False)
    catalog_url: str = field(repr=False)
    catalog_conn_id: str
    mlflow_tracking_uri: str = field(repr=False)
    mlflow_artifact_root: str
    sample_rows: int
    staging_ttl_hours: float
    namespace: str
    # As it was written: a mistake in it must not fail a stage.
    lineage_backends: str = field(default="{}", repr=False)
    lineage_spool: str = ""
    lineage_namespaces: dict[str, str] = field(default_factory=dict)
    marquez_url: str = ""


def settings() -> Settings:
    """Read all options now.

    Raises:
        ConfigError: an option cannot be read or is not of its type.
    """
    file = _section_of_file()
    raw = {option.name: _value(option.name, file) for option in OPTIONS}
    return Settings(
        lake_root=raw["lake_root"].rstrip("/") or "/",
        storage_options=_json_object("storage_options", raw["storage_options"]),
        catalog_url=raw["catalog_url"],
        catalog_conn_id=raw["catalog_conn_id"],
        mlflow_tracking_uri=raw["mlflow_tracking_uri"],
        mlflow_artifact_root=raw["mlflow_artifact_root"],
        sample_rows=int(_number("sample_rows", raw["sample_rows"])),
        staging_ttl_hours=_number("staging_ttl_hours", raw["staging_ttl_hours"]),
        namespace=raw["namespace"],
        lineage_backends=raw["lineage_backends"],
        lineage_spool=raw["lineage_spool"],
        lineage_namespaces=_json_object("lineage_namespaces", raw["lineage_namespaces"]),
        marquez_url=raw["marquez_url"],
    )


def installation() -> str:
    """Read this installation's name."""
    return read_option("namespace")


def read_option(name: str) -> str:
    """Read one option alone, as text, without running the commands that give the others.

    Raises:
        ConfigError: it cannot be read.
    """
    return _value(name, _section_of_file())


def _value(name: str, file: Mapping[str, str]) -> str:
    variable = f"AIRFLOW__HALLMARK__{name.upper()}"
    for values, plain, command in ((os.environ, variable, f"{variable}_CMD"), (file, name, f"{name}_cmd")):
        if values.get(plain):
            return values[plain]
        if values.get(command):
            return _output_of(values[command], name)
    return _DEFAULTS[name].format(home=airflow_home())


def _output_of(command: str, name: str) -> str:
    try:
        done = subprocess.run(shlex.split(command), capture_output=True, text=True, check=True)
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        raise ConfigError(
            f"the command that gives [hallmark] {name} failed with {type(error).__name__}",
            f"run the command of {name}_cmd (or AIRFLOW__HALLMARK__{name.upper()}_CMD) by hand",
        ) from error
    return done.stdout.strip()


def _section_of_file() -> dict[str, str]:
    """Return the options that stand in airflow.cfg, environment variables filled in and nothing else interpreted."""
    path = Path(os.environ.get("AIRFLOW_CONFIG") or airflow_home() / "airflow.cfg")
    if not path.is_file():
        return {}
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read(path, encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not an Airflow configuration file", "mend it, or set AIRFLOW_CONFIG") from error
    section = dict(parser["hallmark"]) if parser.has_section("hallmark") else {}
    return {name: os.path.expandvars(value) for name, value in section.items() if value}


def _number(name: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError as error:
        raise ConfigError(f"[hallmark] {name} is {text!r}, not a number", "set a number") from error
    if not 0 <= number < math.inf:
        raise ConfigError(f"[hallmark] {name} is {text!r}", "set a number that is finite and not below zero")
    return number


def _json_object(name: str, text: str) -> dict[str, Any]:
    try:
        value = json.loads(text or "{}")
    except ValueError as error:
        raise ConfigError(f"[hallmark] {name} is not JSON", 'set an object such as {"region": "eu-west-1"}') from error
    if not isinstance(value, dict):
        raise ConfigError(f"[hallmark] {name} is not a JSON object", 'set an object such as {"region": "eu-west-1"}')
    return {name: text if isinstance(text, str) else json.dumps(text) for name, text in value.items()}
