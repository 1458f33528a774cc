"""Scenarios from outside: each is played once a test session, in an Airflow process of its own."""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
import shop

from hallmark.catalog import Catalog, open_catalog
from hallmark.demo.airflow import environment

HERE = Path(__file__).parent
SECONDS = 240
# From linux/prctl.h and linux/capability.h.
PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 24, 1, 2


@dataclass(frozen=True)
class Played:
    """A scenario that was played: the folder with its lake, catalog, registry and feed."""

    folder: Path

    @cached_property
    def runs(self) -> dict[str, Any]:
        """The report of each DAG run, by the name the scenario gave it."""
        found: dict[str, Any] = json.loads((self.folder / "report.json").read_text())
        return found

    @cached_property
    def events(self) -> list[dict[str, Any]]:
        """The OpenLineage events, in their order."""
        return [json.loads(line) for line in self.events_file.read_text().splitlines()]

    @property
    def events_file(self) -> Path:
        """Where they are."""
        return self.folder / "lineage" / "events.ndjson"

    @cached_property
    def shop(self) -> str:
        """The namespace of the shop's PostgreSQL, if the scenario has one."""
        namespaces = {d["namespace"] for e in self.events for d in (*e["inputs"], *e["outputs"])}
        return next((n for n in namespaces if n.startswith("postgres://")), "")

    @property
    def log(self) -> str:
        """What Airflow wrote."""
        return (self.folder / "log").read_text()

    @property
    def catalog(self) -> Catalog:
        """The catalog that the stages wrote."""
        return open_catalog(url=f"sqlite:///{self.folder / 'catalog.db'}")

    def rows(self, dataset: str) -> list[dict[str, Any]]:
        """Return what a reader of the lake sees of a dataset."""
        return rows(self.folder / "lake" / dataset)

    def task(self, run: str, task: str) -> dict[str, Any]:
        """Return state, tries and errors of a task."""
        found: dict[str, Any] = self.runs[run]["tasks"][task]
        return found

    def outcome(self, run: str, task: str) -> Any:
        """Return what a task left in XCom."""
        return self.runs[run]["xcoms"][task]

    def said(self, run: str, task: str) -> str:
        """Return the one error of a task that failed."""
        (error,) = self.task(run, task)["errors"]
        message: str = error["message"]
        return message

    def event(self, run: str, task: str, kind: str) -> dict[str, Any]:
        """Return the one OpenLineage event of that kind that a task sent."""
        run_id = self.runs[run]["run_id"]
        (event,) = [
            e for e in self.events_of(task, kind) if e["run"]["facets"]["airflow"]["dagRun"]["run_id"] == run_id
        ]
        return event

    def events_of(self, task: str, kind: str) -> list[dict[str, Any]]:
        """Return the events of all tasks of that name."""
        return [e for e in self.events if e["eventType"] == kind and e["job"]["name"].partition(".")[2] == task]


def rows(table: Path) -> list[dict[str, Any]]:
    """Return the rows of a table's newest version."""
    from deltalake import DeltaTable

    found: list[dict[str, Any]] = DeltaTable(str(table)).to_pyarrow_table().to_pylist()
    return found


def play(name: str, root: Path) -> Played:
    """Play a scenario below ``root``, unless another test (or another of pytest's processes) did so already."""
    home = root / name
    with _locked(root / f"{name}.lock"):
        if not home.exists():
            _start(name, home).wait(SECONDS)
    return _ended(home)


def play_race(root: Path) -> tuple[Played, Played]:
    """Play the race: two Airflows with one lake and one catalog."""
    common = root / "race"
    homes = common / "left", common / "right"
    with _locked(root / "race.lock"):
        if not common.exists():
            common.mkdir()
            racers = [_start("race", home, **_racing(common, home.name)) for home in homes]
            for racer in racers:
                racer.wait(SECONDS)
    left, right = map(_ended, homes)
    return left, right


def play_foreign(root: Path) -> Played:
    """Play the foreign tasks, some of which work in a shop's PostgreSQL."""
    home = root / "foreign"
    with _locked(root / "foreign.lock"):
        if not home.exists():
            with shop.opened(root / "runtime") as port:
                _start("foreign", home, **_trading(home, port)).wait(SECONDS)
    return _ended(home)


def _trading(home: Path, port: int) -> dict[str, str]:
    ledger = {"conn_type": "sqlite", "host": str(home / "ledger.db")}
    return {
        "AIRFLOW_CONN_SHOP": f"postgres://postgres@{shop.HOST}:{port}/shop",
        "AIRFLOW_CONN_LEDGER": json.dumps(ledger),
        "AIRFLOW__OPENLINEAGE__EXTRACTORS": "hallmark.stages.sqlite_lineage.SQLiteExtractor",
        "SHOP_PORT": str(port),
    }


def _racing(common: Path, racer: str) -> dict[str, str]:
    return {
        "RACER": racer,
        "MEETING_PLACE": str(common),
        "AIRFLOW__HALLMARK__LAKE_ROOT": str(common / "lake"),
        "AIRFLOW__HALLMARK__CATALOG_URL": f"sqlite:///{common / 'catalog.db'}",
    }


def _ended(home: Path) -> Played:
    assert (home / "report.json").is_file(), f"{home.name} broke off:\n{_tail(home / 'log')}"
    return Played(home)


def _start(name: str, home: Path, **variables: str) -> subprocess.Popen[bytes]:
    """Start the process that plays a scenario."""
    (home / "lineage").mkdir(parents=True)
    script, report = HERE / "scenarios" / f"{name}.py", home / "report.json"
    with (home / "log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, str(HERE / "playing.py"), str(script), str(report)],
            env={**surroundings(home, HERE / "dags" / name), **variables},
            stdout=log,
            stderr=subprocess.STDOUT,
            preexec_fn=_bound_by_permissions,
        )


def surroundings(home: Path, dags: Path) -> dict[str, str]:
    """Return the environment of an Airflow below ``home``, without what the tester's own has set."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [n for n in os.environ if n.startswith(("AIRFLOW", "OPENLINEAGE"))]:
            patch.delenv(name)
        own = {
            "AIRFLOW_VAR_PARCEL_FEED": str(home / "feed"),
            "AIRFLOW_CONN_OPERATIONS": f"sqlite:///{home / 'operations.db'}",
        }
        return {**environment(home, dags, 0), **own}


def _bound_by_permissions() -> None:
    """Let the process about to start respect read-only folders, also when root runs the tests."""
    libc = ctypes.CDLL(None)
    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    with file.open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-30:])
