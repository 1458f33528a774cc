"""Datasets under the name that stands for all their names, and their versions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, select

from hallmark.catalog.lineage_tables import (
    column_edges,
    dataset_versions,
    edges,
    field_tags,
    lineage_datasets,
    number_of,
    schemas,
)
from hallmark.lineage.browse.paging import Window, by, page
from hallmark.lineage.browse.runs import runs_by_id
from hallmark.lineage.browse.values import ColumnInput, Dataset, Named, Page, Run, Version
from hallmark.lineage.naming import normal
from hallmark.lineage.store.merging import chunks

__all__ = ["dataset", "dataset_id", "datasets_by_id", "datasets_page", "version", "versions_page"]

_BY_NAME = (by(lineage_datasets.c.name), by(lineage_datasets.c.id))
_NEWEST_FIRST = (
    by(dataset_versions.c.created_at, down=True),
    by(dataset_versions.c.version),
    by(dataset_versions.c.dataset_id),
)
Rows = Sequence[RowMapping]


def datasets_page(connection: Connection, namespace: str, window: Window) -> Page[Dataset]:
    """Return the datasets of a namespace by name.

    Raises:
        LineageError: the window's cursor is not one of this list.
    """
    shown = select(lineage_datasets).where(
        lineage_datasets.c.namespace == namespace,
        lineage_datasets.c.id == lineage_datasets.c.canonical_id,
        lineage_datasets.c.hidden.is_(False),
    )
    return page(connection, shown, _BY_NAME, window, lambda rows: _whole(connection, rows))


def dataset_id(connection: Connection, namespace: str, name: str) -> int | None:
    """Return the number of a dataset by any of its names, None if nobody told of it or somebody removed it."""
    said, stands = lineage_datasets.alias("said"), lineage_datasets.alias("stands")
    query = (
        select(stands.c.id)
        .join(said, said.c.canonical_id == stands.c.id)
        .where(said.c.id == number_of(*normal(namespace, name)), stands.c.hidden.is_(False))
    )
    return connection.scalar(query)


def dataset(connection: Connection, namespace: str, name: str) -> Dataset | None:
    """Return one dataset by any of its names, None if nobody told of it or somebody removed it."""
    found = dataset_id(connection, namespace, name)
    return None if found is None else datasets_by_id(connection, [found]).get(found)


def datasets_by_id(connection: Connection, ids: Iterable[int]) -> dict[int, Dataset]:
    """Return those datasets that are known, by the numbers of the names that stand for them."""
    found: dict[int, Dataset] = {}
    for some in chunks(sorted(set(ids))):
        query = select(lineage_datasets).where(
            lineage_datasets.c.id.in_(some), lineage_datasets.c.id == lineage_datasets.c.canonical_id
        )
        rows = connection.execute(query).mappings().all()
        found |= {each.id: each for each in _whole(connection, rows)}
    return found


def versions_page(connection: Connection, dataset_id: int, window: Window) -> Page[Version]:
    """Return the versions of a dataset, newest first.

    Raises:
        LineageError: the window's cursor is not one of this list.
    """
    query = _versions(connection, dataset_id)
    return page(connection, query, _NEWEST_FIRST, window, lambda rows: _made_versions(connection, rows))


def version(connection: Connection, dataset_id: int, fits: Callable[[str], bool]) -> Version | None:
    """Return the newest version of a dataset whose name fits, None if there is none."""
    newest_first = _versions(connection, dataset_id).order_by(*(order.clause for order in _NEWEST_FIRST))
    names = newest_first.with_only_columns(dataset_versions.c.version, maintain_column_froms=True)
    wanted = next((name for name in connection.scalars(names) if fits(name)), None)
    if wanted is None:
        return None
    rows = connection.execute(newest_first.where(dataset_versions.c.version == wanted).limit(1)).mappings().all()
    return _made_versions(connection, rows)[0]


def _versions(connection: Connection, dataset_id: int) -> Select[Any]:
    names = select(lineage_datasets.c.id).where(lineage_datasets.c.canonical_id == dataset_id)
    return (
        select(dataset_versions, schemas.c.fields)
        .outerjoin(schemas, schemas.c.id == dataset_versions.c.schema_id)
        .where(dataset_versions.c.dataset_id.in_(names))
    )


def _made_versions(connection: Connection, rows: Rows) -> list[Version]:
    writers: Mapping[str, Run] = runs_by_id(connection, [row["run_id"] for row in rows if row["run_id"]])
    return [
        Version(
            version=row["version"],
            created_at=row["created_at"],
            fields=tuple(row["fields"] or ()),
            run=writers.get(row["run_id"]),
        )
        for row in rows
    ]


def _whole(connection: Connection, shown: Rows) -> list[Dataset]:
    """Put together what is known under all names of some datasets."""
    names = _names(connection, [row["id"] for row in shown])
    members = {row["id"]: row["canonical_id"] for rows in names.values() for row in rows}
    tags, columns = _tags(connection, members), _columns(connection, members)
    return [_one(row["id"], row, names[row["id"]], tags[row["id"]], columns[row["id"]]) for row in shown]


def _one(
    id_: int, shown: RowMapping, names: Rows, tags: Mapping[str, list[str]], columns: Sequence[ColumnInput]
) -> Dataset:
    newest = max((row for row in names if row["version"] is not None), key=lambda r: r["version_at"], default=shown)
    return Dataset(
        id=id_,
        namespace=shown["namespace"],
        name=shown["name"],
        version=newest["version"],
        version_at=newest["version_at"],
        created_at=min(row["created_at"] for row in names),
        updated_at=max(row["updated_at"] for row in names),
        facets=_newest_facets(names),
        tags=tuple(tags.get("", ())),
        field_tags={name: tuple(given) for name, given in tags.items() if name},
        columns=tuple(columns),
    )


def _newest_facets(names: Rows) -> dict[str, Any]:
    stamped = [(row["stamps"].get(key, ""), key, facet) for row in names for key, facet in row["facets"].items()]
    return {key: facet for _, key, facet in sorted(stamped, key=lambda one: one[:2])}


def _names(connection: Connection, ids: Sequence[int]) -> defaultdict[int, list[RowMapping]]:
    found: defaultdict[int, list[RowMapping]] = defaultdict(list)
    for some in chunks(ids):
        query = select(lineage_datasets).where(lineage_datasets.c.canonical_id.in_(some))
        for row in connection.execute(query.order_by(lineage_datasets.c.id)).mappings():
            found[row["canonical_id"]].append(row)
    return found


def _tags(connection: Connection, members: Mapping[int, int]) -> defaultdict[int, defaultdict[str, list[str]]]:
    found: defaultdict[int, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for some in chunks(list(members)):
        query = select(field_tags).where(field_tags.c.dataset_id.in_(some)).order_by(field_tags.c.tag)
        for row in connection.execute(query).mappings():
            given = found[members[row["dataset_id"]]][row["field"]]
            if row["tag"] not in given:
                given.append(row["tag"])
    return found


def _columns(connection: Connection, members: Mapping[int, int]) -> defaultdict[int, list[ColumnInput]]:
    found: defaultdict[int, list[ColumnInput]] = defaultdict(list)
    said, stands = lineage_datasets.alias("said"), lineage_datasets.alias("stands")
    query = (
        select(edges.c.dataset_id.label("into"), column_edges, stands.c.namespace, stands.c.name)
        .join(column_edges, column_edges.c.columns_id == edges.c.columns_id)
        .join(said, said.c.id == column_edges.c.dataset_id)
        .join(stands, stands.c.id == said.c.canonical_id)
        .where(edges.c.direction == "out")
        .order_by(column_edges.c.output_column, stands.c.namespace, stands.c.name, column_edges.c.input_column)
    )
    for some in chunks(list(members)):
        for row in connection.execute(query.where(edges.c.dataset_id.in_(some))).mappings():
            found[members[row["into"]]].append(
                ColumnInput(
                    output=row["output_column"],
                    dataset=Named(row["namespace"], row["name"]),
                    field=row["input_column"],
                    type=row["type"],
                    subtype=row["subtype"],
                    description=row["description"],
                )
            )
    return found
