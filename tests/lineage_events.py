"""OpenLineage events for tests, short to write, and the store that they make."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, delete, select

from hallmark.catalog import Catalog
from hallmark.catalog import lineage_tables as tables
from hallmark.catalog.tables import events
from hallmark.lineage.store.merging import key_of

__all__ = ["TOLD", "columns", "dataset", "dumped", "empty", "event", "rows_of"]

PRODUCER = "https://example.com/producer"
# Everything that events alone decide over.
TOLD = (
    events,
    tables.namespaces,
    tables.lineage_datasets,
    tables.symlinks,
    tables.schemas,
    tables.dataset_versions,
    tables.jobs,
    tables.lineage_runs,
    tables.run_io,
    tables.edges,
    tables.column_edges,
)

Dump = dict[str, dict[Any, Any]]


def rows_of(catalog: Catalog, table: Table) -> list[dict[str, Any]]:
    return catalog.database.read(lambda connection: [dict(row) for row in connection.execute(select(table)).mappings()])


def empty(catalog: Catalog) -> None:
    def clear(connection: Any) -> None:
        for table in TOLD:
            connection.execute(delete(table))

    catalog.database.write(clear)


def dumped(catalog: Catalog) -> Dump:
    return {table.name: {key_of(table, row): row for row in rows_of(catalog, table)} for table in TOLD}


def dataset(name: str, version: str | None = None, namespace: str = "file", **facets: Any) -> dict[str, Any]:
    told = {"version": {"datasetVersion": version}} if version else {}
    return {"namespace": namespace, "name": name, "facets": {**told, **facets}}


def columns(**sources: list[tuple[str, str]]) -> dict[str, Any]:
    """A columnLineage facet: each output column with the datasets and columns it is copied from."""
    identity = [{"type": "DIRECT", "subtype": "IDENTITY", "description": "", "masking": False}]
    fields = {
        output: {
            "inputFields": [
                {"namespace": "file", "name": name, "field": column, "transformations": identity}
                for name, column in inputs
            ]
        }
        for output, inputs in sources.items()
    }
    return {"fields": fields, "dataset": []}


def event(
    run: str,
    type_: str = "COMPLETE",
    at: int = 0,
    *,
    job: str = "load",
    parent: str | None = None,
    inputs: list[dict[str, Any]] | None = None,
    outputs: list[dict[str, Any]] | None = None,
    **facets: Any,
) -> dict[str, Any]:
    """An event of a run, ``at`` minutes after noon."""
    if parent:
        facets["parent"] = {"run": {"runId": parent}, "job": {"namespace": "default", "name": "dag"}}
    return {
        "eventType": type_,
        "eventTime": f"2026-03-01T{12 + at // 60:02d}:{at % 60:02d}:00Z",
        "run": {"runId": run, "facets": facets},
        "job": {"namespace": "default", "name": job, "facets": {}},
        "inputs": inputs or [],
        "outputs": outputs or [],
        "producer": PRODUCER,
    }
