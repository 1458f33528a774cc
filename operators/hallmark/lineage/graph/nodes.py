"""Nodes from numbers: what the tables know of datasets and jobs, in a few statements however many there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    Row,
    ScalarSelect,
    Select,
    case,
    cast,
    func,
    literal_column,
    select,
    tuple_,
)

from hallmark.catalog import lineage_tables as tables
from hallmark.catalog import tables as catalog
from hallmark.catalog.tables import to_json
from hallmark.lineage.graph.values import Kind, Node
from hallmark.lineage.naming import normal

__all__ = [
    "LOADERS",
    "NONE",
    "Key",
    "dataset_nodes",
    "failing",
    "hallmark_names",
    "id_of",
    "in_chunks",
    "job_nodes",
    "latest_run",
    "nodes_of",
]

T = TypeVar("T")
Key = tuple[Kind, int]

# Values in one IN list: SQLite takes 32,766, and a statement costs far less than what it finds.
_CHUNK = 1000
# Planners know more of a list than of a value that they have to open.
_FEW = 32
# Part of an index's condition, which no bound value could match.
NONE: ColumnElement[int] = literal_column("0")


def id_of(kind: Kind, namespace: str, name: str) -> str:
    """Return the id of a node."""
    return f"{kind}:{namespace}:{name}"


def in_chunks(connection: Connection, query: Callable[[Any], Select[Any]], values: Iterable[T]) -> Iterator[Any]:
    """Yield the rows of a query for any number of values; what it is given goes into ``column.in_(…)``."""
    left = iter(values)
    while chunk := list(islice(left, _CHUNK)):
        yield from connection.execute(query(_members(connection, chunk))).all()


def _members(connection: Connection, values: list[Any]) -> Any:
    """Return many numbers as one value that the database opens: a statement of a thousand is slow to write and read."""
    if len(values) <= _FEW or not isinstance(values[0], int):
        return values
    if connection.dialect.name == "postgresql":
        return select(func.unnest(cast(values, ARRAY(BigInteger))).column_valued())
    return select(func.json_each(to_json(values)).table_valued("value").c.value)


def nodes_of(connection: Connection, keys: Iterable[Key]) -> dict[Key, Node]:
    """Return nodes by kind and number, in the order of the keys; what is not known is left out."""
    wanted = list(keys)
    found = {
        (kind, number): node
        for kind, load in LOADERS.items()
        for number, node in load(connection, [n for k, n in wanted if k == kind]).items()
    }
    return {key: found[key] for key in wanted if key in found}


def dataset_nodes(connection: Connection, numbers: Sequence[int]) -> dict[int, Node]:
    """Return datasets by the numbers of the names that stand for them."""
    rows = list(in_chunks(connection, _datasets, numbers))
    known = hallmark_names(connection, [(row.namespace, row.name) for row in rows])
    failed = failing(connection, numbers)
    names: dict[int, tuple[str | None, str | None]] = {}
    for row in rows:
        if (row.namespace, row.name) in known:
            names[row.canonical_id] = known[row.namespace, row.name]
    return {
        row.id: _dataset(row, names.get(row.id, (None, None)), failed.get(row.id, 0))
        for row in rows
        if row.id == row.canonical_id
    }


def job_nodes(connection: Connection, numbers: Sequence[int]) -> dict[int, Node]:
    """Return jobs by their numbers, each with its latest run."""
    return {row.id: _job(row) for row in in_chunks(connection, _jobs, numbers)}


LOADERS: dict[Kind, Callable[[Connection, Sequence[int]], dict[int, Node]]] = {
    "dataset": dataset_nodes,
    "job": job_nodes,
}


def hallmark_names(
    connection: Connection, identities: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], tuple[str, str | None]]:
    """Return the catalog's name and owner of lineage's datasets, of those that are Hallmark's own."""
    wanted = set(identities)
    found: dict[tuple[str, str], tuple[str, str | None]] = {}
    for table, name, owner in _NAMED:
        columns = (table.c.namespace, table.c.location, name.label("known_as"), owner.label("owned_by"))

        def query(chunk: list[str], table: Any = table, columns: Any = columns) -> Select[Any]:
            return select(*columns).where(table.c.location.in_(chunk)).distinct()

        for row in in_chunks(connection, query, {location for _, location in wanted}):
            identity = normal(row.namespace, row.location)
            if identity in wanted:
                found.setdefault(identity, (row.known_as, row.owned_by))
    return found


_NAMED: tuple[tuple[Any, ColumnElement[Any], ColumnElement[Any]], ...] = (
    (catalog.datasets, catalog.datasets.c.name, catalog.datasets.c.owner),
    (catalog.models, catalog.models.c.model, literal_column("NULL")),
)


def latest_run(job_id: ColumnElement[int], within: FromClause) -> ScalarSelect[str]:
    """Return, as a subquery, the id of the run that a job is judged by; a declared job without runs has none.

    That is the run it was last told of. Where that is one instance of a mapped task, an instance beside it that failed
    and was not tried again goes before.

    Args:
        job_id: a column of the query around it.
        within: the table of that column.
    """
    newest = tables.lineage_runs.alias()
    # Only what is mapped has others beside it to be looked at, which most jobs are not.
    judged = case((newest.c.map_index >= 0, _of_all_instances(newest)), else_=newest.c.run_id)
    newest_first = newest.c.updated_at.desc(), newest.c.run_id.desc()
    query = select(judged).where(newest.c.job_id == job_id, newest.c.static.is_(False))
    return query.order_by(*newest_first).limit(1).correlate(within).scalar_subquery()


def _of_all_instances(newest: FromClause) -> ScalarSelect[str]:
    """Return the run that failed, or else the newest, among the last tries of all instances beside a run."""
    runs, again = (tables.lineage_runs.alias() for _ in range(2))
    tried_again = select(again.c.run_id).where(
        again.c.group_id == runs.c.group_id,
        again.c.job_id == runs.c.job_id,
        func.coalesce(again.c.map_index, -1) == func.coalesce(runs.c.map_index, -1),
        tuple_(again.c.updated_at, again.c.run_id) > tuple_(runs.c.updated_at, runs.c.run_id),
    )
    last_tries = select(runs.c.run_id).where(
        runs.c.job_id == newest.c.job_id,
        runs.c.group_id == newest.c.group_id,
        runs.c.static.is_(False),
        ~tried_again.correlate(runs).exists(),
    )
    failed_first = case((runs.c.state == "FAIL", 0), else_=1)
    query = last_tries.order_by(failed_first, runs.c.updated_at.desc(), runs.c.run_id.desc()).limit(1)
    return query.correlate(newest).scalar_subquery()


def failing(connection: Connection, numbers: Iterable[int]) -> dict[int, int]:
    """Return how many assertions on datasets failed in the latest runs of the jobs that checked them."""
    found: dict[int, int] = {}
    for row in in_chunks(connection, _failing, numbers):
        found[row.canonical_id] = found.get(row.canonical_id, 0) + row.assertions_failed
    return found


def _failing(numbers: Sequence[int]) -> Select[Any]:
    io, runs, names = tables.run_io, tables.lineage_runs, tables.lineage_datasets
    source = names.join(io, io.c.dataset_id == names.c.id).join(runs, runs.c.run_id == io.c.run_id)
    return (
        select(names.c.canonical_id, io.c.run_id, io.c.assertions_failed)
        .select_from(source)
        .where(names.c.canonical_id.in_(numbers), io.c.assertions_failed > NONE)
        .where(io.c.run_id == latest_run(runs.c.job_id, runs))
    )


def _datasets(numbers: Sequence[int]) -> Select[Any]:
    """Select datasets with all their names."""
    table = tables.lineage_datasets
    return select(
        *(table.c[name] for name in ("id", "canonical_id", "namespace", "name", "version", "updated_at")),
        table.c.facets["ownership", "owners", 0, "name"].as_string().label("owner"),
        table.c.facets["datasetType", "datasetType"].as_string().label("type"),
    ).where(table.c.canonical_id.in_(numbers))


def _jobs(numbers: Sequence[int]) -> Select[Any]:
    table, runs, io = tables.jobs, tables.lineage_runs.alias("run"), tables.run_io
    latest = runs.c.run_id == latest_run(table.c.id, table)
    failed = select(func.sum(io.c.assertions_failed)).where(io.c.run_id == runs.c.run_id)
    failed = failed.where(io.c.assertions_failed > NONE).correlate(runs)
    return (
        select(
            *(table.c[name] for name in ("id", "namespace", "name", "updated_at")),
            *(runs.c[name] for name in ("run_id", "state")),
            table.c.facets["ownership", "owners", 0, "name"].as_string().label("owner"),
            table.c.facets["jobType", "jobType"].as_string().label("type"),
            failed.scalar_subquery().label("failed"),
        )
        .select_from(table.outerjoin(runs, latest))
        .where(table.c.id.in_(numbers))
    )


def _dataset(row: Row[Any], own: tuple[str | None, str | None], failed: int) -> Node:
    hallmark, owner = own
    return Node(
        id=id_of("dataset", row.namespace, row.name),
        kind="dataset",
        namespace=row.namespace,
        name=row.name,
        hallmark=hallmark,
        type=row.type,
        owner=row.owner or owner,
        version=row.version,
        seen_at=row.updated_at,
        failed=failed,
    )


def _job(row: Row[Any]) -> Node:
    return Node(
        id=id_of("job", row.namespace, row.name),
        kind="job",
        namespace=row.namespace,
        name=row.name,
        type=row.type,
        owner=row.owner,
        state=row.state,
        run_id=row.run_id,
        seen_at=row.updated_at,
        failed=int(row.failed or 0),
    )
