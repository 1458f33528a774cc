"""What lies around a node: breadth first, one statement a level, over the edges of today."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Select

from hallmark.catalog import lineage_tables as tables
from hallmark.lineage.graph import history, influence
from hallmark.lineage.graph.nodes import Key, in_chunks, nodes_of
from hallmark.lineage.graph.steps import neighbours
from hallmark.lineage.graph.values import ColumnFlow, Edge, Graph, Kind, Node
from hallmark.lineage.graph.walking import Reached, Way, walk

__all__ = ["DEPTH", "LIMIT", "graph"]

DEPTH, LIMIT = 5, 2000
_OTHER: dict[Kind, Kind] = {"dataset": "job", "job": "dataset"}


def graph(
    connection: Connection,
    node: Node,
    *,
    up: int = DEPTH,
    down: int = DEPTH,
    columns: bool = False,
    as_of: str | None = None,
    limit: int = LIMIT,
) -> Graph:
    """Return what lies around a node.

    Jobs and datasets count one step each. A node with a column has the graph of that column: the datasets and jobs
    that its value, or its influence, comes from and goes to.

    Args:
        connection: to the catalog's database.
        node: where to begin; one with :attr:`~hallmark.lineage.graph.Node.at` has the graph of that version or run.
        up, down: how many steps to go upstream and downstream.
        columns: whether to tell the columns' edges too.
        as_of: a version of the dataset or the run of a job: what that was made of, and what was made of it, as it was
            then.
        limit: how many nodes at most.

    Raises:
        LineageError: there is no such version or run.
    """
    moment = as_of or node.at
    if moment is not None:
        return history.graph_of(connection, node, moment, up, down, columns, limit)
    if node.column is not None:
        return influence.column_graph(connection, node, up, down, limit)
    return _today(connection, node, {"up": up, "down": down}, columns, limit)


def _today(connection: Connection, node: Node, depths: dict[Way, int], columns: bool, limit: int) -> Graph:
    start: Key = (node.kind, node.number)
    reached = Reached(max(limit, 1), {start: None})
    for way, depth in depths.items():
        walk(reached, start, way, depth, lambda keys, way=way: _step(connection, keys, way))  # type: ignore[misc]
    # A name that only the catalog has is no node of the store.
    known = {start: node} | nodes_of(connection, reached.nodes)
    return Graph(
        start=known[start].id,
        nodes=tuple(known.values()),
        edges=tuple(
            Edge(source=known[a].id, target=known[b].id) for a, b in reached.edges if a in known and b in known
        ),
        column_edges=tuple(_flows(connection, known)) if columns else (),
        truncated=reached.truncated,
    )


def _step(connection: Connection, keys: Sequence[Key], way: Way) -> Iterator[tuple[Key, Key]]:
    kind = keys[0][0]
    for here, there in neighbours(connection, kind, [number for _, number in keys], way):
        yield (kind, here), (_OTHER[kind], there)


def _flows(connection: Connection, known: dict[Key, Node]) -> Iterator[ColumnFlow]:
    """Yield the edges between columns of datasets that are in the graph, of its jobs."""
    jobs = [number for kind, number in known if kind == "job"]
    for row in sorted(in_chunks(connection, _columns_of, jobs), key=_in_order):
        source, target = known.get(("dataset", row.source)), known.get(("dataset", row.target))
        if source and target:
            yield influence.flow(row, source, target, known["job", row.job_id])


def _columns_of(jobs: Sequence[int]) -> Select[Any]:
    return influence.flows().where(tables.edges.c.job_id.in_(jobs))


def _in_order(row: Any) -> list[Any]:
    names: Iterable[str] = ("job_id", "target", "output_column", "source", "input_column", "type", "subtype")
    return [getattr(row, name) for name in names]
