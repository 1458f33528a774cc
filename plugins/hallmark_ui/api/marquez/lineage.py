"""The graph of datasets and jobs, as Marquez draws it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import Connection

from hallmark.lineage import browse, graph
from hallmark.lineage.browse import datasets, jobs
from hallmark_ui.api.access import needs
from hallmark_ui.api.marquez import models, shapes
from hallmark_ui.api.nodes import marquez_node, or_absent, told_version
from hallmark_ui.api.parameters import Depth, NodeId, ReadDep
from hallmark_ui.api.problems import REFUSALS

__all__ = ["MAX_DEPTH", "router", "steps_of"]

MAX_DEPTH = 20

router = APIRouter(tags=["lineage"], responses=REFUSALS)

AsOf = Annotated[
    str | None,
    Query(max_length=500, description="A version of the dataset, or a run of the job: the graph as it was then."),
]


@router.get("/lineage", dependencies=[needs("lineage:read")], summary="What lies around a dataset or a job")
def get_lineage(read: ReadDep, node_id: NodeId, depth: Depth = MAX_DEPTH, as_of: AsOf = None) -> models.LineageGraph:
    """Return what lies upstream and downstream: today, or with `as_of` as it was at a version or a run.

    `depth` counts jobs, as Marquez does: 1 is the jobs that read or write the dataset, and what else they read and
    write.
    """
    return read(lambda connection: _lineage(connection, node_id, depth, as_of))


def steps_of(depth: int) -> int:
    """Return how many steps of the graph, which counts datasets too, Marquez's depth is."""
    return 2 * min(depth, MAX_DEPTH)


def _lineage(connection: Connection, node_id: str, depth: int, as_of: str | None) -> models.LineageGraph:
    node = marquez_node(connection, node_id)
    steps = steps_of(depth)
    with or_absent():
        moment = told_version(connection, node, as_of) if as_of else None
        around = graph.graph(connection, node, up=steps, down=steps, as_of=moment)
    cut = around.truncated or (depth > MAX_DEPTH and _furthest(around) >= steps)
    return models.LineageGraph(graph=_drawn(connection, around), truncated=cut)


def _drawn(connection: Connection, around: graph.Graph) -> list[models.Node]:
    data = _known(connection, around.nodes)
    into, out_of = _edges(around.edges)
    return [
        models.Node(
            id=node.id,
            type="JOB" if node.kind == "job" else "DATASET",
            data=data.get((node.kind, node.number)),
            in_edges=into[node.id],
            out_edges=out_of[node.id],
        )
        for node in sorted(around.nodes, key=lambda node: node.id)
    ]


def _known(connection: Connection, nodes: Iterable[graph.Node]) -> dict[tuple[str, int], models.Dataset | models.Job]:
    numbers: defaultdict[str, set[int]] = defaultdict(set)
    for node in nodes:
        numbers[node.kind].add(node.number)
    of_datasets: dict[int, browse.Dataset] = datasets.datasets_by_id(connection, numbers["dataset"])
    of_jobs = jobs.jobs_by_id(connection, numbers["job"], last=1)
    return {
        **{("dataset", number): shapes.dataset(found) for number, found in of_datasets.items()},
        **{("job", number): shapes.job(found) for number, found in of_jobs.items()},
    }


def _edges(
    edges: Sequence[graph.Edge],
) -> tuple[defaultdict[str, list[models.Edge]], defaultdict[str, list[models.Edge]]]:
    into: defaultdict[str, list[models.Edge]] = defaultdict(list)
    out_of: defaultdict[str, list[models.Edge]] = defaultdict(list)
    for edge in sorted(edges, key=lambda edge: (edge.source, edge.target)):
        drawn = models.Edge(origin=edge.source, destination=edge.target)
        into[edge.target].append(drawn)
        out_of[edge.source].append(drawn)
    return into, out_of


def _furthest(around: graph.Graph) -> int:
    """Return how many steps away from the start the furthest node is."""
    near: defaultdict[str, set[str]] = defaultdict(set)
    for edge in around.edges:
        near[edge.source].add(edge.target)
        near[edge.target].add(edge.source)
    seen, frontier, steps = {around.start}, {around.start}, 0
    while frontier := {there for here in frontier for there in near[here]} - seen:
        seen |= frontier
        steps += 1
    return steps
