"""The catalog's server stops, hangs and comes again while tasks emit."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest

from hallmark.catalog import open_catalog, upgrade
from hallmark.catalog.address import normal_url
from hallmark.catalog.engine import connect
from hallmark.config import settings
from hallmark.errors import CatalogError
from hallmark.lineage.outbox import Pruned, Spool, backlog, deliver, prune
from hallmark.lineage.outbox.emitting import breaker_of
from hallmark.lineage.store import ingest
from hallmark.lineage.transport import CatalogTransport, Config
from lineage_backend import Receiver, event, receiving, types_by_run
from postgres import running_server

TYPES = ("START", "RUNNING", "COMPLETE")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with running_server(tmp_path_factory.mktemp("runtime")) as running:
        yield running


@pytest.fixture
def receiver(server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    monkeypatch.setenv("AIRFLOW__HALLMARK__CATALOG_URL", server.get_uri())
    upgrade()
    with receiving() as one:
        config = {"marquez": {"type": "http", "url": one.url}}
        monkeypatch.setenv("AIRFLOW__HALLMARK__LINEAGE_BACKENDS", json.dumps(config))
        yield one


def emit(run: str, type_: str) -> None:
    CatalogTransport(Config()).emit(event(run, type_))


def spool() -> Spool:
    return Spool(Path(settings().lineage_spool))


def stored(prefix: str) -> dict[str, list[str]]:
    events = [dict(one.body) for one in reversed(open_catalog().events(limit=1000))]
    mine = [one for one in events if one["run"]["runId"].startswith(prefix)]
    assert len(mine) == sum(map(len, types_by_run(mine).values())), "none twice"
    return {run: sorted(types) for run, types in types_by_run(mine).items()}


def everything(runs: list[str]) -> dict[str, list[str]]:
    return {run: sorted(TYPES) for run in runs}


def test_a_server_that_stops_and_starts_again(server: Any, receiver: Receiver) -> None:
    runs = [f"stop-{n}" for n in range(5)]
    for run in runs:
        emit(run, "START")
    assert spool().waiting() == []

    server.stop()
    for run in runs:
        emit(run, "RUNNING")
    assert len(spool().waiting()) == 5
    with pytest.raises(CatalogError):
        deliver(connect(normal_url(settings().catalog_url), patience=0))

    server.start()
    breaker_of(spool()).reset()
    for run in runs:
        emit(run, "COMPLETE")
    done = deliver(open_catalog().database)
    assert (done.left, spool().waiting()) == (0, [])
    assert stored("stop-") == everything(runs)
    mine = {run: types for run, types in types_by_run(receiver.events).items() if run in runs}
    assert mine == {run: list(TYPES) for run in runs}


def test_a_server_that_hangs_holds_a_task_up_once_a_minute(server: Any, receiver: Receiver) -> None:
    emit("hang-0", "START")
    processes = [psutil.Process(server.get_pid())]
    processes += processes[0].children(recursive=True)
    for process in processes:
        process.send_signal(signal.SIGSTOP)
    try:
        began = time.monotonic()
        emit("hang-0", "RUNNING")
        emit("hang-0", "COMPLETE")
        took = time.monotonic() - began
    finally:
        for process in processes:
            process.send_signal(signal.SIGCONT)
    assert took < 2, "0.2 s are allowed for; a driver would wait for ever"
    assert len(spool().waiting()) == 2
    assert deliver(open_catalog().database).left == 0
    assert stored("hang-") == everything(["hang-0"])
    assert types_by_run(receiver.events)["hang-0"] == list(TYPES)


def test_a_server_that_stops_while_events_are_delivered(server: Any, receiver: Receiver) -> None:
    runs = [f"mid-{n}" for n in range(40)]
    for type_ in TYPES:
        for run in runs:
            emit(run, type_)

    def stop(_event: Any) -> Any:
        if len(receiver.events) == 70:
            server.stop()
        return 201, {}, ""

    receiver.answer = stop
    database = connect(normal_url(settings().catalog_url), patience=0)
    with pytest.raises(CatalogError):
        deliver(database, lease_seconds=1)
    server.start()
    receiver.answer = lambda _event: (201, {}, "")
    assert backlog(open_catalog().database).backends[0].pending > 0
    database = open_catalog().database
    # The one who failed could not give its lease back.
    until = time.monotonic() + 60
    while deliver(database).left:
        assert time.monotonic() < until
        time.sleep(0.2)
    assert stored("mid-") == everything(runs)
    mine = [one for one in receiver.events if one["run"]["runId"] in runs]
    assert types_by_run(mine) == {run: list(TYPES) for run in runs}
    assert len(mine) <= 120 + 50


def test_what_is_old_goes_from_a_server_too(receiver: Receiver) -> None:
    old = [event(f"old-{n}", type_) | {"eventTime": f"2020-01-0{n}T00:00:00Z"} for n in range(1, 9) for type_ in TYPES]
    for one in old:
        one["outputs"][0]["facets"] = columns_of(one["run"]["runId"])
    database = open_catalog().database
    ingest(database, [*old, event("young", "COMPLETE")])
    assert deliver(database).left == 0
    would = prune(database, timedelta(days=365), dry_run=True)
    assert would == prune(database, timedelta(days=365)) == Pruned(events=24, runs=8, columns=8)
    assert stored("old-") == {}
    assert prune(database, timedelta(days=365)) == Pruned(0, 0, 0)


def columns_of(name: str) -> dict[str, Any]:
    field = {"inputFields": [{"namespace": "file", "name": "/lake/raw", "field": name}]}
    return {"columnLineage": {"fields": {"b": field}}}
