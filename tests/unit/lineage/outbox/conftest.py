from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hallmark.catalog import catalog_url, open_catalog
from hallmark.catalog.address import file_of
from hallmark.catalog.engine import Database
from hallmark.config import settings
from hallmark.lineage.outbox import Spool
from lineage_backend import Receiver, receiving

Configure = Callable[..., None]


@pytest.fixture(scope="session")
def empty_catalog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalog with its tables, made once: a test has a copy of it."""
    file = tmp_path_factory.mktemp("catalog") / "catalog.db"
    database = open_catalog(url=f"sqlite:///{file}").database
    database.engine.dispose()
    return file


@pytest.fixture(autouse=True)
def own_catalog(own_settings: None, empty_catalog: Path) -> None:
    file = file_of(catalog_url())
    assert file is not None
    file.parent.mkdir(parents=True)
    shutil.copy(empty_catalog, file)


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch) -> Configure:
    """Configure backends by name."""

    def configured(**backends: Any) -> None:
        monkeypatch.setenv("AIRFLOW__HALLMARK__LINEAGE_BACKENDS", json.dumps(backends))

    return configured


@pytest.fixture
def receiver(configure: Configure) -> Iterator[Receiver]:
    """A backend named ``marquez`` that takes everything."""
    with receiving() as one:
        configure(marquez={"type": "http", "url": one.url, "timeout": 2})
        yield one


@pytest.fixture
def database() -> Iterator[Database]:
    found = open_catalog().database
    yield found
    found.engine.dispose()


@pytest.fixture
def spool() -> Spool:
    return Spool(Path(settings().lineage_spool))
