from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from api_shop import client, token
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import create_engine
from starlette.testclient import TestClient

from hallmark.catalog import Catalog
from hallmark.governance import create, revoke
from hallmark_ui.api.access import NEEDS
from hallmark_ui.api.app import create_app

OPEN = {"/api/openapi.json"}
# Asks for a user of the UI alone: whoever watches over an Airflow has a login.
HEALTH = "/api/health"
APP = create_app()
ROUTES = [(method, route) for route in APP.routes if isinstance(route, APIRoute) for method in sorted(route.methods)]


def need_of(route: APIRoute) -> list[str]:
    return [d.call.need for d in route.dependant.dependencies if hasattr(d.call, "need")]


def path_of(route: APIRoute) -> str:
    return re.sub(r"{\w+}", "jobs", route.path_format)


def named(case: tuple[str, APIRoute]) -> str:
    return f"{case[0]} {case[1].path_format}"


def request(opened: TestClient, method: str, route: APIRoute, **options: Any) -> Any:
    return opened.request(method, f"http://test/hallmark{path_of(route)}", **options)


def guarded(need: str) -> list[tuple[str, APIRoute]]:
    return [(method, route) for method, route in ROUTES if need in need_of(route)]


def test_every_route_but_the_description_is_guarded_once() -> None:
    loose = {route.path for route in APP.routes if not isinstance(route, APIRoute)}

    assert loose == OPEN
    assert {route.path for _, route in ROUTES if len(need_of(route)) != 1} == {HEALTH}
    assert {need for _, route in ROUTES for need in need_of(route)} == set(NEEDS)


def test_what_changes_something_needs_more_than_to_read() -> None:
    assert {method for method, _ in guarded("lineage:read")} == {"GET"}
    assert not {method for method, _ in guarded("lineage:write")} & {"GET"}


@pytest.mark.parametrize("case", ROUTES, ids=named)
def test_nobody_gets_in_without_credentials(case: tuple[str, APIRoute]) -> None:
    with client(APP) as opened:
        answer = request(opened, *case, content=b"{", params={"limit": -1})

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 401


def test_a_token_reads_or_writes_only_what_its_scope_says(app: FastAPI, catalog: Catalog) -> None:
    for scope in ("lineage:read", "lineage:write"):
        with client(app, token(catalog, scope)) as opened:
            for need in NEEDS:
                for method, route in guarded(need):
                    status = request(opened, method, route).status_code
                    assert (status == 403) is (need != scope), (scope, method, route.path, status)
                    assert status < 500


def test_a_token_that_is_unknown_expired_or_revoked_is_no_credential(app: FastAPI, catalog: Catalog) -> None:
    scopes, old = ["lineage:read"], datetime.now(UTC) - timedelta(days=2)
    _, expired = create(catalog.database, "old", scopes, created_by="me", life=timedelta(days=1), now=old)
    _, revoked = create(catalog.database, "gone", scopes, created_by="me")
    revoke(catalog.database, "gone")

    for secret in (expired, revoked, "hmk_" + "x" * 43, "hmk_", "hmk_ünbekannt".encode()):
        bearer = b"Bearer " + (secret if isinstance(secret, bytes) else secret.encode())
        with client(app) as opened:
            assert opened.get("/jobs", headers={"Authorization": bearer}).status_code == 401


@pytest.mark.parametrize("header", ["Basic aG1rXzpobWs=", "Bearer", "Bearer ", "hmk_x", ""])
def test_another_kind_of_credentials_is_none(header: str) -> None:
    with client(APP) as opened:
        assert opened.get("/jobs", headers={"Authorization": header}).status_code == 401


@pytest.mark.parametrize(
    ("site", "status"), [("cross-site", 403), ("same-site", 403), ("same-origin", 401), ("none", 401)]
)
def test_a_cookie_changes_nothing_for_a_page_of_elsewhere(site: str, status: int) -> None:
    headers = {"Sec-Fetch-Site": site, "Cookie": "_token="}
    with client(APP) as opened:
        changing = opened.post("/tokens", content=b"{}", headers=headers)
        reading = opened.get("/tokens", headers=headers)

    assert (changing.status_code, reading.status_code) == (status, 401)


def test_the_description_is_open_as_airflows_own_is() -> None:
    with client(APP) as opened:
        described = opened.get("http://test/hallmark/api/openapi.json").json()

    operations = [one for path in described["paths"].values() for one in path.values()]
    assert all(one["summary"] and one["tags"] and one["security"] for one in operations)
    assert {"bearer", "cookie"} <= set(described["components"]["securitySchemes"])
    assert "requestBody" in described["paths"]["/api/v1/lineage"]["post"]


def test_a_catalog_out_of_reach_is_told_without_saying_where_it_is(
    monkeypatch: pytest.MonkeyPatch, catalog: Catalog
) -> None:
    secret = token(catalog, "lineage:read")
    monkeypatch.setenv("AIRFLOW__HALLMARK__CATALOG_URL", "postgresql://me:secret@127.0.0.1:1/nowhere")

    with client(create_app(), secret) as opened:
        answer = opened.get("/jobs")

    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert "127.0.0.1" not in answer.text


def test_a_catalog_whose_connections_are_all_in_use_is_out_of_reach(app: FastAPI, catalog: Catalog) -> None:
    secret = token(catalog, "lineage:read")
    one = create_engine(catalog.database.url, pool_size=1, max_overflow=0, pool_timeout=0.05)
    app.state.catalog = lambda: replace(catalog, database=replace(catalog.database, engine=one))

    with one.connect(), client(app, secret) as opened:
        assert opened.get("/jobs").status_code == 503
    one.dispose()


def test_the_reference_names_every_route() -> None:
    page = (Path(__file__).parents[3] / "docs" / "reference" / "api.md").read_text(encoding="utf-8")
    told = set(re.findall(r"`([A-Z]+) (/[^`]*)`", page))

    assert {(method, route.path_format.removeprefix("/api/v1")) for method, route in ROUTES if need_of(route)} == {
        (method, path) for method, path in told if not path.startswith("/auth")
    }
