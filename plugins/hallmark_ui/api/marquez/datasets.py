"""Datasets, their versions and their tags."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from sqlalchemy import Connection

from hallmark.lineage import browse
from hallmark.lineage.browse import datasets, entries, runs
from hallmark_ui.api.access import needs
from hallmark_ui.api.bodies import described, json_of
from hallmark_ui.api.catalog import CatalogDep
from hallmark_ui.api.marquez import models, shapes, writing
from hallmark_ui.api.parameters import (
    DatasetName,
    FieldName,
    NamespaceName,
    ReadDep,
    TagName,
    WindowDep,
    WriteDep,
    absent,
)
from hallmark_ui.api.problems import REFUSALS

__all__ = ["router"]

READ, WRITE = needs("lineage:read"), needs("lineage:write")
ONE = "/{dataset:name}"
ALL_ROWS = ""

router = APIRouter(prefix="/namespaces/{namespace:name}/datasets", tags=["datasets"], responses=REFUSALS)


def named(connection: Connection, namespace: str, name: str) -> browse.Dataset:
    """Return a dataset by any of its names.

    Raises:
        HTTPException: 404, there is none.
    """
    found = datasets.dataset(connection, namespace, name)
    if found is None:
        raise absent("dataset", name, namespace)
    return found


@router.get("", dependencies=[READ], summary="List datasets of a namespace")
def get_datasets(read: ReadDep, namespace: NamespaceName, window: WindowDep) -> models.Datasets:
    """List the datasets of a namespace by name."""

    def work(connection: Connection) -> browse.Page[browse.Dataset]:
        if entries.namespace(connection, namespace) is None:
            raise absent("namespace", namespace)
        return datasets.datasets_page(connection, namespace, window)

    page = read(work)
    found = [shapes.dataset(each) for each in page.items]
    return models.Datasets(datasets=found, total_count=page.total, next_cursor=page.next)


@router.get(ONE, dependencies=[READ], summary="One dataset")
def get_dataset(read: ReadDep, namespace: NamespaceName, dataset: DatasetName) -> models.Dataset:
    """Return a dataset by any of its names, as the one that stands for all of them."""
    return shapes.dataset(read(lambda connection: named(connection, namespace, dataset)))


@router.put(
    ONE,
    dependencies=[WRITE],
    summary="Declare a dataset",
    openapi_extra=described(
        writing.DatasetIn,
        {"type": "DB_TABLE", "physicalName": "public.orders", "sourceName": "shop", "fields": [{"name": "id"}]},
    ),
)
def put_dataset(
    catalog: CatalogDep,
    read: ReadDep,
    write: WriteDep,
    namespace: NamespaceName,
    dataset: DatasetName,
    told: Annotated[writing.DatasetIn, Depends(json_of(writing.DatasetIn))],
) -> models.Dataset:
    """Declare a dataset: a dataset event, or with `runId` an event of that run."""
    source = read(lambda connection: entries.source(connection, told.source_name))
    job = read(lambda connection: _job_of(connection, told.run_id))
    event = writing.dataset_event(namespace, dataset, told, source.connection_url if source else None, job)
    writing.take(catalog, event)
    return write(lambda connection: _tagged(connection, namespace, dataset, _tags(told)))


@router.delete(ONE, dependencies=[WRITE], summary="Show a dataset no longer")
def delete_dataset(write: WriteDep, namespace: NamespaceName, dataset: DatasetName) -> models.Dataset:
    """Hide a dataset until another event tells of it."""
    now = datetime.now(UTC)

    def work(connection: Connection) -> browse.Dataset:
        found = named(connection, namespace, dataset)
        entries.hide_dataset(connection, found.id, now)
        return found

    return shapes.dataset(write(work)).model_copy(update={"deleted": True})


@router.get(f"{ONE}/versions", dependencies=[READ], summary="List versions of a dataset")
def get_versions(read: ReadDep, namespace: NamespaceName, dataset: DatasetName, window: WindowDep) -> models.Versions:
    """List the versions of a dataset, newest first, each with the run that wrote it."""

    def work(connection: Connection) -> tuple[browse.Dataset, browse.Page[browse.Version]]:
        found = named(connection, namespace, dataset)
        return found, datasets.versions_page(connection, found.id, window)

    of, page = read(work)
    found = [shapes.dataset_version(each, of) for each in page.items]
    return models.Versions(versions=found, total_count=page.total, next_cursor=page.next)


@router.get(f"{ONE}/versions/{{version:name}}", dependencies=[READ], summary="One version of a dataset")
def get_version(
    read: ReadDep, namespace: NamespaceName, dataset: DatasetName, version: DatasetName
) -> models.DatasetVersion:
    """Return a version, by its UUID or by what its producer calls it."""

    def work(connection: Connection) -> models.DatasetVersion:
        of = named(connection, namespace, dataset)
        found = datasets.version(connection, of.id, lambda told: fits(of, told, version))
        if found is None:
            raise absent(f"version of {dataset[:200]!r}", version, namespace)
        return shapes.dataset_version(found, of)

    return read(work)


@router.post(f"{ONE}/tags/{{tag:name}}", dependencies=[WRITE], summary="Tag a dataset")
def post_tag(write: WriteDep, namespace: NamespaceName, dataset: DatasetName, tag: TagName) -> models.Dataset:
    """Give a tag to a dataset; a tag that is new is entered."""
    return write(lambda connection: _tagged(connection, namespace, dataset, [(ALL_ROWS, tag)]))


@router.delete(f"{ONE}/tags/{{tag:name}}", dependencies=[WRITE], summary="Untag a dataset")
def delete_tag(write: WriteDep, namespace: NamespaceName, dataset: DatasetName, tag: TagName) -> models.Dataset:
    """Take a tag from a dataset."""
    return write(lambda connection: _untagged(connection, namespace, dataset, ALL_ROWS, tag))


@router.post(f"{ONE}/fields/{{field:name}}/tags/{{tag:name}}", dependencies=[WRITE], summary="Tag a field")
def post_field_tag(
    write: WriteDep, namespace: NamespaceName, dataset: DatasetName, field: FieldName, tag: TagName
) -> models.Dataset:
    """Give a tag to a field of a dataset; a tag that is new is entered."""

    def work(connection: Connection) -> models.Dataset:
        _with_field(named(connection, namespace, dataset), field)
        return _tagged(connection, namespace, dataset, [(field, tag)])

    return write(work)


@router.delete(f"{ONE}/fields/{{field:name}}/tags/{{tag:name}}", dependencies=[WRITE], summary="Untag a field")
def delete_field_tag(
    write: WriteDep, namespace: NamespaceName, dataset: DatasetName, field: FieldName, tag: TagName
) -> models.Dataset:
    """Take a tag from a field of a dataset."""
    return write(lambda connection: _untagged(connection, namespace, dataset, field, tag))


def fits(of: browse.Dataset, told: str, asked: str) -> bool:
    """Tell whether a version is the one that is asked for, by its UUID or by what its producer calls it."""
    return asked in (told, shapes.version_uuid(of.namespace, of.name, told))


def _job_of(connection: Connection, run_id: str | None) -> writing.IdIn | None:
    if run_id is None:
        return None
    run = runs.run(connection, run_id)
    if run is None:
        raise absent("run", run_id)
    return writing.IdIn(**run.job._asdict())


def _tags(told: writing.DatasetIn) -> list[tuple[str, str]]:
    of_fields = [(field.name, tag) for field in told.fields for tag in field.tags]
    return [*((ALL_ROWS, tag) for tag in told.tags), *of_fields]


def _with_field(found: browse.Dataset, field: str) -> None:
    if field not in {each.name for each in shapes.dataset(found).fields}:
        raise absent("field", field, f"{found.namespace}:{found.name}")


def _tagged(connection: Connection, namespace: str, name: str, given: list[tuple[str, str]]) -> models.Dataset:
    found, now = named(connection, namespace, name), datetime.now(UTC)
    for field, tag in given:
        entries.tag_dataset(connection, found.id, field, tag, now)
    return shapes.dataset(named(connection, namespace, name))


def _untagged(connection: Connection, namespace: str, name: str, field: str, tag: str) -> models.Dataset:
    entries.untag_dataset(connection, named(connection, namespace, name).id, field, tag)
    return shapes.dataset(named(connection, namespace, name))
