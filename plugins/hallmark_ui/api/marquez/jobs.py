"""Jobs and their tags."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from sqlalchemy import Connection

from hallmark.lineage import browse
from hallmark.lineage.browse import entries, jobs
from hallmark_ui.api.access import needs
from hallmark_ui.api.bodies import described, json_of
from hallmark_ui.api.catalog import CatalogDep, Opener
from hallmark_ui.api.marquez import models, shapes, writing
from hallmark_ui.api.parameters import JobName, NamespaceName, ReadDep, TagName, WindowDep, WriteDep, absent
from hallmark_ui.api.problems import REFUSALS

__all__ = ["named", "router"]

READ, WRITE = needs("lineage:read"), needs("lineage:write")
OF_NAMESPACE = "/namespaces/{namespace:name}/jobs"
ONE = f"{OF_NAMESPACE}/{{job:name}}"

router = APIRouter(tags=["jobs"], responses=REFUSALS)

# Marquez's states, and OpenLineage's that they stand for; None is a job that never ran.
_STATES: dict[str, tuple[str | None, ...]] = {
    "NEW": ("OTHER", None),
    "RUNNING": ("START", "RUNNING"),
    "COMPLETED": ("COMPLETE",),
    "FAILED": ("FAIL",),
    "ABORTED": ("ABORT",),
}
States = Annotated[
    list[shapes.RunState],
    Query(
        alias="lastRunStates", default_factory=list, description="Only jobs whose newest run is in one of these states."
    ),
]


def named(connection: Connection, namespace: str, name: str) -> browse.Job:
    """Return a job.

    Raises:
        HTTPException: 404, there is none.
    """
    found = jobs.job(connection, namespace, name)
    if found is None:
        raise absent("job", name, namespace)
    return found


@router.get("/jobs", dependencies=[READ], summary="List jobs of all namespaces")
def get_all_jobs(read: ReadDep, window: WindowDep, states: States) -> models.Jobs:
    """List all jobs, those told of last first."""
    return _page(read(lambda connection: jobs.jobs_page(connection, None, _told(states), window)))


@router.get(OF_NAMESPACE, dependencies=[READ], summary="List jobs of a namespace")
def get_jobs(read: ReadDep, namespace: NamespaceName, window: WindowDep, states: States) -> models.Jobs:
    """List the jobs of a namespace, those told of last first."""

    def work(connection: Connection) -> browse.Page[browse.Job]:
        if entries.namespace(connection, namespace) is None:
            raise absent("namespace", namespace)
        return jobs.jobs_page(connection, namespace, _told(states), window)

    return _page(read(work))


@router.get(ONE, dependencies=[READ], summary="One job")
def get_job(read: ReadDep, namespace: NamespaceName, job: JobName) -> models.Job:
    """Return a job, what it reads and writes today, and its newest runs."""
    return shapes.job(read(lambda connection: named(connection, namespace, job)))


@router.put(
    ONE,
    dependencies=[WRITE],
    summary="Declare a job",
    openapi_extra=described(
        writing.JobIn,
        {"type": "BATCH", "inputs": [{"namespace": "shop", "name": "orders"}], "outputs": [], "location": "https://…"},
    ),
)
def put_job(
    catalog: CatalogDep,
    read: ReadDep,
    namespace: NamespaceName,
    job: JobName,
    told: Annotated[writing.JobIn, Depends(json_of(writing.JobIn))],
) -> models.Job:
    """Declare a job with its inputs and outputs: a job event, or with `runId` an event of that run."""
    writing.take(catalog, writing.job_event(namespace, job, told))
    return shapes.job(read(lambda connection: named(connection, namespace, job)))


@router.delete(ONE, dependencies=[WRITE], summary="Show a job no longer")
def delete_job(write: WriteDep, namespace: NamespaceName, job: JobName) -> models.Job:
    """Hide a job until another event tells of it."""
    now = datetime.now(UTC)

    def work(connection: Connection) -> browse.Job:
        found = named(connection, namespace, job)
        entries.hide_job(connection, found.id, now)
        return found

    return shapes.job(write(work))


@router.post(f"{ONE}/tags/{{tag:name}}", dependencies=[WRITE], summary="Tag a job")
def post_tag(catalog: CatalogDep, read: ReadDep, namespace: NamespaceName, job: JobName, tag: TagName) -> models.Job:
    """Give a tag to a job: a job event that tells its tags."""
    given = [*_tags(read(lambda connection: named(connection, namespace, job)), but=tag), _tag(tag)]
    return _tagged(catalog, namespace, job, given)


@router.delete(f"{ONE}/tags/{{tag:name}}", dependencies=[WRITE], summary="Untag a job")
def delete_tag(catalog: CatalogDep, read: ReadDep, namespace: NamespaceName, job: JobName, tag: TagName) -> models.Job:
    """Take a tag from a job: a job event that tells its tags."""
    return _tagged(catalog, namespace, job, _tags(read(lambda connection: named(connection, namespace, job)), but=tag))


def _told(states: Iterable[str]) -> list[str | None]:
    return [told for state in states for told in _STATES[state]]


def _page(page: browse.Page[browse.Job]) -> models.Jobs:
    found = [shapes.job(each) for each in page.items]
    return models.Jobs(jobs=found, total_count=page.total, next_cursor=page.next)


def _tag(name: str) -> dict[str, Any]:
    return {"key": name, "value": "true", "source": "USER"}


def _tags(job: browse.Job, but: str) -> list[dict[str, Any]]:
    """Return a job's tags as its facet tells them, but one."""
    return [dict(told) for told in shapes.facet_tags(job.facets) if shapes.tag_name(told) != but]


def _tagged(catalog: Opener, namespace: str, name: str, tags: list[dict[str, Any]]) -> models.Job:
    writing.take(catalog, writing.job_tags_event(namespace, name, tags))
    return shapes.job(catalog().database.read(lambda connection: named(connection, namespace, name)))
