"""Receipts that pages are asked about, the people who ask, and an Airflow that knows both."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from airflow import settings as airflow_settings
from airflow.api_fastapi.app import _AuthManagerState
from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager
from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
from airflow.configuration import conf

from hallmark.catalog import Catalog
from hallmark.dataset import Column, Dataset, DatasetVersion
from hallmark.receipt import CodeVersion, Receipt, StageRun

NOW = datetime.now(UTC).replace(microsecond=0)
NAMES = UUID(int=7)
# A name that pages and paths have to be careful with.
ODD = "<b>ünpaid & 50% of/orders?#" + "x" * 280
CODE = CodeVersion("/dags/flights/dag.py", "0" * 64, "git@github.com:air/dags.git", "abc123", "flights/dag.py")
COLUMNS = (Column("carrier", "VARCHAR", description="who flies"), Column("email", "VARCHAR", classification="personal"))
FLIGHTS = Dataset(
    "flights/clean",
    suite="suites/clean.yml",
    owner="data",
    description="Flights, tidied.",
    schema=COLUMNS,
    tags=("flights", "gold"),
    contract="contracts/clean.yml",
    primary_key=("carrier",),
    freshness=timedelta(hours=6),
)
SHOP = Dataset("shop/orders", owner="sales", tags=("gold",), freshness=timedelta(days=2))


def id_of(*parts: Any) -> str:
    return str(uuid5(NAMES, "/".join(map(str, parts))))


def version(dataset: str, number: int, partition: str | None = None, **facts: Any) -> DatasetVersion:
    known = {"rows": 10 * number, "bytes": 100, "files": 1, "columns": COLUMNS, "partition": partition}
    return DatasetVersion(dataset, "file", f"/lake/{dataset}", str(number), **{**known, **facts})


def receipt(
    task: str, hours: float, output: DatasetVersion | None, *, dag: str = "flights", run: str = "monday", **facts: Any
) -> Receipt:
    """A receipt of a task that began some hours ago."""
    at = NOW - timedelta(hours=hours)
    stage = StageRun(dag, task, run, operator="Stage", kind=facts.pop("kind", "clean"))
    made = Receipt(id_of(dag, task, run, hours), stage, "published", at, at + timedelta(seconds=30), output=output)
    return made.with_(**{"code": CODE, "principal": "ada", **facts})


def gate(*held: bool, samples: bool = False) -> dict[str, Any]:
    """A suite's result: one not-null check a column, and whether it held."""
    results = [_result(f"c{at}", success, samples) for at, success in enumerate(held)]
    counts = {"evaluated_expectations": len(held), "successful_expectations": sum(held)}
    counts["unsuccessful_expectations"] = len(held) - sum(held)
    return {"success": all(held), "results": results, "statistics": counts}


def _result(column: str, success: bool, samples: bool) -> dict[str, Any]:
    quoted = {"partial_unexpected_list": ["secret"]} if samples else {}
    return {
        "success": success,
        "expectation_config": {
            "type": "expect_column_values_to_not_be_null",
            "kwargs": {"column": column},
            "severity": "critical",
            "meta": {"notes": "joined on"},
        },
        "result": {"element_count": 8, "unexpected_count": 0 if success else 2, "unexpected_percent": 25.0, **quoted},
        "meta": {"line": 7, **({"failed_rows": [{column: "secret"}]} if samples else {})},
        "exception_info": {"raised_exception": False, "exception_message": None},
    }


def profile(rows: int, shift: float = 0.0) -> dict[str, Any]:
    """Figures of a version: one column of numbers, one of texts, one personal."""
    edges = [shift + n for n in range(5)]
    return {
        "rows": rows,
        "columns": {
            "delay": {
                "nulls": 0,
                "distinct": 4,
                "mean": 2.0 + shift,
                "quantiles": {"0.05": shift, "0.5": 2.0 + shift, "0.95": 4.0 + shift},
                "histogram": {"edges": edges, "counts": [rows // 4] * 4},
            },
            "carrier": {"nulls": 0, "distinct": 2, "top": [{"value": "AA", "count": rows // 2}]},
            "email": {"nulls": 1, "distinct": rows - 1},
        },
    }


def fill(catalog: Catalog) -> None:
    """Record two days of flights, a model that lost against its champion, and a shop that is another DAG's."""
    profiled = (Column("delay", "DOUBLE"), *COLUMNS)
    for hours, run, shift, held in ((40, "sunday", 0.0, (True, True)), (10, "monday", 3.0, (True, False))):
        number = 1 if run == "sunday" else 2
        made = version("flights/clean", number, columns=profiled)
        raw = version("flights/raw", number, columns=())
        told = {"gate": gate(*held, samples=True), "profile": profile(1000, shift), "inputs": (raw,)}
        catalog.record(receipt("extract", hours + 1, raw, run=run, kind="extract"), Dataset("flights/raw"))
        catalog.record(receipt("clean", hours, made, run=run, quarantined=4, **told), FLIGHTS)
    refused = receipt("clean", 1, version("flights/clean", 0, rows=None), run="tuesday", state="refused")
    catalog.record(refused.with_(gate=gate(False, False, samples=True), message="the gate refused it"), FLIGHTS)
    catalog.record(receipt("load", 3, version("shop/orders", 1), dag="shop", gate=gate(True)), SHOP)
    catalog.record(receipt("odd", 4, version(ODD, 1), dag="shop"), None)
    _models(catalog)


def _models(catalog: Catalog) -> None:
    model = DatasetVersion("flight_delay", "mlflow", "flight_delay", kind="model", owner="ml", columns=COLUMNS[:1])
    read = version("flights/clean", 2, "2026-03-01")
    for number, hours, auc in ((1, 30, 0.7), (2, 9, 0.6)):
        trained = replace(model, version=str(number))
        made = receipt("train", hours, trained, run=f"train{number}", kind="train", inputs=(read,))
        told = {"parameters": {"max_iter": 100 * number}, "environment": {"scikit-learn": "1.9"}}
        catalog.record(made.with_(metrics={"roc_auc": auc, "log_loss": 1 - auc}, **told))
    catalog.set_alias("flight_delay", "champion", "1")
    message = "version 1 stays the champion: version 2 has roc_auc 0.6000 against 0.7000"
    catalog.record(receipt("deploy", 8, model, kind="deploy", state="skipped", message=message))


class Narrow(SimpleAuthManager):
    """Airflow's simple auth manager, whose user ``narrow`` may read and change one DAG only."""

    def is_authorized_dag(self, *, user: Any, details: Any = None, **kwargs: Any) -> bool:
        if user.get_name() == "narrow" and details is not None and details.id != "flights":
            return False
        return bool(super().is_authorized_dag(user=user, details=details, **kwargs))


@contextmanager
def airflow(folder: Path) -> Iterator[Narrow]:
    """An Airflow with a database that knows the DAGs ``flights`` and ``shop``."""
    kept = os.environ.get("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN")
    os.environ["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] = f"sqlite:///{folder}/airflow.db"
    _reconfigured()
    conf.set("api_auth", "jwt_secret", "of tests " * 8)
    before, manager = _AuthManagerState.instance, Narrow()
    _AuthManagerState.instance = manager
    _tables()
    try:
        yield manager
    finally:
        _AuthManagerState.instance = before
        os.environ.pop("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN")
        if kept is not None:
            os.environ["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] = kept
        _reconfigured()


def _reconfigured() -> None:
    airflow_settings.dispose_orm()
    airflow_settings.configure_vars()
    airflow_settings.configure_orm()


def _tables() -> None:
    from airflow.models import import_all_models
    from airflow.models.base import Base
    from airflow.models.dag import DagModel
    from airflow.models.dagbundle import DagBundleModel
    from airflow.utils.session import create_session

    import_all_models()
    Base.metadata.create_all(airflow_settings.engine)
    with create_session() as session:
        session.add(DagBundleModel(name="dags"))
        session.flush()
        session.add_all(
            DagModel(dag_id=dag_id, bundle_name="dags", fileloc="/dags/x.py") for dag_id in ("flights", "shop")
        )


def login(manager: Narrow, name: str, role: str) -> str:
    """Return the JWT of somebody who is logged in."""
    return str(manager.generate_jwt(SimpleAuthManagerUser(username=name, role=role)))
