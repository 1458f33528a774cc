"""What a drawing tells beside each node: whose it is in Airflow, how its last gate went, what else lies beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Select, and_, func, select

from hallmark.catalog import lineage_tables as tables
from hallmark.catalog import tables as catalog
from hallmark.catalog.values import Answer
from hallmark.lineage.graph.nodes import Key, in_chunks
from hallmark.lineage.graph.steps import neighbours
from hallmark.lineage.graph.values import Kind, Node

__all__ = ["Details", "FieldOf", "details"]

_KINDS: tuple[Kind, ...] = ("dataset", "job")
# Of what a failed run said: the rest is on its own page.
_LONGEST = 500


@dataclass(frozen=True, kw_only=True)
class FieldOf(Answer):
    """A column of a dataset, as its last event told."""

    name: str
    type: str | None = None


@dataclass(frozen=True, kw_only=True)
class Details(Answer):
    """What is known of a node beside what it is.

    Args:
        dag_id: the DAG that a job of Airflow's belongs to, or that publishes Hallmark's dataset or model.
        task_id: of a job that is a task.
        version: newest version of Hallmark's dataset or model.
        owner: of Hallmark's dataset or model.
        gate_success: whether its last check held.
        fresh_until: until when it is as fresh as its contract promises.
        error: what the latest run of a job said, if it failed; cut off when it is long.
        up, down: how many neighbours there are upstream and downstream, in the graph or not; None in one of the past.
        columns: of a dataset; None if nobody asked for them.
    """

    dag_id: str | None = None
    task_id: str | None = None
    version: str | None = None
    owner: str | None = None
    gate_success: bool | None = None
    fresh_until: datetime | None = None
    error: str | None = None
    up: int | None = None
    down: int | None = None
    columns: tuple[FieldOf, ...] | None = None


def details(connection: Connection, nodes: Sequence[Node], *, columns: bool = False) -> dict[str, Details]:
    """Return what is known of nodes, by their ids; of one in a graph of the past, nothing that is of today.

    Args:
        connection: to the catalog's database.
        nodes: of the graph.
        columns: whether to tell the columns of datasets.
    """
    facts: dict[Key, dict[str, Any]] = {_key(node): {} for node in nodes}
    told = [_of_datasets(connection, nodes), _of_models(connection, nodes), _of_jobs(connection, nodes)]
    told += [_beside(connection, facts)]
    told += [_of_schemas(connection, facts)] if columns else []
    for key, some in chain.from_iterable(told):
        facts[key].update(some)
    errors = _errors_of(connection, nodes)
    return {node.id: _made(node, facts[_key(node)], errors) for node in nodes}


def _made(node: Node, facts: Mapping[str, Any], errors: Mapping[str | None, str | None]) -> Details:
    kept = facts if node.at is None else {name: value for name, value in facts.items() if name not in _OF_TODAY}
    return Details(**kept, error=errors.get(node.run_id) if node.kind == "job" else None)


_OF_TODAY = frozenset({"version", "gate_success", "fresh_until", "up", "down"})
_Facts = Iterator[tuple[Key, Mapping[str, Any]]]


def _of_datasets(connection: Connection, nodes: Iterable[Node]) -> _Facts:
    named = {node.hallmark: node for node in nodes if node.hallmark is not None and node.type != "MODEL"}
    for row in in_chunks(connection, _datasets, named):
        yield _key(named[row.name]), {name: getattr(row, name) for name in _TOLD}


_TOLD = ("dag_id", "owner", "version", "gate_success", "fresh_until")


def _datasets(names: Sequence[str]) -> Select[Any]:
    table = catalog.datasets
    version, held = table.c.latest_version.label("version"), table.c.last_gate_success.label("gate_success")
    query = select(table.c.name, table.c.dag_id, table.c.owner, version, held, table.c.fresh_until)
    return query.where(table.c.name.in_(names))


def _of_models(connection: Connection, nodes: Iterable[Node]) -> _Facts:
    named = {node.hallmark: node for node in nodes if node.hallmark is not None and node.type == "MODEL"}
    for row in in_chunks(connection, _models, named):
        yield _key(named[row.model]), {name: getattr(row, name) for name in _TOLD[:-1]}


def _models(names: Sequence[str]) -> Select[Any]:
    """Select the newest version of models; of several of one moment the last row is the newest."""
    table = catalog.models
    last = select(table.c.model, func.max(table.c.trained_at).label("at")).where(table.c.model.in_(names))
    newest = last.group_by(table.c.model).subquery()
    query = select(*(table.c[name] for name in ("model", *_TOLD[:-1])))
    this = and_(newest.c.model == table.c.model, newest.c.at == table.c.trained_at)
    return query.join(newest, this).order_by(func.length(table.c.version), table.c.version)


def _of_jobs(connection: Connection, nodes: Iterable[Node]) -> _Facts:
    """Yield the DAGs and tasks of Airflow's jobs: a task's job is told to be part of the DAG's."""
    for row in in_chunks(connection, _jobs, [node.number for node in nodes if node.kind == "job"]):
        if row.integration == "AIRFLOW":
            dag_id = row.above if row.above is not None else row.name
            task = row.name.removeprefix(f"{dag_id}.") if row.above is not None else None
            yield ("job", row.id), {"dag_id": dag_id, "task_id": task}


def _jobs(numbers: Sequence[int]) -> Select[Any]:
    table, above = tables.jobs, tables.jobs.alias("above")
    integration = table.c.facets["jobType", "integration"].as_string().label("integration")
    query = select(table.c.id, table.c.name, above.c.name.label("above"), integration)
    return query.outerjoin(above, above.c.id == table.c.parent_id).where(table.c.id.in_(numbers))


def _errors_of(connection: Connection, nodes: Iterable[Node]) -> dict[str | None, str | None]:
    """Return what runs said that failed."""
    failed = {node.run_id for node in nodes if node.run_id is not None and node.state in {"FAIL", "ABORT"}}
    return {row.run_id: row.error for row in in_chunks(connection, _errors, sorted(failed))}


def _errors(run_ids: Sequence[str]) -> Select[Any]:
    table = tables.lineage_runs
    message = func.substr(table.c.facets["errorMessage", "message"].as_string(), 1, _LONGEST).label("error")
    return select(table.c.run_id, message).where(table.c.run_id.in_(run_ids))


def _beside(connection: Connection, keys: Iterable[Key]) -> _Facts:
    """Yield how many neighbours there are either way."""
    wanted = list(keys)
    for kind in _KINDS:
        numbers = [number for each, number in wanted if each == kind]
        ways = {way: Counter(here for here, _ in neighbours(connection, kind, numbers, way)) for way in _WAYS}
        for number in numbers:
            yield (kind, number), {way: count[number] for way, count in ways.items()}


_WAYS: tuple[Any, ...] = ("up", "down")


def _of_schemas(connection: Connection, keys: Iterable[Key]) -> _Facts:
    wanted = [number for kind, number in keys if kind == "dataset"]
    for row in in_chunks(connection, _schemas, wanted):
        yield ("dataset", row.id), {"columns": tuple(_fields(row.fields))}


def _schemas(numbers: Sequence[int]) -> Select[Any]:
    table = tables.lineage_datasets
    return select(table.c.id, table.c.facets["schema", "fields"].label("fields")).where(table.c.id.in_(numbers))


def _fields(told: Any) -> Iterator[FieldOf]:
    """Yield what a facet tells of columns: it comes from any producer and may hold anything."""
    for each in told if isinstance(told, list) else ():
        if isinstance(each, Mapping) and isinstance(each.get("name"), str):
            kind = each.get("type")
            yield FieldOf(name=each["name"], type=kind if isinstance(kind, str) else None)


def _key(node: Node) -> Key:
    return node.kind, node.number
