"""The scenarios by their names."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from airflow_runs import Played


@pytest.fixture(scope="session")
def played(request: pytest.FixtureRequest) -> Callable[[str], Played]:
    """Return what plays a scenario, unless it was played already."""

    def play(name: str) -> Played:
        found: Played = request.getfixturevalue(name)
        return found

    return play
