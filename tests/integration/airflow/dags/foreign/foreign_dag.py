"""Tasks that are not Hallmark's, and what Hallmark has to declare what they do."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, Asset, ObjectStoragePath, task

from hallmark import Dataset, ExtractOperator, LineageOperator, dataset_asset, model_asset
from hallmark.sources import FileSource, SqlSource

FEED = os.environ["AIRFLOW_VAR_PARCEL_FEED"]
SHOP = f"postgres://127.0.0.1:{os.environ['SHOP_PORT']}"
parcels = f"file://{FEED}/2024-01/parcels.csv"
orders = Asset(f"{SHOP}/shop/public/orders")
raw = Dataset("foreign/raw", owner="logistics", description="Parcels as they came.")
revenue = Dataset("foreign/revenue", owner="sales")


def dag(dag_id: str) -> DAG:
    """Return a DAG that runs when told to."""
    return DAG(dag_id, schedule=None, default_args={"owner": "logistics"})


with dag("hallmark_stages"):
    ExtractOperator(task_id="file", source=FileSource(parcels.removeprefix("file://")), output=raw)
    ExtractOperator(task_id="postgres", source=SqlSource("shop", "SELECT * FROM revenue"), output=revenue)
    ExtractOperator(
        task_id="sqlite", source=SqlSource("ledger", "SELECT * FROM depots"), output=Dataset("foreign/depots")
    )

with dag("assets"):
    BashOperator(task_id="dataset", bash_command="true", inlets=[dataset_asset(raw)], outlets=[model_asset("late")])
    BashOperator(task_id="file", bash_command="true", inlets=[Asset(parcels)], outlets=[Asset(f"file://{FEED}/out/")])
    BashOperator(task_id="table", bash_command="true", inlets=[orders], outlets=[Asset("s3://bucket/key")])

with dag("sql"):
    SQLExecuteQueryOperator(
        task_id="postgres",
        conn_id="shop",
        sql="INSERT INTO revenue (customer, total) "
        "SELECT customer, sum(amount) AS total FROM orders WHERE paid GROUP BY customer",
    )
    SQLExecuteQueryOperator(
        task_id="sqlite",
        conn_id="ledger",
        sql="INSERT INTO depots (depot, parcels) SELECT depot, count(*) FROM parcels GROUP BY depot",
    )
    SQLExecuteQueryOperator(
        task_id="postgres_fails", conn_id="shop", sql="INSERT INTO revenue (customer) SELECT nobody FROM orders"
    )

with dag("hooks"):

    @task
    def copy_file() -> None:
        source, target = ObjectStoragePath(parcels), ObjectStoragePath(f"file://{FEED}/copy.csv")
        with source.open("r") as stream, target.open("w") as out:
            out.write(stream.read())

    @task
    def query() -> None:
        from airflow.providers.postgres.hooks.postgres import PostgresHook

        PostgresHook("shop").run("INSERT INTO public.revenue (customer, total) SELECT customer, amount FROM orders")

    @task(outlets=[dataset_asset(raw)])
    def hook_and_outlet() -> None:
        ObjectStoragePath(parcels).open("r").read()

    copy_file()
    query()
    hook_and_outlet()

with dag("declared"):
    LineageOperator(
        task_id="by_hand",
        inputs=[raw, orders],
        outputs=f"{SHOP}/shop.public.revenue",
        columns={"customer": "orders.customer", "revenue.total": ["orders.amount", "raw.weight_kg"]},
        description="The shop's nightly load.",
    )
    LineageOperator(
        task_id="templated",
        inputs=("file", "{{ var.value.parcel_feed }}/2024-01/parcels.csv"),
        outputs=["s3://bucket/{{ dag.dag_id }}/report.csv"],
        columns={"late": ["{{ 'late' }}"]},
    )
    LineageOperator(task_id="wrong", inputs=[raw], outputs=["{{ 'no-uri' }}"])

    @task.lineage(inputs=raw, outputs=revenue, columns={"total": ["weight_kg"]})  # type: ignore[attr-defined]
    def report(fee: int) -> int:
        return ObjectStoragePath(parcels).open("r").read().count("\n") * fee

    @task.lineage(inputs=orders, outputs=[raw, ("s3://bucket", "{{ dag.dag_id }}/x")])  # type: ignore[attr-defined]
    def fails() -> None:
        raise ValueError("no luck today")

    @task.lineage(outputs=["{{ 'no-uri' }}"])  # type: ignore[attr-defined]
    def wrong_task() -> None:
        raise ValueError("never runs")

    report(2)
    report.override(task_id="mapped").expand(fee=[1, 2])
    fails()
    wrong_task()
    LineageOperator.partial(task_id="mapped_by_hand", inputs=raw).expand(
        outputs=[f"s3://bucket/{name}" for name in "ab"]
    )


@task(retries=1, retry_delay=timedelta(0), inlets=[orders])
def second_try(ti: Any = None) -> None:
    """Fail at first."""
    if ti.try_number == 1:
        raise ValueError("not yet")


with dag("again"):
    second_try()

with DAG("daily", schedule="@daily", start_date=datetime(2024, 1, 1, tzinfo=UTC), catchup=False):
    BashOperator(task_id="bash", bash_command="true", inlets=[dataset_asset(raw)])
