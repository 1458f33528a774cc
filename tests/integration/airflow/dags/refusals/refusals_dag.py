"""Stages that cannot do what they are asked, each in its own way, and one that can while its surroundings are whole."""

from __future__ import annotations

from typing import Any

from airflow.sdk import DAG

from hallmark import (
    CleanOperator,
    Dataset,
    EvaluateOperator,
    ExtractOperator,
    ScoreOperator,
    TrainOperator,
    TransformOperator,
)
from hallmark.cleaning import Cast
from hallmark.sources import FileSource, SqlSource

FEED = "{{ var.value.parcel_feed }}"
CONTRACT = {"parcel_id": "BIGINT", "depot": "VARCHAR"}
GOOD = f"{FEED}/good.csv"

stock = Dataset("refused/stock", personal=("sender",))


def extract(case: str, file: str = "good.csv", **options: Any) -> ExtractOperator:
    """Return a stage that extracts a file of the feed into a dataset named after the case."""
    about = {name: options.pop(name) for name in ("suite", "schema", "personal") if name in options}
    source = options.pop("source", FileSource(f"{FEED}/{file}"))
    partition = options.pop("partition", "2024-01")
    dataset = Dataset(f"refused/{case}", **about)
    return ExtractOperator(task_id=case, source=source, output=dataset, partition=partition, **options)


def transform(case: str, sql: str, **options: Any) -> TransformOperator:
    """Return a stage that transforms the stock."""
    given = {"inputs": {"s": stock}, "partition": "2024-01", **options}
    return TransformOperator(task_id=case, sql=sql, output=Dataset(f"refused/{case}"), **given)


def stage_dag(dag_id: str, **options: Any) -> DAG:
    """Return a DAG that runs when told to."""
    given = {"nothing": "", "none": None, "file": "good.csv"}
    return DAG(dag_id, schedule=None, params=given, default_args={"owner": "logistics", "retries": 0}, **options)


with stage_dag("stock"):
    ExtractOperator(task_id="extract", source=FileSource(GOOD), output=stock, partition="2024-01")

with stage_dag("refusals"):
    extract("missing_file", "nowhere.csv")
    extract("malformed_file", "malformed.csv")
    extract("empty_file", "empty.csv")
    extract("header_alone", "header.csv")
    extract("column_missing", "missing.csv", schema=CONTRACT)
    extract("column_added", "added.csv", schema=CONTRACT)
    extract("column_retyped", "retyped.csv", schema=CONTRACT)
    extract("personal_retyped", schema={**CONTRACT, "sender": "BIGINT"}, personal=("sender",))
    extract("suite_missing", suite="suites/nowhere.yml")
    extract("suite_not_yaml", suite="suites/not_yaml.yml")
    extract("suite_unknown_expectation", suite="suites/unknown.yml")
    extract("suite_absent_column", suite="suites/absent.yml")
    extract("gate", suite="suites/strict.yml", personal=("sender",))
    extract("too_many_for_quarantine", suite="suites/strict.yml", personal=("sender",), on_failed_rows="quarantine")
    extract("partition_empty", partition="{{ params.nothing }}")
    extract("partition_none", partition="{{ params.none }}")
    extract("path_empty", source=FileSource("{{ params.nothing }}"))
    extract("connection_unknown", source=SqlSource("nowhere", "SELECT 1"))
    extract("query_wrong", source=SqlSource("operations", "SELECT * FROM nowhere"))
    transform("sql_empty", "{{ params.nothing }}")
    transform("sql_wrong_column", "SELECT s.nope FROM s")
    transform("sql_unconvertible", "SELECT CAST(s.sender AS BIGINT) AS sender FROM s")
    transform("sql_not_a_query", "DROP TABLE s")
    transform("input_unpublished", "SELECT * FROM s", inputs={"s": Dataset("refused/never_made")})
    transform("partition_unpublished", "SELECT * FROM s", partition="2031-12")
    CleanOperator(
        task_id="step_fails",
        input=stock,
        output=Dataset("refused/step_fails"),
        partition="2024-01",
        steps=[Cast("depott", "integer")],
    )
    TrainOperator(
        task_id="bound_empty",
        input=stock,
        model="refused_model",
        target="parcel_id",
        estimator="sklearn.ensemble.HistGradientBoostingRegressor",
        before="{{ params.none }}",
        when_empty="skip",
    )
    EvaluateOperator(task_id="model_untrained", model="refused_model", on=stock, partition="2024-01")
    ScoreOperator(
        task_id="version_empty",
        model="refused_model",
        input=stock,
        output=Dataset("refused/version_empty"),
        version="{{ params.nothing }}",
        partition="2024-01",
    )

with stage_dag("native_refusals", render_template_as_native_obj=True):
    extract("native_partition_none", partition="{{ params.none }}")
    TrainOperator(
        task_id="native_bound_none",
        input=stock,
        model="refused_model",
        target="parcel_id",
        estimator="sklearn.ensemble.HistGradientBoostingRegressor",
        before="{{ params.none }}",
        when_empty="skip",
    )

with stage_dag("standing"):
    extract("standing", "{{ params.file }}", suite="suites/strict.yml", personal=("sender",))
