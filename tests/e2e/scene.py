"""What the tests look at: an Airflow in which the example has run, a question waits and rows are in quarantine."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from e2e import shop
from hallmark.demo.airflow import Airflow, environment, standalone
from hallmark.demo.feed import corrupt, deliver
from hallmark.demo.runner import DAG_ID, dags_folder
from ports import free_port

__all__ = [
    "APRIL",
    "DAG_ID",
    "DESK",
    "FEBRUARY",
    "JANUARY",
    "NOT_DELIVERED",
    "USERS",
    "Ran",
    "another_server",
    "clear",
    "started",
    "wait",
]

JANUARY, FEBRUARY, APRIL, NOT_DELIVERED = "2013-01", "2013-02", "2013-04", "2013-12"
DESK = "order_desk"
# By name, their role in Airflow: eve may decide on rows, the reader may look.
USERS = {"admin": "admin", "eve": "user", "reader": "viewer"}
HERE = Path(__file__).parent
BUNDLE = "airflow.dag_processing.bundles.local.LocalDagBundle"
BUNDLES = [
    {"name": "dags-folder", "classpath": BUNDLE, "kwargs": {}},
    {"name": "tests", "classpath": BUNDLE, "kwargs": {"path": str(HERE / "dags")}},
]
OPTIONS = {
    "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{name}:{role}" for name, role in USERS.items()),
    "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST": json.dumps(BUNDLES),
}
ORDERS = "id,amount,email\n1,10,a@x.org\n2,-20,b@x.org\n3,30,c@x.org\n4,-40,d@x.org\n5,50,e@x.org\n"


@dataclass(frozen=True)
class Ran:
    """An Airflow in which the example has run.

    Args:
        airflow: with its administrator.
        folder: where all of its state is.
        waits: batches in quarantine, by what the tests do with them: the receipt of each.
    """

    airflow: Airflow
    folder: Path
    waits: dict[str, str] = field(default_factory=dict)
    _tokens: dict[str, str] = field(default_factory=dict, repr=False)

    def states(self, run: str) -> dict[str, str]:
        return {t["task_id"]: t["state"] for t in self.airflow.tasks(DAG_ID, run)}

    def log(self, run: str, task: str, attempt: int = 1) -> list[dict[str, Any]]:
        path = f"/dags/{DAG_ID}/dagRuns/{run}/taskInstances/{task}/logs/{attempt}"
        content: list[dict[str, Any]] = self.airflow.get(path)["content"]
        return content

    def asset_events(self, task: str) -> list[dict[str, Any]]:
        events = self.airflow.get("/assets/events", source_task_id=task, limit=100)["asset_events"]
        return sorted(events, key=lambda event: event["timestamp"])

    def password(self, user: str) -> str:
        home = self.folder / "airflow"
        return str(json.loads((home / "simple_auth_manager_passwords.json.generated").read_text())[user])

    def token(self, user: str) -> str:
        if user not in self._tokens:
            body = {"username": user, "password": self.password(user)}
            answer = httpx.post(f"{self.airflow.url}/auth/token", json=body, timeout=30).raise_for_status()
            self._tokens[user] = answer.json()["access_token"]
        return self._tokens[user]

    def ask(self, path: str, user: str | None = None, method: str = "GET", **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token(user)}"} if user else {}
        return httpx.request(method, f"{self.airflow.url}{path}", timeout=30, **{"headers": headers, **options})


@contextmanager
def started(folder: Path) -> Iterator[Ran]:
    """Start Airflow, run the example for its months and the shop's DAG, and fill in what no DAG makes."""
    deliver(folder / "feed", [JANUARY, FEBRUARY, APRIL])
    corrupt(folder / "feed", APRIL)
    (folder / "feed" / "orders.csv").write_text(ORDERS)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in OPTIONS.items():
            patch.setenv(name, value)
        with standalone(folder, dags_folder(), None) as airflow:
            _run(airflow)
            yield Ran(airflow, folder, shop.fill(folder))


def _run(airflow: Airflow) -> None:
    wait(lambda: airflow.has_dag(DAG_ID) and airflow.has_dag(DESK), 120)
    for dag in (DAG_ID, DESK):
        airflow.unpause(dag)
    for month in (JANUARY, FEBRUARY, APRIL, NOT_DELIVERED):
        airflow.trigger(DAG_ID, month, {"month": month}, "a test")
    airflow.trigger(DESK, "monday", {}, "a test")
    wait(lambda: ended(airflow, JANUARY), 200)
    clear(airflow, JANUARY, "extract_airlines")
    wait(lambda: ended(airflow, JANUARY, FEBRUARY, APRIL, NOT_DELIVERED), 400)
    wait(lambda: any(t["state"] == "awaiting_input" for t in airflow.tasks(DESK, "monday")), 60)


@contextmanager
def another_server(ran: Ran, prefix: str = "", **options: str) -> Iterator[str]:
    """Serve the pages of the same Airflow a second time, below a prefix or with other options."""
    port = free_port()
    address = f"http://localhost:{port}{prefix}"
    more = {"AIRFLOW__API__BASE_URL": address, "AIRFLOW__API__WORKERS": "1", **OPTIONS, **options}
    log = ran.folder / f"server{port}.log"
    with log.open("w") as stream:
        server = subprocess.Popen(
            [sys.executable, "-m", "airflow", "api-server"],
            env=environment(ran.folder, dags_folder(), port) | more,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait(lambda: _answers(server, address, log), 120)
        yield address
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)


def _answers(server: subprocess.Popen[bytes], address: str, log: Path) -> bool:
    assert server.poll() is None, log.read_text()[-3000:]
    try:
        return httpx.get(f"{address}/api/v2/version", timeout=5).is_success
    except httpx.HTTPError:
        return False


def wait(done: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, f"not done after {seconds} s"
        time.sleep(1)


def ended(airflow: Airflow, *runs: str) -> bool:
    states = airflow.runs(DAG_ID)
    return all(states[run] in {"success", "failed"} for run in runs)


def clear(airflow: Airflow, run: str, task: str) -> None:
    """Clear a task as the button in the UI does; its run queues up behind those that wait."""
    what = {"dag_run_id": run, "task_ids": [task], "only_failed": False, "dry_run": False}
    path = f"{airflow.url}/api/v2/dags/{DAG_ID}/clearTaskInstances"
    body = {"username": airflow.user, "password": airflow.password}
    token = httpx.post(f"{airflow.url}/auth/token", json=body, timeout=30).json()["access_token"]
    httpx.post(path, json=what, headers={"Authorization": f"Bearer {token}"}, timeout=30).raise_for_status()
