from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from hallmark.catalog import Catalog, current_revision, head_revision, open_catalog, upgrade
from hallmark.catalog.tables import model_aliases
from hallmark.dataset import Column, Dataset, DatasetVersion
from hallmark.lineage.store import ingest
from hallmark.receipt import Receipt, StageRun
from lineage_events import dataset, event

WRITERS, EACH = 4, 8
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SHARED = Dataset("flights/clean", owner="data-engineering", schema=(Column("carrier", "VARCHAR"),))
GATE = {"success": True, "results": [{"success": True, "expectation_config": {"type": "e", "kwargs": {}}}] * 3}


@contextmanager
def processes() -> Iterator[ProcessPoolExecutor]:
    # Spawned, as independent workers are; a fork is tested on its own.
    with ProcessPoolExecutor(WRITERS, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool


def published(number: int) -> Receipt:
    """Every receipt is of its own run, and writes the dataset that all others write."""
    output = DatasetVersion("flights/clean", "file", "/lake/flights/clean", str(number), rows=number)
    moment = NOON + timedelta(seconds=number)
    return Receipt(
        f"r{number}", StageRun("d", f"t{number}", "r"), "published", moment, moment, output=output, gate=GATE
    )


def write(url: str, writer: int) -> int:
    catalog = open_catalog(url=url)
    for number in range(EACH):
        one = published(writer * EACH + number)
        catalog.record(one, SHARED)
        catalog.record(published(0), SHARED)
        trained = DatasetVersion("m", "mlflow", "m", "1", kind="model")
        catalog.record(one.with_(id=f"m{one.id}", output=trained, metrics={one.id: 1.0}))
        ingest(catalog.database, [event(f"run-{number}", inputs=[dataset("/lake/flights/clean")])])
    return os.getpid()


def test_many_processes_create_and_write_one_catalog_at_once(url: str) -> None:
    if url.startswith("postgresql"):
        upgrade(url)
    with processes() as pool:
        pids = list(pool.map(write, [url] * WRITERS, range(WRITERS)))
    assert len(set(pids)) > 1
    catalog = open_catalog(url=url)
    detail = catalog.dataset("flights/clean")
    assert len(detail.versions) == WRITERS * EACH
    assert detail.latest_version == str(WRITERS * EACH - 1)
    assert len(catalog.model("m").versions[0].metrics) == WRITERS * EACH
    assert len(catalog.receipts(dataset="flights/clean")) == WRITERS * EACH
    assert len(catalog.gate("r0").results) == 3
    assert len(catalog.events()) == EACH
    catalog.database.engine.dispose()


def test_many_processes_may_upgrade_at_once(url: str) -> None:
    with processes() as pool:
        assert set(pool.map(upgrade, [url] * WRITERS)) == {head_revision()}
    assert current_revision(url) == head_revision()


def test_a_forked_child_uses_a_connection_of_its_own(
    catalog: Catalog, receipt: Callable[..., Any], version: Callable[..., Any]
) -> None:
    catalog.record(receipt(version(1)))
    url = catalog.database.url.render_as_string(hide_password=False)
    child = multiprocessing.get_context("fork").Process(target=write, args=(url, 0))
    child.start()
    for number in range(2, 8):
        catalog.record(replace(receipt(version(number, "other"), at=number)))
    child.join(30)
    assert child.exitcode == 0
    assert len(catalog.dataset("other").versions) == 6


def test_a_write_may_depend_on_what_it_read_first(catalog: Catalog) -> None:
    at_once = replace(catalog.database, patience=0)

    def count_up(connection: Connection) -> None:
        found = connection.scalar(select(model_aliases.c.version).with_for_update())
        connection.execute(update(model_aliases).values(version=str(int(found or 0) + 1)))

    catalog.set_alias("m", "counter", "0")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: at_once.write(count_up), range(40)))
    assert at_once.read(lambda connection: connection.scalar(select(model_aliases.c.version))) == "40"


@pytest.mark.parametrize("threads", [12])
def test_threads_share_an_open_catalog(catalog: Catalog, threads: int) -> None:
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda number: catalog.record(published(number), SHARED), range(threads)))
    assert len(catalog.dataset("flights/clean").versions) == threads
