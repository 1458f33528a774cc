"""Stages that end in each of the ways that their links tell apart."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from airflow.sdk import DAG, Variable, task

from hallmark import Dataset, ExtractOperator, GateOperator, LineageOperator, TrainOperator
from hallmark.sources import FileSource

FEED = "{{ var.value.parcel_feed }}"
SUITE = "suites/depots.yml"


def extract(case: str, file: str, **options: Any) -> ExtractOperator:
    """Return a stage that extracts a file of the feed into a dataset named after the case."""
    about = {name: options.pop(name) for name in ("suite", "schema") if name in options}
    return ExtractOperator(
        task_id=case, source=FileSource(f"{FEED}/{file}"), output=Dataset(f"links/{case}", **about), **options
    )


def mended(context: Any) -> None:
    """Bring the file that the first try should have had."""
    feed = Path(Variable.get("parcel_feed"))
    (feed / "mended.csv").write_text((feed / "good.csv").read_text())


def moved(_context: Any, _result: Any) -> None:
    """From here on MLflow is said to be a server, which has pages; the training went to a file."""
    os.environ["AIRFLOW__HALLMARK__MLFLOW_TRACKING_URI"] = "https://ann:hunter2@mlflow.example/ml/"


@task.lineage(outputs="s3://reports/depots.csv")
def report() -> None:
    """Do nothing but have lineage."""


with DAG("links", schedule=None, default_args={"owner": "logistics", "retries": 0}):
    extract("published", "good.csv", suite=SUITE)
    extract("unchecked", "good.csv")
    extract("refused", "bad.csv", suite=SUITE)
    extract("broken", "good.csv", schema={"depott": "VARCHAR"})
    extract("retried", "mended.csv", suite=SUITE, retries=1, retry_delay=timedelta(0), on_retry_callback=mended)
    ExtractOperator.partial(
        task_id="mapped", source=FileSource(f"{FEED}/good.csv"), output=Dataset("links/mapped", suite=SUITE)
    ).expand(partition=["2024-01", "2024-02"])
    GateOperator(task_id="gate", data=f"{FEED}/good.csv", suite=SUITE)
    LineageOperator(task_id="declared", inputs="s3://reports/in.csv", outputs="s3://reports/out.csv")
    report()
    parcels = extract("parcels", "2024-01/parcels.csv")
    parcels >> TrainOperator(
        task_id="train",
        input=Dataset("links/parcels"),
        model="links_model",
        target="late",
        estimator="sklearn.ensemble.HistGradientBoostingClassifier",
        hyperparameters={"max_iter": 5, "random_state": 7},
        keys=["parcel_id", "sender"],
        post_execute=moved,
    )
