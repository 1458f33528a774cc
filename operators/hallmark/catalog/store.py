"""Writing receipts down: what each leaves in which table.

Every function takes the connection of a transaction and may run again with the same receipt: rows are replaced by key,
and what is newest stays newest in whichever order receipts arrive. Tables are always written in the same order, so that
two writers cannot wait for each other.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, case, delete, func, insert, or_, select, update

from hallmark.catalog import gates, tables
from hallmark.dataset import PERSONAL, Column, Dataset
from hallmark.receipt import GATE, Receipt, plain

__all__ = ["BY_HAND", "insert_for", "insert_of", "record", "set_alias"]


Row = dict[str, Any]

# Stands where other receipts name a DAG, for what a person did with rows in quarantine.
BY_HAND = "hallmark"
# Of a dataset: what only its declaration tells, and of that what is not known to who has no DAG file at hand.
_DECLARED = ("owner", "description", "tags", "suite", "classification", "partition_by")
_PROMISED = ("contract", "primary_key", "unique_columns", "freshness")


def record(connection: Connection, receipt: Receipt, dataset: Dataset | None) -> None:
    """Write a receipt and what follows from it."""
    row = _receipt_row(receipt)
    _replace(connection, tables.runs, _run_row(receipt), unless_older_than="try_number")
    _replace(connection, tables.receipts, row)
    _write_gate(connection, receipt)
    if receipt.output is not None and receipt.output.kind in _OUTPUTS:
        _OUTPUTS[receipt.output.kind](connection, receipt, dataset)


def set_alias(
    connection: Connection, model: str, alias: str, version: str, receipt_id: str | None, at: datetime
) -> None:
    """Let an alias point at a version of a model, wherever it pointed before."""
    row = {"model": model, "alias": alias, "version": version, "receipt_id": receipt_id, "set_at": at}
    _replace(connection, tables.model_aliases, row)


def insert_of(connection: Connection, table: Table) -> Any:
    """Return the database's own INSERT, which knows ON CONFLICT."""
    return insert_for(connection.dialect.name, table)


def insert_for(dialect: str, table: Table) -> Any:
    """Return the INSERT of ``sqlite`` or ``postgresql``, which knows ON CONFLICT."""
    # The connection's dialect is loaded by now; importing the other one as well would slow the command line down.
    return importlib.import_module(f"sqlalchemy.dialects.{dialect}").insert(table)


def _replace(connection: Connection, table: Table, row: Row, unless_older_than: str | None = None) -> None:
    statement = insert_of(connection, table).values(row)
    keys = [column.name for column in table.primary_key]
    newer = None if unless_older_than is None else statement.excluded[unless_older_than] >= table.c[unless_older_than]
    changes = {name: statement.excluded[name] for name in row if name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changes, where=newer))


def _moment(receipt: Receipt) -> datetime:
    return receipt.finished_at or receipt.started_at


def _run_row(receipt: Receipt) -> Row:
    run, output = receipt.run, receipt.output
    return {
        "key": run.key,
        **plain(run),
        "state": receipt.state,
        "started_at": receipt.started_at,
        "finished_at": receipt.finished_at,
        "message": receipt.message,
        "receipt_id": receipt.id,
        "output_name": output.name if output else None,
        "output_version": output.version if output else None,
    }


def _receipt_row(receipt: Receipt) -> Row:
    run, output = receipt.run, receipt.output
    passed, failed = gates.counts(receipt.gate)
    return {
        "id": receipt.id,
        "run_key": run.key,
        "dag_id": run.dag_id,
        "task_id": run.task_id,
        "run_id": run.run_id,
        "map_index": run.map_index,
        "try_number": run.try_number,
        "kind": run.kind,
        "state": receipt.state,
        "output_name": output.name if output else None,
        "output_kind": output.kind if output else None,
        "output_version": output.version if output else None,
        "output_partition": output.partition if output else None,
        "rows_in": receipt.rows_in,
        "rows_out": receipt.rows_out,
        "quarantined": receipt.quarantined,
        "gate_success": gates.success(receipt.gate),
        "checks_passed": passed,
        "checks_failed": failed,
        "started_at": receipt.started_at,
        "finished_at": receipt.finished_at,
        "principal": receipt.principal,
        "message": receipt.message,
        "body": receipt.to_dict(),
    }


def _write_gate(connection: Connection, receipt: Receipt) -> None:
    table = tables.gate_results
    connection.execute(delete(table).where(table.c.receipt_id == receipt.id))
    shared = {
        "receipt_id": receipt.id,
        "output_name": receipt.output.name if receipt.output else None,
        "checked_at": _moment(receipt),
    }
    rows = [{**row, **shared} for row in gates.rows(receipt.gate)]
    if rows:
        connection.execute(insert(table), rows)


def _write_dataset(connection: Connection, receipt: Receipt, dataset: Dataset | None) -> None:
    table = tables.datasets
    statement = insert_of(connection, table).values(_dataset_row(receipt, dataset))
    new = statement.excluded
    by_dag = receipt.run.dag_id != BY_HAND
    declared = (*_DECLARED, *(_PROMISED if by_dag else ())) if dataset else ()
    published = ("latest_version", "namespace", "location", *(("fresh_until", "dag_id") if by_dag else ()))
    schema = (new["schema"], table.c["schema"]) if dataset else (table.c["schema"], new["schema"])
    changes = {
        **{name: new[name] for name in declared},
        "schema": func.coalesce(*schema),
        **_if_newer(table, new, "last_published_at", published),
        **_if_newer(table, new, "last_gate_at", ("last_gate_success", "last_gate_receipt_id")),
    }
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=changes))
    if _publishes(receipt):
        _replace(connection, tables.versions, _version_row(receipt, dataset), unless_older_than="published_at")


def _publishes(receipt: Receipt) -> bool:
    """Whether a version came of it: a gate on its own judges one that others published."""
    return receipt.state == "published" and receipt.run.kind != GATE


def _dataset_row(receipt: Receipt, dataset: Dataset | None) -> Row:
    output = receipt.output
    assert output is not None  # noqa: S101  the caller looked at its kind
    published, gate = _publishes(receipt), gates.success(receipt.gate)
    columns = (dataset.schema if dataset else ()) or (_columns(receipt, dataset) if published else ())
    return {
        "name": output.name,
        "namespace": output.namespace,
        "location": output.location,
        "owner": dataset.owner if dataset else output.owner,
        "description": dataset.description if dataset else output.description,
        "schema": plain(columns) or None,
        "tags": list(dataset.tags) if dataset else None,
        "suite": dataset.suite if dataset else None,
        "classification": PERSONAL if dataset and dataset.personal else None,
        "partition_by": dataset.partition_by if dataset else None,
        "latest_version": output.version if published else None,
        "last_published_at": _moment(receipt) if published else None,
        "last_gate_success": gate,
        "last_gate_at": _moment(receipt) if gate is not None else None,
        "last_gate_receipt_id": receipt.id if gate is not None else None,
        "dag_id": receipt.run.dag_id,
        **_promises(receipt, dataset, published),
    }


def _promises(receipt: Receipt, dataset: Dataset | None, published: bool) -> Row:
    freshness = dataset.freshness if dataset else None
    return {
        "contract": dataset.contract if dataset else None,
        "primary_key": list(dataset.primary_key) if dataset else None,
        "unique_columns": list(dataset.unique) if dataset else None,
        "freshness": int(freshness.total_seconds()) if freshness else None,
        "fresh_until": _moment(receipt) + freshness if freshness and published else None,
    }


def _if_newer(table: Table, new: Mapping[str, Any], moment: str, names: Iterable[str]) -> dict[str, ColumnElement[Any]]:
    """Take the new row's values if its moment is the later one; a row without that moment changes nothing."""
    newer = or_(table.c[moment].is_(None), new[moment] >= table.c[moment])
    return {name: case((newer, new[name]), else_=table.c[name]) for name in (*names, moment)}


def _columns(receipt: Receipt, dataset: Dataset | None) -> tuple[Column, ...]:
    """Return the columns written, marked as the dataset declares them personal."""
    personal = frozenset(dataset.personal if dataset else ())
    columns = receipt.output.columns if receipt.output else ()
    return tuple(replace(c, classification=PERSONAL) if c.name in personal else c for c in columns)


def _version_row(receipt: Receipt, dataset: Dataset | None) -> Row:
    output = receipt.output
    assert output is not None  # noqa: S101  the caller looked at its kind
    return {
        "dataset": output.name,
        "version": output.version,
        "partition": output.partition,
        "namespace": output.namespace,
        "location": output.location,
        "rows": output.rows,
        "bytes": output.bytes,
        "files": output.files,
        "columns": plain(_columns(receipt, dataset)),
        "profile": plain(receipt.profile),
        "receipt_id": receipt.id,
        "published_at": _moment(receipt),
    }


def _write_model(connection: Connection, receipt: Receipt, _dataset: Dataset | None) -> None:
    """Register a published version, or let a later stage (an evaluation, a deployment) judge one that is known."""
    table, row = tables.models, _model_row(receipt)
    if not row["version"] or receipt.state not in {"published", "refused"}:
        return
    if receipt.state == "published":
        connection.execute(insert_of(connection, table).values(row).on_conflict_do_nothing())
    this = (table.c.model == row["model"]) & (table.c.version == row["version"])
    known = connection.execute(select(table).where(this).with_for_update()).mappings().one_or_none()
    if known is not None:
        connection.execute(update(table).where(this).values(_judged(dict(known), row)))


def _judged(known: Row, row: Row) -> Row:
    if row["judged_at"] < known["judged_at"]:
        return {"metrics": {**row["metrics"], **known["metrics"]}}
    gate = known["gate_success"] if row["gate_success"] is None else row["gate_success"]
    return {
        "metrics": {**known["metrics"], **row["metrics"]},
        "gate_success": gate,
        **{name: row[name] for name in ("state", "judged_at", "judged_by")},
    }


def _model_row(receipt: Receipt) -> Row:
    output = receipt.output
    assert output is not None  # noqa: S101  the caller looked at its kind
    return {
        "model": output.name,
        "version": output.version,
        "namespace": output.namespace,
        "location": output.location,
        "state": receipt.state,
        "metrics": plain(receipt.metrics),
        "gate_success": gates.success(receipt.gate),
        "dag_id": receipt.run.dag_id,
        "stage": receipt.run.task_id,
        "run_id": receipt.run.run_id,
        "principal": receipt.principal,
        "trained_at": _moment(receipt),
        "judged_at": _moment(receipt),
        "judged_by": receipt.id,
        "receipt_id": receipt.id,
        "owner": output.owner,
        "description": output.description,
    }


_OUTPUTS: dict[str, Callable[[Connection, Receipt, Dataset | None], None]] = {
    "dataset": _write_dataset,
    "model": _write_model,
}
