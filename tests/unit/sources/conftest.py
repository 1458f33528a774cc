"""The bench that sources are tried on: real files, real databases, and the engine that reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from hallmark.dataset import Column, DatasetVersion
from hallmark.engines.duckdb import connect, rows_of, sql_of
from hallmark.receipt import ColumnLineage
from hallmark.sources.base import Reading, Source
from postgres import running_server, unsynced

Written = Callable[[str, str | bytes], Path]


@dataclass(frozen=True)
class Mounted:
    """What a source gave: the version, its rows in some order, and what they were read from."""

    version: DatasetVersion
    rows: list[tuple[Any, ...]]
    datasets: tuple[DatasetVersion, ...]
    columns: ColumnLineage | None
    dialect: str | None

    @property
    def types(self) -> dict[str, str]:
        return {c.name: c.type for c in self.version.columns}


@pytest.fixture
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect() as connection:
        yield connection


@pytest.fixture
def mount(engine: duckdb.DuckDBPyConnection) -> Callable[..., Mounted]:
    """Call ``mount(source, contract, database=url)`` for what a source gives."""

    def mounted(source: Source, contract: Sequence[Column] = (), database: str = "") -> Mounted:
        given = source.mount(Reading(engine, lambda conn_id: database), "source", contract)
        rows = engine.execute(sql_of(rows_of("source"))).fetchall()
        return Mounted(given.answer, rows, given.datasets, given.columns, given.dialect)

    return mounted


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Call ``written(name, content)`` for a file; text is written as UTF-8, line ends as they are."""

    def write(name: str, content: str | bytes) -> Path:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    return write


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server, in the spelling that stages give."""
    with running_server(tmp_path_factory.mktemp("runtime")) as server:
        yield unsynced(server).replace("postgresql://", "postgresql+psycopg://")
