"""Runs of jobs: lists of them, their facets, and that they begin and end."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, Query, status
from sqlalchemy import Connection

from hallmark.lineage import browse
from hallmark.lineage.browse import runs
from hallmark_ui.api.access import needs
from hallmark_ui.api.bodies import described, json_of
from hallmark_ui.api.catalog import CatalogDep, Opener
from hallmark_ui.api.marquez import jobs, models, shapes, writing
from hallmark_ui.api.parameters import JobName, NamespaceName, ReadDep, RunId, WindowDep, absent, moment
from hallmark_ui.api.problems import REFUSALS, refusal

__all__ = ["router"]

READ, WRITE = needs("lineage:read"), needs("lineage:write")
OF_JOB = "/namespaces/{namespace:name}/jobs/{job:name}/runs"
ONE = "/jobs/runs/{run:name}"

router = APIRouter(tags=["runs"], responses=REFUSALS)

At = Annotated[
    str | None, Query(max_length=100, description="When; now by default.", examples=["2026-01-31T06:00:00Z"])
]
FacetsOf = Annotated[Literal["run", "job", "RUN", "JOB"], Query(alias="type", examples=["run"])]
# What Marquez calls the end of a run, and OpenLineage's event type.
_MARKS = {"start": "START", "complete": "COMPLETE", "fail": "FAIL", "abort": "ABORT"}


def named(connection: Connection, run_id: str) -> browse.Run:
    """Return a run.

    Raises:
        HTTPException: 404, nobody told of it.
    """
    found = runs.run(connection, run_id)
    if found is None:
        raise absent("run", run_id)
    return found


@router.get(OF_JOB, dependencies=[READ], summary="List runs of a job")
def get_runs(read: ReadDep, namespace: NamespaceName, job: JobName, window: WindowDep) -> models.Runs:
    """List the runs of a job, newest first."""

    def work(connection: Connection) -> browse.Page[browse.Run]:
        jobs.named(connection, namespace, job)
        return runs.runs_of_job(connection, namespace, job, window)

    page = read(work)
    found = [shapes.run(each) for each in page.items]
    return models.Runs(runs=found, total_count=page.total, next_cursor=page.next)


@router.post(
    OF_JOB,
    status_code=status.HTTP_201_CREATED,
    dependencies=[WRITE],
    summary="Announce a run",
    responses={409: refusal("There is a run of that id.")},
    openapi_extra=described(writing.RunIn, {"id": "01939b6f-8f3c-7c5e-9a34-1f1c62a1f7b5", "args": {"retries": "1"}}),
)
def post_run(
    catalog: CatalogDep,
    read: ReadDep,
    namespace: NamespaceName,
    job: JobName,
    told: Annotated[writing.RunIn, Depends(json_of(writing.RunIn))],
) -> models.Run:
    """Announce a run of a job that is known: a run event of the type OTHER."""
    read(lambda connection: jobs.named(connection, namespace, job))
    if told.id is not None:
        _new(read, told.id)
    event = writing.run_event("OTHER", told.id, writing.IdIn(namespace=namespace, name=job), told=told)
    writing.take(catalog, event)
    return read(lambda connection: _whole(connection, event["run"]["runId"]))


@router.get(ONE, dependencies=[READ], summary="One run")
def get_run(read: ReadDep, run: RunId) -> models.Run:
    """Return a run with all facets that its events told."""
    return read(lambda connection: _whole(connection, run))


@router.get(f"{ONE}/facets", dependencies=[READ], summary="Facets of a run or of its job")
def get_facets(read: ReadDep, run: RunId, kind: FacetsOf) -> models.Facets:
    """Return all facets that a run's events told of it or of its job."""

    def work(connection: Connection) -> models.Facets:
        found = named(connection, run)
        return models.Facets(run_id=found.id, facets=runs.run_facets(connection, found.id)[kind.lower()])

    return read(work)


def _mark_route(mark: str, type_: str) -> None:
    @router.post(
        f"{ONE}/{mark}",
        dependencies=[WRITE],
        summary=f"Mark a run: {mark}",
        operation_id=f"{mark}_run",
        name=f"{mark}_run",
    )
    def post_mark(catalog: CatalogDep, run: RunId, at: At = None) -> models.Run:
        """Tell that a run began or ended: a run event."""
        return _marked(catalog, run, type_, at)


for _mark, _type in _MARKS.items():
    _mark_route(_mark, _type)


def _marked(catalog: Opener, run_id: str, type_: str, at: str | None) -> models.Run:
    when = moment(at, "at")
    found = catalog().database.read(lambda connection: named(connection, run_id))
    writing.take(catalog, writing.run_event(type_, found.id, writing.IdIn(**found.job._asdict()), when))
    return catalog().database.read(lambda connection: _whole(connection, found.id))


def _whole(connection: Connection, run_id: str) -> models.Run:
    return shapes.run(named(connection, run_id), runs.run_facets(connection, run_id)["run"])


def _new(read: ReadDep, run_id: str) -> None:
    try:
        UUID(run_id)
    except ValueError:
        raise HTTPException(422, f"The id of a run is a UUID, not {run_id[:50]!r}.") from None
    if read(lambda connection: runs.run(connection, run_id)) is not None:
        raise HTTPException(409, f"There is a run {run_id} already.")
