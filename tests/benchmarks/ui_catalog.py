"""A catalog for the pages: a warehouse's lineage, and of each of its datasets receipts, versions and gate results."""

from __future__ import annotations

import random
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from lineage_graph import GRAPH, copy_table, prepared
from sqlalchemy import Connection, Table, insert
from warehouse import LAYERS, TASKS_OF_A_DAG, Warehouse

from hallmark.catalog import Catalog, open_catalog, tables, upgrade

__all__ = ["DAYS", "WIDE", "Shop", "copied", "filled"]

DAYS, CHECKS, PROFILED = 20, 5, 3
MODELS, MODEL_VERSIONS = 500, 20
# What is hardest to show: so many columns, and a suite of so many expectations.
WIDE, WIDE_COLUMNS, WIDE_CHECKS = "wide/table", 2000, 1000
PAGES = (
    tables.runs,
    tables.receipts,
    tables.gate_results,
    tables.datasets,
    tables.versions,
    tables.models,
    tables.model_aliases,
)
_PART = 500
_FRESH = timedelta(days=1)

Rows = dict[Table, list[dict[str, Any]]]


def filled(folder: Path, warehouse: Warehouse) -> Catalog:
    """Return a SQLite catalog with the warehouse's lineage and its receipts, made anew after a day."""
    place = folder / f"pages-{warehouse.jobs}.db"
    if place.exists() and time.time() - place.stat().st_mtime < _FRESH.total_seconds():
        return open_catalog(url=f"sqlite:///{place}")
    prepared(folder, warehouse).database.engine.dispose()
    half = folder / f"{place.name}.half"
    shutil.copyfile(folder / f"lineage-{warehouse.jobs}.db", half)
    catalog = open_catalog(url=f"sqlite:///{half}")
    _fill(catalog, Shop(warehouse))
    catalog.database.engine.dispose()
    half.rename(place)
    return open_catalog(url=f"sqlite:///{place}")


def copied(source: Catalog, url: str) -> Catalog:
    """Return a PostgreSQL catalog with all that the pages read; events, whose bodies they do not read, stay behind."""
    upgrade(url)
    with psycopg.connect(url.replace("postgresql+psycopg", "postgresql")) as target:
        for table in (*GRAPH, *PAGES):
            source.database.read(partial(copy_table, table=table, target=target))
        target.commit()
        target.autocommit = True
        # As the server's own upkeep leaves it.
        target.execute("VACUUM ANALYZE")
    return open_catalog(url=url)


@dataclass
class Shop:
    """Receipts of a warehouse: each dataset is published once a day, each model trained and deployed."""

    warehouse: Warehouse
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __post_init__(self) -> None:
        self._dice = random.Random(3)

    @property
    def models(self) -> int:
        """How many there are."""
        return max(MODELS * self.warehouse.datasets // 10_000, 5)

    def dataset(self, number: int) -> str:
        """Return a dataset's name."""
        return f"team{number % 97}/dataset_{number}"

    def place(self, number: int) -> tuple[str, str]:
        """Return the DAG and the task that publish a dataset: those of the warehouse's lineage, but for its sources."""
        width = max(self.warehouse.datasets // LAYERS, 1)
        if number < width:
            return f"ingest_{number // TASKS_OF_A_DAG}", f"load_{number}"
        dag, _, task = self.warehouse.tasks[number - width].name.partition(".")
        return dag, task

    @property
    def dags(self) -> list[str]:
        """All DAGs, as Airflow has to know them."""
        named = {self.place(number)[0] for number in range(self.warehouse.datasets)}
        return sorted({*named, "wide", *(f"train_{number}" for number in range(self.models))})

    def rows_of(self, number: int) -> Rows:
        """Return all rows of one dataset."""
        namespace, location = self.warehouse.name(number)
        columns = [_column(name) for name in self.warehouse.columns[number]]
        about = {"name": self.dataset(number), "namespace": namespace, "location": location}
        promised = 86_400 if number % 2 else None
        declared = {
            "owner": f"team{number % 97}",
            "description": f"Dataset number {number} of many",
            "tags": ["gold" if number % 3 else "silver", f"t{number % 11}"],
            "classification": "personal" if number % 7 == 0 else None,
            "freshness": promised,
        }
        return self._published(about, declared, columns, self.place(number), CHECKS)

    def wide(self) -> Rows:
        """Return all rows of the widest dataset."""
        about = {"name": WIDE, "namespace": "file", "location": "/lake/wide"}
        columns = [_column(f"column_{n}") for n in range(WIDE_COLUMNS)]
        declared = {"owner": None, "description": None, "tags": [], "classification": None, "freshness": None}
        return self._published(about, declared, columns, ("wide", "load"), WIDE_CHECKS)

    def rows_of_model(self, number: int) -> Rows:
        """Return all rows of one model: its versions, and a deployment after each."""
        name, dag = f"model_{number}", f"train_{number}"
        found: Rows = {table: [] for table in PAGES}
        read = self.warehouse.name(number % self.warehouse.datasets)
        inputs = [{"name": self.dataset(number), "kind": "dataset", "namespace": read[0], "location": read[1]}]
        for version in range(1, MODEL_VERSIONS + 1):
            at = self.now - timedelta(hours=10 * (MODEL_VERSIONS - version) + 1)
            body = {
                "inputs": [{**each, "version": str(version), "columns": []} for each in inputs],
                "output": {"name": name, "kind": "model", "namespace": "mlflow", "location": name, "columns": []},
                "parameters": {"max_iter": version, "suite": "s.yml"},
                "environment": {"scikit-learn": "1.9.1"},
            }
            what = {"output_name": name, "output_kind": "model", "output_version": str(version)}
            trained = self._receipt(
                found, dag, "train", f"r{version}", at, body, kind="train", gate_success=True, **what
            )
            lost = number % 10 == 0
            self._receipt(
                found,
                dag,
                "deploy",
                f"r{version}",
                at + timedelta(minutes=5),
                body,
                kind="deploy",
                state="skipped" if lost else "published",
                message="version 1 stays the champion" if lost else "",
                **what,
            )
            found[tables.models].append(_model(name, version, dag, at, trained))
        champion = {"model": name, "alias": "champion", "version": "1", "set_at": self.now, "receipt_id": None}
        found[tables.model_aliases].append(champion)
        return found

    def _published(
        self,
        about: dict[str, Any],
        declared: dict[str, Any],
        columns: list[dict[str, Any]],
        place: tuple[str, str],
        checks: int,
    ) -> Rows:
        found: Rows = {table: [] for table in PAGES}
        name, at, held, receipt = about["name"], self.now, True, ""
        for day in range(DAYS):
            at = self.now - timedelta(days=DAYS - 1 - day, hours=self._dice.random() * 12)
            held = self._dice.random() > 0.05
            output = {**about, "version": str(day), "kind": "dataset", "columns": columns[:20]}
            body = {"output": output, "inputs": [], "gate": {"success": held, "results": []}, "environment": {}}
            what = {"output_name": name, "output_kind": "dataset", "output_version": str(day), "rows_out": 1000}
            figures = {"gate_success": held, "checks_passed": checks - (not held), "checks_failed": int(not held)}
            apart = 3 if self._dice.random() < 0.01 else 0
            receipt = self._receipt(found, *place, f"r{day}", at, body, quarantined=apart, **what, **figures)
            found[tables.gate_results] += (_result(receipt, name, n, held or n > 0, at) for n in range(checks))
            profile = _profile(columns) if day >= DAYS - PROFILED else None
            found[tables.versions].append(_version(about, day, columns, profile, receipt, at))
        last = {"last_published_at": at, "last_gate_success": held, "last_gate_at": at, "last_gate_receipt_id": receipt}
        promised = declared["freshness"]
        until = at + timedelta(seconds=promised * 0.8) if promised else None
        kept = {"schema": columns, "suite": "suites/s.yml", "latest_version": str(DAYS - 1), "dag_id": place[0]}
        found[tables.datasets].append({**about, **declared, **last, **kept, "fresh_until": until})
        return found

    def _receipt(
        self, found: Rows, dag: str, task: str, run: str, at: datetime, body: dict[str, Any], **facts: Any
    ) -> str:
        id, key = str(UUID(int=self._dice.getrandbits(128))), f"{dag}/{task}[-1]/{run}"
        ends = {"started_at": at, "finished_at": at + timedelta(seconds=40), "message": facts.pop("message", "")}
        known = {"kind": "transform", "state": "published", **facts}
        of = {"dag_id": dag, "task_id": task, "run_id": run, "map_index": -1, "try_number": 1}
        both = ("kind", "state", "output_name", "output_version")
        shown = {name: known[name] for name in both}
        found[tables.runs].append({"key": key, **of, **ends, **shown, "operator": "Stage", "receipt_id": id})
        quarantined = known.pop("quarantined", 0)
        told = {"id": id, "run_key": key, **of, **ends, **known, "quarantined": quarantined}
        body = {"id": id, "state": known["state"], **body}
        found[tables.receipts].append({**told, "principal": f"person{len(task) % 30}", "body": body})
        return id


def _column(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "type": "DOUBLE",
        "nullable": True,
        "description": f"What {name} means.",
        "classification": None,
    }


def _result(receipt: str, name: str, position: int, held: bool, at: datetime) -> dict[str, Any]:
    column = f"column_{position}"
    return {
        "receipt_id": receipt,
        "position": position,
        "output_name": name,
        "expectation": "expect_column_values_to_not_be_null",
        "column_name": column,
        "severity": "critical",
        "success": held,
        "element_count": 1000,
        "unexpected_count": 0 if held else 9,
        "unexpected_percent": 0.0 if held else 0.9,
        "observed_value": None,
        "kwargs": {"column": column},
        "meta": None,
        "exception": None,
        "checked_at": at,
    }


def _profile(columns: Sequence[dict[str, Any]]) -> dict[str, Any]:
    figures = {
        "nulls": 1,
        "distinct": 100,
        "mean": 1.0,
        "quantiles": {"0.05": 0.0, "0.5": 1.0, "0.95": 2.0},
        "histogram": {"edges": list(range(21)), "counts": [50] * 20},
        "top": [{"value": "a", "count": 3}] * 5,
    }
    return {"rows": 1000, "columns": {column["name"]: figures for column in columns}}


def _version(
    about: dict[str, Any], day: int, columns: list[dict[str, Any]], profile: Any, receipt: str, at: datetime
) -> dict[str, Any]:
    size = {"rows": 1000, "bytes": 10_000, "files": 1}
    where = {"dataset": about["name"], "namespace": about["namespace"], "location": about["location"]}
    told = {"version": str(day), "columns": columns, "profile": profile, "receipt_id": receipt, "published_at": at}
    return {**where, **size, **told}


def _model(name: str, version: int, dag: str, at: datetime, receipt: str) -> dict[str, Any]:
    judged = {"judged_at": at, "judged_by": receipt, "state": "published", "gate_success": True, "owner": "ml"}
    where = {"model": name, "version": str(version), "namespace": "mlflow", "location": name, "description": None}
    run = {"dag_id": dag, "stage": "train", "run_id": f"r{version}", "principal": "person1", "trained_at": at}
    return {**where, **run, **judged, "metrics": {"roc_auc": 0.7, "log_loss": 0.3}, "receipt_id": receipt}


def _fill(catalog: Catalog, shop: Shop) -> None:
    began = time.perf_counter()
    print("Writing receipts for the pages, once a day …", file=sys.stderr, flush=True)
    for some in _parts(shop):
        catalog.database.write(partial(_insert, rows=some))
    print(f"  done in {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)


def _parts(shop: Shop) -> Iterator[Rows]:
    """Yield the rows of some things at once."""
    some: Rows = {table: [] for table in PAGES}
    told = (
        *(partial(shop.rows_of, number) for number in range(shop.warehouse.datasets)),
        *(partial(shop.rows_of_model, number) for number in range(shop.models)),
        shop.wide,
    )
    for at, make in enumerate(told, 1):
        for table, rows in make().items():
            some[table] += rows
        if at % _PART == 0 or at == len(told):
            yield some
            some = {table: [] for table in PAGES}


def _insert(connection: Connection, rows: Rows) -> None:
    for table in PAGES:
        if rows[table]:
            names = {name for row in rows[table] for name in row}
            connection.execute(insert(table), [{name: row.get(name) for name in names} for row in rows[table]])
