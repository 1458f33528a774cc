from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb
import pytest
from lake_table import Table

from forked import PRELOADED
from hallmark.engines.duckdb import connect


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect() as opened:
        yield opened


@pytest.fixture
def new_table(tmp_path: Path, connection: duckdb.DuckDBPyConnection) -> Callable[..., Table]:
    """Make tables, each in a folder of its own."""

    def make(name: str | None = None, root: str = "lake", partition_by: str = "partition") -> Table:
        return Table(f"{tmp_path}/{root}/{name or uuid4().hex}", connection, partition_by)

    return make


@pytest.fixture
def table(new_table: Callable[..., Table]) -> Table:
    return new_table("flights")


@pytest.fixture
def processes() -> Any:
    """Start processes that share nothing with this one: Delta cannot be used on both sides of a fork."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context
