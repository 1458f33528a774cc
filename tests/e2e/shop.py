"""What no DAG of the tests makes, told to the catalog and the lake by hand: rows that wait, odd names, a challenger."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml

from hallmark.catalog import Catalog, open_catalog
from hallmark.config import settings
from hallmark.dataset import Column, Dataset, DatasetVersion
from hallmark.demo.airflow import environment
from hallmark.demo.story import MODEL
from hallmark.engines.duckdb import connect
from hallmark.receipt import CodeVersion, Receipt, StageRun
from hallmark.stages.dataset_target import DatasetTarget
from hallmark.stages.job import Job
from hallmark.stages.lifecycle import run_stage
from loading import Loads

__all__ = ["BATCHES", "MANY", "ODD", "RETURNS", "fill"]

DAG = "order_desk"
RETURNS = "desk/returns"
# Partitions of it, by what the tests do with their batch.
BATCHES = ("mended", "broken", "disputed")
ROWS = "SELECT * FROM (VALUES (1, 'a@x.org'), (-2, 'b@x.org'), (3, NULL), (-4, 'd@x.org')) t(amount, email)"
# Names that pages, addresses and the browser have to be careful with.
ODD = {
    "spaces": "orders of the shop, all of them",
    "letters": "заказы/ünpaid ♥ 注文",
    "html": "<img src=x onerror=alert(1)><b>50% of/orders?#&amp;</b>",
    "long": "orders/" + "x" * 293,
}
MANY = "desk/of many columns"


def fill(folder: Path) -> dict[str, str]:
    """Fill the catalog and the lake of the Airflow in a folder; return the receipt of each batch that waits."""
    told = environment(folder, folder, 0)
    with pytest.MonkeyPatch.context() as patch:
        for name in [n for n in told if n.startswith("AIRFLOW__HALLMARK__")]:
            patch.setenv(name, told[name])
        catalog = open_catalog()
        try:
            batches = {name: _set_apart(catalog, name, folder) for name in BATCHES}
            for name in (*ODD.values(), MANY):
                _record(catalog, name)
            _challenge(catalog)
        finally:
            catalog.database.engine.dispose()
    return batches


def _set_apart(catalog: Catalog, partition: str, folder: Path) -> str:
    suite = folder / "returns.yml"
    positive = {"type": "expect_column_values_to_be_between", "kwargs": {"column": "amount", "min_value": 1}}
    suite.write_text(yaml.safe_dump({"name": "returns", "expectations": [positive]}))
    columns = (Column("amount", "INTEGER"), Column("email", "VARCHAR"))
    declared = Dataset(RETURNS, owner="sales", schema=columns, personal=("email",))
    target = DatasetTarget(declared, partition, str(suite), "quarantine", 1.0)
    stage = StageRun(DAG, "load_returns", partition, operator="Loads", kind="extract")
    with connect() as connection:
        made = run_stage(
            Loads(target, ROWS, "order_desk.py"), Job(stage, settings(), catalog, connection, str, principal="ada")
        )
    if partition == "mended":
        # As if the suite had been mended since: rows that still fail it are not released.
        assert made.gate is not None
        catalog.record(made.with_(gate={**made.gate, "results": []}), declared)
    return made.id


def _record(catalog: Catalog, name: str) -> None:
    many = 2000 if name == MANY else 2
    columns = tuple(Column(f"column {n}", "VARCHAR", description=f"the {n}th") for n in range(many))
    version = DatasetVersion(name, "file", f"/lake/{name}", "1", rows=7, bytes=70, files=1, columns=columns)
    catalog.record(_receipt("load", version, kind="extract"))


def _challenge(catalog: Catalog) -> None:
    """Let a second version of the model be trained, that lost against the first."""
    known = catalog.model(MODEL)
    assert known is not None, "the model was not trained"
    trained = next(r for r in catalog.receipts(MODEL, state="published") if r.run.kind == "train")
    assert trained.output is not None
    worse = {name: value * 0.9 for name, value in trained.metrics.items()}
    version = replace(trained.output, version="2")
    made = _receipt("train", version, kind="train", dag="flight_delays", inputs=trained.inputs, metrics=worse)
    catalog.record(made.with_(parameters={**trained.parameters, "seed": 8}, environment=trained.environment))


def _receipt(task: str, output: DatasetVersion, *, kind: str, dag: str = DAG, **facts: Any) -> Receipt:
    at = datetime.now(UTC).replace(microsecond=0)
    stage = StageRun(dag, task, "by hand", operator="Loads", kind=kind)
    made = Receipt(str(uuid4()), stage, "published", at - timedelta(seconds=3), at, output=output)
    return made.with_(**{"code": CodeVersion("order_desk.py", "0" * 64), "principal": "ada", **facts})
