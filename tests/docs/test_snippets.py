"""What the documentation shows is what happens: its blocks are run, in order, page by page."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from fences import Block, blocks_of, matches, pages

BLOCKS = [block for page in pages() for block in blocks_of(page)]
RUN = [block for block in BLOCKS if block.kind not in {"shown", "output"}]
# How much of a long log a failed test shows.
TAIL = 6000

Noted = Mapping[str, dict[str, Any]]


@pytest.fixture(scope="session")
def noted(tmp_path_factory: pytest.TempPathFactory) -> Noted:
    """What happened to each block, by its id."""
    folder = tmp_path_factory.mktemp("documentation")
    plan, result = folder / "plan.json", folder / "result.json"
    plan.write_text(json.dumps([step(block) for block in RUN]))
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("walk.py")), str(plan), str(result)],
        env=environment(folder),
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-TAIL:] + done.stderr[-TAIL:]
    return dict(zip([block.id for block in RUN], json.loads(result.read_text()), strict=True))


def step(block: Block) -> dict[str, Any]:
    commands = [command for command, _ in block.commands]
    named = {name: getattr(block, name) for name in ("page", "line", "language", "title", "body", "kind")}
    return {**named, "commands": commands}


def environment(folder: Path) -> dict[str, str]:
    """The settings that the tutorial asks its reader for, with the DAG files of all pages."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "OPENLINEAGE"))}
    return {
        **inherited,
        "AIRFLOW_HOME": str(folder / "tutorial" / "airflow"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(folder),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW_VAR_FEED": str(folder / "tutorial" / "feed"),
        "COLUMNS": "110",
        "PYTHONWARNINGS": "ignore",
    }


def of_kind(*kinds: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("block", [pytest.param(b, id=b.id) for b in RUN if b.kind in kinds])


def outputs(noted: Noted) -> dict[str, str]:
    """The output that precedes each block titled Output: of Python, or of the last command of a console."""
    found, last = {}, ""
    for block in BLOCKS:
        if block.kind == "output":
            found[block.id] = last
        elif block.id in noted:
            happened = noted[block.id]
            ran = [command for command in happened.get("commands", ()) if command]
            last = happened.get("output", "") or (ran[-1]["output"] if ran else "")
    return found


@of_kind("python", "file")
def test_a_block_of_python_runs(block: Block, noted: Noted) -> None:
    assert "error" not in noted[block.id], noted[block.id]["error"]


@of_kind("dag")
def test_a_dag_file_can_be_imported_and_its_dag_has_tasks(block: Block, noted: Noted) -> None:
    happened = noted[block.id]
    assert "error" not in happened, happened["error"]
    assert happened["dags"] and all(happened["dags"].values())


@of_kind("suite")
def test_a_suite_can_be_loaded(block: Block, noted: Noted) -> None:
    happened = noted[block.id]
    assert "error" not in happened, happened["error"]
    assert happened["expectations"]


@of_kind("console")
def test_a_command_says_what_the_page_shows(block: Block, noted: Noted) -> None:
    happened = noted[block.id]
    assert "error" not in happened, happened["error"]
    for (command, shown), said in zip(block.commands, happened["commands"], strict=True):
        if said is None:
            continue
        assert said["status"] in {0, 1} or "hallmark: " in shown, f"{command}\n{said['output'][-TAIL:]}"
        if shown:
            assert matches(shown, said["output"]), f"{command}\n{said['output'][-TAIL:]}"


@pytest.mark.parametrize("block", [pytest.param(b, id=b.id) for b in BLOCKS if b.kind == "output"])
def test_an_output_is_what_the_page_shows(block: Block, noted: Noted) -> None:
    happened = outputs(noted)[block.id]
    assert matches(block.body, happened, gaps="[info" in happened), happened[-TAIL:]


def test_few_blocks_are_excused_from_being_run() -> None:
    excused = [block.id for block in BLOCKS if block.not_run]
    assert len(excused) <= len(RUN) // 20, excused
