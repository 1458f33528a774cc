"""What lineage costs a task, and taking events in: functions that return seconds for one event, receipt or query."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import uuid4

from sql_shapes import TABLES, long_query, relations
from sqlalchemy import insert
from warehouse import Warehouse

from hallmark.catalog import Catalog, open_catalog
from hallmark.catalog.tables import events
from hallmark.dataset import Column, DatasetVersion
from hallmark.lineage.outbox.typed import typed
from hallmark.lineage.store import ingest
from hallmark.receipt import ColumnEdge, ColumnLineage, Receipt, StageRun

__all__ = ["bodies_alone", "emitting", "facets", "ingesting", "sql_lineage", "told"]

BATCH = 500
Seconds = Iterator[float]


def told(batched: int, alone: int) -> tuple[list[str], list[str]]:
    """Return events to be taken in together, and others one by one, of jobs that are known by then."""
    warehouse = Warehouse(datasets=1000, jobs=batched // 6, days=4)
    told = warehouse.told()
    return list(islice(told, batched)), list(islice(told, alone))


def ingesting(catalog: Catalog, texts: Sequence[str], size: int) -> Seconds:
    """Take events in, so many at a time."""
    for some in _parts(texts, size):
        began = time.perf_counter()
        assert ingest(catalog.database, some).stored == len(some)
        yield (time.perf_counter() - began) / len(some)


def bodies_alone(catalog: Catalog, texts: Sequence[str], size: int) -> Seconds:
    """The floor: the same events into their one table, read and written by nobody."""
    now = datetime.now(UTC)
    for some in _parts(texts, size):
        rows = [{"event_id": str(uuid4()), "event_time": now, "body": json.loads(text)} for text in some]
        began = time.perf_counter()
        catalog.database.write(lambda connection, rows=rows: connection.execute(insert(events), rows))  # type: ignore[misc]
        yield (time.perf_counter() - began) / len(some)


def emitting(transport: Any, texts: Iterable[str]) -> Seconds:
    """Hand events to a transport as Airflow's provider does, one by one."""
    for text in texts:
        event = typed(json.loads(text))
        began = time.perf_counter()
        transport.emit(event)
        yield time.perf_counter() - began


def transports(folder: Path, urls: dict[str, str]) -> Iterator[tuple[str, Any]]:
    """Yield OpenLineage's transport to a file, and Hallmark's to each of some catalogs."""
    from openlineage.client.transport.file import FileConfig, FileTransport
    from openlineage.client.transport.transport import Config

    from hallmark.lineage.transport import CatalogTransport

    yield "file", FileTransport(FileConfig(log_file_path=str(folder / "events.json"), append=True))
    for name, url in urls.items():
        os.environ["AIRFLOW__HALLMARK__CATALOG_URL"] = url
        open_catalog(url=url)
        yield name, CatalogTransport(Config())


def facets(times: int) -> Seconds:
    """Make what Airflow's provider asks an operator for, of a receipt with 20 columns and 50 checks."""
    from hallmark.stages.openlineage import lineage_of

    receipt = _receipt(20, 50)
    for _ in range(times):
        began = time.perf_counter()
        assert lineage_of(receipt).outputs
        yield time.perf_counter() - began


def sql_lineage(lines: int, times: int) -> Iterator[tuple[str, list[float]]]:
    """Yield the readers of a query's lineage, and how long each takes."""
    import openlineage_sql
    import sqlglot
    from sqlglot.lineage import lineage

    from hallmark.lineage.sql import column_lineage

    query, tables = long_query(lines), relations()
    schema = {name: dict.fromkeys(columns, "varchar") for name, columns in TABLES.items()}
    for name, read in (
        ("Hallmark: all columns, and what decides", lambda: column_lineage(query, tables)),
        ("sqlglot: parse alone", lambda: sqlglot.parse_one(query, dialect="duckdb")),
        ("sqlglot: lineage of one column", lambda: lineage("amount", query, schema=schema, dialect="duckdb")),
        ("openlineage_sql: parse", lambda: openlineage_sql.parse([query], "generic")),
    ):
        yield name, list(_timed(read, times))


def _timed(work: Callable[[], object], times: int) -> Seconds:
    for _ in range(times):
        began = time.perf_counter()
        work()
        yield time.perf_counter() - began


def _parts(texts: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(texts), size):
        yield texts[start : start + size]


def _receipt(width: int, checks: int) -> Receipt:
    columns = tuple(Column(f"column_{n}", "BIGINT", description="Something.") for n in range(width))
    read = tuple(DatasetVersion(f"shop/{name}", "file", f"/lake/{name}", "7", columns=columns, rows=5) for name in "ab")
    edge = ColumnEdge("file", "/lake/a", "column_1", "DIRECT", "TRANSFORMATION", "column_1 + 1")
    figures = {"nulls": 0, "distinct": 9, "min": 0.0, "max": 9.0, "sum": 45.0, "mean": 4.5, "quantiles": {"0.5": 4.0}}
    return Receipt(
        id="6ecd8c99-4036-403d-bf84-cf8400f67836",
        run=StageRun("shop", "join", "manual", operator="TransformOperator", kind="transform"),
        state="published",
        started_at=datetime.now(UTC),
        inputs=read,
        output=DatasetVersion("shop/c", "file", "/lake/c", "8", columns=columns, rows=5, bytes=9, files=1),
        gate={"success": True, "results": [_result(columns[n % width].name) for n in range(checks)]},
        profile={"rows": 5, "columns": dict.fromkeys((column.name for column in columns), figures)},
        sql=long_query(300),
        columns=ColumnLineage({column.name: (edge,) * 3 for column in columns}, (edge,)),
    )


def _result(column: str) -> dict[str, Any]:
    kwargs = {"column": column, "min_value": 0, "max_value": 9}
    config = {"type": "expect_column_values_to_be_between", "kwargs": kwargs, "severity": "critical", "meta": {}}
    return {"success": True, "expectation_config": config, "result": {"element_count": 5, "unexpected_count": 0}}
