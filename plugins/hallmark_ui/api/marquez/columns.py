"""The graph of columns, as Marquez draws it: a node for each column, an edge for each influence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from sqlalchemy import Connection

from hallmark.lineage import browse, graph
from hallmark.lineage.browse import datasets
from hallmark_ui.api.access import needs
from hallmark_ui.api.marquez import models, shapes
from hallmark_ui.api.marquez.lineage import MAX_DEPTH, steps_of
from hallmark_ui.api.nodes import marquez_node, or_absent
from hallmark_ui.api.parameters import Depth, NodeId, ReadDep
from hallmark_ui.api.problems import REFUSALS

__all__ = ["router"]

router = APIRouter(tags=["lineage"], responses=REFUSALS)

WithDownstream = Annotated[
    bool, Query(alias="withDownstream", description="Whether to follow the columns downstream too.")
]
# Id of a dataset in the graph, and one of its columns.
Point = tuple[str, str]


@router.get("/column-lineage", dependencies=[needs("lineage:read")], summary="What goes into columns")
def get_column_lineage(
    read: ReadDep, node_id: NodeId, depth: Depth = MAX_DEPTH, with_downstream: WithDownstream = False
) -> models.LineageGraph:
    """Return what goes into the columns of a dataset, into one column, or into those that a job writes.

    A version's UUID may stand behind the node, after `#`: the graph as it was then, which has no downstream.
    """
    return read(lambda connection: _columns(connection, node_id, depth, with_downstream))


def _columns(connection: Connection, node_id: str, depth: int, with_downstream: bool) -> models.LineageGraph:
    node = marquez_node(connection, node_id)
    if node.at is not None and with_downstream:
        raise HTTPException(400, "A version has no downstream: leave out withDownstream, or the version.")
    steps = steps_of(depth)
    with or_absent():
        around = graph.graph(connection, node, up=steps, down=steps if with_downstream else 0, columns=True)
        if node.kind == "job":
            # What a job writes lies downstream of it, and is where its columns are.
            around = graph.graph(connection, node, up=steps, down=max(steps, 1) if with_downstream else 1, columns=True)
    flows = [flow for flow in around.column_edges if flow.target_column != graph.ALL_ROWS]
    starts = _starts(connection, node, around, flows)
    if not starts:
        raise HTTPException(404, f"No event told of columns of {node_id[:300]!r}.")
    reached = _reached(starts, flows, _UP) | (_reached(starts, flows, _DOWN) if with_downstream else set())
    drawn = _Drawing(connection, around, [f for f in flows if {_source(f), _target(f)} <= reached])
    return models.LineageGraph(graph=drawn.nodes(reached), truncated=around.truncated)


def _source(flow: graph.ColumnFlow) -> Point:
    return flow.source, flow.source_column


def _target(flow: graph.ColumnFlow) -> Point:
    return flow.target, flow.target_column


End = Callable[[graph.ColumnFlow], Point]
_UP: tuple[End, End] = (_target, _source)
_DOWN: tuple[End, End] = (_source, _target)


def _starts(
    connection: Connection, node: graph.Node, around: graph.Graph, flows: Iterable[graph.ColumnFlow]
) -> set[Point]:
    if node.column is not None:
        known = node.column in graph.columns_of(connection, node.number)
        return {(around.start, node.column)} if known else set()
    if node.kind == "job":
        return {_target(flow) for flow in flows if flow.job == around.start}
    return {(around.start, column) for column in graph.columns_of(connection, node.number)}


def _reached(starts: set[Point], flows: Iterable[graph.ColumnFlow], way: tuple[End, End]) -> set[Point]:
    begins, ends = way
    near: defaultdict[Point, set[Point]] = defaultdict(set)
    for flow in flows:
        near[begins(flow)].add(ends(flow))
    seen, frontier = set(starts), set(starts)
    while frontier := {there for here in frontier for there in near[here]} - seen:
        seen |= frontier
    return seen


@dataclass(frozen=True)
class _Place:
    """A dataset in the graph, with what is known of it and the version that the graph has of it."""

    node: graph.Node
    known: browse.Dataset | None

    @property
    def version(self) -> str | None:
        told = self.node.at or (self.known.version if self.known else None)
        return told and shapes.version_uuid(self.node.namespace, self.node.name, told)

    def id_of(self, column: str) -> str:
        """Return Marquez's id of a column, with the version where the graph is one of the past."""
        id_ = f"datasetField:{self.node.namespace}:{self.node.name}:{column}"
        return f"{id_}#{self.version}" if self.node.at else id_


class _Drawing:
    """Draws columns and what flows between them."""

    def __init__(self, connection: Connection, around: graph.Graph, flows: Iterable[graph.ColumnFlow]) -> None:
        nodes = [node for node in around.nodes if node.kind == "dataset"]
        known = datasets.datasets_by_id(connection, {node.number for node in nodes})
        self._places: Mapping[str, _Place] = {node.id: _Place(node, known.get(node.number)) for node in nodes}
        self._into: defaultdict[Point, dict[Point, graph.ColumnFlow]] = defaultdict(dict)
        self._out_of: defaultdict[Point, set[Point]] = defaultdict(set)
        for flow in flows:
            self._into[_target(flow)].setdefault(_source(flow), flow)
            self._out_of[_source(flow)].add(_target(flow))

    def nodes(self, points: Iterable[Point]) -> list[models.Node]:
        """Return the columns as nodes."""
        return [self._node(point) for point in sorted(points) if point[0] in self._places]

    def _node(self, point: Point) -> models.Node:
        place, column = self._places[point[0]], point[1]
        inputs = [self._input(flow) for _, flow in sorted(self._into[point].items(), key=lambda each: each[0])]
        data = models.FieldNode(
            namespace=place.node.namespace,
            dataset=place.node.name,
            dataset_version=place.version,
            field=column,
            field_type=shapes.field_type(place.known, column) if place.known else "",
            transformation_description=inputs[0].transformation_description if inputs else None,
            transformation_type=inputs[0].transformation_type if inputs else None,
            input_fields=inputs,
        )
        return models.Node(
            id=place.id_of(column),
            type="DATASET_FIELD",
            data=data,
            in_edges=list(self._edges(point, self._into[point])),
            out_edges=list(self._edges(point, self._out_of[point])),
        )

    def _input(self, flow: graph.ColumnFlow) -> models.FieldInput:
        place = self._places[flow.source]
        return models.FieldInput(
            namespace=place.node.namespace,
            dataset=place.node.name,
            dataset_version=place.version,
            field=flow.source_column,
            transformation_description=flow.description,
            transformation_type=flow.subtype or flow.type or None,
        )

    def _edges(self, point: Point, others: Iterable[Point]) -> Iterator[models.Edge]:
        """Yield edges as Marquez has them for columns: the node itself is the origin, whichever way they go."""
        here = self._places[point[0]].id_of(point[1])
        for other in sorted(others):
            yield models.Edge(origin=here, destination=self._places[other[0]].id_of(other[1]))
