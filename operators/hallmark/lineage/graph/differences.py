"""What changed from one run of a job to another."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from hallmark.catalog import lineage_tables as tables
from hallmark.catalog.lineage_tables import number_of
from hallmark.catalog.tables import events
from hallmark.errors import LineageError
from hallmark.lineage.events.shape import clean_text, mappings
from hallmark.lineage.graph.impacts import field_names
from hallmark.lineage.graph.nodes import dataset_nodes, in_chunks, job_nodes
from hallmark.lineage.graph.values import ALL_ROWS, Change, Difference, Node
from hallmark.lineage.naming import normal

__all__ = ["diff"]

Facts = Mapping[str, Any]


def diff(connection: Connection, run_a: str, run_b: str) -> Difference:
    """Return what two runs of one job do not have in common.

    Args:
        connection: to the catalog's database.
        run_a: id of the run that counts as before.
        run_b: id of the one that counts as after.

    Returns:
        Inputs and outputs with their versions, columns, edges between columns, code, SQL, parameters, packages, rows,
        assertions, state and duration, as far as they differ.

    Raises:
        LineageError: a run is not known, or they are of two jobs.
    """
    a, b = (_told(connection, clean_text(run_id)) for run_id in (run_a, run_b))
    if a.job != b.job:
        raise LineageError(
            f"run {run_a} is of {a.job.label} and run {run_b} of {b.job.label}", "compare two runs of one job"
        )
    changes = [change for what, facts in _FACTS.items() for change in _compared(what, facts(a), facts(b))]
    columns = _changed_columns(_columns(a), _columns(b))
    return Difference(job=b.job, run_a=run_a, run_b=run_b, changes=(*columns, *changes))


@dataclass(frozen=True)
class _InOut:
    """One dataset as a run read or wrote it."""

    label: str
    direction: str
    version: str | None
    facets: Facts
    columns: Mapping[str, str]
    edges: Mapping[str, str]


@dataclass(frozen=True)
class _Told:
    """All that was told of a run; ``facets`` are those of its job and of the run itself."""

    job: Node
    state: str | None
    started_at: datetime | None
    ended_at: datetime | None
    facets: Facts
    io: tuple[_InOut, ...]


def _compared(what: str, before: Facts, after: Facts) -> Iterator[Change]:
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) != after.get(name):
            yield Change(what=what, name=name, before=before.get(name), after=after.get(name))


def _versions(direction: str) -> Callable[[_Told], Facts]:
    return lambda told: {each.label: each.version or "read" for each in told.io if each.direction == direction}


def _columns(told: _Told) -> Facts:
    return {each.label: each.columns for each in told.io if each.columns}


def _changed_columns(before: Facts, after: Facts) -> Iterator[Change]:
    """Yield the columns that differ of datasets whose columns both runs told."""
    for label in before.keys() & after.keys():
        for change in _compared("column", before[label], after[label]):
            yield replace(change, name=f"{label}.{change.name}")


def _edges(told: _Told) -> Facts:
    return {name: how for each in told.io for name, how in each.edges.items()}


def _code(told: _Told) -> Facts:
    location, source = told.facets.get("sourceCodeLocation") or {}, told.facets.get("sourceCode") or {}
    names = ("version", "path", "repoUrl", "branch", "tag")
    found = {name: location[name] for name in names if location.get(name)}
    return found | ({"source": source["sourceCode"]} if source.get("sourceCode") else {})


def _sql(told: _Told) -> Facts:
    query = (told.facets.get("sql") or {}).get("query")
    return {"query": query} if query else {}


def _receipt(part: str) -> Callable[[_Told], Facts]:
    def facts(told: _Told) -> Facts:
        receipt = _object((told.facets.get("hallmark_receipt") or {}).get("receipt"))
        return _object(receipt.get(part))

    return facts


def _object(value: Any) -> Facts:
    """Return what should be an object; an empty one where a producer sent something else."""
    return value if isinstance(value, Mapping) else {}


def _rows(told: _Told) -> Facts:
    found = {}
    for each in told.io:
        facet = each.facets.get("outputStatistics" if each.direction == "out" else "inputStatistics") or {}
        if facet.get("rowCount") is not None:
            found[each.label] = facet["rowCount"]
    return found


def _assertions(told: _Told) -> Facts:
    return {
        _assertion(each.label, one): "passed" if one.get("success") else "failed"
        for each in told.io
        for one in mappings((each.facets.get("dataQualityAssertions") or {}).get("assertions"))
    }


def _assertion(label: str, told: Facts) -> str:
    column = f".{told['column']}" if told.get("column") else ""
    params = told.get("params")
    return f"{label}{column}: {told.get('assertion')}{f' {json.dumps(params, sort_keys=True)}' if params else ''}"


def _ended(told: _Told) -> Facts:
    return {"state": told.state}


def _duration(told: _Told) -> Facts:
    if told.started_at is None or told.ended_at is None:
        return {}
    return {"seconds": round((told.ended_at - told.started_at).total_seconds(), 3)}


_FACTS: Mapping[str, Callable[[_Told], Facts]] = {
    "state": _ended,
    "input": _versions("in"),
    "output": _versions("out"),
    "column edge": _edges,
    "code": _code,
    "sql": _sql,
    "parameter": _receipt("parameters"),
    "package": _receipt("environment"),
    "rows": _rows,
    "assertion": _assertions,
    "duration": _duration,
}


def _told(connection: Connection, run_id: str) -> _Told:
    runs = tables.lineage_runs
    row = connection.execute(select(runs).where(runs.c.run_id == run_id)).mappings().one_or_none()
    job = job_nodes(connection, [row["job_id"]]).get(row["job_id"]) if row else None
    if row is None or job is None:
        raise LineageError(f"no event told of a run {run_id}", "`hallmark lineage events --job JOB` lists runs' events")
    times = {name: row[name] for name in ("state", "started_at", "ended_at")}
    facets, schemas = _bodies(connection, run_id)
    return _Told(job=job, **times, facets=facets, io=tuple(_io(connection, run_id, schemas)))


def _bodies(connection: Connection, run_id: str) -> tuple[Facts, dict[int, Any]]:
    """Return the facets of the job and the run as the run's events told them, and the fields of datasets by number."""
    found: dict[str, Any] = {}
    schemas: dict[int, Any] = {}
    query = select(events.c.body).where(events.c.run_id == run_id).order_by(events.c.event_time)
    for body in connection.scalars(query):
        for part in ("job", "run"):
            facets = (body.get(part) or {}).get("facets")
            found |= facets if isinstance(facets, Mapping) else {}
        for told in (*mappings(body.get("inputs")), *mappings(body.get("outputs"))):
            facets = told.get("facets")
            schema = facets.get("schema") if isinstance(facets, Mapping) else None
            if isinstance(schema, Mapping):
                schemas[number_of(*normal(str(told.get("namespace")), str(told.get("name"))))] = schema.get("fields")
    return {name: facet for name, facet in found.items() if isinstance(facet, Mapping)}, schemas


def _io(connection: Connection, run_id: str, schemas: Mapping[int, Any]) -> Iterator[_InOut]:
    names, io = tables.lineage_datasets, tables.run_io
    columns = (names.c.canonical_id, *(io.c[n] for n in ("dataset_id", "direction", "version", "columns_id", "facets")))
    query = select(*columns).select_from(io.join(names, names.c.id == io.c.dataset_id)).where(io.c.run_id == run_id)
    rows = connection.execute(query.order_by(io.c.direction, names.c.namespace, names.c.name)).all()
    nodes = dataset_nodes(connection, sorted({row.canonical_id for row in rows}))
    edges = _edges_of(connection, {row.columns_id for row in rows if row.columns_id is not None})
    for row in rows:
        if node := nodes.get(row.canonical_id):
            yield _InOut(
                label=node.label,
                direction=row.direction,
                # A version that is the run's own says nothing: every run writes another.
                version=None if row.version == run_id else row.version,
                facets=row.facets,
                columns=dict(field_names(schemas.get(row.dataset_id))),
                edges=_named(node, edges.get(row.columns_id, {})),
            )


def _named(output: Node, edges: Mapping[tuple[str, str], str]) -> dict[str, str]:
    """Return edges by what a reader calls their ends."""
    ends = {key: f"{output.label}.{key[1]}" if key[1] != ALL_ROWS else f"all rows of {output.label}" for key in edges}
    return {f"{source} → {ends[source, column]}": how for (source, column), how in edges.items()}


def _edges_of(connection: Connection, sets: set[int]) -> dict[int, dict[tuple[str, str], str]]:
    columns = tables.column_edges
    rows = list(
        in_chunks(connection, lambda chunk: select(columns).where(columns.c.columns_id.in_(chunk)), sorted(sets))
    )
    names = tables.lineage_datasets
    whole = dict(
        in_chunks(
            connection,
            lambda chunk: select(names.c.id, names.c.canonical_id).where(names.c.id.in_(chunk)),
            sorted({row.dataset_id for row in rows}),
        )
    )
    nodes = dataset_nodes(connection, sorted(set(whole.values())))
    found: dict[int, dict[tuple[str, str], str]] = {}
    for row in rows:
        node = nodes.get(whole.get(row.dataset_id, row.dataset_id))
        source = f"{node.label if node else row.dataset_id}.{row.input_column}"
        how = " ".join(word for word in (row.type, row.subtype, "masked" if row.masking else "") if word)
        of_set = found.setdefault(row.columns_id, {})
        key = (source, row.output_column)
        of_set[key] = f"{of_set[key]}, {how}" if key in of_set else how
    return found
