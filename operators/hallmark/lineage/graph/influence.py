"""The edges between columns, level by level: from one column to all that it influences, or that influence it.

What decides over rows (a filter, a join) has an edge to no column but to the dataset as a whole. Such an edge is
followed on the level of datasets: all rows of the one, all rows of what is made of it, and so on. It reaches every
column, but it is one edge, and not one for each column of everything downstream.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from hallmark.catalog import lineage_tables as tables
from hallmark.lineage.graph.nodes import Key, in_chunks, nodes_of
from hallmark.lineage.graph.values import ALL_ROWS, ColumnFlow, Edge, Graph, Node
from hallmark.lineage.graph.walking import Way

__all__ = ["Point", "column_graph", "flow", "flows", "flows_at", "made_of"]

# A dataset's number and one of its columns, or ALL_ROWS.
Point = tuple[int, str]

# With more pairs of dataset and column than this to look up, reading all columns of the datasets is quicker.
_PAIRS = 20_000


def flows() -> Select[Any]:
    """Select the column edges of today: ``source`` and ``target`` are the numbers of whole datasets."""
    return _SELECTED


def flow(row: Row[Any], source: Node, target: Node, job: Node) -> ColumnFlow:
    """Return a row of :func:`flows` as a value."""
    return ColumnFlow(
        source=source.id,
        source_column=row.input_column,
        target=target.id,
        target_column=row.output_column,
        job=job.id,
        type=row.type,
        subtype=row.subtype,
        masking=row.masking,
        description=row.description,
    )


def flows_at(connection: Connection, points: Iterable[Point], way: Way) -> Iterator[Any]:
    """Yield the rows of :func:`flows` that lead on from columns; upstream what decides over all rows is behind each."""
    wanted: dict[int, set[str]] = {}
    for number, column in points:
        wanted.setdefault(number, set()).add(column)
    columns = {column for some in wanted.values() for column in some} | _ALWAYS[way]
    narrow = len(wanted) * len(columns) <= _PAIRS
    begin, names, end = _SIDES[way]

    def query(chunk: list[int]) -> Select[Any]:
        found = flows().where(names.c.canonical_id.in_(chunk))
        return found.where(end.in_(sorted(columns))) if narrow else found

    for row in in_chunks(connection, query, sorted(wanted)):
        column = getattr(row, end.name)
        if column in wanted[getattr(row, begin)] or column in _ALWAYS[way]:
            yield row


def made_of(connection: Connection, numbers: Iterable[int]) -> Iterator[Any]:
    """Yield datasets with those that are made of any of their columns, as ``source``, ``target`` and ``job_id``."""
    columns = (_READ.c.canonical_id.label("source"), _WHOLE.c.id.label("target"), _EDGES.c.job_id)

    def query(chunk: list[int]) -> Select[Any]:
        return flows().with_only_columns(*columns).where(_READ.c.canonical_id.in_(chunk)).distinct()

    yield from in_chunks(connection, query, sorted(numbers))


def column_graph(connection: Connection, node: Node, up: int, down: int, limit: int) -> Graph:
    """Return the datasets and jobs along the edges of one column; a step from column to column counts as two.

    Downstream, an edge to all rows of a dataset is where it ends: :func:`impact` goes on from there.
    """
    walked = _Walked(limit)
    depths: dict[Way, int] = {"up": up, "down": down}
    for way, depth in depths.items():
        walked.along(connection, (node.number, node.column or ALL_ROWS), way, depth // 2)
    keys: dict[Key, None] = {("dataset", node.number): None}
    for row in walked.rows.values():
        keys |= {("dataset", row.source): None, ("job", row.job_id): None, ("dataset", row.target): None}
    known = nodes_of(connection, keys) | {("dataset", node.number): node}
    return Graph(
        start=node.id,
        nodes=tuple(known.values()),
        edges=tuple(_edges(walked.rows.values(), known)),
        column_edges=tuple(
            flow(row, known["dataset", row.source], known["dataset", row.target], known["job", row.job_id])
            for row in walked.rows.values()
        ),
        truncated=walked.truncated,
    )


@dataclass
class _Walked:
    """Column edges as they were met, each once, at most ``limit``."""

    limit: int
    rows: dict[tuple[Any, ...], Row[Any]] = field(default_factory=dict)
    truncated: bool = False

    def along(self, connection: Connection, start: Point, way: Way, depth: int) -> None:
        """Follow the edges from a point in one direction, so many levels."""
        seen, frontier = {start}, {start}
        for _ in range(depth):
            met = {tuple(row): row for row in flows_at(connection, frontier, way)}
            room = self.limit - len(self.rows)
            kept = {key: row for key, row in met.items() if key in self.rows}
            new = sorted(key for key in met if key not in self.rows)
            self.truncated = self.truncated or len(new) > room
            kept |= {key: met[key] for key in new[:room]}
            self.rows |= kept
            ends = {_end(row, way) for row in kept.values()} - seen
            seen |= ends
            frontier = {end for end in ends if end[1] != ALL_ROWS}
            if not frontier:
                return


def _end(row: Row[Any], way: Way) -> Point:
    return (row.target, row.output_column) if way == "down" else (row.source, row.input_column)


def _edges(rows: Iterable[Row[Any]], known: Mapping[Key, Node]) -> Iterator[Edge]:
    pairs: dict[tuple[Key, Key], None] = {}
    for row in rows:
        pairs[("dataset", row.source), ("job", row.job_id)] = None
        pairs[("job", row.job_id), ("dataset", row.target)] = None
    for source, target in pairs:
        yield Edge(source=known[source].id, target=known[target].id)


_EDGES, _COLUMNS, _JOBS = tables.edges, tables.column_edges, tables.jobs
_READ, _WRITTEN, _WHOLE = (tables.lineage_datasets.alias(name) for name in ("read", "written", "whole"))
_SELECTED = (
    select(
        _READ.c.canonical_id.label("source"),
        _WRITTEN.c.canonical_id.label("target"),
        _EDGES.c.job_id,
        *(_COLUMNS.c[n] for n in ("input_column", "output_column", "type", "subtype", "masking", "description")),
    )
    .select_from(
        _COLUMNS.join(_READ, _READ.c.id == _COLUMNS.c.dataset_id)
        .join(_EDGES, _EDGES.c.columns_id == _COLUMNS.c.columns_id)
        .join(_WRITTEN, _WRITTEN.c.id == _EDGES.c.dataset_id)
        .join(_WHOLE, _WHOLE.c.id == _WRITTEN.c.canonical_id)
        .join(_JOBS, _JOBS.c.id == _EDGES.c.job_id)
    )
    .where(_EDGES.c.direction == "out", _WHOLE.c.hidden.is_(False), _JOBS.c.hidden.is_(False))
)
# Where edges begin: the dataset, the table of its names, the column.
_SIDES: Mapping[Way, tuple[str, Any, Any]] = {
    "down": ("source", _READ, _COLUMNS.c.input_column),
    "up": ("target", _WRITTEN, _COLUMNS.c.output_column),
}
_ALWAYS: Mapping[Way, set[str]] = {"down": set(), "up": {ALL_ROWS}}
