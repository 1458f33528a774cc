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
    "from hallmark.cleaning import Cast, DropDuplicates, Impute, Trim; from hallmark.sources import FileSource, SqlSource"
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
    """Count the time that Python itself reports for our modules, which a busy machine distorts less than a clock."""
    sdk = "import airflow.sdk, airflow.sdk.exceptions; from airflow.sdk import DAG, BaseOperator, Asset"
    costs = []
    for _ in range(3):
        report = python(f"{sdk}; {DAG_FILE}", "-X", "importtime").stderr.splitlines()
        ours = next(i for i, line in enumerate(report) if line.split("|")[-1].strip().startswith("hallmark"))
        # Self times of all that is imported from the first of our modules on.
        costs.append(sum(int(line.split("|")[0].split(":")[1]) for line in report[max(0, ours - 20) :]) / 1000)
    assert min(costs) < 150, f"{min(costs):.0f} ms"
