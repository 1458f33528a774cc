"""Every route, asked what its description allows and what it does not: it answers as described, without a mistake."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from api_shop import shop
from pages_scene import airflow, fill, login
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.python import asgi
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from hallmark.catalog import open_catalog, upgrade
from hallmark.lineage.store import ingest
from hallmark_ui.api.app import create_app
from hallmark_ui.api.health import catalog_state

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# Stateless, and the same at each run: what is asked depends on the description alone.
CONFIG = {
    "seed": 1,
    "generation": {"deterministic": True, "max-examples": 3, "no-shrink": True},
    # Headers and other methods are FastAPI's; a test of its own asks without a login.
    "phases": {"coverage": {"unexpected-methods": []}, "stateful": {"enabled": False}},
}
APP = create_app()


@schemathesis.serializer("application/x-ndjson")
def as_lines(_context: Any, value: Any) -> bytes:
    return str(value).encode("utf-8", "replace")


# Not mounted: a mount point of Starlette's lets no path through that has a line feed in it.
SCHEMA = schemathesis.openapi.from_asgi("/api/openapi.json", APP, config=SchemathesisConfig.from_dict(CONFIG))


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """How to ask as an administrator of an Airflow whose catalog has something to answer with."""
    folder = tmp_path_factory.mktemp("fuzzed")
    url = f"sqlite:///{folder}/catalog.db"
    upgrade(url)
    catalog = open_catalog(url=url)
    fill(catalog)
    ingest(catalog.database, shop())
    APP.state.catalog = lambda: catalog
    APP.dependency_overrides[catalog_state] = lambda: (True, "at its revision")
    with airflow(folder) as manager, asgi.get_client(APP) as session:
        yield {"headers": {"Authorization": f"Bearer {login(manager, 'root', 'ADMIN')}"}, "session": session}
    catalog.database.engine.dispose()


@SCHEMA.parametrize()
def test_it_answers_as_it_is_described(case: schemathesis.Case, asked: dict[str, Any]) -> None:
    case.call_and_validate(checks=CHECKS, **asked)
