"""One step along the edges of today: from datasets to jobs and from jobs to datasets, over all names of a dataset."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal

from sqlalchemy import Connection, Select, select

from hallmark.catalog import lineage_tables as tables
from hallmark.lineage.graph.nodes import in_chunks
from hallmark.lineage.graph.values import Kind
from hallmark.lineage.graph.walking import Way

__all__ = ["neighbours"]

# Which side of a job a dataset stands on, seen from the dataset and seen from the job.
_DIRECTIONS: dict[tuple[Kind, Way], Literal["in", "out"]] = {
    ("dataset", "down"): "in",
    ("job", "down"): "out",
    ("dataset", "up"): "out",
    ("job", "up"): "in",
}


def neighbours(connection: Connection, kind: Kind, numbers: Iterable[int], way: Way) -> Iterator[tuple[int, int]]:
    """Yield pairs of numbers: where a step begins, and where it leads; to nothing that is hidden.

    Args:
        kind: of the nodes where the steps begin; they lead to those of the other kind.
        numbers: of those nodes.
        way: upstream or downstream.
    """
    direction = _DIRECTIONS[kind, way]
    yield from in_chunks(connection, lambda chunk: _QUERIES[kind](chunk, direction), numbers)


def _jobs_of(numbers: list[int], direction: str) -> Select[Any]:
    edges, names, jobs = tables.edges, tables.lineage_datasets, tables.jobs
    source = names.join(edges, edges.c.dataset_id == names.c.id).join(jobs, jobs.c.id == edges.c.job_id)
    query = select(names.c.canonical_id, edges.c.job_id).select_from(source).distinct()
    return query.where(names.c.canonical_id.in_(numbers), edges.c.direction == direction, jobs.c.hidden.is_(False))


def _datasets_of(numbers: list[int], direction: str) -> Select[Any]:
    edges, names, whole = tables.edges, tables.lineage_datasets, tables.lineage_datasets.alias("whole")
    source = edges.join(names, names.c.id == edges.c.dataset_id).join(whole, whole.c.id == names.c.canonical_id)
    query = select(edges.c.job_id, whole.c.id).select_from(source).distinct()
    return query.where(edges.c.job_id.in_(numbers), edges.c.direction == direction, whole.c.hidden.is_(False))


_QUERIES = {"dataset": _jobs_of, "job": _datasets_of}
