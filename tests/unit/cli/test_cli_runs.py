from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

import pytest
from typer.testing import Result

from hallmark.catalog import Catalog

Hallmark = Callable[..., Result]


def test_runs_are_listed_newest_first_with_their_state_and_output(filled: Catalog, hallmark: Hallmark) -> None:
    lines = [line.split() for line in hallmark("runs", columns=160).stdout.splitlines()]

    assert lines[0] == ["STARTED", "STATE", "DAG", "TASK", "OUTPUT", "TOOK", "RUN"]
    assert lines[1][3:7] == ["published", "flight_delays", "train", "flight_delay@2"]
    assert lines[1][7:11] == ["1", "min", "30", "s"]


def test_a_reason_stands_below_the_table_word_for_word(filled: Catalog, hallmark: Hallmark) -> None:
    page = hallmark("runs", columns=200).stdout

    assert "✗ refused flight_delays.extract: 1 of 2 expectations failed and are critical: [bold]distance[/bold]" in page


@pytest.mark.parametrize(
    ("options", "tasks"),
    [
        (["--state", "refused"], ["extract"]),
        (["--limit", "2"], ["train", "train"]),
        (["--dag", "flight_delays", "--state", "published", "-n", "3"], ["train", "train", "clean"]),
        (["--dag", "another"], []),
    ],
)
def test_runs_are_chosen_by_dag_state_and_number(
    filled: Catalog, hallmark: Hallmark, options: list[str], tasks: list[str]
) -> None:
    found = json.loads(hallmark("runs", "--json", *options).stdout)

    assert [run["task_id"] for run in found] == tasks
    assert all(datetime.fromisoformat(run["started_at"]).tzinfo for run in found)


def test_no_run_that_matches_is_told(filled: Catalog, hallmark: Hallmark) -> None:
    result = hallmark("runs", "--dag", "another", "--state", "failed")

    assert result.stdout == "No runs of DAG another in state failed. All there are: `hallmark runs`.\n"


@pytest.mark.parametrize("options", [["--state", "lost"], ["--limit", "0"], ["--limit", "many"]])
def test_an_option_out_of_its_range_exits_2(hallmark: Hallmark, options: list[str]) -> None:
    assert hallmark("runs", *options).exit_code == 2


def test_a_mapped_task_shows_its_index(record: Callable[..., None], catalog: Catalog, hallmark: Hallmark) -> None:
    record("flights/raw")
    (receipt,) = catalog.receipts()
    mapped = receipt.with_(id="another", run=receipt.run.__class__("flight_delays", "extract", "manual", map_index=3))
    catalog.record(mapped)

    assert "extract[3]" in hallmark("runs").stdout


def test_status_counts_on_top_and_cuts_long_reasons(
    filled: Catalog, record: Callable[..., None], hallmark: Hallmark
) -> None:
    record("flights/raw", "", at=6, state="failed", message="word " * 100 + "end")

    page = hallmark("status").stdout
    assert page.splitlines()[:3] == [
        "2 datasets: 1 warned, 1 failed",
        "1 model",
        "last 7 runs: 1 failed, 5 published, 1 refused",
    ]
    assert [line for line in page.splitlines() if line in {"Datasets", "Models", "Last runs", "Why"}] == [
        "Datasets",
        "Models",
        "Last runs",
        "Why",
    ]
    assert "word word…" in page
    assert "end" not in page


def test_status_as_json_is_one_object(filled: Catalog, hallmark: Hallmark) -> None:
    answer = json.loads(hallmark("status", "--json").stdout)

    assert set(answer) == {"catalog", "counts", "datasets", "models", "runs"}
    assert answer["counts"] == {
        "datasets": 2,
        "models": 1,
        "gates": {"warned": 1, "failed": 1},
        "last_runs": {"published": 5, "refused": 1},
    }
    assert len(answer["runs"]) == 6
