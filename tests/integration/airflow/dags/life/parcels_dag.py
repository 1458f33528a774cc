"""From a file to a deployed model and its predictions: all stages, and DAGs that take some of them apart."""

from __future__ import annotations

from airflow.sdk import DAG

from hallmark import (
    CleanOperator,
    Dataset,
    DeployOperator,
    EvaluateOperator,
    ExtractOperator,
    ScoreOperator,
    TrainOperator,
    TransformOperator,
)
from hallmark.cleaning import DropDuplicates, Hash, Trim
from hallmark.sources import FileSource

FEED = "{{ var.value.parcel_feed }}"
MONTH = "{{ params.month }}"
MODEL = "parcel_late"

raw = Dataset(
    "parcels/raw",
    suite="suites/raw.yml",
    owner="logistics",
    description="Parcels as the depots report them, a partition a month.",
    schema={
        "parcel_id": "BIGINT",
        "depot": "VARCHAR",
        "sender": "VARCHAR",
        "weight_kg": "DOUBLE",
        "distance_km": "BIGINT",
        "fragile": "BOOLEAN",
        "late": "BOOLEAN",
    },
    personal=("sender",),
)
clean = Dataset("parcels/clean", owner="logistics", description="One row a parcel; senders are hashed.")
features = Dataset("parcels/features", suite="suites/features.yml", owner="science", description="What a model learns.")
predictions = Dataset("parcels/predictions", suite="suites/predictions.yml", owner="science")


def stage_dag(dag_id: str) -> DAG:
    """Return a DAG whose runs are told their month, and how hard a model tries."""
    return DAG(
        dag_id,
        schedule=None,
        params={"month": "2024-01", "rounds": 30, "leaves": 8, "version": 1},
        default_args={"owner": "logistics", "retries": 0},
        tags=["parcels"],
        render_template_as_native_obj=True,
    )


def train() -> TrainOperator:
    return TrainOperator(
        task_id="train",
        input=features,
        model=MODEL,
        target="late",
        estimator="sklearn.ensemble.HistGradientBoostingClassifier",
        hyperparameters={
            "max_iter": "{{ params.rounds }}",
            "max_leaf_nodes": "{{ params.leaves }}",
            "min_samples_leaf": 20,
            "random_state": 7,
        },
        keys=["parcel_id"],
        before=MONTH,
        when_empty="skip",
        model_owner="science",
        description="Will a parcel come late?",
    )


def evaluate() -> EvaluateOperator:
    return EvaluateOperator(
        task_id="evaluate",
        model=MODEL,
        on=features,
        partition=MONTH,
        suite="suites/evaluation.yml",
        slices=["depot"],
    )


with stage_dag("parcels"):
    extract = ExtractOperator(
        task_id="extract",
        source=FileSource(f"{FEED}/{MONTH}/parcels.csv"),
        output=raw,
        partition=MONTH,
        on_failed_rows="quarantine",
    )
    tidy = CleanOperator(
        task_id="clean",
        input=raw,
        output=clean,
        partition=MONTH,
        steps=[Trim("depot"), DropDuplicates(["parcel_id"]), Hash("sender", salt="pepper-0xC0FFEE")],
    )
    join = TransformOperator(
        task_id="features", inputs={"p": clean}, output=features, sql="sql/features.sql", partition=MONTH
    )
    deploy = DeployOperator(task_id="deploy", model=MODEL)
    score = ScoreOperator(task_id="score", input=features, model=MODEL, output=predictions, partition=MONTH)
    extract >> tidy >> join >> train() >> evaluate() >> deploy >> score

with stage_dag("challenge"):
    train() >> evaluate()

with stage_dag("challenge_and_deploy"):
    train() >> evaluate() >> DeployOperator(task_id="deploy", model=MODEL)

with stage_dag("deploy"):
    DeployOperator(task_id="deploy", model=MODEL, version="{{ params.version }}")

with stage_dag("score"):
    ScoreOperator(task_id="score", input=features, model=MODEL, output=predictions, partition=MONTH)
