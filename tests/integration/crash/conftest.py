from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from crashing import Lake, Sample, made_by, run, run_and_die

from forked import PRELOADED
from hallmark.catalog import open_catalog
from hallmark.config import settings


@pytest.fixture
def lake() -> Iterator[Lake]:
    chosen = settings()
    made = Lake(chosen, open_catalog(chosen))
    yield made
    made.catalog.database.engine.dispose()


@pytest.fixture
def kill(lake: Lake) -> Any:
    """Run a stage in a process of its own, which does not survive it."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)

    def killed(stage: Sample, point: str) -> None:
        child = context.Process(target=run_and_die, args=(lake.settings, stage, point))
        child.start()
        child.join(60)
        assert child.exitcode == -signal.SIGKILL, "the process did not come to the place where it is killed"

    return killed


@pytest.fixture(params=[False, True], ids=["first version", "later version"])
def before(request: pytest.FixtureRequest, lake: Lake) -> list[tuple[int, int]]:
    """The rows that readers see before the stage runs: none, or those of an earlier run of another task."""
    if not request.param:
        return []
    run(lake.settings, Sample(0, run_id="yesterday"), lake.catalog)
    return made_by(0)
