"""Who reads and writes a dataset: what lineage knows, and Airflow of its asset."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from airflow.models.asset import AssetModel
from airflow.utils.session import create_session
from sqlalchemy import Connection, select

from hallmark.errors import LineageError
from hallmark.lineage import graph
from hallmark_ui.api.ui.models import Asset, Job, Neighbour, Task
from hallmark_ui.api.ui.people import Viewer

__all__ = ["Around", "around", "asset_uri", "assets_of"]

_STEPS, _MOST = 2, 800


@dataclass(frozen=True)
class Around:
    """What lies one job around a dataset."""

    readers: Sequence[Job]
    writers: Sequence[Job]
    upstream: Sequence[Neighbour]
    downstream: Sequence[Neighbour]


def asset_uri(dataset: str) -> str:
    """Return what Airflow calls a dataset's asset."""
    return f"hallmark://dataset/{quote(dataset)}"


def around(connection: Connection, namespace: str, location: str) -> Around:
    """Return what lineage knows around a dataset: nothing, if no event told of it."""
    try:
        node = graph.find(connection, f"dataset:{namespace}:{location}")
    except LineageError:
        return Around((), (), (), ())
    found = graph.graph(connection, node, up=_STEPS, down=_STEPS, limit=_MOST)
    up, down = (_side(found, way) for way in _WAYS)
    return Around(_jobs(down), _jobs(up), _neighbours(up), _neighbours(down))


# Which end of an edge a step begins at, and which it leads to.
_WAYS = (("target", "source"), ("source", "target"))


def _side(found: graph.Graph, way: tuple[str, str]) -> list[graph.Node]:
    """Return the nodes on one side of the start; one that reads what it writes is on both."""
    begin, end = way
    seen, frontier = {found.start}, {found.start}
    for _ in range(_STEPS):
        frontier = {getattr(e, end) for e in found.edges if getattr(e, begin) in frontier} - seen
        seen |= frontier
    return [node for node in found.nodes if node.id in seen and node.id != found.start]


def assets_of(viewer: Viewer, dataset: str) -> list[Asset]:
    """Return Airflow's assets of a dataset, with those of their DAGs that the user may read."""
    uris = {asset_uri(dataset), f"hallmark://dataset/{dataset}"}
    with create_session() as session:
        found = session.scalars(select(AssetModel).where(AssetModel.uri.in_(uris))).all()
        return [_asset(each, viewer.readable) for each in found if viewer.sees_asset(each.id)]


def _jobs(found: Iterable[graph.Node]) -> list[Job]:
    jobs = (node for node in found if node.kind == "job")
    return [
        Job(node=n.id, name=n.name, type=n.type, state=n.state, run_id=n.run_id, seen_at=n.seen_at)
        for n in sorted(jobs, key=lambda n: n.name)
    ]


def _neighbours(found: Iterable[graph.Node]) -> list[Neighbour]:
    others = (node for node in found if node.kind == "dataset")
    return [
        Neighbour(node=n.id, name=n.name, hallmark=n.hallmark, type=n.type, owner=n.owner)
        for n in sorted(others, key=lambda n: n.label)
    ]


def _asset(each: Any, readable: Collection[str]) -> Asset:
    return Asset(
        id=each.id,
        name=each.name,
        uri=each.uri,
        scheduled_dags=sorted({told.dag_id for told in each.scheduled_dags} & set(readable)),
        producing_tasks=_tasks(each.producing_tasks, readable),
        consuming_tasks=_tasks(each.consuming_tasks, readable),
    )


def _tasks(told: Iterable[Any], readable: Collection[str]) -> list[Task]:
    pairs = sorted({(each.dag_id, each.task_id) for each in told if each.dag_id in readable})
    return [Task(dag_id=dag_id, task_id=task_id) for dag_id, task_id in pairs]
