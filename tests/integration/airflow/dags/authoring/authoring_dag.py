"""What authors do with stages: templates, XComs, mapping, retries, clearing, SQL files and connections."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from airflow.sdk import DAG, Variable, task

from hallmark import CleanOperator, Dataset, ExtractOperator, TrainOperator, TransformOperator
from hallmark.cleaning import Derive, Filter
from hallmark.sources import FileSource, SqlSource

FEED = "{{ var.value.parcel_feed }}"
MONTHS = ["2024-01", "2024-02", "2024-03"]


def stage_dag(dag_id: str, **options: Any) -> DAG:
    """Return a DAG that runs when told to."""
    given = {"month": "2024-01", "depot": "north", "most": 100}
    return DAG(dag_id, schedule=None, params=given, default_args={"owner": "logistics"}, **options)


with stage_dag("handover"):

    @task
    def choose(params: dict[str, Any]) -> str:
        return params["month"]

    @task
    def read(outcome: dict[str, Any]) -> str:
        return f"{outcome['name']} has {outcome['rows']} rows in version {outcome['version']} of {outcome['partition']}"

    chosen = choose()
    handed = ExtractOperator(
        task_id="extract",
        source=FileSource(f"{FEED}/{{{{ ti.xcom_pull(task_ids='choose') }}}}/parcels.csv"),
        output=Dataset("handover/raw"),
        partition=chosen,
    )
    read(handed.output)

mapped_raw = Dataset("mapped/raw", suite="suites/raw.yml", owner="logistics")
mapped_clean = Dataset("mapped/clean")

with stage_dag("mapped"):

    @task
    def months() -> list[str]:
        return MONTHS

    @task
    def total(outcomes: list[dict[str, Any]]) -> int:
        return sum(outcome["rows"] for outcome in outcomes)

    monthly = ExtractOperator.partial(
        task_id="extract", source=FileSource(f"{FEED}/{{{{ task.partition }}}}/parcels.csv"), output=mapped_raw
    ).expand(partition=MONTHS)
    tidied = CleanOperator.partial(
        task_id="clean", input=mapped_raw, output=mapped_clean, steps=[Filter("depot = '{{ params.depot }}'")]
    ).expand(partition=months())
    by_kwargs = ExtractOperator.partial(task_id="by_kwargs", output=Dataset("mapped/by_kwargs")).expand_kwargs(
        [{"source": FileSource(f"{FEED}/{month}/parcels.csv"), "partition": month} for month in MONTHS[:2]]
    )
    monthly >> tidied >> total(tidied.output)

templated_raw = Dataset("templated/raw", suite="suites/depots.yml")
templated_clean = Dataset("templated/clean")

with stage_dag("templated"):
    from_database = ExtractOperator(
        task_id="extract",
        source=SqlSource("operations", "sql/parcels.sql", {"depot": "{{ params.depot }}"}),
        output=templated_raw,
        partition="{{ params.month }}",
        suite_parameters={"depots": ["{{ params.depot }}"]},
    )
    steps = CleanOperator(
        task_id="clean",
        input=templated_raw,
        output=templated_clean,
        partition="{{ params.month }}",
        steps=[
            Filter("depot = '{{ params.depot }}' AND weight_kg < {{ params.most }}"),
            Derive("run", "'{{ run_id }}'"),
        ],
    )
    grouped = TransformOperator(
        task_id="transform",
        inputs={"p": templated_clean},
        output=Dataset("templated/by_depot"),
        partition="{{ params.month }}",
        sql="sql/by_depot.sql",
    )
    from_database >> steps >> grouped

with stage_dag("native", render_template_as_native_obj=True):

    @task
    def tune() -> dict[str, Any]:
        return {"max_iter": 5}

    numbered = ExtractOperator(
        task_id="extract",
        source=FileSource(f"{FEED}/2024-01/parcels.csv"),
        output=Dataset("native/raw"),
        partition="{{ params.month | replace('-', '') }}",
    )
    fitted = TrainOperator(
        task_id="train",
        input=Dataset("native/raw"),
        model="parcel_weight",
        target="weight_kg",
        estimator="sklearn.ensemble.HistGradientBoostingRegressor",
        hyperparameters=tune(),
        features=["distance_km"],
        before="{{ 202402 }}",
    )
    numbered >> fitted


def deliver_now(context: Any) -> None:
    """Bring the file that the first try missed."""
    feed = Path(Variable.get("parcel_feed"))
    (feed / "late.csv").write_text("parcel_id\n1\n2\n")


with stage_dag("late_feed"):
    ExtractOperator(
        task_id="extract",
        source=FileSource(f"{FEED}/late.csv"),
        output=Dataset("late_feed/raw"),
        partition="2024-01",
        retries=1,
        retry_delay=timedelta(0),
        on_retry_callback=deliver_now,
    )

with stage_dag("again"):
    ExtractOperator(
        task_id="extract", source=FileSource(f"{FEED}/again.csv"), output=Dataset("again/raw"), partition="2024-05-01"
    )
