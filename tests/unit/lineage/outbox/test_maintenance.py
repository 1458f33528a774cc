"""The DAGs that keep the lineage store well."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk import DAG

from hallmark.catalog.engine import Database
from hallmark.errors import LineageError
from hallmark.lineage.outbox import Spool
from hallmark.lineage.store import ingest
from hallmark.stages.maintenance import DeliverLineageOperator, PruneLineageOperator
from lineage_backend import Receiver, event

FILE = Path(__file__).resolve().parents[4] / "dags" / "hallmark_maintenance.py"


@pytest.fixture(scope="module")
def dags() -> dict[str, DAG]:
    return {dag.dag_id: dag for dag in runpy.run_path(str(FILE)).values() if isinstance(dag, DAG)}


def execute(dag: DAG, task_id: str) -> Any:
    return dag.get_task(task_id).execute({})  # type: ignore[attr-defined]


def test_events_are_delivered_every_minute(
    dags: dict[str, DAG], receiver: Receiver, database: Database, spool: Spool
) -> None:
    ingest(database, [event("a")])
    spool.put(json.dumps(event("b")), "b")
    done = execute(dags["hallmark_deliver_lineage"], "deliver")
    assert (done["sent"], done["left"], done["spooled"]["moved"]) == (2, 0, 1)
    assert len(receiver.events) == 2
    assert json.dumps(done), "it can be a task's result"


def test_a_backend_in_trouble_does_not_fail_the_task(database: Database, configure: Callable[..., None]) -> None:
    configure(marquez={"type": "http", "url": "http://127.0.0.1:9"})
    ingest(database, [event("a")])
    done = DeliverLineageOperator(task_id="deliver", seconds=5).execute({})  # type: ignore[arg-type]
    assert (done["sent"], done["left"]) == (0, 1)
    assert "refused" in done["backends"][0]["trouble"]


def test_what_is_old_goes_once_a_day(dags: dict[str, DAG], database: Database) -> None:
    ingest(database, [event("a", "COMPLETE") | {"eventTime": "2020-01-01T00:00:00Z"}, event("a", "OTHER", 1)])
    assert execute(dags["hallmark_prune_lineage"], "prune") == {"events": 1, "runs": 0, "columns": 0}


def test_an_age_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(LineageError, match="90d"):
        PruneLineageOperator(task_id="prune", older_than="a while").execute({})  # type: ignore[arg-type]


def test_parsing_the_file_loads_neither_a_database_nor_a_transport() -> None:
    heavy = ("hallmark.catalog", "hallmark.lineage.outbox", "openlineage.client.transport", "duckdb")
    code = f"import runpy, sys; runpy.run_path({str(FILE)!r}); print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().splitlines()[-1] == "[]"
