"""An Airflow of its own for the demonstration: ``airflow standalone`` below one folder, driven through its REST API."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from hallmark.config import OPTIONS
from hallmark.errors import ConfigError, HallmarkError

__all__ = ["Airflow", "DemoError", "environment", "standalone"]

START_SECONDS = 180
STOP_SECONDS = 30
USER = "admin"


class DemoError(HallmarkError):
    """The demonstration's Airflow did not do what it was asked."""


def environment(folder: Path, dags: Path, port: int) -> dict[str, str]:
    """Return the environment of an Airflow whose whole state is below ``folder``."""
    events = folder / "lineage" / "events.ndjson"
    transport = {
        "type": "composite",
        "continue_on_failure": True,
        "transports": {
            "file": {"type": "file", "log_file_path": str(events), "append": True},
            "catalog": {"type": "hallmark.lineage.transport.CatalogTransport"},
        },
    }
    own = {
        "AIRFLOW_HOME": str(folder / "airflow"),
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": f"http://localhost:{port}",
        "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "INFO",
        "AIRFLOW__OPENLINEAGE__NAMESPACE": "hallmark-demo",
        "AIRFLOW__OPENLINEAGE__TRANSPORT": json.dumps(transport),
        "AIRFLOW__HALLMARK__LAKE_ROOT": str(folder / "lake"),
        "AIRFLOW__HALLMARK__CATALOG_URL": f"sqlite:///{folder / 'catalog.db'}",
        "AIRFLOW__HALLMARK__MLFLOW_TRACKING_URI": f"sqlite:///{folder / 'mlflow.db'}",
        "AIRFLOW__HALLMARK__MLFLOW_ARTIFACT_ROOT": str(folder / "models"),
        "AIRFLOW__HALLMARK__NAMESPACE": "hallmark-demo",
        "AIRFLOW_VAR_FLIGHT_FEED": str(folder / "feed"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
    }
    return {**os.environ, **own}


def free_port(wanted: int | None) -> int:
    """Return the wanted port, or one near Airflow's own that nobody listens on.

    Raises:
        ConfigError: the wanted port is taken.
    """
    for port in [wanted] if wanted else range(8080, 8180):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise ConfigError(f"port {wanted or '8080 to 8179'} is taken", "give a free one with --port")


@dataclass
class Airflow:
    """A running Airflow: its address, its user, and the calls that the demonstration makes."""

    url: str
    user: str
    password: str
    _token: str = ""
    _client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=30))

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        """Read a resource of the REST API."""
        return self._call("GET", path, params=query)

    def runs(self, dag_id: str) -> dict[str, str]:
        """Return state by run id."""
        found = self.get(f"/dags/{dag_id}/dagRuns", limit=100)["dag_runs"]
        return {run["dag_run_id"]: run["state"] for run in found}

    def tasks(self, dag_id: str, run_id: str) -> list[dict[str, Any]]:
        """Return the task instances of a run."""
        found: list[dict[str, Any]] = self.get(f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances", limit=100)[
            "task_instances"
        ]
        return found

    def unpause(self, dag_id: str) -> None:
        """Let the scheduler work on a DAG."""
        self._call("PATCH", f"/dags/{dag_id}", json={"is_paused": False})

    def trigger(self, dag_id: str, run_id: str, conf: Mapping[str, Any], note: str) -> None:
        """Start a run."""
        body = {"dag_run_id": run_id, "logical_date": None, "conf": dict(conf), "note": note}
        self._call("POST", f"/dags/{dag_id}/dagRuns", json=body)

    def has_dag(self, dag_id: str) -> bool:
        """Tell whether the DAG file was read already.

        Raises:
            DemoError: it cannot be imported.
        """
        errors = self.get("/importErrors")["import_errors"]
        if errors:
            raise DemoError(f"{errors[0]['filename']} cannot be imported", errors[0]["stack_trace"].splitlines()[-1])
        return any(dag["dag_id"] == dag_id for dag in self.get("/dags", dag_id_pattern=dag_id)["dags"])

    def _call(self, method: str, path: str, **arguments: Any) -> dict[str, Any]:
        if not self._token:
            self._login()
        headers = {"Authorization": f"Bearer {self._token}"}
        answer = self._client.request(method, f"{self.url}/api/v2{path}", headers=headers, **arguments)
        if answer.status_code == 401:
            self._login()
            return self._call(method, path, **arguments)
        if answer.is_error:
            raise DemoError(f"Airflow answered {answer.status_code} to {method} {path}: {answer.text[:300]}")
        result: dict[str, Any] = answer.json() if answer.content else {}
        return result

    def _login(self) -> None:
        answer = self._client.post(f"{self.url}/auth/token", json={"username": self.user, "password": self.password})
        if answer.is_error:
            raise DemoError(f"Airflow refused the login with {answer.status_code}", "run make clean-demo")
        self._token = answer.json()["access_token"]


@contextmanager
def standalone(folder: Path, dags: Path, port: int | None) -> Iterator[Airflow]:
    """Run ``airflow standalone`` for as long as the block lasts.

    Raises:
        DemoError: it did not come up; the message names its log.
    """
    port = free_port(port)
    log = folder / "airflow.log"
    # The file transport of the events makes no folder of its own.
    (folder / "lineage").mkdir(parents=True, exist_ok=True)
    with log.open("w") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "airflow", "standalone"],
            env=environment(folder, dags, port),
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_heed_interruptions,
        )
    try:
        airflow = _wait_until_up(process, folder, port, log)
        keep_options(folder / "airflow" / "airflow.cfg", environment(folder, dags, port))
        yield airflow
    finally:
        _stop(process)


def keep_options(file: Path, variables: Mapping[str, str]) -> None:
    """Write the ``[hallmark]`` options into Airflow's file: the command line needs nothing but AIRFLOW_HOME then."""
    given = {option.name: variables.get(f"AIRFLOW__HALLMARK__{option.name.upper()}") for option in OPTIONS}
    before, header, rest = file.read_text().partition("[hallmark]\n")
    section, boundary, after = rest.partition("\n[")
    lines = [_line(line, given.get(line.partition(" =")[0])) for line in section.split("\n")]
    file.write_text(before + header + "\n".join(lines) + boundary + after)


def _line(line: str, value: str | None) -> str:
    return line if value is None else f"{line.partition(' =')[0]} = {value}"


def _wait_until_up(process: subprocess.Popen[bytes], folder: Path, port: int, log: Path) -> Airflow:
    url, passwords = f"http://localhost:{port}", folder / "airflow" / "simple_auth_manager_passwords.json.generated"
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise DemoError(f"airflow standalone ended with status {process.returncode}", f"read {log}")
        if passwords.is_file() and _healthy(url):
            return Airflow(url, USER, json.loads(passwords.read_text())[USER])
        time.sleep(0.5)
    raise DemoError(f"airflow standalone was not up after {START_SECONDS} s", f"read {log}")


def _healthy(url: str) -> bool:
    try:
        answer = httpx.get(f"{url}/api/v2/monitor/health", timeout=5)
    except httpx.HTTPError:
        return False
    parts = answer.json() if answer.is_success else {}
    return all(
        (parts.get(name) or {}).get("status") == "healthy" for name in ("metadatabase", "scheduler", "dag_processor")
    )


def _heed_interruptions() -> None:
    """A process started from a shell's background ignores interruptions, and so would what it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End Airflow: it stops its own parts when its first process is interrupted; what is left after that is killed."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
    with suppress(subprocess.TimeoutExpired):
        process.wait(STOP_SECONDS)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
