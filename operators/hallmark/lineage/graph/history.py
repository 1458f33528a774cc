"""The graph as it was: the versions that a version was made of, run by run, and what was made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, ScalarSelect, Select, func, select

from hallmark.catalog import lineage_tables as tables
from hallmark.errors import LineageError
from hallmark.lineage.events.shape import clean_text
from hallmark.lineage.graph.finding import find
from hallmark.lineage.graph.nodes import dataset_nodes, in_chunks, job_nodes
from hallmark.lineage.graph.values import ColumnFlow, Edge, Graph, Node
from hallmark.lineage.graph.walking import Reached, Way, walk

__all__ = ["Moment", "graph_of", "inputs_of", "moment_of", "writers_of"]

# ("dataset", its number, the version) or ("job", 0, the run): a reading without a version, of which none was known by
# then, has an empty one.
Moment = tuple[str, int, str]


def graph_of(connection: Connection, node: Node, as_of: str, up: int, down: int, columns: bool, limit: int) -> Graph:
    """Return what a version was made of, and what was made of it; arguments as of :func:`graph`.

    Raises:
        LineageError: no event told of that version or run.
    """
    start = moment_of(connection, node, as_of)
    reached = Reached(max(limit, 1), {start: None})
    depths: dict[Way, int] = {"up": up, "down": down}
    for way, depth in depths.items():
        walk(reached, start, way, depth, lambda moments, way=way: _step(connection, moments, way))  # type: ignore[misc]
    known = _nodes(connection, reached.nodes)
    edges = [(a, b) for a, b in reached.edges if a in known and b in known]
    return Graph(
        start=known[start].id,
        nodes=tuple(known.values()),
        edges=tuple(Edge(source=known[a].id, target=known[b].id) for a, b in edges),
        column_edges=tuple(_flows(connection, known, edges)) if columns else (),
        truncated=reached.truncated,
    )


def moment_of(connection: Connection, node: Node, as_of: str) -> Moment:
    """Return what a text means: a version of the node, a run, or another node's version.

    Raises:
        LineageError: none of those.
    """
    names, versions, runs = tables.lineage_datasets, tables.dataset_versions, tables.lineage_runs
    as_of = clean_text(as_of)
    if node.kind == "dataset":
        mine = select(versions.c.version).join(names, names.c.id == versions.c.dataset_id)
        mine = mine.where(names.c.canonical_id == node.number)
        if connection.scalar(mine.where(versions.c.version == as_of)) is not None:
            return "dataset", node.number, as_of
    if connection.scalar(select(runs.c.run_id).where(runs.c.run_id == as_of)) is not None:
        return "job", 0, as_of
    if "@" in as_of:
        other = find(connection, as_of)
        if other.at is not None and other.at != as_of:
            return moment_of(connection, other, other.at)
    raise LineageError(f"no event told of {node.label}@{as_of}", _known_versions(connection, node))


def _known_versions(connection: Connection, node: Node) -> str:
    names, versions, runs = tables.lineage_datasets, tables.dataset_versions, tables.lineage_runs
    query = {
        "dataset": select(versions.c.version)
        .join(names, names.c.id == versions.c.dataset_id)
        .where(names.c.canonical_id == node.number)
        .order_by(versions.c.created_at.desc()),
        "job": select(runs.c.run_id)
        .where(runs.c.job_id == node.number, runs.c.static.is_(False))
        .order_by(runs.c.updated_at.desc()),
    }[node.kind]
    newest = list(connection.scalars(query.limit(3)))
    return f"the newest are {', '.join(newest)}" if newest else "none of its versions is known"


def _step(connection: Connection, moments: Sequence[Moment], way: Way) -> Iterator[tuple[Moment, Moment]]:
    yield from _STEPS[moments[0][0], way](connection, moments)


def writers_of(connection: Connection, moments: Iterable[Moment]) -> Iterator[tuple[Moment, Moment]]:
    """Yield versions with the runs that wrote them."""
    wanted = set(moments)
    for row in in_chunks(connection, _written, {number for _, number, _ in wanted}):
        moment = ("dataset", row.canonical_id, row.version)
        if moment in wanted:
            yield moment, ("job", 0, row.run_id)


def _readers_of(connection: Connection, moments: Sequence[Moment]) -> Iterator[tuple[Moment, Moment]]:
    wanted = set(moments)
    for row in in_chunks(connection, lambda chunk: _io("in", whole=chunk), {number for _, number, _ in wanted}):
        moment = ("dataset", row.canonical_id, row.version or "")
        if moment in wanted:
            yield moment, ("job", 0, row.run_id)


def inputs_of(connection: Connection, moments: Iterable[Moment]) -> Iterator[tuple[Moment, Moment]]:
    """Yield runs with the versions that they read.

    A reading that told of no version is of the newest one that there was when the run began.
    """
    for row in in_chunks(connection, lambda chunk: _io("in", runs=chunk), {run for _, _, run in moments}):
        yield ("job", 0, row.run_id), ("dataset", row.canonical_id, row.version or "")


def _outputs_of(connection: Connection, moments: Sequence[Moment]) -> Iterator[tuple[Moment, Moment]]:
    for row in in_chunks(connection, lambda chunk: _io("out", runs=chunk), {run for _, _, run in moments}):
        if row.version is not None:
            yield ("job", 0, row.run_id), ("dataset", row.canonical_id, row.version)


_STEPS: Mapping[tuple[str, Way], Callable[[Connection, Sequence[Moment]], Iterator[tuple[Moment, Moment]]]] = {
    ("dataset", "up"): writers_of,
    ("dataset", "down"): _readers_of,
    ("job", "up"): inputs_of,
    ("job", "down"): _outputs_of,
}


def _written(numbers: Sequence[int]) -> Select[Any]:
    names, versions = tables.lineage_datasets, tables.dataset_versions
    query = select(names.c.canonical_id, versions.c.version, versions.c.run_id)
    query = query.join_from(names, versions, versions.c.dataset_id == names.c.id)
    return query.where(names.c.canonical_id.in_(numbers), versions.c.run_id.is_not(None))


def _io(direction: str, *, runs: Sequence[str] | None = None, whole: Sequence[int] | None = None) -> Select[Any]:
    """Select readings or writings, of some runs or of some datasets, with the version known or worked out."""
    names, io, run = tables.lineage_datasets, tables.run_io, tables.lineage_runs
    version = io.c.version if direction == "out" else func.coalesce(io.c.version, _newest_by_then())
    source = names.join(io, io.c.dataset_id == names.c.id).join(run, run.c.run_id == io.c.run_id)
    query = select(names.c.canonical_id, io.c.run_id, version.label("version"), io.c.columns_id)
    query = query.select_from(source).where(io.c.direction == direction)
    return query.where(io.c.run_id.in_(runs) if runs is not None else names.c.canonical_id.in_(whole or ()))


def _newest_by_then() -> ScalarSelect[str]:
    outer, io, run = tables.lineage_datasets, tables.run_io, tables.lineage_runs
    names, versions = outer.alias("by_then"), tables.dataset_versions
    query = select(versions.c.version).join(names, names.c.id == versions.c.dataset_id)
    query = query.where(
        names.c.canonical_id == outer.c.canonical_id,
        versions.c.created_at <= func.coalesce(run.c.started_at, run.c.created_at),
        versions.c.run_id.is_distinct_from(io.c.run_id),
    )
    newest = query.order_by(versions.c.created_at.desc(), versions.c.version.desc()).limit(1)
    return newest.correlate(outer, io, run).scalar_subquery()


def _nodes(connection: Connection, moments: Iterable[Moment]) -> dict[Moment, Node]:
    wanted = list(moments)
    datasets = dataset_nodes(connection, sorted({number for kind, number, _ in wanted if kind == "dataset"}))
    runs = {row.run_id: row for row in in_chunks(connection, _runs, {run for kind, _, run in wanted if kind == "job"})}
    jobs = job_nodes(connection, sorted({row.job_id for row in runs.values()}))
    failed = _failed(connection, datasets)
    found: dict[Moment, Node] = {}
    for moment in wanted:
        kind, number, at = moment
        if kind == "dataset" and number in datasets:
            node = datasets[number]
            count = failed.get((number, at), 0)
            found[moment] = replace(node, id=f"{node.id}@{at}" if at else node.id, at=at or None, failed=count)
        elif kind == "job" and at in runs and runs[at].job_id in jobs:
            row, node = runs[at], jobs[runs[at].job_id]
            count = int(row.failed or 0)
            moments_of = {"state": row.state, "run_id": at, "seen_at": row.updated_at}
            found[moment] = replace(node, id=f"{node.id}@{at}", at=at, failed=count, **moments_of)
    return found


def _runs(run_ids: Sequence[str]) -> Select[Any]:
    run, io = tables.lineage_runs, tables.run_io
    failed = select(func.sum(io.c.assertions_failed)).where(io.c.run_id == run.c.run_id).correlate(run)
    columns = (run.c.run_id, run.c.job_id, run.c.state, run.c.updated_at, failed.scalar_subquery().label("failed"))
    return select(*columns).where(run.c.run_id.in_(run_ids))


def _failed(connection: Connection, numbers: Iterable[int]) -> dict[tuple[int, str], int]:
    """Return how many assertions failed of which version, whoever checked it."""
    names, io = tables.lineage_datasets, tables.run_io

    def query(chunk: list[int]) -> Select[Any]:
        found = select(names.c.canonical_id, io.c.version, func.sum(io.c.assertions_failed).label("failed"))
        found = found.join_from(names, io, io.c.dataset_id == names.c.id).where(names.c.canonical_id.in_(chunk))
        return found.where(io.c.assertions_failed > 0, io.c.version.is_not(None)).group_by(
            names.c.canonical_id, io.c.version
        )

    return {(row.canonical_id, row.version): int(row.failed) for row in in_chunks(connection, query, numbers)}


def _flows(
    connection: Connection, known: Mapping[Moment, Node], edges: Iterable[tuple[Moment, Moment]]
) -> Iterator[ColumnFlow]:
    """Yield the edges between the columns of versions, as the runs told them."""
    read: dict[tuple[str, int], Node] = {}
    wrote: dict[tuple[str, int], Node] = {}
    for a, b in edges:
        if a[0] == "dataset":
            read[b[2], a[1]] = known[a]
        else:
            wrote[a[2], b[1]] = known[b]
    for row in in_chunks(connection, _columns, {run for run, _ in wrote}):
        source, target = read.get((row.run_id, row.source)), wrote.get((row.run_id, row.target))
        if source and target:
            yield ColumnFlow(
                source=source.id,
                source_column=row.input_column,
                target=target.id,
                target_column=row.output_column,
                job=known["job", 0, row.run_id].id,
                type=row.type,
                subtype=row.subtype,
                masking=row.masking,
                description=row.description,
            )


def _columns(run_ids: Sequence[str]) -> Select[Any]:
    io, columns = tables.run_io, tables.column_edges
    read, written = tables.lineage_datasets.alias("read"), tables.lineage_datasets.alias("written")
    names = ("input_column", "output_column", "type", "subtype", "masking", "description")
    return (
        select(
            io.c.run_id,
            read.c.canonical_id.label("source"),
            written.c.canonical_id.label("target"),
            *(columns.c[name] for name in names),
        )
        .select_from(
            io.join(columns, columns.c.columns_id == io.c.columns_id)
            .join(read, read.c.id == columns.c.dataset_id)
            .join(written, written.c.id == io.c.dataset_id)
        )
        .where(io.c.run_id.in_(run_ids), io.c.direction == "out")
        .order_by(io.c.run_id, columns.c.output_column, read.c.canonical_id, columns.c.input_column)
    )
