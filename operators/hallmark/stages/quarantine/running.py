"""A stage that a person runs from a terminal, and not a scheduler: the same five steps, the same receipt."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NoReturn

from hallmark.dataset import Dataset
from hallmark.errors import StageError
from hallmark.receipt import Receipt, StageRun
from hallmark.stages.job import Job
from hallmark.stages.lifecycle import Stage, run_stage

if TYPE_CHECKING:
    from hallmark.catalog import Catalog
    from hallmark.config import Settings

__all__ = ["DAG", "run_by_hand", "settle"]

# Stands where other receipts name a DAG.
DAG = "hallmark"


def run_by_hand(
    stage: Stage, *, task: str, batch: str, kind: str, settings: Settings, catalog: Catalog, principal: str
) -> Receipt:
    """Run a stage on a batch and return its receipt.

    All tries share the work's key, so that one which died is settled by the next.

    Args:
        stage: what to run.
        task: names the work.
        batch: receipt of the rows it is about; the run's name.
        kind: of the stage.
        settings, catalog: of this installation.
        principal: who runs it.
    """
    from hallmark.engines.duckdb import connect

    tries = [r.run.try_number for r in catalog.receipts(dag_id=DAG, run_id=batch) if r.run.task_id == task]
    run = StageRun(DAG, task, batch, try_number=max(tries, default=0) + 1, operator=type(stage).__name__, kind=kind)
    with connect() as connection:
        return run_stage(stage, Job(run, settings, catalog, connection, _no_database, principal))


def settle(dataset: Dataset, settings: Settings, catalog: Catalog) -> list[Receipt]:
    """Record as published what earlier commands published before they died; return those receipts.

    A batch that was taken out is listed no more, so nobody would come to try the same work again.
    """
    from hallmark.storage.paths import table_of
    from hallmark.storage.publishing import published_version

    settled = []
    for owner in (dataset, dataset.quarantine):
        for receipt in catalog.receipts(dataset=owner.name, dag_id=DAG, state="audited"):
            version = published_version(table_of(owner.name, settings), receipt.id)
            if version is not None and receipt.output is not None:
                output = replace(receipt.output, version=str(version))
                told = str(receipt.parameters.get("reason", ""))
                ended = replace(receipt, state="published", output=output, message=told, finished_at=datetime.now(UTC))
                catalog.record(ended, owner)
                settled.append(ended)
    return settled


def _no_database(conn_id: str) -> NoReturn:
    raise StageError(f"connection {conn_id!r} was asked for", "only stages that Airflow runs have connections")
