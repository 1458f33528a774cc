"""Every stream of events is what the specification says, as a whole too."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import airflow_runs
import pytest

pytestmark = pytest.mark.airflow

VALIDATOR = Path(__file__).resolve().parents[4] / "shared" / "tools" / "validate_events.py"

if VALIDATOR.is_file():

    @pytest.mark.parametrize("scenario", ["refusals", "life", "authoring"])
    def test_the_strict_validator_finds_no_fault(root: Path, scenario: str) -> None:
        events = airflow_runs.play(scenario, root).events_file
        done = subprocess.run(
            [sys.executable, str(VALIDATOR), "--strict", str(events)], capture_output=True, text=True, check=False
        )

        assert done.returncode == 0, done.stdout
