"""Questions to a large graph: a catalog made once from a warehouse's events, and how long its answers take."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
from psycopg import sql
from psycopg.types.json import Json
from sqlalchemy import JSON, Connection, select
from warehouse import FULL, HUB, Warehouse

from hallmark.catalog import Catalog, open_catalog, upgrade
from hallmark.catalog import lineage_tables as tables
from hallmark.catalog.tables import events
from hallmark.lineage import graph
from hallmark.lineage.graph import Node
from hallmark.lineage.store import ingest
from lineage_events import TOLD

__all__ = ["GRAPH", "Answered", "copied", "copy_table", "prepared", "scaled", "timed"]

PART = 10_000
TIMES = 15
# All of the graph; questions to it read no event's body.
GRAPH = tuple(table for table in TOLD if table is not events)


class Answered(NamedTuple):
    """A question, how much its answer holds, and the milliseconds that it took: the median, and the longest."""

    question: str
    holds: str
    median: float
    longest: float
    goal: float | None


def scaled(scale: float) -> Warehouse:
    """Return the warehouse of the goals, or one with a part of its datasets and jobs."""
    return Warehouse(max(int(FULL.datasets * scale), 40), max(int(FULL.jobs * scale), 40), FULL.days)


def prepared(folder: Path, warehouse: Warehouse) -> Catalog:
    """Return a SQLite catalog that has taken in all of a warehouse's events; made once, which takes its time."""
    place = folder / f"lineage-{warehouse.jobs}.db"
    if not place.exists():
        folder.mkdir(parents=True, exist_ok=True)
        half = folder / f"{place.name}.half"
        for left in folder.glob(f"{half.name}*"):
            left.unlink()
        _fill(half, warehouse)
        half.rename(place)
        half.with_name(f"{half.name}.lock").unlink(missing_ok=True)
    return open_catalog(url=f"sqlite:///{place}")


def copied(source: Catalog, url: str) -> Catalog:
    """Return a PostgreSQL catalog with the graph that a SQLite one has, without the events' bodies."""
    upgrade(url)
    with psycopg.connect(url.replace("postgresql+psycopg", "postgresql")) as target:
        for table in GRAPH:
            source.database.read(partial(copy_table, table=table, target=target))
        target.commit()
        target.autocommit = True
        target.execute("ANALYZE")
    return open_catalog(url=url)


def timed(catalog: Catalog) -> Iterator[Answered]:
    """Ask each question some times, of other nodes each time, and yield how long the answers took."""
    datasets = catalog.database.read(_middle)
    sources, late = catalog.database.read(_first), catalog.database.read(_late)
    for name, ask, of, goal in (
        ("graph, depth 5", _graph, datasets, 50.0),
        ("graph, depth 5, with columns", _graph_of_columns, datasets, 50.0),
        ("graph of a column, depth 5", _column_graph, datasets, 50.0),
        ("impact of a column", _impact, late, 200.0),
        ("impact of a source's column", _impact, sources, None),
        ("search, a common word", partial(_search, text="orders"), datasets, 50.0),
        ("search, one name", _search_name, datasets, 50.0),
        ("find", _find, datasets, None),
        ("why", _why, datasets, None),
    ):
        yield _answered(catalog, name, ask, of, goal)


def _answered(catalog: Catalog, name: str, ask: Callable[..., int], of: list[Node], goal: float | None) -> Answered:
    held, took = [], []
    # The first time a statement is made, and pages are read from the disk.
    catalog.database.read(partial(ask, node=of[0]))
    for node in of:
        began = time.perf_counter()
        held.append(catalog.database.read(partial(ask, node=node)))
        took.append((time.perf_counter() - began) * 1000)
    return Answered(name, f"{min(held):,}–{max(held):,}", statistics.median(took), max(took), goal)


def _fill(file: Path, warehouse: Warehouse) -> None:
    print(f"Taking in {warehouse.events:,} events, once …", file=sys.stderr, flush=True)
    catalog = open_catalog(url=f"sqlite:///{file}")
    events, began, done = warehouse.told(), time.perf_counter(), 0
    while some := list(islice(events, PART)):
        done += ingest(catalog.database, some).stored
        if done % (10 * PART) == 0:
            print(f"  {done:,} in {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    catalog.database.engine.dispose()


def copy_table(connection: Connection, table: Any, target: psycopg.Connection[Any]) -> None:
    """Copy a table's rows into PostgreSQL."""
    names = [column.name for column in table.c]
    is_json = [isinstance(column.type, JSON) for column in table.c]
    into = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    rows = connection.execution_options(yield_per=PART).execute(select(table))
    with target.cursor().copy(into) as copy:
        for row in rows:
            copy.write_row([Json(value) if json else value for value, json in zip(row, is_json, strict=True)])


def _nodes(connection: Connection, layer: int) -> list[Node]:
    table = tables.lineage_datasets
    query = select(table.c.namespace, table.c.name).where(table.c.name.like(f"shop.layer\\_{layer}.%", escape="\\"))
    rows = connection.execute(query.order_by(table.c.id).limit(TIMES)).all()
    return [
        Node(id=f"dataset:{r.namespace}:{r.name}", kind="dataset", namespace=r.namespace, name=r.name) for r in rows
    ]


def _middle(connection: Connection) -> list[Node]:
    return _nodes(connection, 10)


def _late(connection: Connection) -> list[Node]:
    """Return datasets of which some thousand columns are made."""
    return _nodes(connection, 11)


def _first(connection: Connection) -> list[Node]:
    """Return datasets that most of the warehouse is made of."""
    return _nodes(connection, 0)


def _graph(connection: Connection, node: Node) -> int:
    return len(graph.graph(connection, node).nodes)


def _graph_of_columns(connection: Connection, node: Node) -> int:
    return len(graph.graph(connection, node, columns=True).column_edges)


def _column_graph(connection: Connection, node: Node) -> int:
    return len(graph.graph(connection, _hub(node)).column_edges)


def _hub(node: Node) -> Node:
    return Node(**{**vars(node), "column": HUB})


def _impact(connection: Connection, node: Node) -> int:
    return len(graph.impact(connection, node, HUB).columns)


def _search(connection: Connection, node: Node, text: str) -> int:
    return len(graph.search(connection, text))


def _search_name(connection: Connection, node: Node) -> int:
    return len(graph.search(connection, node.name.rpartition(".")[2]))


def _find(connection: Connection, node: Node) -> int:
    return int(graph.find(connection, f"{node.namespace}:{node.name}").name == node.name)


def _why(connection: Connection, node: Node) -> int:
    return len(graph.why(connection, node).links)
