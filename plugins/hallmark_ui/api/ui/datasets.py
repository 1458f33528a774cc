"""Datasets: the catalogue, and all that a dataset's page shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import HTTPException, Path, Query
from sqlalchemy import Connection

from hallmark.catalog.pages import Page, Reach, datasets, drift, gates, versions
from hallmark.catalog.pages.values import DatasetItem, Field, Strip, VersionItem, VersionPage
from hallmark_ui.api.parameters import DatasetName, absent
from hallmark_ui.api.ui import lake, usage
from hallmark_ui.api.ui.listing import Listing, Several, WindowDep, router_of
from hallmark_ui.api.ui.models import DatasetView, Facets, Rows, Usage
from hallmark_ui.api.ui.people import PagesDep
from hallmark_ui.api.ui.rows import IN_THE_LAKE, Personal, allowed, columns_of, in_the_lake, masked, may_here

__all__ = ["router"]

router = router_of("datasets")

ONE = "/catalog/datasets/{dataset:name}"
Partition = Annotated[str | None, Query(max_length=1000)]
Version = Annotated[str | None, Query(max_length=500)]
VersionName = Annotated[str, Path(max_length=500, examples=["41"])]


@router.get("/catalog/datasets", summary="Datasets to look through")
def get_datasets(
    pages: PagesDep,
    window: WindowDep,
    owner: Several,
    tag: Several,
    classification: Several,
    search: Annotated[str | None, Query(max_length=1000, description="Part of name, owner, tag, description.")] = None,
    freshness: Literal["fresh", "stale", "unpromised"] | None = None,
    gate: Literal["passed", "failed", "none"] | None = None,
    quarantine: Annotated[bool, Query(description="List the quarantines of datasets too.")] = False,
    sort: Literal["name", "published", "gate", "owner"] = "name",
    order: Literal["asc", "desc"] = "asc",
) -> Listing[DatasetItem]:
    """List datasets. Filters that are repeated mean either, different ones mean both; an empty one means none."""
    wanted = datasets.Wanted(
        search=search or None,
        owners=owner,
        tags=tag,
        classifications=classification,
        freshness=freshness,
        gate=gate,
        quarantine=quarantine,
    )
    now, down = datetime.now(UTC), order == "desc"
    found = pages(lambda connection, reach: datasets.datasets_page(connection, wanted, window, reach, now, sort, down))
    return Listing[DatasetItem](**vars(found))


@router.get("/catalog/facets", summary="What datasets can be narrowed by")
def get_facets(pages: PagesDep) -> Facets:
    """Return owners, tags, classifications and DAGs of datasets, with how many have them."""
    return Facets(**pages(datasets.facets))


@router.get(ONE, summary="One dataset")
def get_dataset(pages: PagesDep, dataset: DatasetName) -> DatasetView:
    """Return a dataset with its contract, its schema and its last gate."""
    now = datetime.now(UTC)
    found = pages(lambda connection, reach: datasets.dataset_page(connection, dataset, reach, now))
    if found is None:
        raise absent("dataset", dataset)
    return DatasetView(
        **vars(found),
        node=f"dataset:{found.namespace}:{found.location}",
        asset_uri=usage.asset_uri(dataset),
        may=may_here(pages.viewer, found.dag_id),
    )


@router.get(f"{ONE}/versions", summary="A dataset's versions")
def get_versions(
    pages: PagesDep, dataset: DatasetName, window: WindowDep, partition: Partition = None
) -> Listing[VersionItem]:
    """List the versions of a dataset, or of one partition of it, the newest first."""

    def work(connection: Connection, reach: Reach) -> Page[VersionItem]:
        _seen(connection, reach, dataset)
        return versions.versions_page(connection, dataset, partition, window)

    return Listing[VersionItem](**vars(pages(work)))


@router.get(f"{ONE}/versions/{{version:name}}", summary="One version, with its profile")
def get_version(pages: PagesDep, dataset: DatasetName, version: VersionName) -> VersionPage:
    """Return a version with its columns and their figures; of personal columns there are counts alone."""

    def work(connection: Connection, reach: Reach) -> VersionPage:
        _seen(connection, reach, dataset)
        return _version(connection, dataset, version)

    return pages(work)


@router.get(f"{ONE}/drift", summary="How far a version moved from another")
def get_drift(pages: PagesDep, dataset: DatasetName, version: Version = None, base: Version = None) -> drift.Drift:
    """Compare two versions by their profiles; by default the newest with the one before it."""

    def work(connection: Connection, reach: Reach) -> drift.Drift:
        _seen(connection, reach, dataset)
        later = version or versions.latest(connection, dataset)
        earlier = base or (later and versions.previous(connection, dataset, later))
        if not later or not earlier:
            raise HTTPException(404, f"The dataset {dataset[:200]!r} has no two versions to compare.")
        return drift.drift(dataset, *(_profiled(connection, dataset, each) for each in (earlier, later)))

    return pages(work)


@router.get(f"{ONE}/checks", summary="Expectations run by run")
def get_checks(
    pages: PagesDep, dataset: DatasetName, runs: Annotated[int, Query(ge=1, le=gates.MOST_RUNS)] = 30
) -> Strip:
    """Return what each expectation came to in the newest gate runs: a row an expectation, a cell a run."""

    def work(connection: Connection, reach: Reach) -> Strip:
        _seen(connection, reach, dataset)
        return gates.strip(connection, dataset, runs, reach)

    return pages(work)


@router.get(f"{ONE}/rows", summary="Some rows of a dataset", responses=IN_THE_LAKE)
def get_rows(
    pages: PagesDep,
    dataset: DatasetName,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    partition: Partition = None,
    personal: Personal = False,
) -> Rows:
    """Return some rows of the newest version, for who may change its DAG's task instances.

    Values of personal columns are masked; an administrator may ask for them.
    """
    found = pages(lambda connection, reach: _sensitive(connection, reach, dataset))
    allowed(pages.viewer, found.dag_id, personal=personal)
    with in_the_lake():
        read = lake.head(dataset, partition, limit)
    if read is None:
        raise HTTPException(409, f"The dataset {dataset[:200]!r} has no table in the lake of this API server.")
    columns = columns_of([(c.name, c.type) for c in read.columns], found.personal, shown=personal)
    return Rows(
        version=read.version,
        partition=partition,
        columns=columns,
        rows=[masked(row, columns) for row in read.rows],
        masked=any(column.masked for column in columns),
    )


@router.get(f"{ONE}/usage", summary="Who reads and writes a dataset")
def get_usage(pages: PagesDep, dataset: DatasetName) -> Usage:
    """Return the jobs that read and write a dataset, what is one job away from it, and its assets in Airflow."""

    def work(connection: Connection, reach: Reach) -> usage.Around:
        namespace, location = _seen(connection, reach, dataset)
        return usage.around(connection, namespace, location)

    return Usage(**vars(pages(work)), assets=usage.assets_of(pages.viewer, dataset))


def _seen(connection: Connection, reach: Reach, name: str) -> tuple[str, str]:
    """Return where a dataset is.

    Raises:
        HTTPException: 404, there is none, or none that the user may see.
    """
    found = datasets.place(connection, name, reach)
    if found is None:
        raise absent("dataset", name)
    return found


def _sensitive(connection: Connection, reach: Reach, name: str) -> datasets.Sensitive:
    found = datasets.sensitive(connection, name, reach)
    if found is None:
        raise absent("dataset", name)
    return found


def _version(connection: Connection, dataset: str, version: str) -> VersionPage:
    found = versions.version_page(connection, dataset, version)
    if found is None:
        raise absent(f"version of {dataset[:200]}", version)
    return found


def _profiled(connection: Connection, dataset: str, version: str) -> tuple[str, Mapping[str, Any], Sequence[Field]]:
    found = _version(connection, dataset, version)
    if found.profile is None:
        raise HTTPException(404, f"Version {version[:100]} of {dataset[:200]!r} has no profile.")
    return version, found.profile, found.schema
