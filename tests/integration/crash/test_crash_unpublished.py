"""A stage's process is killed before its commit, at every place, for real; then the next try runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from crashing import FLIGHTS, UNCOMMITTED, UNRECORDED, Lake, Sample, made_by, run


@pytest.mark.parametrize("point", UNCOMMITTED)
def test_killed_before_the_commit(lake: Lake, kill: Any, before: list[tuple[int, int]], point: str) -> None:
    kill(Sample(1), point)
    assert lake.rows() == before
    assert lake.version() == (0 if before else None)

    receipt = lake.again(2, Sample(1))
    assert (receipt.state, receipt.run.try_number) == ("published", 2)
    assert lake.rows() == made_by(2)
    assert lake.version() == (1 if before else 0)
    assert lake.left_over() == lake.missing() == []
    assert lake.states() == ([] if point in UNRECORDED else [(1, "failed")]) + [(2, "published")]


def test_a_file_that_was_half_written_is_on_disk_and_in_no_version(lake: Lake, kill: Any) -> None:
    kill(Sample(1), "in the middle of a file")
    manifest, half = lake.left_over()
    assert (Path(lake.location(FLIGHTS).uri) / half).stat().st_size > 0
    assert manifest.startswith("_hallmark/staging/")
    assert lake.version() is None


def test_another_task_cleans_up_after_a_killed_one_and_answers_for_nothing_else(lake: Lake, kill: Any) -> None:
    kill(Sample(1), "with the file written")
    assert len(lake.left_over()) == 2
    run(lake.settings, Sample(1, run_id="another"), lake.catalog)
    assert lake.left_over() == lake.missing() == []
    assert lake.states() == [(1, "running")]
