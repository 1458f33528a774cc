"""Outcomes that Great Expectations publishes for its own cases, where the cases are at hand."""

from __future__ import annotations

import re
import runpy
import sys
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[4] / "shared"
CASES, TOOL = SHARED / "gx-cases" / "cases.jsonl", SHARED / "tools" / "gx_parity.py"
SETTLED = 218

if CASES.is_file() and TOOL.is_file():

    def test_the_gate_agrees_with_every_outcome_that_great_expectations_settles(
        monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(sys, "argv", [str(TOOL), "--show", "0", str(CASES)])
        with pytest.raises(SystemExit):
            runpy.run_path(str(TOOL), run_name="__main__")
        last = capsys.readouterr().out.strip().splitlines()[-1]
        found = re.fullmatch(r"(\d+)/(\d+) agree", last)
        assert found, last
        assert int(found[1]) == int(found[2]) == SETTLED
