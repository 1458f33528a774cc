from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from hallmark.catalog import Catalog, lineage_tables, open_catalog, upgrade
from hallmark.catalog.tables import metadata
from lineage_asking import Store
from postgres import new_database, running_server, unsynced


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    opened = open_catalog(url=f"sqlite:///{tmp_path}/catalog.db")
    yield Store(opened)
    opened.database.engine.dispose()


@pytest.fixture(scope="session")
def postgres_catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    with running_server(tmp_path_factory.mktemp("runtime")) as server:
        url = new_database(unsynced(server))
        upgrade(url)
        opened = open_catalog(url=url)
        yield opened
        opened.database.engine.dispose()


@pytest.fixture
def postgres_store(postgres_catalog: Catalog) -> Store:
    assert lineage_tables.edges.metadata is metadata
    tables = sql.SQL(", ").join(sql.Identifier(table.name) for table in metadata.sorted_tables)
    url = postgres_catalog.database.url.render_as_string(hide_password=False).replace("+psycopg", "")
    with psycopg.connect(url) as connection:
        connection.execute(sql.SQL("TRUNCATE {}").format(tables))
    return Store(postgres_catalog)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> Store:
    """An empty store, on either database."""
    return request.getfixturevalue({"sqlite": "sqlite_store", "postgresql": "postgres_store"}[request.param])  # type: ignore[no-any-return]
