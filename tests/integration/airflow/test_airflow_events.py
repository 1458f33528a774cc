"""Every stream of events is what the specification says, as a whole too."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import airflow_runs
import pytest

pytestmark = pytest.mark.airflow

VALIDATOR = Path(__file__).resolve().parents[4] / "shared" / "tools" / "validate_events.py"


def faults(*streams: Path) -> str:
    """Return what the validator finds; nothing but the count, if all is well."""
    command = [sys.executable, str(VALIDATOR), "--strict", *map(str, streams)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout


if VALIDATOR.is_file():

    @pytest.mark.parametrize("scenario", ["refusals", "life", "authoring"])
    def test_the_strict_validator_finds_no_fault(root: Path, scenario: str) -> None:
        assert faults(airflow_runs.play(scenario, root).events_file) == ""

    def test_the_strict_validator_finds_no_fault_in_two_streams_together(root: Path) -> None:
        assert faults(*(racer.events_file for racer in airflow_runs.play_race(root))) == ""
