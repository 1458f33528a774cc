"""Gates on their own: data that no stage made is checked, and what comes after runs only if it passes."""

from __future__ import annotations

from typing import Any

from airflow.sdk import DAG, Asset, task

from hallmark import Dataset, GateOperator, gate

FEED = "{{ var.value.parcel_feed }}"

with DAG("gates", schedule=None, default_args={"owner": "logistics"}):

    @task
    @gate("suites/parcels.yml")
    def taken() -> Any:
        import pandas as pd

        return pd.DataFrame({"parcel_id": [1, 2], "depot": ["north", "south"]})

    @task
    @gate("suites/parcels.yml", personal=("depot",))
    def refused() -> Any:
        import pandas as pd

        return pd.DataFrame({"parcel_id": [1, 1], "depot": ["north", "nowhere"]})

    @task
    def count(frame: Any) -> int:
        return len(frame)

    @task
    def never() -> None:
        raise AssertionError

    of_file = GateOperator(
        task_id="file", data=f"{FEED}/2024-01/parcels.csv", suite="suites/parcels.yml", personal=["sender"]
    )
    of_table = GateOperator(task_id="table", conn_id="operations", table="{{ 'parcels' }}", suite="suites/parcels.yml")
    of_dataset = GateOperator(
        task_id="dataset", data=Dataset("mapped/raw"), partition="2024-02", suite="suites/parcels.yml"
    )
    of_asset = GateOperator(
        task_id="asset",
        data=Asset("orders", uri="sqlite://host/operations/parcels"),
        conn_id="operations",
        suite="suites/parcels.yml",
    )
    of_bad_file = GateOperator(task_id="bad_file", data=f"{FEED}/bad.csv", suite="suites/parcels.yml")
    count(taken())
    refused()
    of_file >> of_table >> of_dataset >> of_asset
    of_bad_file >> never()
