"""The API in Airflow's own server: its logins, its mount, its middlewares."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from marquez_client import MarquezClient

from hallmark.catalog import open_catalog
from hallmark.demo.airflow import environment
from hallmark.governance import create
from ports import free_port

pytestmark = pytest.mark.airflow

SECONDS = 180
API = "/hallmark/api/v1"
# What Airflow's own roles may do here.
MAY = {"viewer": {"read"}, "user": {"read"}, "op": {"read", "write"}, "admin": {"read", "write", "tokens"}}
NAMESPACE, NAME = "postgres://shop:5432", "public/orders of ünknown, 100%2F"
EVENT = {
    "eventType": "COMPLETE",
    "eventTime": "2026-11-23T06:00:00Z",
    "run": {"runId": "01939b6f-8f3c-7c5e-9a34-1f1c62a1f7b5"},
    "job": {"namespace": "shop", "name": "load"},
    "inputs": [{"namespace": NAMESPACE, "name": NAME}],
    "producer": "urn:test",
    "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
}


@dataclass(frozen=True)
class Served:
    """An API server of Airflow, and who may come in."""

    url: str
    logins: dict[str, str]
    token: str

    def ask(self, method: str, path: str, as_: str | None = None, **options: Any) -> httpx.Response:
        headers = {**options.pop("headers", {}), **({"Authorization": f"Bearer {as_}"} if as_ else {})}
        return httpx.request(method, f"{self.url}{API}{path}", headers=headers, timeout=60, **options)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("server")
    port = free_port()
    settings = environment(folder, folder / "dags", port) | {
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{role}:{role}" for role in MAY),
        "AIRFLOW__API__WORKERS": "1",
    }
    subprocess.run([sys.executable, "-m", "airflow", "db", "migrate"], env=settings, check=True, capture_output=True)
    catalog = open_catalog(url=f"sqlite:///{folder / 'catalog.db'}")
    _, token = create(catalog.database, "a machine", ["lineage:read", "lineage:write"], created_by="a test")
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "airflow", "api-server"],
            env=settings,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        url = f"http://localhost:{port}"
        wait(url, server, folder / "log")
        passwords = folder / "airflow" / "simple_auth_manager_passwords.json.generated"
        yield Served(
            url, {user: login(url, user, word) for user, word in json.loads(passwords.read_text()).items()}, token
        )
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)


def wait(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + SECONDS
    while True:
        assert server.poll() is None and time.monotonic() < deadline, log.read_text()[-3000:]
        try:
            if httpx.get(f"{url}/api/v2/version", timeout=5).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.5)


def login(url: str, user: str, password: str) -> str:
    answer = httpx.post(f"{url}/auth/token", json={"username": user, "password": password}, timeout=60)
    return str(answer.json()["access_token"])


@pytest.mark.parametrize("role", MAY)
def test_a_login_may_what_its_role_may_in_airflow(served: Served, role: str) -> None:
    login = served.logins[role]
    tries = {
        "read": served.ask("GET", "/jobs", login),
        "write": served.ask("POST", "/lineage", login, json=EVENT),
        "tokens": served.ask("GET", "/tokens", login),
    }

    assert {need for need, answer in tries.items() if answer.is_success} == MAY[role]
    assert {answer.status_code for answer in tries.values() if not answer.is_success} <= {403}


def test_a_login_comes_by_cookie_too(served: Served) -> None:
    cookies = {"_token": served.logins["admin"]}

    assert served.ask("GET", "/jobs", cookies=cookies).status_code == 200
    for site, status in (("same-origin", 201), ("same-site", 403)):
        headers = {"Sec-Fetch-Site": site}
        assert served.ask("POST", "/lineage", cookies=cookies, json=EVENT, headers=headers).status_code == status


@pytest.mark.parametrize("as_", [None, "nonsense", "hmk_nonsense"])
def test_who_shows_nothing_that_is_known_stays_outside(served: Served, as_: str | None) -> None:
    answer = served.ask("GET", "/jobs", as_)

    assert answer.status_code in {401, 403}
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_administrator_makes_a_token_that_works_until_it_is_revoked(served: Served) -> None:
    admin = served.logins["admin"]
    made = served.ask("POST", "/tokens", admin, json={"name": "spark", "scopes": ["lineage:read"]}).json()

    assert made["created_by"] == "admin"
    assert served.ask("GET", "/jobs", made["token"]).status_code == 200
    assert served.ask("POST", "/lineage", made["token"], json=EVENT).status_code == 403
    assert served.ask("POST", "/tokens", admin, json={"name": "spark", "scopes": ["lineage:read"]}).status_code == 422
    assert made["token"] not in served.ask("GET", "/tokens", admin).text
    assert served.ask("DELETE", f"/tokens/{made['id']}", admin).json()["tokens"][0]["state"] == "revoked"
    assert served.ask("GET", "/jobs", made["token"]).status_code == 401
    assert served.ask("DELETE", "/tokens/nobody", admin).status_code == 404


@pytest.mark.parametrize(
    "wanted",
    [{}, {"name": "x"}, {"name": "x", "scopes": ["root"]}, {"name": "", "scopes": ["lineage:read"]}, []],
)
def test_a_token_that_makes_no_sense_is_not_made(served: Served, wanted: Any) -> None:
    assert served.ask("POST", "/tokens", served.logins["admin"], json=wanted).status_code == 422


def test_a_machine_sends_events_and_finds_them_by_encoded_names(served: Served) -> None:
    packed = gzip.compress(json.dumps([EVENT, EVENT]).encode())
    sent = served.ask("POST", "/lineage", served.token, content=packed, headers={"Content-Encoding": "gzip"})
    found = served.ask("GET", f"/namespaces/{quote(NAMESPACE, safe='')}/datasets/{quote(NAME, safe='')}", served.token)

    assert (sent.status_code, sent.json()["read"]) == (201, 2)
    assert found.json()["id"] == {"namespace": NAMESPACE, "name": NAME}


def test_a_body_that_is_too_long_is_refused_behind_airflows_middlewares(served: Served) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(11):
            yield b" " * 1024**2

    assert served.ask("POST", "/lineage", served.token, content=endless()).status_code == 413


def test_the_client_of_marquez_works_against_airflow(served: Served) -> None:
    client = MarquezClient(f"{served.url}/hallmark", api_key=served.token)
    client.create_namespace("scheme://mine/a b", "me")
    served.ask("POST", "/lineage", served.token, json=EVENT)

    assert client.get_namespace("scheme://mine/a b")["ownerName"] == "me"
    assert client.get_dataset(NAMESPACE, NAME)["name"] == NAME
    assert client.list_events("scheme://mine/a b")["totalCount"] == 0
    assert client.get_job("shop", "load")["inputs"] == [{"namespace": NAMESPACE, "name": NAME}]


def test_the_description_is_open_and_names_where_the_api_is(served: Served) -> None:
    described = httpx.get(f"{served.url}/hallmark/api/openapi.json", timeout=60).json()

    assert described["servers"] == [{"url": "/hallmark"}]
    assert f"{API.removeprefix('/hallmark')}/lineage" in described["paths"]
