from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Table

from hallmark.catalog import Catalog, open_catalog, upgrade
from lineage_events import empty, rows_of
from postgres import new_database, running_server, unsynced


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    with running_server(tmp_path_factory.mktemp("runtime")) as server:
        url = new_database(unsynced(server))
        upgrade(url)
        opened = open_catalog(url=url)
        yield opened
        opened.database.engine.dispose()


@pytest.fixture(scope="module")
def one_file(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return open_catalog(url=f"sqlite:///{tmp_path_factory.mktemp('store')}/catalog.db")


@pytest.fixture
def catalog(one_file: Catalog) -> Catalog:
    empty(one_file)
    return one_file


@pytest.fixture
def rows(catalog: Catalog) -> Callable[[Table], list[dict[str, Any]]]:
    return lambda table: rows_of(catalog, table)
