"""What Hallmark shows beside Airflow's own tabs: of a task, of a DAG run, of a DAG."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Query

from hallmark.catalog.pages import runs
from hallmark_ui.api.parameters import absent
from hallmark_ui.api.ui.listing import router_of
from hallmark_ui.api.ui.people import Pages, PagesDep

__all__ = ["router"]

router = router_of("tabs")

DagId = Annotated[str, Query(min_length=1, max_length=1000, examples=["flight_delays"])]
RunId = Annotated[str, Query(min_length=1, max_length=1000, examples=["scheduled__2026-03-01T00:00:00+00:00"])]
TaskId = Annotated[str, Query(min_length=1, max_length=1000, examples=["clean"])]
MapIndex = Annotated[int, Query(ge=-1, le=2**31 - 1)]


@router.get("/tabs/task", summary="A task's receipts")
def get_task(pages: PagesDep, dag_id: DagId, run_id: RunId, task_id: TaskId, map_index: MapIndex = -1) -> runs.TaskTab:
    """Return the receipts of a task's tries, and what the newest read, wrote and was held against.

    Of a task that is no stage of Hallmark's there are none.
    """
    _seen(pages, dag_id)
    return pages(lambda connection, _reach: runs.task_tab(connection, dag_id, run_id, task_id, map_index))


@router.get("/tabs/run", summary="A DAG run's receipts")
def get_run(pages: PagesDep, dag_id: DagId, run_id: RunId) -> runs.RunTab:
    """Return the last receipt of each task, what the run read from outside, and what it published."""
    _seen(pages, dag_id)
    return pages(lambda connection, _reach: runs.run_tab(connection, dag_id, run_id))


@router.get("/tabs/dag", summary="What a DAG publishes")
def get_dag(pages: PagesDep, dag_id: DagId) -> runs.DagTab:
    """Return the datasets and models of a DAG, and how its newest runs went."""
    _seen(pages, dag_id)
    now = datetime.now(UTC)
    return pages(lambda connection, _reach: runs.dag_tab(connection, dag_id, now))


def _seen(pages: Pages, dag_id: str) -> None:
    """Answer 404 of a DAG that the user may not read."""
    if not pages.viewer.reach.sees(dag_id):
        raise absent("DAG", dag_id)
