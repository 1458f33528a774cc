"""A shop's orders: what is wrong with them is set apart, and somebody is asked before they are reported."""

from __future__ import annotations

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import DAG

from hallmark import Dataset, ExtractOperator, TransformOperator
from hallmark.sources import FileSource

orders = Dataset(
    "desk/orders",
    suite="suites/orders.yml",
    owner="sales",
    description="Orders as they come in.",
    schema={"id": "BIGINT", "amount": "BIGINT", "email": "VARCHAR"},
    personal=["email"],
)
report = Dataset("desk/report", owner="sales", description="What was ordered in all.")

with DAG("order_desk", schedule=None, tags=["hallmark"], doc_md=__doc__):
    load = ExtractOperator(
        task_id="load",
        source=FileSource("{{ var.value.flight_feed }}/orders.csv"),
        output=orders,
        on_failed_rows="quarantine",
        max_quarantined=0.5,
    )
    approve = ApprovalOperator(task_id="approve", subject="Report these orders?", body="Two of them were set apart.")
    sums = TransformOperator(
        task_id="report",
        inputs={"o": orders},
        output=report,
        sql="select count(*) as orders, sum(amount) as amount from o",
    )
    load >> approve >> sums
