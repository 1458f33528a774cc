"""A DAG file pays for nothing it does not use."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

HEAVY = ("pandas", "great_expectations", "mlflow", "sklearn", "duckdb", "deltalake", "sqlglot", "pyarrow")
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


def test_importing_all_operators_imports_no_heavy_library() -> None:
    loaded = modules(DAG_FILE)

    assert {name for name in HEAVY if name in loaded} == set()


def test_parsing_the_example_dag_imports_no_heavy_library() -> None:
    loaded = modules(f"import runpy; runpy.run_path({str(EXAMPLE)!r})")

    assert {name for name in HEAVY if name in loaded} == set()


def test_hallmark_adds_under_150_ms_to_the_import_of_the_sdk() -> None:
    """Count what Python itself reports for our modules and all they import, after the SDK is there."""
    sdk = "import airflow.sdk, airflow.sdk.exceptions; from airflow.sdk import DAG, BaseOperator, Asset"
    costs = []
    for _ in range(3):
        report = python(f"{sdk}; {DAG_FILE}", "-X", "importtime").stderr.splitlines()
        rows = [line.split("|") for line in report if line.count("|") == 2]
        # A module imported by the statement itself is indented by one space; its figure has its own imports in it.
        costs.append(sum(int(total) for _, total, name in rows if name.startswith(" hallmark")) / 1000)
    assert 0 < min(costs) < 150, f"{min(costs):.0f} ms"
