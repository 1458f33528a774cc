"""What runs inside the Airflow process of a scenario: DAG runs one after another, and a report of how each went.

    python playing.py scenarios/life.py report.json

A scenario is a script with ``play(player)``. The process has an ``AIRFLOW_HOME`` of its own and the DAGs of
``AIRFLOW__CORE__DAGS_FOLDER``; each run goes through ``dag.test()``, which is what ``airflow dags test`` calls.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from airflow.listeners import hookimpl


class Errors:
    """A listener of Airflow that keeps what each failed try said."""

    def __init__(self) -> None:
        self.said: dict[tuple[str, str], list[dict[str, str]]] = {}

    @hookimpl
    def on_task_instance_failed(self, previous_state: Any, task_instance: Any, error: Any) -> None:
        """Keep the error of one try."""
        key = (task_instance.run_id, _label(task_instance.task_id, task_instance.map_index))
        told = {"type": type(error).__name__, "message": str(error)}
        self.said.setdefault(key, []).append(told)


class Player:
    """Runs DAGs and remembers how they went."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.runs: dict[str, dict[str, Any]] = {}
        self.errors = Errors()
        _prepare(self.errors)

    def run(
        self, dag_id: str, name: str | None = None, conf: dict[str, Any] | None = None, **when: datetime
    ) -> dict[str, Any]:
        """Run a DAG, now or at a ``logical_date``, and keep its report under a name, by default its own."""
        # Read anew for each run: a run's conf goes into the params of the DAG object.
        dag_run = _dags()[dag_id].test(run_conf=conf, **when)
        report = _report(dag_run, self.errors)
        self.runs[name or dag_id] = report
        return report

    @contextmanager
    def surroundings(self, **variables: str) -> Iterator[None]:
        """Run DAGs with other environment variables for a while."""
        before = {name: os.environ.get(name) for name in variables}
        os.environ.update(variables)
        try:
            yield
        finally:
            for name, value in before.items():
                os.environ.pop(name) if value is None else os.environ.update({name: value})


def _prepare(errors: Errors) -> None:
    from airflow.sdk.listener import get_listener_manager
    from airflow.utils.db import initdb

    initdb()
    get_listener_manager().add_listener(errors)  # type: ignore[no-untyped-call]


def _dags() -> dict[str, Any]:
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
    if bag.import_errors:
        raise SystemExit(f"cannot import {bag.import_errors}")
    return dict(bag.dags)


def _report(dag_run: Any, errors: Errors) -> dict[str, Any]:
    from airflow.models import TaskInstance
    from airflow.models.asset import AssetEvent, AssetModel
    from airflow.models.xcom import XComModel
    from airflow.utils.session import create_session
    from sqlalchemy import select

    this = {"dag_id": dag_run.dag_id, "run_id": dag_run.run_id}
    with create_session() as session:
        tasks = session.scalars(select(TaskInstance).filter_by(**this)).all()
        xcoms = session.scalars(select(XComModel).filter_by(key="return_value", **this)).all()
        events = session.execute(
            select(AssetEvent, AssetModel)
            .join(AssetModel, AssetModel.id == AssetEvent.asset_id)
            .where(AssetEvent.source_run_id == dag_run.run_id, AssetEvent.source_dag_id == dag_run.dag_id)
            .order_by(AssetEvent.id)
        ).all()
        return {
            "run_id": dag_run.run_id,
            "state": str(dag_run.state),
            "tasks": {
                label: {
                    "state": str(t.state),
                    "tries": t.try_number,
                    "errors": errors.said.get((dag_run.run_id, label), []),
                }
                for t in tasks
                if (label := _label(t.task_id, t.map_index))
            },
            "xcoms": {_label(x.task_id, x.map_index): _plain(x) for x in xcoms},
            "asset_events": [
                {"asset": asset.name, "uri": asset.uri, "task": event.source_task_id, "extra": event.extra}
                for event, asset in events
            ],
        }


def _plain(xcom: Any) -> Any:
    from airflow.sdk.serde import deserialize

    value = deserialize(type(xcom).deserialize_value(xcom))
    return value if isinstance(value, (dict, list, str, int, float, bool, type(None))) else str(value)


def _label(task_id: str, map_index: int | None) -> str:
    return task_id if map_index is None or map_index < 0 else f"{task_id}[{map_index}]"


def main(scenario: str, report: str) -> None:
    """Play a scenario and write its report."""
    player = Player(Path(report).parent)
    runpy.run_path(scenario)["play"](player)
    Path(report).write_text(json.dumps(player.runs, indent=1))


if __name__ == "__main__":
    main(*sys.argv[1:])
