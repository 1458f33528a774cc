from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from hallmark.catalog import (
    Catalog,
    lineage_tables,  # noqa: F401 - puts its tables into the metadata
    open_catalog,
    upgrade,
)
from hallmark.catalog.tables import metadata
from hallmark.dataset import Column, DatasetVersion
from hallmark.receipt import Receipt, StageRun
from postgres import new_database, running_server, unsynced

NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture(scope="session")
def start_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Any]]:
    """Start a server of its own; all are stopped in the end."""
    runtime = tmp_path_factory.mktemp("runtime")
    with ExitStack() as open_servers:
        yield lambda: open_servers.enter_context(running_server(runtime))


@pytest.fixture(scope="session")
def postgres_server(start_postgres: Callable[[], Any]) -> str:
    return unsynced(start_postgres())


@pytest.fixture
def postgres_url(postgres_server: str) -> str:
    """The URL of a database of its own, without any table."""
    return new_database(postgres_server)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/hallmark/catalog.db"


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: str) -> Iterator[Catalog]:
    url = new_database(postgres_server)
    upgrade(url)
    opened = open_catalog(url=url)
    yield opened
    opened.database.engine.dispose()


@pytest.fixture
def postgres_catalog(migrated_postgres: Catalog) -> Catalog:
    # Emptied, not made anew: a database a test is half a gigabyte to write in the end.
    tables = sql.SQL(", ").join(sql.Identifier(table.name) for table in metadata.sorted_tables)
    with psycopg.connect(url_of(migrated_postgres).replace("+psycopg", "")) as connection:
        connection.execute(sql.SQL("TRUNCATE {}").format(tables))
    return migrated_postgres


@pytest.fixture
def sqlite_catalog(sqlite_url: str) -> Iterator[Catalog]:
    opened = open_catalog(url=sqlite_url)
    yield opened
    opened.database.engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue({"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param]))


@pytest.fixture(params=["sqlite", "postgresql"])
def catalog(request: pytest.FixtureRequest) -> Catalog:
    """An open catalog with nothing in it."""
    found: Catalog = request.getfixturevalue(
        {"sqlite": "sqlite_catalog", "postgresql": "postgres_catalog"}[request.param]
    )
    return found


def url_of(catalog: Catalog) -> str:
    return catalog.database.url.render_as_string(hide_password=False)


@pytest.fixture
def version() -> Callable[..., DatasetVersion]:
    def make(number: int | str, name: str = "flights/clean", **facts: Any) -> DatasetVersion:
        known = {"rows": 10, "bytes": 100, "files": 1, "columns": (Column("carrier", "VARCHAR"),)}
        return DatasetVersion(name, "file", f"/lake/{name}", str(number), **{**known, **facts})

    return make


@pytest.fixture
def receipt() -> Callable[..., Receipt]:
    """Make receipts of one task; ``at`` is minutes after noon, the rest replaces fields."""

    def make(output: DatasetVersion | None = None, at: float = 0, **changes: Any) -> Receipt:
        moment = NOON + timedelta(minutes=at)
        run = StageRun("flight_delays", "clean", "manual", operator="CleanOperator", kind="clean")
        made = Receipt(str(uuid4()), run, "published", moment, moment + timedelta(seconds=30), output=output)
        return made.with_(**changes)

    return make


@pytest.fixture
def suite_result() -> Callable[..., dict[str, Any]]:
    """Make a suite result in GX's shape, of one not-null check per column: name and whether it held."""

    def make(**held: bool) -> dict[str, Any]:
        return {
            "success": all(held.values()),
            "results": [_result(column, success) for column, success in held.items()],
            "statistics": {"evaluated_expectations": len(held), "successful_expectations": sum(held.values())},
        }

    return make


def _result(column: str, success: bool) -> dict[str, Any]:
    return {
        "success": success,
        "expectation_config": {
            "type": "expect_column_values_to_not_be_null",
            "kwargs": {"column": column, "mostly": 1.0},
            "severity": "warning",
            "meta": {"why": "joined on"},
        },
        "result": {"element_count": 8, "unexpected_count": 0 if success else 2, "unexpected_percent": 25.0},
        "exception_info": {"raised_exception": False, "exception_message": None, "exception_traceback": None},
    }
