"""A DAG file pays for nothing it does not use."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

HEAVY = (
    "alembic",
    "deltalake",
    "duckdb",
    "great_expectations",
    "mlflow",
    "numpy",
    "openlineage",
    "pandas",
    "pyarrow",
    "sklearn",
    "sqlalchemy",
    "sqlglot",
    "yaml",
)
# What a DAG file loads that has operators of Airflow's own, and what a database's provider loads for any asset's URI.
SDK = (
    "import airflow.providers.common.compat.assets; "
    "import airflow.sdk.exceptions; from airflow.sdk import DAG, Asset, BaseOperator, Param; "
    "DAG('d').add_task(BaseOperator(task_id='t', outlets=[Asset('a')]))"
)
MILLISECONDS = 150
OPERATORS = "CleanOperator, Dataset, DeployOperator, EvaluateOperator, ExtractOperator, ScoreOperator, TrainOperator"
DAG_FILE = (
    f"from hallmark import {OPERATORS}, TransformOperator; "
    "from hallmark.cleaning import Cast, DropDuplicates, Impute, Trim; "
    "from hallmark.sources import FileSource, SqlSource"
)
EXAMPLE = Path(__file__).resolve().parents[2] / "dags" / "flight_delays.py"


def python(code: str, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *options, "-c", code], capture_output=True, text=True, check=True)


def modules(code: str) -> set[str]:
    answer = python(f"{code}; import json, sys; print(json.dumps(sorted(sys.modules)))")
    return set(json.loads(answer.stdout.splitlines()[-1]))


@cache
def of_the_sdk() -> set[str]:
    return modules(SDK)


def heavy_beyond_the_sdk(code: str) -> set[str]:
    added = modules(f"{SDK}; {code}") - of_the_sdk()
    return {name for name in added if name.partition(".")[0] in HEAVY}


def added_milliseconds(code: str) -> float:
    """Return what Python itself reports for all modules that a DAG file loads beyond the SDK's, at best of two."""
    return min(_import_time(f"{SDK}; {code}") for _ in range(2))


def _import_time(code: str) -> float:
    report = python(code, "-X", "importtime").stderr.splitlines()
    rows = [line.removeprefix("import time:").split("|") for line in report if line.count("|") == 2]
    own = {name.strip(): int(microseconds) for microseconds, _, name in rows[1:]}
    return sum(own[name] for name in own.keys() - of_the_sdk()) / 1000


def test_importing_all_operators_imports_no_heavy_library() -> None:
    assert heavy_beyond_the_sdk(DAG_FILE) == set()


def test_parsing_the_example_dag_imports_no_heavy_library() -> None:
    assert heavy_beyond_the_sdk(f"import runpy; runpy.run_path({str(EXAMPLE)!r})") == set()


def test_hallmark_adds_little_to_the_import_of_the_sdk() -> None:
    assert 0 < added_milliseconds(DAG_FILE) < MILLISECONDS


def test_the_example_dag_adds_little_too() -> None:
    assert 0 < added_milliseconds(f"import runpy; runpy.run_path({str(EXAMPLE)!r})") < MILLISECONDS
