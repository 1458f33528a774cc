"""Whatever the order, the batches and the repetitions: the same events make the same store."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hallmark.catalog import Catalog
from hallmark.lineage.store import ingest
from lineage_events import columns, dataset, dumped, empty, event

NAMES = st.sampled_from(["/a", "/b", "/c", "/d"])
ALIASES = st.sampled_from(["/a", "/b", "x", "y"])


@st.composite
def datasets(draw: st.DrawFn) -> dict[str, Any]:
    facets: dict[str, Any] = {}
    if draw(st.booleans()):
        facets["schema"] = {"fields": [{"name": draw(st.sampled_from("pqr")), "type": "INT"}]}
    if draw(st.integers(0, 4)) == 0:
        facets["symlinks"] = {"identifiers": [{"namespace": "file", "name": draw(ALIASES), "type": "TABLE"}]}
    if draw(st.booleans()):
        facets["columnLineage"] = columns(p=[(draw(NAMES), draw(st.sampled_from("pqr")))])
    if draw(st.integers(0, 3)) == 0:
        facets["dataQualityAssertions"] = {"assertions": [{"assertion": "x", "success": draw(st.booleans())}]}
    return dataset(draw(NAMES), draw(st.sampled_from([None, "1", "2"])), **facets)


@st.composite
def events(draw: st.DrawFn) -> dict[str, Any]:
    at = draw(st.integers(0, 9))
    kind = draw(st.sampled_from(["run"] * 6 + ["job", "dataset"]))
    told = event(
        draw(st.sampled_from(["r1", "r2", "r3", "r4"])),
        draw(st.sampled_from(["START", "RUNNING", "COMPLETE", "FAIL"])),
        at,
        job=draw(st.sampled_from(["load", "join"])),
        parent=draw(st.sampled_from([None, "d1", "d2"])),
        inputs=draw(st.lists(datasets(), max_size=2)),
        outputs=draw(st.lists(datasets(), max_size=2)),
    )
    if kind == "job":
        del told["run"], told["eventType"]
    if kind == "dataset":
        told = {"eventTime": told["eventTime"], "dataset": draw(datasets()), "producer": told["producer"]}
    return told


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=st.lists(events(), max_size=12), seed=st.integers(0, 2**16))
def test_order_batches_and_duplicates_change_nothing(catalog: Catalog, told: list[dict[str, Any]], seed: int) -> None:
    empty(catalog)
    ingest(catalog.database, told)
    once = dumped(catalog)
    empty(catalog)
    shuffled = random.Random(seed)
    again = [*told, *shuffled.choices(told, k=3)] if told else []
    shuffled.shuffle(again)
    while again:
        size = shuffled.randint(1, 4)
        ingest(catalog.database, again[:size])
        del again[:size]
    assert dumped(catalog) == once


def pipeline(days: int = 6) -> list[dict[str, Any]]:
    """Some days of a pipeline of ten tasks, each reading what the one before wrote."""
    return [
        told
        for day in range(days)
        for task in range(10)
        for told in (
            event(f"r{day}-{task}", "START", day * 60 + task, job=f"t{task}", parent=f"d{day}"),
            event(
                f"r{day}-{task}",
                "COMPLETE",
                day * 60 + task + 1,
                job=f"t{task}",
                parent=f"d{day}",
                inputs=[dataset(f"/{task}", str(day))],
                outputs=[dataset(f"/{task + 1}", str(day), columnLineage=columns(p=[(f"/{task}", "p")]))],
            ),
        )
    ]


@pytest.mark.parametrize("workers", [1, 4])
def test_postgresql_keeps_the_same_as_sqlite_however_many_write(
    catalog: Catalog, postgres: Catalog, workers: int
) -> None:
    told = pipeline()
    assert ingest(catalog.database, told).stored == len(told)
    empty(postgres)
    mixed = [*told, *told]
    random.Random(7).shuffle(mixed)
    parts = [mixed[part::workers] for part in range(workers)]
    with ThreadPoolExecutor(workers) as pool:
        done = list(pool.map(lambda part: ingest(postgres.database, part), parts))
    assert sum(one.stored for one in done) == len(told)
    assert sum(one.duplicate for one in done) == len(told)
    assert dumped(postgres) == dumped(catalog)


def test_several_processes_share_a_sqlite_file(catalog: Catalog) -> None:
    told = pipeline(2)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda one: ingest(catalog.database, [one]), told))
    apart = dumped(catalog)
    empty(catalog)
    ingest(catalog.database, told)
    assert dumped(catalog) == apart
