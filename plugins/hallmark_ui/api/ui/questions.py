"""Airflow's open questions to people, of DAGs that have stages of Hallmark's; Airflow's own page takes the answer."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from airflow.models.hitl import HITLDetail
from airflow.models.taskinstance import TaskInstance
from airflow.utils.session import create_session
from sqlalchemy import Connection, select

from hallmark.catalog.pages.runs import dags_known
from hallmark_ui.api.ui.models import Review
from hallmark_ui.api.ui.people import Pages

__all__ = ["MOST", "open_questions"]

MOST = 200
# More than one page of them, for those of other DAGs are left out afterwards.
_MOST_READ = 1000
# A question of a task that ended otherwise is asked no more.
_ENDED = ("success", "failed", "skipped", "removed", "upstream_failed")


def open_questions(pages: Pages) -> list[Review]:
    """Return the questions of DAGs that the user may read, the newest first."""
    query = (
        select(HITLDetail)
        .join(TaskInstance, TaskInstance.id == HITLDetail.ti_id)
        .where(HITLDetail.responded_at.is_(None))
        .where(TaskInstance.state.is_(None) | TaskInstance.state.not_in(_ENDED))
        .order_by(HITLDetail.created_at.desc())
        .limit(_MOST_READ)
    )
    with create_session() as session:
        found = [_review(pages, each) for each in session.scalars(query).unique()]
    readable = [each for each in found if each.dag_id in pages.viewer.readable]
    with_stages = pages(lambda connection, _reach: _known(connection, readable)) if readable else set()
    return [each for each in readable if each.dag_id in with_stages][:MOST]


def _known(connection: Connection, found: list[Review]) -> set[str]:
    return dags_known(connection, sorted({each.dag_id for each in found}))


def _review(pages: Pages, question: Any) -> Review:
    task = question.task_instance
    return Review(
        kind="question",
        id=str(question.ti_id),
        title=question.subject,
        name=f"{task.dag_id}.{task.task_id}",
        owner=None,
        since=question.created_at,
        dag_id=task.dag_id,
        task_id=task.task_id,
        run_id=task.run_id,
        map_index=task.map_index,
        detail=question.body or "",
        standing="question",
        rows=None,
        partition=None,
        receipt_id=None,
        actions=[],
        url=_url(task),
    )


def _url(task: Any) -> str:
    """Return the address of the page where Airflow asks, below its root."""
    dag_id, run_id, task_id = (quote(each, safe="") for each in (task.dag_id, task.run_id, task.task_id))
    mapped = f"/mapped/{task.map_index}" if task.map_index >= 0 else ""
    return f"/dags/{dag_id}/runs/{run_id}/tasks/{task_id}{mapped}/required_actions"
