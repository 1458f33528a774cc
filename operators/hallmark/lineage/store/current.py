"""The graph of today: whose inputs and outputs are a job's now.

A job's current group is that of its last run that completed, or of its last run while none has. The edges of all runs
of that group count: mapped tasks share the work of one DAG run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    CursorResult,
    Select,
    Table,
    and_,
    bindparam,
    case,
    delete,
    func,
    select,
    update,
)

from hallmark.catalog import lineage_tables as tables
from hallmark.lineage.store.bulk import insert
from hallmark.lineage.store.merging import COLUMN, Row, Rows, chunks, merged, stamp_of

__all__ = ["with_current_groups", "write_edges"]

_GROUP = f"{COLUMN}current_group"
COMPLETE = "COMPLETE"
_EDGE = ("job_id", "dataset_id", "direction")

State = Mapping[Table, Rows]


def with_current_groups(jobs: Rows, runs: Rows) -> Rows:
    """Return jobs with the group that is current after what some of their runs told."""
    claimed = dict(jobs)
    for run in runs.values():
        key = (run["job_id"],)
        if key in claimed and run["state"] is not None:
            claimed[key] = merged(claimed[key], _claim(claimed[key], run))
    return claimed


def write_edges(connection: Connection, before: State, after: State) -> None:
    """Bring the edges of the jobs that a batch touched to what their current runs read and wrote."""
    left = _left(before, after)
    for job_id in sorted(left):
        _elect(connection, job_id)
    moved = {key[0] for key, job in after[tables.jobs].items() if _moved(before[tables.jobs].get(key), job)}
    redrawn = left | moved | _rewritten(before, after)
    for some in chunks(sorted(redrawn)):
        _redraw(connection, some)
    _add(connection, _new_edges(after, redrawn))


def _claim(job: Row, run: Row) -> Row:
    return {**job, "current_group": run["group_id"], "stamps": {_GROUP: _rank(run)}, "facets": {}}


def _rank(run: Row) -> str:
    return stamp_of(run["updated_at"], run["run_id"], rank=int(run["state"] == COMPLETE))


def _moved(before: Row | None, after: Row) -> bool:
    return before is not None and before["current_group"] not in (None, after["current_group"])


def _left(before: State, after: State) -> set[int]:
    """Return the jobs of which a run's claim no longer holds: it is another job's, of another group, or did fail."""
    pairs = [(old, after[tables.lineage_runs][key]) for key, old in before[tables.lineage_runs].items()]
    return {run["job_id"] for old, new in pairs if _place(old) != _place(new) or _fell(old, new) for run in (old, new)}


def _place(run: Row) -> tuple[int, str]:
    return run["job_id"], run["group_id"]


def _fell(old: Row, new: Row) -> bool:
    return bool(old["state"] == COMPLETE != new["state"])


def _rewritten(before: State, after: State) -> set[int]:
    """Return the jobs of which an output's columns were others, that may have been those of the edge."""
    runs, told = after[tables.lineage_runs], after[tables.run_io]
    changed = [
        key for key, old in before[tables.run_io].items() if (old["columns_id"] or 0) > (told[key]["columns_id"] or 0)
    ]
    return {runs[(run_id,)]["job_id"] for run_id, *_ in changed}


def _elect(connection: Connection, job_id: int) -> None:
    """Find a job's current group among all its runs, where what they claimed so far no longer holds."""
    runs, jobs = tables.lineage_runs, tables.jobs
    newest = runs.c.updated_at.desc(), runs.c.run_id.desc()
    query = (
        select(runs)
        .where(runs.c.job_id == job_id, runs.c.state.is_not(None))
        .order_by(case((runs.c.state == COMPLETE, 0), else_=1), *newest)
        .limit(1)
    )
    found = connection.execute(query).mappings().first()
    run = dict(found) if found else None
    job = connection.execute(select(jobs.c.stamps).where(jobs.c.id == job_id)).mappings().first()
    if job is None:
        return
    stamps = {name: stamp for name, stamp in job["stamps"].items() if name != _GROUP}
    claim = {"current_group": run["group_id"], "stamps": stamps | {_GROUP: _rank(run)}} if run else {}
    told = {"current_group": None, "stamps": stamps} | claim
    connection.execute(update(jobs).where(jobs.c.id == job_id).values(told))


def _redraw(connection: Connection, job_ids: list[int]) -> None:
    wanted = _by_key(connection.execute(_DRAWN, {"jobs": job_ids}))
    have = _by_key(connection.execute(_HAVE, {"jobs": job_ids}))
    if gone := [{f"gone_{name}": have[key][name] for name in _EDGE} for key in have.keys() - wanted.keys()]:
        connection.execute(_GONE, gone)
    _put(connection, [row for key, row in wanted.items() if row != have.get(key)], overwrite=True)


def _by_key(rows: CursorResult[Any]) -> dict[tuple[Any, ...], Row]:
    return {tuple([row[name] for name in _EDGE]): dict(row) for row in rows.mappings()}


def _drawn() -> Select[Any]:
    """Select the edges of jobs as their current runs have them."""
    runs, io, jobs = tables.lineage_runs, tables.run_io, tables.jobs
    key = (runs.c.job_id, io.c.dataset_id, io.c.direction)
    return (
        select(*key, func.max(io.c.columns_id).label("columns_id"))
        .join(io, io.c.run_id == runs.c.run_id)
        .join(jobs, and_(jobs.c.id == runs.c.job_id, jobs.c.current_group == runs.c.group_id))
        .where(runs.c.job_id.in_(_JOBS))
        .group_by(*key)
    )


def _new_edges(after: State, redrawn: set[int]) -> Iterable[Row]:
    """Yield what the batch's readings and writings add to jobs whose current runs they are of."""
    runs, jobs = after[tables.lineage_runs], after[tables.jobs]
    for (run_id, dataset_id, direction), io in after[tables.run_io].items():
        run = runs[(run_id,)]
        job: Any = jobs.get((run["job_id"],))
        if job and job["current_group"] == run["group_id"] and run["job_id"] not in redrawn:
            edge = (run["job_id"], dataset_id, direction)
            yield {**dict(zip(_EDGE, edge, strict=True)), "columns_id": io["columns_id"]}


def _add(connection: Connection, edges: Iterable[Row]) -> None:
    together: dict[tuple[Any, ...], Row] = {}
    for edge in edges:
        key = tuple(edge[name] for name in _EDGE)
        other = together.get(key)
        if other is None or (edge["columns_id"] or 0) > (other["columns_id"] or 0):
            together[key] = edge
    _put(connection, list(together.values()), overwrite=False)


def _put(connection: Connection, rows: list[Row], *, overwrite: bool) -> None:
    if rows:
        insert(connection, tables.edges, rows, _overwriting if overwrite else _greater)


def _overwriting(statement: Any, table: Table) -> Any:
    return statement.on_conflict_do_update(
        index_elements=list(_EDGE), set_={"columns_id": statement.excluded.columns_id}
    )


def _greater(statement: Any, table: Table) -> Any:
    """Where two runs of one group tell different columns, the greater number counts, as in a redraw."""
    told, known = statement.excluded.columns_id, table.c.columns_id
    greater = and_(told.is_not(None), (known.is_(None)) | (known < told))
    return statement.on_conflict_do_update(index_elements=list(_EDGE), set_={"columns_id": told}, where=greater)


_JOBS: BindParameter[list[int]] = bindparam("jobs", expanding=True)
_DRAWN = _drawn()
_HAVE = select(tables.edges).where(tables.edges.c.job_id.in_(_JOBS))
_GONE = delete(tables.edges).where(*(tables.edges.c[name] == bindparam(f"gone_{name}") for name in _EDGE))
