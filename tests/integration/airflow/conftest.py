"""The scenarios, each played once and shared by pytest's processes."""

from __future__ import annotations

from pathlib import Path

import airflow_runs
import pytest
from airflow_runs import Played


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that all of pytest's processes share."""
    base = tmp_path_factory.getbasetemp()
    common = base if base.name.startswith("pytest-") else base.parent
    folder = common / "scenarios"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def refusals(root: Path) -> Played:
    return airflow_runs.play("refusals", root)


@pytest.fixture(scope="session")
def life(root: Path) -> Played:
    return airflow_runs.play("life", root)


@pytest.fixture(scope="session")
def authoring(root: Path) -> Played:
    return airflow_runs.play("authoring", root)


@pytest.fixture(scope="session")
def foreign(root: Path) -> Played:
    return airflow_runs.play_foreign(root)
