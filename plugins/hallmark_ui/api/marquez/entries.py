"""Namespaces, sources and tags."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from sqlalchemy import Connection

from hallmark.lineage import browse
from hallmark.lineage.browse import entries
from hallmark.lineage.redaction import redacted
from hallmark_ui.api.access import needs
from hallmark_ui.api.bodies import described, json_of
from hallmark_ui.api.marquez import models, shapes
from hallmark_ui.api.parameters import NamespaceName, ReadDep, TagName, WindowDep, WriteDep, absent
from hallmark_ui.api.problems import REFUSALS

__all__ = ["router"]

READ, WRITE = needs("lineage:read"), needs("lineage:write")

router = APIRouter(responses=REFUSALS)


class Told(BaseModel):
    """What is written of a namespace, a source or a tag."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)

    description: str | None = Field(None, max_length=10_000)


class NamespaceIn(Told):
    """A namespace's owner."""

    owner_name: str = Field(min_length=1, max_length=1024)


class SourceIn(Told):
    """Where a source is."""

    type: str = Field(min_length=1, max_length=200)
    connection_url: str = Field(min_length=1, max_length=4000)


class TagIn(Told):
    """What a tag means."""


@router.get("/namespaces", dependencies=[READ], tags=["namespaces"], summary="List namespaces")
def get_namespaces(read: ReadDep, window: WindowDep) -> models.Namespaces:
    """List all namespaces by name: those of jobs, those of datasets, and those that were entered."""
    page = read(lambda connection: entries.namespaces_page(connection, window))
    found = [shapes.namespace(each) for each in page.items]
    return models.Namespaces(namespaces=found, total_count=page.total, next_cursor=page.next)


@router.get("/namespaces/{namespace:name}", dependencies=[READ], tags=["namespaces"], summary="One namespace")
def get_namespace(read: ReadDep, namespace: NamespaceName) -> models.Namespace:
    """Return one namespace."""
    found = read(lambda connection: entries.namespace(connection, namespace))
    if found is None:
        raise absent("namespace", namespace)
    return shapes.namespace(found)


@router.put(
    "/namespaces/{namespace:name}",
    dependencies=[WRITE],
    tags=["namespaces"],
    summary="Enter a namespace",
    openapi_extra=described(NamespaceIn, {"ownerName": "data-engineering", "description": "The shop."}),
)
def put_namespace(
    write: WriteDep, namespace: NamespaceName, told: Annotated[NamespaceIn, Depends(json_of(NamespaceIn))]
) -> models.Namespace:
    """Note who owns a namespace; it need not have anything in it yet."""
    now = datetime.now(UTC)

    def work(connection: Connection) -> browse.Namespace | None:
        entries.put_namespace(connection, namespace, told.owner_name, told.description, now)
        return entries.namespace(connection, namespace)

    found = write(work)
    if found is None:
        raise absent("namespace", namespace)
    return shapes.namespace(found)


@router.get("/sources", dependencies=[READ], tags=["sources"], summary="List sources")
def get_sources(read: ReadDep, window: WindowDep) -> models.Sources:
    """List sources by name: those that were entered, and the namespaces of datasets."""
    page = read(lambda connection: entries.sources_page(connection, window))
    found = [shapes.source(each) for each in page.items]
    return models.Sources(sources=found, total_count=page.total, next_cursor=page.next)


@router.get("/sources/{source:name}", dependencies=[READ], tags=["sources"], summary="One source")
def get_source(read: ReadDep, source: NamespaceName) -> models.Source:
    """Return one source."""
    found = read(lambda connection: entries.source(connection, source))
    if found is None:
        raise absent("source", source)
    return shapes.source(found)


@router.put(
    "/sources/{source:name}",
    dependencies=[WRITE],
    tags=["sources"],
    summary="Enter a source",
    openapi_extra=described(SourceIn, {"type": "POSTGRESQL", "connectionUrl": "jdbc:postgresql://db:5432/shop"}),
)
def put_source(
    write: WriteDep, source: NamespaceName, told: Annotated[SourceIn, Depends(json_of(SourceIn))]
) -> models.Source:
    """Enter a source, or change it. Credentials in its URL are not kept."""
    now, url = datetime.now(UTC), redacted(told.connection_url)

    def work(connection: Connection) -> browse.Source | None:
        entries.put_source(connection, source, told.type, url, told.description, now)
        return entries.source(connection, source)

    found = write(work)
    if found is None:
        raise absent("source", source)
    return shapes.source(found)


@router.get("/tags", dependencies=[READ], tags=["tags"], summary="List tags")
def get_tags(read: ReadDep, window: WindowDep) -> models.Tags:
    """List tags by name."""
    page = read(lambda connection: entries.tags_page(connection, window))
    found = [shapes.tag(each) for each in page.items]
    return models.Tags(tags=found, total_count=page.total, next_cursor=page.next)


@router.put(
    "/tags/{tag:name}",
    dependencies=[WRITE],
    tags=["tags"],
    summary="Enter a tag",
    openapi_extra=described(TagIn, {"description": "Says something of a person."}),
)
def put_tag(write: WriteDep, tag: TagName, told: Annotated[TagIn, Depends(json_of(TagIn))]) -> models.Tag:
    """Enter a tag, or change what it means."""
    write(lambda connection: entries.put_tag(connection, tag, told.description))
    return models.Tag(name=tag, description=told.description)
