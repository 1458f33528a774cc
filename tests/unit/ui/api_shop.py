"""A shop whose lineage the tests ask for, and the clients they ask with."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import uvicorn
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from hallmark.catalog import Catalog
from hallmark.governance import create

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
# A namespace and a name that a path has to be asked carefully for.
SHOP, ORDERS = "postgres://shop:5432", "shop.public/orders, ünpaid%2F?#"
LAKE = "file"


@contextmanager
def client(app: FastAPI, token: str | None = None) -> Iterator[TestClient]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    mounted = Starlette(routes=[Mount("/hallmark", app)])
    with TestClient(mounted, "http://test/hallmark/api/v1", headers=headers, raise_server_exceptions=False) as opened:
        yield opened


def token(catalog: Catalog, *scopes: str, name: str | None = None) -> str:
    return create(catalog.database, name or f"for {' and '.join(scopes)}", scopes, created_by="a test")[1]


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """Run the app in a real server, and give the address that clients of Marquez are given."""
    config = uvicorn.Config(Starlette(routes=[Mount("/hallmark", app)]), port=0, log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/hallmark"
    finally:
        server.should_exit = True
        thread.join(20)


def run_id(number: int) -> str:
    return str(UUID(int=number, version=4))


def event(job: str, number: int, type_: str = "COMPLETE", hours: float = 0, **parts: Any) -> dict[str, Any]:
    return {
        "eventType": type_,
        "eventTime": (NOON + timedelta(hours=hours)).isoformat(),
        "run": {"runId": run_id(number), "facets": parts.pop("run_facets", {})},
        "job": {"namespace": parts.pop("namespace", "shop"), "name": job, "facets": parts.pop("job_facets", {})},
        "producer": "urn:test",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        **parts,
    }


def dataset(namespace: str, name: str, *columns: str, version: str | None = None, **facets: Any) -> dict[str, Any]:
    if columns:
        facets["schema"] = {"fields": [{"name": column, "type": "int"} for column in columns]}
    if version:
        facets["version"] = {"datasetVersion": version}
    return {"namespace": namespace, "name": name, "facets": facets}


def made_of(**columns: tuple[str, str, str]) -> dict[str, Any]:
    """A columnLineage facet: each column is one other column as it is."""
    kept = {"type": "DIRECT", "subtype": "IDENTITY", "description": "as it is", "masking": False}
    return {
        "fields": {
            column: {"inputFields": [{"namespace": namespace, "name": name, "field": field, "transformations": [kept]}]}
            for column, (namespace, name, field) in columns.items()
        }
    }


def shop() -> list[dict[str, Any]]:
    raw, clean, report = "/lake/raw", "/lake/clean", "/lake/report"
    told = []
    for day in (0, 1):
        at = day * 24.0
        version = f"v{day}"
        told += [
            event("load", 10 + day, "START", at),
            event(
                "load",
                10 + day,
                "COMPLETE",
                at + 1,
                inputs=[dataset(SHOP, ORDERS, "id", "amount")],
                outputs=[
                    dataset(
                        LAKE,
                        raw,
                        "id",
                        "amount",
                        version=version,
                        columnLineage=made_of(id=(SHOP, ORDERS, "id"), amount=(SHOP, ORDERS, "amount")),
                    )
                ],
                job_facets={"documentation": {"description": "Loads."}, "sql": {"query": "select 1"}},
            ),
            event(
                "clean",
                20 + day,
                "COMPLETE",
                at + 2,
                inputs=[dataset(LAKE, raw, version=version)],
                outputs=[
                    dataset(
                        LAKE,
                        clean,
                        "id",
                        "amount",
                        version=version,
                        columnLineage=made_of(amount=(LAKE, raw, "amount")),
                    )
                ],
            ),
        ]
    checked = {"assertions": [{"assertion": "not_null", "column": "amount", "success": False, "severity": "error"}]}
    return [
        *told,
        event(
            "report",
            31,
            "FAIL",
            27,
            inputs=[dataset(LAKE, clean, version="v1")],
            outputs=[dataset(LAKE, report, dataQualityAssertions=checked)],
            run_facets={"errorMessage": {"message": "no report", "programmingLanguage": "PYTHON"}},
        ),
    ]
