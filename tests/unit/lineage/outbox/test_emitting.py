"""Events as tasks emit them, with a catalog that answers, hangs, is locked, or is not there."""

from __future__ import annotations

import json
import logging
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from openlineage.client import OpenLineageClient
from openlineage.client.event_v2 import Job, Run, RunEvent, RunState
from sqlalchemy import create_engine

from hallmark.catalog import open_catalog
from hallmark.catalog.engine import Database
from hallmark.config import settings
from hallmark.errors import CatalogError
from hallmark.lineage.outbox import Spool
from hallmark.lineage.outbox.draining import drain
from hallmark.lineage.outbox.emitting import Keeper, breaker_of
from hallmark.lineage.outbox.pulse import check, within
from hallmark.lineage.transport import CatalogTransport, Config
from lineage_backend import event

RUN = "01939b6f-8f3c-7c5e-9a34-1f1c62a1f7b5"


def emit(run_id: str = RUN, type_: str = "START", **changes: Any) -> None:
    CatalogTransport(Config()).emit(event(run_id, type_) | changes)


def stored(database: Database | None = None) -> list[str | None]:
    return sorted(str(one.event_type) for one in open_catalog().events())


@contextmanager
def listening(answer: bytes | None = None) -> Iterator[list[int]]:
    """A server at PostgreSQL's place: it takes connections, and then says nothing, or the same to all."""
    seen: list[int] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            held = []
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                seen.append(1)
                held.append(connection)
                if answer is not None:
                    connection.recv(8)
                    connection.sendall(answer)

        Thread(target=serve, daemon=True).start()
        with pytest.MonkeyPatch.context() as patched:
            url = f"postgresql://me:hush-hush@127.0.0.1:{server.getsockname()[1]}/catalog"
            patched.setenv("AIRFLOW__HALLMARK__CATALOG_URL", url)
            yield seen


def test_an_event_is_in_the_catalog_when_it_answers(spool: Spool) -> None:
    client = OpenLineageClient(config={"transport": {"type": "hallmark.lineage.transport.CatalogTransport"}})
    client.emit(
        RunEvent(
            eventTime="2026-11-23T06:00:00Z",
            eventType=RunState.START,
            run=Run(RUN),
            job=Job("production", "shop.clean"),
            producer="urn:x",
        )
    )
    assert stored() == ["START"]
    assert spool.waiting() == []


def test_a_server_that_hangs_costs_one_attempt_a_minute(spool: Spool, caplog: pytest.LogCaptureFixture) -> None:
    emit(eventTime="nonsense")  # what has to be imported is
    with listening() as seen:
        began = time.monotonic()
        emit()
        took = time.monotonic() - began
        emit(type_="COMPLETE")
        emit(run_id="another")
    assert len(seen) == 1
    assert took < 2, "0.2 s are allowed for, and a driver would wait for 4"
    assert [json.loads(path.read_text())["eventType"] for path in spool.waiting()] == ["START", "COMPLETE", "START"]
    assert "it did not answer within 0.2 s" in caplog.text
    assert "hush" not in caplog.text


def test_a_server_that_refuses_costs_nothing_and_is_asked_again(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    emit()
    monkeypatch.setenv("AIRFLOW__HALLMARK__CATALOG_URL", "postgresql://127.0.0.1:1/catalog")
    emit(type_="COMPLETE")
    assert not breaker_of(spool).is_open()
    monkeypatch.delenv("AIRFLOW__HALLMARK__CATALOG_URL")
    emit(type_="OTHER")
    assert (stored(), spool.waiting()) == (["COMPLETE", "OTHER", "START"], [])


def test_what_is_no_postgresql_is_said_to_be_none(spool: Spool, caplog: pytest.LogCaptureFixture) -> None:
    with listening(b"HTTP/1.1 400 Bad Request"):
        emit()
    assert len(spool.waiting()) == 1
    assert "is no PostgreSQL" in caplog.text


def test_a_locked_file_holds_a_task_up_once(spool: Spool, database: Database) -> None:
    emit()
    with sqlite3.connect(str(database.file), isolation_level=None) as locker:
        locker.execute("BEGIN IMMEDIATE")
        emit(type_="RUNNING")
        began = time.monotonic()
        emit(type_="COMPLETE")
        assert time.monotonic() - began < 0.2, "the breaker is open"
        locker.execute("ROLLBACK")
    locker.close()
    assert len(spool.waiting()) == 2
    breaker_of(spool).reset()
    emit(type_="OTHER")
    assert (stored(), spool.waiting()) == (["COMPLETE", "OTHER", "RUNNING", "START"], [])


def test_an_event_does_not_overtake_those_of_its_run_that_wait(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    spool.put(json.dumps(event(RUN, "START")), RUN)
    with spool.alone():  # somebody else is emptying it
        emit(type_="COMPLETE")
        emit(run_id="another", type_="START")
    assert [json.loads(path.read_text())["eventType"] for path in spool.waiting()] == ["START", "COMPLETE"]
    assert [one.run_id for one in open_catalog().events()] == ["another"]


def test_what_the_catalog_refuses_is_kept_aside_with_the_reason(spool: Spool, caplog: pytest.LogCaptureFixture) -> None:
    emit(eventTime="yesterday")
    assert (spool.waiting(), spool.refused()) == ([], 1)
    assert "'yesterday'" in caplog.text


def test_a_wrong_event_in_the_spool_does_not_stop_the_others(spool: Spool, database: Database) -> None:
    for text in ('{"eventTime": "x"}', "no json", json.dumps(event(RUN)), "\x00"):
        spool.put(text, RUN)
    drained = drain(database, spool, 5)
    assert (drained.moved, drained.refused, drained.left) == (1, 3, 0)
    assert stored() == ["START"]
    assert spool.refused() == 3


def test_a_catalog_without_a_free_connection_refuses_no_event(spool: Spool, database: Database) -> None:
    spool.put(json.dumps(event(RUN)), RUN)
    one = create_engine(database.url, pool_size=1, max_overflow=0, pool_timeout=0.05)
    with one.connect(), pytest.raises(CatalogError, match=r"all connections .* are in use"):
        drain(replace(database, engine=one), spool, 5)
    one.dispose()
    assert (len(spool.waiting()), spool.refused()) == (1, 0)


def test_an_event_that_is_handed_in_again_is_kept_once(spool: Spool, database: Database) -> None:
    for _ in range(3):
        spool.put(json.dumps(event(RUN)), RUN)
    assert drain(database, spool, 5).moved == 3
    assert stored() == ["START"]


def test_a_mistake_in_the_options_loses_nothing(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__HALLMARK__LINEAGE_BACKENDS", "{")
    emit()
    assert len(spool.waiting()) == 1
    monkeypatch.delenv("AIRFLOW__HALLMARK__LINEAGE_BACKENDS")
    emit(type_="COMPLETE")
    assert stored() == ["COMPLETE", "START"]


@pytest.mark.parametrize(
    ("option", "value"), [("CATALOG_URL", "mysql://h/x"), ("CATALOG_URL", "??"), ("CATALOG_CONN_ID", "unknown_here")]
)
def test_an_address_that_cannot_be_read_loses_nothing(
    spool: Spool, monkeypatch: pytest.MonkeyPatch, option: str, value: str
) -> None:
    monkeypatch.setenv(f"AIRFLOW__HALLMARK__{option}", value)
    emit()
    monkeypatch.delenv(f"AIRFLOW__HALLMARK__{option}")
    assert len(spool.waiting()) == 1
    emit(type_="COMPLETE")
    assert stored() == ["COMPLETE", "START"]


def test_a_task_goes_on_when_nothing_can_be_written(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # Not even the superuser makes a folder there.
    monkeypatch.setenv("AIRFLOW__HALLMARK__LINEAGE_SPOOL", "/proc/hallmark/spool")
    monkeypatch.setenv("AIRFLOW__HALLMARK__CATALOG_URL", "postgresql://127.0.0.1:1/catalog")
    emit()
    lost = [record for record in caplog.records if "is lost" in record.message]
    assert len(lost) == 1
    assert lost[0].levelno == logging.WARNING


def test_a_spool_that_cannot_be_written_does_not_matter_while_the_catalog_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AIRFLOW__HALLMARK__LINEAGE_SPOOL", "/proc/hallmark/spool")
    emit()
    assert stored() == ["START"]


def test_a_spool_that_nobody_empties_is_pointed_out(
    spool: Spool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("hallmark.lineage.outbox.emitting.MANY", 2)
    monkeypatch.setenv("AIRFLOW__HALLMARK__CATALOG_URL", "postgresql://127.0.0.1:1/catalog")
    for _ in range(4):
        emit()
    assert f"3 lineage events wait in {spool.folder}" in caplog.text


def test_the_keeper_says_where_an_event_is() -> None:
    keeper = Keeper(settings())
    assert keeper.keep(json.dumps(event(RUN)), RUN) == "catalog"
    breaker_of(keeper.spool).trip()
    assert keeper.keep(json.dumps(event(RUN, "COMPLETE")), RUN) == "spool"


def test_work_that_hangs_is_not_waited_for() -> None:
    with pytest.raises(TimeoutError):
        within(0.01, lambda: time.sleep(0.5))
    assert within(5, lambda: 42) == 42
    with pytest.raises(ZeroDivisionError):
        within(5, lambda: 1 // 0)


@pytest.mark.parametrize(
    "url",
    ["postgresql://h:1/x", "postgresql:///x?host=/no/such&port=7", "postgresql:///x?host=127.0.0.1:1&host=127.0.0.1:2"],
)
def test_every_place_of_a_server_is_asked(url: str) -> None:
    from hallmark.catalog.address import normal_url

    with pytest.raises(OSError, match=r"."):
        check(normal_url(url.replace("h:1", "127.0.0.1:1")), 0.2)


def test_a_file_that_is_no_database_is_no_sign_of_life(tmp_path: Path) -> None:
    from hallmark.catalog.address import normal_url

    (tmp_path / "x.db").write_text("no database at all, and long enough to be looked at" * 20)
    with pytest.raises(sqlite3.Error):
        check(normal_url(f"sqlite:///{tmp_path}/x.db"), 0.2)
