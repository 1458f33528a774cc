"""Scenarios from outside: each is played once a test session, in an Airflow process of its own."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hallmark.demo.airflow import environment

HERE = Path(__file__).parent
SECONDS = 240


@dataclass(frozen=True)
class Played:
    """A scenario that was played: its folder with lake, catalog and registry, and the report of its runs."""

    folder: Path
    runs: dict[str, Any]
    events: tuple[dict[str, Any], ...]
    log: str


def surroundings(folder: Path, dags: Path) -> dict[str, str]:
    """Return the environment of an Airflow below ``folder``, without what the tester's own has set."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [n for n in os.environ if n.startswith("AIRFLOW")]:
            patch.delenv(name)
        return {**environment(folder, dags, 0), "AIRFLOW_VAR_PARCEL_FEED": str(folder / "feed")}
