"""How long retention holds up who tells events: half of a copy of the large catalog goes, and events come meanwhile."""

from __future__ import annotations

import multiprocessing
import shutil
import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from multiprocessing.process import BaseProcess
from pathlib import Path

from lineage_graph import prepared
from sqlalchemy import func, select
from warehouse import BEGIN, Warehouse

from hallmark.catalog import Catalog, open_catalog
from hallmark.catalog.tables import events
from hallmark.lineage.store import ingest

__all__ = ["held_up"]

# So long is looked on; what has gone by then is told.
SECONDS = 60
# A task tells an event.
EVERY = 0.05


def held_up(folder: Path, warehouse: Warehouse, scratch: Path) -> Iterator[tuple[str, str]]:
    """Yield how long events took to be kept before and while old ones go, and how many went."""
    source = prepared(folder, warehouse)
    source.database.engine.dispose()
    place = scratch / "retention.db"
    shutil.copyfile(str(source.database.file), place)
    catalog = open_catalog(url=f"sqlite:///{place}")
    # Days that the catalog does not have yet.
    later = Warehouse(warehouse.datasets, warehouse.jobs, warehouse.days + 1)
    told = later.told(first=warehouse.jobs * warehouse.days)
    yield "an event, before: median, longest", _shown(_keeping(catalog, islice(told, 200)))
    before = _count(catalog)
    pruning = multiprocessing.get_context("spawn").Process(target=_prune, args=(str(place), warehouse.days))
    pruning.start()
    yield "an event, meanwhile: median, longest", _shown(_keeping(catalog, _while(pruning, told)))
    yield f"events gone in at most {SECONDS} s", f"{before - _count(catalog):,}"
    pruning.terminate()
    pruning.join()


def _prune(place: str, days: int) -> None:
    from hallmark.lineage.outbox import prune

    prune(open_catalog(url=f"sqlite:///{place}").database, timedelta(days=days / 2), now=BEGIN + timedelta(days=days))


def _while(process: BaseProcess, told: Iterator[str]) -> Iterator[str]:
    until = time.monotonic() + SECONDS
    while process.is_alive() and time.monotonic() < until:
        yield next(told)


def _keeping(catalog: Catalog, told: Iterator[str]) -> list[float]:
    took = []
    for text in told:
        began = time.perf_counter()
        ingest(catalog.database, [text])
        took.append(time.perf_counter() - began)
        time.sleep(EVERY)
    return took


def _shown(took: list[float]) -> str:
    return f"{statistics.median(took) * 1000:.0f} ms, {max(took) * 1000:.0f} ms"


def _count(catalog: Catalog) -> int:
    now = datetime.now(UTC)
    query = select(func.count()).select_from(events).where(events.c.event_time < now)
    return catalog.database.read(lambda connection: connection.scalar(query)) or 0
