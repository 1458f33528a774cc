"""The backend, who delivers and who emits are killed midway: every event arrives, none twice in the store."""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from forked import PRELOADED
from hallmark.catalog import open_catalog
from hallmark.catalog.engine import Database
from hallmark.config import settings
from hallmark.lineage.outbox import Spool, backlog, deliver
from hallmark.lineage.outbox.draining import drain
from hallmark.lineage.store import ingest
from hallmark.lineage.transport import CatalogTransport, Config
from lineage_backend import BackendProcess, event, types_by_run

TYPES = ("START", "RUNNING", "COMPLETE")
# Of a page of the outbox, what was sent and not settled when somebody was killed is sent again.
PAGE = 50

context = multiprocessing.get_context("forkserver")
context.set_forkserver_preload([*PRELOADED, "hallmark.lineage.outbox.delivery", "hallmark.lineage.transport"])


@pytest.fixture
def backend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[BackendProcess]:
    made = BackendProcess(tmp_path / "backend")
    config = {"marquez": {"type": "http", "url": made.url, "timeout": 1}}
    monkeypatch.setenv("AIRFLOW__HALLMARK__LINEAGE_BACKENDS", json.dumps(config))
    yield made
    made.kill()


@pytest.fixture
def database() -> Iterator[Database]:
    found = open_catalog().database
    yield found
    found.engine.dispose()


def runs(count: int) -> list[dict[str, Any]]:
    return [event(f"run-{run}", type_, run) for type_ in TYPES for run in range(count)]


def until(done: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.02)


def delivered(database: Database) -> None:
    def step() -> bool:
        return deliver(database, force=True).left == 0

    until(step)


def stored() -> list[dict[str, Any]]:
    return [dict(one.body) for one in open_catalog().events(limit=10_000)]


def keys(events: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return sorted((one["run"]["runId"], one["eventType"]) for one in events)


def start(work: Callable[..., None], *arguments: Any) -> Any:
    child = context.Process(target=with_environment, args=(dict(os.environ), work, *arguments))
    child.start()
    return child


def kill(child: Any) -> None:
    os.kill(child.pid, signal.SIGKILL)
    child.join(60)
    assert child.exitcode == -signal.SIGKILL, "it had ended before"


def with_environment(environment: dict[str, str], work: Callable[..., None], *arguments: Any) -> None:
    os.environ.clear()
    os.environ.update(environment)
    work(*arguments)


def deliver_on_and_on() -> None:
    database = open_catalog().database
    while True:
        deliver(database, force=True, lease_seconds=0.3)


def emit_on_and_on(note: str) -> None:
    """Note each event when it has been emitted: from then on it must not be lost."""
    transport = CatalogTransport(Config())
    with open(note, "a") as file:
        for run in range(1_000_000):
            for type_ in TYPES:
                transport.emit(event(f"run-{os.getpid()}-{run}", type_, run))
                file.write(f"run-{os.getpid()}-{run} {type_}\n")
                file.flush()


def emit_onto_a_full_disk(answer: str) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    CatalogTransport(Config()).emit(event("run"))
    Path(answer).touch()


def test_a_backend_that_is_killed_and_comes_again_gets_everything(backend: BackendProcess, database: Database) -> None:
    ingest(database, runs(100))
    backend.start()
    stopped: list[bool] = []

    def disturb() -> None:
        for mode in ("500", "201", "429", "201", "hang"):
            time.sleep(0.15)
            backend.answers(mode)
        for _ in range(3):
            time.sleep(0.1)
            backend.kill()
            time.sleep(0.1)
            backend.answers("201")
            backend.start()
        stopped.append(True)

    disturbing = Thread(target=disturb)
    disturbing.start()
    sent = 0
    while not stopped or backlog(database).backends[0].pending:
        sent += deliver(database, force=True, limit=20).sent
        time.sleep(0.05)
    disturbing.join()

    received = backend.received()
    assert set(keys(received)) == set(keys(runs(100)))
    assert sent == 300
    assert types_by_run(received) == {f"run-{run}": list(TYPES) for run in range(100)}
    assert backlog(database).parked == ()


def test_one_who_delivers_is_killed_again_and_again(backend: BackendProcess, database: Database) -> None:
    ingest(database, runs(150))
    backend.start()
    kills = 0
    while len(backend.received()) < 350:
        before = len(backend.received())
        child = start(deliver_on_and_on)
        until(lambda seen=before: len(backend.received()) > seen + 20)  # type: ignore[misc]
        kill(child)
        kills += 1
    time.sleep(0.3)  # the lease of the last one
    delivered(database)

    received = backend.received()
    assert kills >= 2
    assert set(keys(received)) == set(keys(runs(150)))
    assert len(received) <= 450 + PAGE * kills
    assert types_by_run(received) == {f"run-{run}": list(TYPES) for run in range(150)}
    assert backlog(database).backends[0].pending == 0


@pytest.mark.parametrize("catalog", ["answers", "is out of reach"])
def test_one_who_emits_is_killed(
    catalog: str, backend: BackendProcess, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = tmp_path / "emitted"
    note.touch()
    with monkeypatch.context() as patched:
        if catalog == "is out of reach":
            patched.setenv("AIRFLOW__HALLMARK__CATALOG_URL", "postgresql://127.0.0.1:1/catalog")
        for _ in range(3):
            before = len(note.read_text().splitlines())
            child = start(emit_on_and_on, str(note))
            until(lambda seen=before: len(note.read_text().splitlines()) > seen + 30)  # type: ignore[misc]
            kill(child)
    backend.start()
    delivered(database)

    # The last line may be half written.
    emitted = {tuple(line.split(" ")) for line in note.read_text().split("\n")[:-1]}
    in_store = keys(stored())
    assert emitted <= set(in_store)
    assert len(in_store) == len(set(in_store))
    assert len(in_store) <= len(emitted) + 3, "at most the event that was being emitted"
    assert keys(backend.received()) == in_store
    orders = types_by_run(backend.received()).values()
    assert all(list(TYPES[: len(order)]) == order for order in orders)


def test_two_empty_one_spool(backend: BackendProcess, database: Database) -> None:
    spool = Spool(Path(settings().lineage_spool))
    for one in runs(100):
        spool.put(json.dumps(one), one["run"]["runId"])
    children = [start(deliver_on_and_on) for _ in range(2)]
    backend.start()
    until(lambda: not spool.waiting())
    until(lambda: len(set(keys(backend.received()))) == 300)
    for child in children:
        kill(child)
    assert keys(stored()) == sorted(keys(runs(100)))
    assert types_by_run(backend.received()) == {f"run-{run}": list(TYPES) for run in range(100)}


def test_one_who_empties_a_spool_is_killed(database: Database) -> None:
    spool = Spool(Path(settings().lineage_spool))
    for one in runs(150):
        spool.put(json.dumps(one), one["run"]["runId"])
    child = start(deliver_on_and_on)
    until(lambda: len(spool.waiting()) < 450)
    kill(child)
    drain(database, spool, 60)
    assert spool.waiting() == []
    assert keys(stored()) == sorted(keys(runs(150)))


def test_a_task_goes_on_when_the_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__HALLMARK__CATALOG_URL", "postgresql://127.0.0.1:1/catalog")
    child = start(emit_onto_a_full_disk, str(tmp_path / "done"))
    child.join(60)
    assert child.exitcode == 0
    assert (tmp_path / "done").exists()
    assert [path for path in Path(settings().lineage_spool).rglob("*") if path.is_file()] == []
