"""A stage that meets its rival in another process after both have looked at the table and before either publishes."""

from __future__ import annotations

import os
import time
from pathlib import Path

from airflow.sdk import DAG

from hallmark import Dataset, ExtractOperator
from hallmark.sources import FileSource
from hallmark.stages.job import Job, Work

SECONDS = 120


class MeetingExtractOperator(ExtractOperator):
    """An extract that waits for its rival."""

    def work(self, job: Job) -> Work:
        place, me = Path(os.environ["MEETING_PLACE"]), os.environ["RACER"]
        (place / f"{self.task_id}.{me}").touch()
        deadline = time.monotonic() + SECONDS
        while len(list(place.glob(f"{self.task_id}.*"))) < 2:
            assert time.monotonic() < deadline, "the rival did not come"
            time.sleep(0.005)
        return super().work(job)


def stage_dag(dag_id: str, partition: str) -> None:
    """Define a DAG with the one stage."""
    with DAG(dag_id, schedule=None, default_args={"owner": "logistics", "retries": 0}):
        MeetingExtractOperator(
            task_id=dag_id,
            source=FileSource("{{ var.value.parcel_feed }}/racer.csv"),
            output=Dataset(f"race/{dag_id}"),
            partition=partition,
        )


stage_dag("same_partition", "2024-01")
stage_dag("own_partition", os.environ.get("RACER", "nobody"))
