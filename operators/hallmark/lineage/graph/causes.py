"""Why something is wrong: the nearest job upstream that failed, or whose checks did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, select

from hallmark.catalog import lineage_tables as tables
from hallmark.lineage.events.shape import mappings
from hallmark.lineage.graph.nodes import NONE, Key, id_of, in_chunks, latest_run, nodes_of
from hallmark.lineage.graph.steps import neighbours
from hallmark.lineage.graph.values import Assertion, Cause, Kind, Node

__all__ = ["failed_assertions", "root_cause"]

_DEPTH = 100
_BAD = ("FAIL", "ABORT")
_HARMLESS = {"warn", "info"}


def root_cause(connection: Connection, node: Node, *, depth: int = _DEPTH) -> Cause | None:
    """Return the nearest job upstream of a node whose latest run failed, or checked something that did not hold.

    A job that only checks a dataset counts as near as one that writes it. Of several as near, one whose checks failed
    goes before one that failed otherwise, for that may be a consequence.

    Args:
        connection: to the catalog's database.
        node: a dataset or a job.
        depth: how many steps to look.

    Returns:
        The job, what did not hold, and the path from it to the node; None if all is well.
    """
    start: Key = (node.kind, node.number)
    came_from: dict[Key, Key | None] = {start: None}
    frontier = [start]
    for _ in range(depth):
        suspects = _suspects(connection, frontier, came_from)
        if failed := _worst(connection, suspects):
            return _cause(connection, node, failed, {**suspects, **came_from})
        frontier = _upstream(connection, frontier, came_from)
        if not frontier:
            return None
    return None


def failed_assertions(connection: Connection, run_id: str) -> tuple[Assertion, ...]:
    """Return the assertions that did not hold in a run, those that block first."""
    names, whole, io = tables.lineage_datasets, tables.lineage_datasets.alias("whole"), tables.run_io
    told = io.c.facets["dataQualityAssertions", "assertions"].label("told")
    query = (
        select(whole.c.namespace, whole.c.name, told)
        .select_from(io.join(names, names.c.id == io.c.dataset_id).join(whole, whole.c.id == names.c.canonical_id))
        .where(io.c.run_id == run_id)
        .order_by(io.c.direction.desc(), whole.c.namespace, whole.c.name)
    )
    found = [
        _assertion(id_of("dataset", row.namespace, row.name), each)
        for row in connection.execute(query)
        for each in mappings(row.told)
        if each.get("success") is False
    ]
    return tuple(sorted(dict.fromkeys(found), key=lambda each: each.severity in _HARMLESS))


def _suspects(
    connection: Connection, frontier: Sequence[Key], came_from: Mapping[Key, Key | None]
) -> dict[Key, Key | None]:
    """Return the jobs of a level with where they lead: its own, and those that check its datasets."""
    suspects: dict[Key, Key | None] = {key: came_from[key] for key in frontier if key[0] == "job"}
    datasets = [number for kind, number in frontier if kind == "dataset"]
    for row in in_chunks(connection, _checks, datasets):
        if row.direction == "in":
            suspects.setdefault(("job", row.job_id), ("dataset", row.canonical_id))
    return suspects


def _checks(numbers: list[int]) -> Select[Any]:
    """Select datasets with the jobs whose latest run found fault with them."""
    names, io, runs = tables.lineage_datasets, tables.run_io, tables.lineage_runs
    source = names.join(io, io.c.dataset_id == names.c.id).join(runs, runs.c.run_id == io.c.run_id)
    query = select(names.c.canonical_id, runs.c.job_id, io.c.direction).select_from(source)
    # The direction is no condition: with it another index, of all that was ever read, would be taken.
    query = query.where(names.c.canonical_id.in_(numbers), io.c.assertions_failed > NONE)
    return query.where(io.c.run_id == latest_run(runs.c.job_id, runs)).order_by(runs.c.job_id)


def _worst(connection: Connection, suspects: Iterable[Key]) -> Node | None:
    nodes = [node for node in nodes_of(connection, suspects).values() if node.failed or node.state in _BAD]
    return min(nodes, key=lambda node: (not node.failed, node.id), default=None)


def _upstream(connection: Connection, frontier: Sequence[Key], came_from: dict[Key, Key | None]) -> list[Key]:
    """Take one step, and note for each new node the one it leads to."""
    kind = frontier[0][0]
    other: Kind = "job" if kind == "dataset" else "dataset"
    found: list[Key] = []
    for here, there in sorted(neighbours(connection, kind, [number for _, number in frontier], "up")):
        key: Key = (other, there)
        if key not in came_from:
            came_from[key] = (kind, here)
            found.append(key)
    return found


def _cause(connection: Connection, node: Node, failed: Node, leads_to: Mapping[Key, Key | None]) -> Cause:
    keys = list(_path(("job", failed.number), leads_to))
    known = {**nodes_of(connection, keys), (node.kind, node.number): node}
    run_id = str(failed.run_id)
    runs = tables.lineage_runs
    said = runs.c.facets["errorMessage", "message"].as_string().label("error")
    row = connection.execute(select(runs.c.ended_at, runs.c.updated_at, said).where(runs.c.run_id == run_id)).one()
    return Cause(
        job=failed,
        at=row.ended_at or row.updated_at,
        error=row.error,
        assertions=failed_assertions(connection, run_id),
        path=tuple(known[key] for key in keys if key in known),
    )


def _path(key: Key | None, leads_to: Mapping[Key, Key | None]) -> Iterator[Key]:
    while key is not None:
        yield key
        key = leads_to.get(key)


def _assertion(dataset: str, told: Mapping[str, Any]) -> Assertion:
    texts = {
        name: None if told.get(name) is None else str(told[name])
        for name in ("column", "severity", "actual", "expected", "description")
    }
    return Assertion(dataset=dataset, assertion=str(told.get("assertion")), **texts)
