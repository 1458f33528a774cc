"""What a task, a DAG run and a DAG came to: for the tabs beside Airflow's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Connection, RowMapping, case, cast, func, select

from hallmark.catalog.pages import gates
from hallmark.catalog.pages.code import url_of
from hallmark.catalog.pages.receipts import ITEM, item_of, unindexed
from hallmark.catalog.pages.values import GateRun, Outcome, ReceiptItem, RunOfDag
from hallmark.catalog.tables import datasets, models, receipts, runs
from hallmark.catalog.values import Answer
from hallmark.receipt import StageRun

__all__ = [
    "DagTab",
    "Made",
    "RunTab",
    "StageEnd",
    "TabGate",
    "TaskTab",
    "VersionRef",
    "dag_tab",
    "dags_known",
    "run_tab",
    "task_tab",
]

_MOST = 500
_MOST_TRIES = 20
_MOST_RUNS = 25
_MOST_STAGES = 2500
_STATES = ("published", "refused", "failed", "skipped", "running")
# What receipts call those states: one that was audited is not known to be published.
_SAID = {state: (state,) for state in _STATES} | {"running": ("running", "audited")}


@dataclass(frozen=True, kw_only=True)
class VersionRef(Answer):
    """A version that a stage read or wrote, and the ``node`` that lineage calls it.

    ``before``: it was of the partitions that sort before that one.
    """

    name: str
    kind: str
    version: str
    namespace: str
    location: str
    node: str
    partition: str | None = None
    before: str | None = None
    rows: int | None = None


@dataclass(frozen=True, kw_only=True)
class TabGate(GateRun):
    """A gate run with what each expectation came to."""

    results: Sequence[Outcome]


@dataclass(frozen=True, kw_only=True)
class StageEnd(Answer):
    """What the newest try of a task did."""

    id: str
    inputs: Sequence[VersionRef]
    output: VersionRef | None
    metrics: Mapping[str, Any]
    sql: str | None
    code_url: str | None
    gate: TabGate | None
    column_edges: int
    seconds: Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class TaskTab(Answer):
    """A task of a DAG run: its tries, the newest first, and what the newest did."""

    receipts: Sequence[ReceiptItem]
    last: StageEnd | None


@dataclass(frozen=True, kw_only=True)
class RunTab(Answer):
    """A DAG run: each task's last try, what came in from outside of the run, and what the run published."""

    tasks: Sequence[ReceiptItem]
    inputs: Sequence[VersionRef]
    outputs: Sequence[VersionRef]
    counts: Mapping[str, int]
    checks_passed: int
    checks_failed: int
    quarantined: int


@dataclass(frozen=True, kw_only=True)
class Made(Answer):
    """A dataset that a DAG publishes."""

    name: str
    latest_version: str | None
    last_published_at: datetime | None
    stale: bool | None
    last_gate_success: bool | None


@dataclass(frozen=True, kw_only=True)
class DagTab(Answer):
    """A DAG: the datasets and models it publishes, its newest runs, and the stage that failed last."""

    datasets: Sequence[Made]
    models: Sequence[str]
    runs: Sequence[RunOfDag]
    last_failed: ReceiptItem | None


def task_tab(connection: Connection, dag_id: str, run_id: str, task_id: str, map_index: int) -> TaskTab:
    """Return what a task of a DAG run came to."""
    # By the key, which few others share: many DAGs have a run of the same id, and none else may be looked up by.
    told = (
        receipts.c.run_key == StageRun(dag_id, task_id, run_id, map_index).key,
        unindexed(receipts.c.run_id) == run_id,
        unindexed(receipts.c.dag_id) == dag_id,
        unindexed(receipts.c.task_id) == task_id,
    )
    query = select(*(receipts.c[name] for name in ITEM)).where(*told)
    newest = query.order_by(receipts.c.started_at.desc(), receipts.c.id.desc()).limit(_MOST_TRIES)
    tries = [item_of(row) for row in connection.execute(newest).mappings()]
    return TaskTab(receipts=tries, last=_end(connection, tries[0].id) if tries else None)


def run_tab(connection: Connection, dag_id: str, run_id: str) -> RunTab:
    """Return what a DAG run's stages came to."""
    read = (receipts.c.body["inputs"].label("inputs"), receipts.c.body["output"].label("output"))
    query = select(*(receipts.c[name] for name in ITEM), *read)
    query = query.where(receipts.c.run_id == run_id, unindexed(receipts.c.dag_id) == dag_id)
    tries = connection.execute(query.order_by(receipts.c.started_at, receipts.c.id).limit(_MOST)).mappings()
    rows = list({(row["task_id"], row["map_index"]): row for row in tries}.values())
    tasks = [item_of(row) for row in rows]
    outputs = _refs(row["output"] for row in rows if row["output"] and row["state"] == "published")
    made = {(ref.name, ref.version) for ref in outputs}
    inputs = _refs(each for row in rows for each in row["inputs"] or ())
    return RunTab(
        tasks=tasks,
        inputs=[ref for ref in inputs if (ref.name, ref.version) not in made],
        outputs=outputs,
        counts={state: sum(task.state in said for task in tasks) for state, said in _SAID.items()},
        checks_passed=sum(task.checks_passed or 0 for task in tasks),
        checks_failed=sum(task.checks_failed or 0 for task in tasks),
        quarantined=sum(task.quarantined for task in tasks),
    )


def dag_tab(connection: Connection, dag_id: str, now: datetime) -> DagTab:
    """Return what a DAG publishes, and how its newest runs went."""
    names = ("name", "latest_version", "last_published_at", "last_gate_success", "fresh_until")
    query = select(*(datasets.c[name] for name in names)).where(datasets.c.dag_id == dag_id)
    trained = select(models.c.model).distinct().where(models.c.dag_id == dag_id).order_by(models.c.model)
    failed = select(*(receipts.c[name] for name in ITEM)).where(
        receipts.c.dag_id == dag_id, unindexed(receipts.c.state).in_(("refused", "failed"))
    )
    last = connection.execute(failed.order_by(receipts.c.started_at.desc()).limit(1)).mappings().one_or_none()
    return DagTab(
        datasets=[
            _made(row, now) for row in connection.execute(query.order_by(datasets.c.name).limit(_MOST)).mappings()
        ],
        models=list(connection.scalars(trained.limit(_MOST))),
        runs=_runs_of(connection, dag_id),
        last_failed=item_of(last) if last else None,
    )


def dags_known(connection: Connection, dag_ids: Sequence[str]) -> set[str]:
    """Return which of some DAGs have stages of Hallmark's."""
    found = (select(runs.c.dag_id).where(runs.c.dag_id == dag_id).limit(1) for dag_id in dag_ids)
    return {dag_id for query in found if (dag_id := connection.scalar(query)) is not None}


def _end(connection: Connection, receipt_id: str) -> StageEnd:
    body = connection.scalars(select(receipts.c.body).where(receipts.c.id == receipt_id)).one()
    run = gates.run(connection, receipt_id)
    columns = body.get("columns") or {}
    edges = [*(columns.get("fields") or {}).values(), columns.get("dataset") or ()]
    (output,) = _refs([body["output"]]) if body.get("output") else (None,)
    return StageEnd(
        id=receipt_id,
        inputs=_refs(body.get("inputs") or ()),
        output=output,
        metrics=body.get("metrics") or {},
        sql=body.get("sql"),
        code_url=url_of(body.get("code")),
        gate=TabGate(**vars(run), results=gates.results(connection, receipt_id)) if run else None,
        column_edges=sum(map(len, edges)),
        seconds=body.get("seconds") or {},
    )


def _refs(told: Iterable[Mapping[str, Any]]) -> list[VersionRef]:
    """Return versions, each once."""
    known = VersionRef.__dataclass_fields__
    found = (
        # The first receipts did not say what kind of thing a version is of.
        VersionRef(
            **{"kind": "dataset", **{k: v for k, v in each.items() if k in known}},
            node=f"dataset:{each['namespace']}:{each['location']}",
        )
        for each in told
    )
    return list(dict.fromkeys(found))


def _made(row: RowMapping, now: datetime) -> Made:
    until = row["fresh_until"]
    facts = {name: row[name] for name in row if name != "fresh_until"}
    return Made(**facts, stale=None if until is None else until < now)


def _runs_of(connection: Connection, dag_id: str) -> list[RunOfDag]:
    """Count the stages of a DAG's newest runs."""
    recent = select(runs.c.run_id, runs.c.started_at, runs.c.finished_at, runs.c.state, runs.c.receipt_id)
    newest = recent.where(runs.c.dag_id == dag_id).order_by(runs.c.started_at.desc()).limit(_MOST_STAGES).subquery()
    counts = [func.count(case((newest.c.state.in_(_SAID[state]), 1))).label(state) for state in _STATES]
    checks = [
        cast(func.coalesce(func.sum(receipts.c[name]), 0), BigInteger).label(name)
        for name in ("checks_passed", "checks_failed")
    ]
    begun = func.min(newest.c.started_at)
    query = (
        select(
            newest.c.run_id,
            begun.label("started_at"),
            func.max(newest.c.finished_at).label("finished_at"),
            func.count().label("stages"),
            *counts,
            *checks,
        )
        .outerjoin(receipts, receipts.c.id == newest.c.receipt_id)
        .group_by(newest.c.run_id)
        .order_by(begun.desc())
        .limit(_MOST_RUNS)
    )
    return [RunOfDag(**row) for row in connection.execute(query).mappings()]
