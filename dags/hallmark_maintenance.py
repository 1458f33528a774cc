"""Lineage is delivered every minute, and what is older than 90 days goes once a day."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG

from hallmark.stages.maintenance import DeliverLineageOperator, PruneLineageOperator

SHARED = {"catchup": False, "max_active_runs": 1, "tags": ["hallmark"], "doc_md": __doc__}

with DAG("hallmark_deliver_lineage", schedule="* * * * *", dagrun_timeout=timedelta(minutes=5), **SHARED) as deliver:
    DeliverLineageOperator(task_id="deliver", execution_timeout=timedelta(minutes=2))

with DAG("hallmark_prune_lineage", schedule="@daily", **SHARED) as prune:
    PruneLineageOperator(task_id="prune", older_than="90d")
