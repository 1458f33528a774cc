"""What depends on a column: everything downstream, and how."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, select

from hallmark.catalog import lineage_tables as tables
from hallmark.errors import LineageError, closest
from hallmark.lineage.graph.influence import Point, flows_at, made_of
from hallmark.lineage.graph.nodes import Key, in_chunks, nodes_of
from hallmark.lineage.graph.values import ALL_ROWS, How, Impact, ImpactedColumn, ImpactedNode, Node
from hallmark.lineage.uncollected import uncollected

__all__ = ["LIMIT", "columns_of", "field_names", "impact"]

LIMIT = 20_000
# From the strongest to the weakest; a way is as weak as its weakest edge.
_STRENGTHS: tuple[How, ...] = ("direct", "indirect", "possible")
_DIRECT, _INDIRECT, _POSSIBLE = range(3)

# How strong a way is, and how many datasets long.
Rank = tuple[int, int]


class _Step(NamedTuple):
    """From one point to another by a job, or to a job that puts nothing out."""

    begin: Point
    end: Point | None
    job: int
    strength: int


@uncollected()
def impact(connection: Connection, dataset: Node, column: str, *, limit: int = LIMIT) -> Impact:
    """Return everything downstream of a column.

    *direct*: its value goes in, on every edge of the way. *indirect*: on some edge it decides (a join, a filter, a
    condition), over a column or over all rows; then everything made of those rows depends on it. *possible*: on some
    edge a job reads the dataset and does not tell of columns.

    Args:
        connection: to the catalog's database.
        dataset: where the column is.
        column: its name.
        limit: how many columns at most.

    Raises:
        LineageError: the dataset has no such column.
    """
    _checked(connection, dataset, column)
    start: Point = (dataset.number, column)
    steps, truncated = _reach(connection, start, limit)
    points, ranks = _ranked(start, steps)
    ranks.pop(("dataset", dataset.number), None)
    known = nodes_of(connection, ranks)
    ids = {number: node.id for (kind, number), node in known.items() if kind == "dataset"} | {
        dataset.number: dataset.id
    }
    impacted = sorted(
        (ImpactedNode(node=known[key], how=_STRENGTHS[rank[0]], distance=rank[1]) for key, rank in ranks.items()),
        key=lambda each: (each.distance, _STRENGTHS.index(each.how), each.node.id),
    )
    return Impact(
        start=_with_column(dataset, column),
        columns=tuple(sorted(_columns(points, ids), key=lambda c: (c.distance, c.dataset, c.column))),
        datasets=tuple(each for each in impacted if each.node.kind == "dataset" and each.node.type != "MODEL"),
        models=tuple(each for each in impacted if each.node.type == "MODEL"),
        jobs=tuple(each for each in impacted if each.node.kind == "job"),
        truncated=truncated,
    )


def columns_of(connection: Connection, number: int) -> list[str]:
    """Return the columns that are known of a dataset, from its schema and from edges."""
    names, edges, columns = tables.lineage_datasets, tables.edges, tables.column_edges
    mine = select(names.c.id).where(names.c.canonical_id == number)
    found: dict[str, None] = {}
    for fields in connection.scalars(select(names.c.facets["schema", "fields"]).where(names.c.canonical_id == number)):
        found |= dict.fromkeys(name for name, _ in field_names(fields))
    read = select(columns.c.input_column).where(columns.c.dataset_id.in_(mine))
    written = select(columns.c.output_column).join(edges, edges.c.columns_id == columns.c.columns_id)
    written = written.where(edges.c.dataset_id.in_(mine), edges.c.direction == "out")
    found |= dict.fromkeys(sorted(connection.scalars(read.union(written))))
    return [name for name in found if name != ALL_ROWS]


def field_names(fields: Any, above: str = "") -> Iterator[tuple[str, str]]:
    """Yield names and types of a schema facet's fields; those within a structure have its name before theirs."""
    for each in fields if isinstance(fields, list) else ():
        if isinstance(each, Mapping):
            name = above + str(each.get("name"))
            yield name, str(each.get("type") or "")
            yield from field_names(each.get("fields"), f"{name}.")


def _checked(connection: Connection, dataset: Node, column: str) -> None:
    known = columns_of(connection, dataset.number)
    if column not in known:
        likely = closest(column, known)
        told = f"it has {', '.join(known[:20])}" if known else "no event told of its columns"
        raise LineageError(
            f"dataset {dataset.label} has no column {column!r}", f"did you mean {likely!r}?" if likely else told
        )


def _reach(connection: Connection, start: Point, limit: int) -> tuple[list[_Step], bool]:
    steps: dict[_Step, None] = {}
    seen, asked, frontier = {start}, set[int](), {start}
    while frontier:
        # Where it is the dataset that counts, the first of its points is as near as any.
        new = {point[0]: point for point in frontier if point[0] not in asked}
        asked |= new.keys()
        found = [*_certain(connection, frontier), *_vague(connection, new)]
        steps |= dict.fromkeys(found)
        ends = {step.end for step in found if step.end is not None} - seen
        room = limit - len(seen)
        if len(ends) > room:
            kept = set(sorted(ends)[: max(room, 0)])
            lost = ends - kept
            return [step for step in steps if step.end not in lost], True
        seen |= ends
        frontier = ends
    return list(steps), False


def _certain(connection: Connection, points: Collection[Point]) -> Iterator[_Step]:
    for row in flows_at(connection, (point for point in points if point[1] != ALL_ROWS), "down"):
        decides = row.type == "INDIRECT" or row.output_column == ALL_ROWS
        strength = _INDIRECT if decides else _DIRECT
        yield _Step((row.source, row.input_column), (row.target, row.output_column), row.job_id, strength)
    for source, target, job in made_of(connection, (number for number, column in points if column == ALL_ROWS)):
        yield _Step((source, ALL_ROWS), (target, ALL_ROWS), job, _INDIRECT)


def _vague(connection: Connection, points: Mapping[int, Point]) -> Iterator[_Step]:
    """Yield what jobs make that read datasets and do not tell of columns, or put nothing out at all."""
    for row in in_chunks(connection, _readers, sorted(points)):
        yield _Step(points[row.source], None if row.target is None else (row.target, ALL_ROWS), row.job_id, _POSSIBLE)


def _readers(numbers: list[int]) -> Select[Any]:
    names, jobs, edges = tables.lineage_datasets, tables.jobs, tables.edges
    made, written = edges.alias("made"), names.alias("written")
    source = (
        names.join(edges, edges.c.dataset_id == names.c.id)
        .join(jobs, jobs.c.id == edges.c.job_id)
        .outerjoin(made, (made.c.job_id == edges.c.job_id) & (made.c.direction == "out"))
        .outerjoin(written, written.c.id == made.c.dataset_id)
    )
    query = select(
        names.c.canonical_id.label("source"),
        edges.c.job_id,
        written.c.canonical_id.label("target"),
    ).distinct()
    query = query.select_from(source).where(names.c.canonical_id.in_(numbers), made.c.columns_id.is_(None))
    return query.where(edges.c.direction == "in", jobs.c.hidden.is_(False), written.c.hidden.is_not(True))


def _ranked(start: Point, steps: Collection[_Step]) -> tuple[dict[Point, Rank], dict[Key, Rank]]:
    """Return how points, and how datasets and jobs are reached: by the strongest way, and the shortest of those."""
    leading: dict[Point, list[_Step]] = {}
    for step in steps:
        leading.setdefault(step.begin, []).append(step)
    points: dict[Point, Rank] = {start: (_DIRECT, 0)}
    nodes: dict[Key, Rank] = {}
    for strength in sorted({step.strength for step in steps}):
        for key, point, distance in _nearest_first(start, leading, strength):
            nodes.setdefault(key, (strength, distance))
            if point is not None:
                points.setdefault(point, (strength, distance))
    del points[start]
    return points, nodes


def _nearest_first(
    start: Point, leading: Mapping[Point, list[_Step]], weakest: int
) -> Iterator[tuple[Key, Point | None, int]]:
    """Yield jobs, and datasets with their points, along steps that are not too weak."""
    seen, frontier, distance = {start}, [start], 0
    while frontier:
        distance += 1
        steps = [s for point in frontier for s in leading.get(point, ()) if s.strength <= weakest]
        frontier = []
        for step in steps:
            yield ("job", step.job), None, distance
            if step.end is not None and step.end not in seen:
                seen.add(step.end)
                frontier.append(step.end)
                yield ("dataset", step.end[0]), step.end, distance


def _columns(points: Mapping[Point, Rank], ids: Mapping[int, str]) -> Iterator[ImpactedColumn]:
    for (number, column), (strength, distance) in points.items():
        yield ImpactedColumn(dataset=ids[number], column=column, how=_STRENGTHS[strength], distance=distance)


def _with_column(node: Node, column: str) -> Node:
    return Node(**{**vars(node), "column": column})
