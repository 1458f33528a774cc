"""A stage's process is killed after its commit, or with rows in quarantine; then the next try runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from crashing import COMMITTED, FLIGHTS, ROWS, SETTING_APART, Lake, Sample, made_by

SUITE = """
name: flights
expectations:
  - type: expect_column_values_to_be_between
    kwargs: {column: a, min_value: 0}
"""


def next_version(before: list[tuple[int, int]]) -> int:
    return 1 if before else 0


@pytest.mark.parametrize("point", COMMITTED)
def test_killed_after_the_commit(lake: Lake, kill: Any, before: list[tuple[int, int]], point: str) -> None:
    kill(Sample(1), point)
    assert lake.rows() == made_by(1)
    assert lake.states() == [(1, "audited")]

    adopted = lake.again(2, Sample(1))
    assert (adopted.state, adopted.run.try_number, adopted.rows_out) == ("published", 1, len(ROWS))
    assert adopted.output is not None and adopted.output.version == str(next_version(before))
    assert lake.rows() == made_by(1)
    assert lake.version() == next_version(before)
    assert lake.states() == [(1, "published")]

    lake.again(3, Sample(1))
    assert lake.rows() == made_by(3)
    assert lake.version() == next_version(before) + 1
    assert lake.left_over() == lake.missing() == []


@pytest.mark.parametrize("point", [*SETTING_APART, "before the manifest is withdrawn", "just before the commit"])
def test_killed_while_rows_are_set_apart(lake: Lake, kill: Any, tmp_path: Path, point: str) -> None:
    (tmp_path / "suite.yml").write_text(SUITE)
    stage = Sample(1, str(tmp_path / "suite.yml"), quarantine=True)
    kill(stage, point)
    assert lake.version() is None

    receipt = lake.again(2, stage)
    assert (receipt.state, receipt.quarantined) == ("published", 2)
    assert lake.rows() == made_by(2, [1, 2, 4])
    assert lake.rows(FLIGHTS.quarantine) == made_by(2, [-3, -5])
    assert lake.left_over() == lake.left_over(FLIGHTS.quarantine) == []
    assert lake.missing() == lake.missing(FLIGHTS.quarantine) == []
    assert lake.version() == 0
    assert lake.states() == [(1, "failed"), (2, "published")]


def test_rows_set_apart_by_a_try_that_is_adopted_stay(lake: Lake, kill: Any, tmp_path: Path) -> None:
    (tmp_path / "suite.yml").write_text(SUITE)
    stage = Sample(1, str(tmp_path / "suite.yml"), quarantine=True)
    kill(stage, "between publish and record")
    adopted = lake.again(2, stage)
    assert (adopted.state, adopted.quarantined, adopted.rows_out) == ("published", 2, 3)
    assert lake.rows() == made_by(1, [1, 2, 4])
    assert lake.rows(FLIGHTS.quarantine) == made_by(1, [-3, -5])


def test_killed_after_record(lake: Lake, kill: Any) -> None:
    kill(Sample(1), "after record")
    assert lake.states() == [(1, "published")]
    lake.again(2, Sample(1))
    assert (lake.version(), lake.rows()) == (1, made_by(2))
    assert lake.states() == [(1, "published"), (2, "published")]
    assert lake.left_over() == lake.missing() == []


def test_killed_while_an_earlier_try_is_adopted(lake: Lake, kill: Any) -> None:
    kill(Sample(1), "between publish and record")
    kill(Sample(2), "while it settles an earlier try")
    adopted = lake.again(3, Sample(1))
    assert adopted.run.try_number == 1
    assert (lake.version(), lake.rows()) == (0, made_by(1))
    assert lake.states() == [(1, "published")]


def test_killed_twice(lake: Lake, kill: Any) -> None:
    kill(Sample(1), "in the middle of a file")
    kill(Sample(2), "just after the commit")
    assert lake.again(3, Sample(1)).run.try_number == 2
    assert (lake.version(), lake.rows()) == (0, made_by(2))
    assert lake.states() == [(1, "failed"), (2, "published")]
    lake.again(4, Sample(1))
    assert lake.left_over() == lake.missing() == []
