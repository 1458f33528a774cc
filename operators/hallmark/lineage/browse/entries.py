"""What people enter: namespaces with an owner, sources, tags, and that something shall not be shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, RowMapping, Select, Table, exists, literal, null, select, update

from hallmark.catalog.lineage_tables import (
    field_tags,
    jobs,
    lineage_datasets,
    namespaces,
    sources,
    tags,
)
from hallmark.catalog.store import insert_of
from hallmark.errors import LineageError
from hallmark.lineage.browse.paging import Window, by, page
from hallmark.lineage.browse.values import Namespace, Page, Source, Tag
from hallmark.lineage.store.merging import COLUMN, stamp_of

__all__ = [
    "hide_dataset",
    "hide_job",
    "namespace",
    "namespaces_page",
    "put_namespace",
    "put_source",
    "put_tag",
    "source",
    "sources_page",
    "tag_dataset",
    "tags_page",
    "untag_dataset",
]

# Bytes. PostgreSQL's indexes take no more than 2,700, and say so as if they were out of reach.
_LONGEST = 1000


def namespaces_page(connection: Connection, window: Window) -> Page[Namespace]:
    """Return namespaces by name."""
    query = select(namespaces)
    return page(connection, query, (by(namespaces.c.name),), window, lambda rows: [Namespace(**row) for row in rows])


def namespace(connection: Connection, name: str) -> Namespace | None:
    """Return one namespace, None if nothing in it is known."""
    row = connection.execute(select(namespaces).where(namespaces.c.name == name)).mappings().first()
    return None if row is None else Namespace(**row)


def put_namespace(connection: Connection, name: str, owner: str, description: str | None, now: datetime) -> None:
    """Note who owns a namespace, whether or not anything in it is known yet.

    Raises:
        LineageError: a name is too long to be found again.
    """
    told = {"owner": owner, "description": description, "hidden": False}
    _put(connection, namespaces, {"name": name, "created_at": now, **told}, told)


def sources_page(connection: Connection, window: Window) -> Page[Source]:
    """Return sources by name: those that were entered, and the namespaces of datasets."""
    known = _sources().subquery()
    order = (by(known.c.name),)
    return page(connection, select(known), order, window, lambda rows: [_source(row) for row in rows])


def source(connection: Connection, name: str) -> Source | None:
    """Return one source, None if it is unknown."""
    known = _sources().subquery()
    row = connection.execute(select(known).where(known.c.name == name)).mappings().first()
    return None if row is None else _source(row)


def put_source(
    connection: Connection, name: str, type_: str, connection_url: str, description: str | None, now: datetime
) -> None:
    """Enter a source, or change it.

    Raises:
        LineageError: a name is too long to be found again.
    """
    told = {"type": type_, "connection_url": connection_url, "description": description, "updated_at": now}
    _put(connection, sources, {"name": name, "created_at": now, **told}, told)


def tags_page(connection: Connection, window: Window) -> Page[Tag]:
    """Return tags by name."""
    return page(connection, select(tags), (by(tags.c.name),), window, lambda rows: [Tag(**row) for row in rows])


def put_tag(connection: Connection, name: str, description: str | None) -> None:
    """Enter a tag, or change what it means.

    Raises:
        LineageError: a name is too long to be found again.
    """
    _put(connection, tags, {"name": name, "description": description}, {"description": description})


def tag_dataset(connection: Connection, dataset_id: int, field: str, tag: str, now: datetime) -> None:
    """Give a tag to a dataset, or to one of its fields; a tag that is not entered yet is.

    Raises:
        LineageError: a name is too long to be found again.
    """
    _checked(field)
    connection.execute(insert_of(connection, tags).values(name=_checked(tag)).on_conflict_do_nothing())
    row = {"dataset_id": dataset_id, "field": field, "tag": tag, "tagged_at": now}
    connection.execute(insert_of(connection, field_tags).values(row).on_conflict_do_nothing())


def untag_dataset(connection: Connection, dataset_id: int, field: str, tag: str) -> None:
    """Take a tag from a dataset or a field, under whichever of its names it was given."""
    names = select(lineage_datasets.c.id).where(lineage_datasets.c.canonical_id == dataset_id)
    given = (field_tags.c.dataset_id.in_(names), field_tags.c.field == field, field_tags.c.tag == tag)
    connection.execute(field_tags.delete().where(*given))


def hide_dataset(connection: Connection, dataset_id: int, now: datetime) -> None:
    """Show a dataset no longer, until an event newer than this tells of it."""
    _hide(connection, lineage_datasets, dataset_id, now)


def hide_job(connection: Connection, job_id: int, now: datetime) -> None:
    """Show a job no longer, until an event newer than this tells of it."""
    _hide(connection, jobs, job_id, now)


def _hide(connection: Connection, table: Table, number: int, now: datetime) -> None:
    stamps = connection.scalar(select(table.c.stamps).where(table.c.id == number))
    if stamps is not None:
        changed = {"hidden": True, "stamps": {**stamps, f"{COLUMN}hidden": stamp_of(now, "hidden by hand")}}
        connection.execute(update(table).where(table.c.id == number).values(changed))


def _sources() -> Select[Any]:
    """Select the sources; a namespace of datasets is one too, unless a source of that name was entered."""
    entered = select(sources)
    implied = select(
        namespaces.c.name,
        literal("").label("type"),
        namespaces.c.name.label("connection_url"),
        null().label("description"),
        namespaces.c.created_at,
        namespaces.c.created_at.label("updated_at"),
    ).where(
        exists().where(lineage_datasets.c.namespace == namespaces.c.name),
        ~exists().where(sources.c.name == namespaces.c.name),
    )
    both = entered.union_all(implied).subquery()
    return select(both)


def _source(row: RowMapping) -> Source:
    kind = row["type"] or urlsplit(row["name"]).scheme.upper() or "NAMESPACE"
    return Source(**{**row, "type": kind})


def _put(connection: Connection, table: Table, row: Mapping[str, Any], told: Mapping[str, Any]) -> None:
    _checked(row["name"])
    statement = insert_of(connection, table).values(**row)
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=dict(told)))


def _checked(name: str) -> str:
    length = len(name.encode("utf-8", "replace"))
    if length > _LONGEST:
        raise LineageError(f"the name {name[:50]!r}… is {length} bytes long", f"use at most {_LONGEST} bytes")
    return name
