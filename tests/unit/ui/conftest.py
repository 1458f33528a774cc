from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from api_shop import client, shop, token
from fastapi import FastAPI
from starlette.testclient import TestClient

from hallmark.catalog import Catalog, open_catalog
from hallmark.governance import SCOPES
from hallmark.lineage.store import ingest
from hallmark_ui.api.app import create_app


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalog with all its tables and nothing in them: making one takes longer than most tests."""
    file = tmp_path_factory.mktemp("catalog") / "catalog.db"
    open_catalog(url=f"sqlite:///{file}").database.engine.dispose()
    return file


@pytest.fixture
def catalog(migrated: Path, tmp_path: Path) -> Iterator[Catalog]:
    file = tmp_path / "airflow" / "hallmark" / "catalog.db"
    file.parent.mkdir(parents=True)
    shutil.copy(migrated, file)
    opened = open_catalog()
    yield opened
    opened.database.engine.dispose()


@pytest.fixture
def filled(catalog: Catalog) -> Catalog:
    """A shop: orders are loaded, cleaned and reported, twice; the second report fails."""
    ingest(catalog.database, shop())
    return catalog


@pytest.fixture(scope="session")
def made() -> FastAPI:
    return create_app()


@pytest.fixture
def app(made: FastAPI, catalog: Catalog) -> FastAPI:
    made.state.catalog = lambda: catalog
    return made


@pytest.fixture
def ask(app: FastAPI, catalog: Catalog) -> Iterator[TestClient]:
    """A client of the API, mounted as Airflow does it, with a token for everything a machine may do."""
    with client(app, token(catalog, *SCOPES)) as opened:
        yield opened
