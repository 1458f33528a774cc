"""Datasets and jobs by a part of their names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Select, case, func, or_, select

from hallmark.catalog import lineage_tables as tables
from hallmark.catalog import tables as catalog
from hallmark.catalog.lineage_tables import number_of
from hallmark.lineage.events.shape import clean_text
from hallmark.lineage.graph.nodes import Key, nodes_of
from hallmark.lineage.graph.values import Kind, Node
from hallmark.lineage.naming import normal

__all__ = ["Sort", "search"]

Sort = Literal["name", "updated"]


def search(
    connection: Connection, text: str, *, kind: Kind | None = None, limit: int = 20, sort: Sort = "name"
) -> list[Node]:
    """Return datasets, models and jobs whose name, or Hallmark's name, has a text in it, in whichever case.

    Args:
        connection: to the catalog's database.
        text: a part of the name.
        kind: datasets or jobs only.
        limit: how many at most.
        sort: by ``name``, those that begin with the text, or whose last part does, first; or what was ``updated``
            last first.
    """
    wanted = clean_text(text).strip().lower()
    found: list[tuple[Any, ...]] = []
    if kind != "job":
        found += _own(connection, wanted, limit)
        found += ((*_rank(row), "dataset", row.id) for row in connection.execute(_datasets(wanted, limit, sort)))
    if kind != "dataset":
        found += ((*_rank(row), "job", row.id) for row in connection.execute(_jobs(wanted, limit, sort)))
    keys: dict[Key, None] = {(row[-2], row[-1]): None for row in sorted(found, key=lambda row: row[:-1])}
    nodes = list(nodes_of(connection, keys).values())
    if sort == "updated":
        nodes.sort(key=lambda node: node.seen_at.timestamp() if node.seen_at else 0, reverse=True)
    return nodes[:limit]


def _rank(row: Any) -> tuple[int, str]:
    return row.place, row.name.lower()


def _own(connection: Connection, wanted: str, limit: int) -> Iterator[tuple[Any, ...]]:
    """Yield the catalog's datasets and models by Hallmark's names."""
    models, datasets = catalog.models, catalog.datasets
    for table, name in ((datasets, datasets.c.name), (models, models.c.model)):
        query = select(name.label("name"), table.c.namespace, table.c.location, _place(name, wanted)).distinct()
        for row in connection.execute(query.where(_has(name, wanted)).order_by("place", name).limit(limit)):
            number = number_of(*normal(row.namespace, row.location))
            yield row.place, row.name.lower(), "dataset", _canonical(connection, number)


def _canonical(connection: Connection, number: int) -> int:
    table = tables.lineage_datasets
    found = connection.scalar(select(table.c.canonical_id).where(table.c.id == number))
    return number if found is None else found


def _datasets(wanted: str, limit: int, sort: Sort) -> Select[Any]:
    table = tables.lineage_datasets
    whole = table.alias("whole")
    query = select(table.c.canonical_id.label("id"), table.c.name, _place(table.c.name, wanted))
    query = query.join(whole, whole.c.id == table.c.canonical_id).where(whole.c.hidden.is_(False))
    return _sorted(query.where(_has(table.c.name, wanted)), table, limit, sort)


def _jobs(wanted: str, limit: int, sort: Sort) -> Select[Any]:
    table = tables.jobs
    query = select(table.c.id, table.c.name, _place(table.c.name, wanted)).where(table.c.hidden.is_(False))
    return _sorted(query.where(_has(table.c.name, wanted)), table, limit, sort)


def _sorted(query: Select[Any], table: Any, limit: int, sort: Sort) -> Select[Any]:
    order = (table.c.updated_at.desc(),) if sort == "updated" else ()
    return query.order_by(*order, "place", func.lower(table.c.name), table.c.namespace).limit(limit)


def _has(name: ColumnElement[str], wanted: str) -> ColumnElement[bool]:
    return func.lower(name).contains(wanted, autoescape=True)


def _place(name: ColumnElement[str], wanted: str) -> ColumnElement[int]:
    """Return 0 for a name that begins with the text, 1 where one of its parts does, 2 for any other."""
    lowered = func.lower(name)
    part = or_(*(lowered.contains(f"{sign}{wanted}", autoescape=True) for sign in "./"))
    return case((lowered.startswith(wanted, autoescape=True), 0), (part, 1), else_=2).label("place")
