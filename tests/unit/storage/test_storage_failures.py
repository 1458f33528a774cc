"""A lake that cannot be written. Permissions do not stop root, so these lakes cannot be written by anybody."""

from __future__ import annotations

import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lake_table import Table

from hallmark.engines.duckdb import connect
from hallmark.errors import HallmarkError, LakeError, PublishError, SourceError
from hallmark.storage import publishing
from hallmark.storage.publishing import replace

Tables = Callable[..., Table]


def stage_on_a_full_disk(uri: str, answers: Any) -> None:
    """No file of this process may grow beyond 4 KiB, as on a disk that is full."""
    with connect() as connection:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        try:
            Table(uri, connection).stage("SELECT hash(range)::VARCHAR AS a FROM range(100000)", "x")
        except HallmarkError as error:
            answers.put((type(error).__name__, str(error)))


@pytest.mark.parametrize("root", ["a file", "proc"])
def test_a_lake_root_that_cannot_be_written_is_a_lake_error(tmp_path: Path, new_table: Tables, root: str) -> None:
    (tmp_path / "file").touch()
    table = new_table()
    uri = {"a file": f"{tmp_path}/file/flights", "proc": "/proc/sys/flights"}[root]
    unwritable = Table(uri, table.connection)
    with pytest.raises(LakeError, match="cannot be written") as caught:
        unwritable.stage("SELECT 1 AS a", "x")
    assert "write access to the lake root" in caught.value.remedy
    assert uri in caught.value.found


def test_a_table_below_a_file_cannot_be_read_or_is_not_there(tmp_path: Path, new_table: Tables) -> None:
    (tmp_path / "file").touch()
    table = Table(f"{tmp_path}/file/flights", new_table().connection)
    assert table.snapshot() is None
    assert publishing.recover(table.location, 0.0) == []


def test_a_partitions_folder_that_cannot_be_made_is_a_lake_error(table: Table) -> None:
    Path(table.location.uri).mkdir(parents=True)
    Path(table.location.uri, "partition=x").touch()
    with pytest.raises(LakeError, match="partition=x"):
        table.stage("SELECT 1 AS a", "x")
    assert table.files("_hallmark/**/*") == []


def test_a_file_that_cannot_be_written_is_a_lake_error(table: Table) -> None:
    Path(table.location.uri, "r1.parquet").mkdir(parents=True)
    with pytest.raises(LakeError, match="cannot be written"):
        table.stage("SELECT 1 AS a", receipt="r1")


def test_a_full_disk_is_a_lake_error_and_leaves_no_half_file(table: Table, processes: Any) -> None:
    table.publish("SELECT 1 AS a", "x")
    before, answers = table.files(), processes.Queue()
    child = processes.Process(target=stage_on_a_full_disk, args=(table.location.uri, answers))
    child.start()
    kind, message = answers.get(timeout=60)
    child.join(60)
    assert kind == "LakeError", message
    assert table.files() == before


def test_a_log_that_cannot_be_written_is_a_lake_error(table: Table) -> None:
    staged = table.stage("SELECT 1 AS a", "x")
    Path(table.location.uri, "_delta_log").touch()
    with pytest.raises(LakeError):
        replace(staged, None, key="task", attempt=1, name="flights")


@pytest.mark.parametrize(
    "expression",
    ["CAST('x' AS INTEGER)", "CAST(300 AS TINYINT)", "strptime('x', '%Y')", "CAST(repeat('9', 40) AS HUGEINT)"],
)
def test_a_value_that_cannot_be_converted_is_the_sources_error_and_leaves_nothing(
    table: Table, expression: str
) -> None:
    with pytest.raises(SourceError) as caught:
        table.stage(f"SELECT {expression} AS a FROM range(10)", "x")
    assert "\n" not in str(caught.value)
    assert table.files() == []


def test_a_writer_that_always_comes_second_gives_up(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    table.publish("SELECT 0 AS a", "x")
    base, staged = table.snapshot(), table.stage("SELECT 1 AS a", "x")
    commit, others = publishing._commit, iter(range(100))

    def late(*arguments: Any) -> None:
        if arguments[0] is staged:
            table.publish("SELECT 2 AS a", f"y{next(others)}")
        commit(*arguments)

    monkeypatch.setattr(publishing, "_commit", late)
    monkeypatch.setattr(publishing, "ATTEMPTS", 3)
    with pytest.raises(PublishError, match="3 commits in a row lost to other writers"):
        replace(staged, base, key="task", attempt=1, name="flights")
    assert table.rows("x") == [(0, "x")]


def test_a_commit_whose_answer_got_lost_is_recognised_as_ones_own(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    from deltalake.exceptions import CommitFailedError

    table.publish("SELECT 0 AS a", "x")
    base, staged = table.snapshot(), table.stage("SELECT 1 AS a", "x")
    commit = publishing._commit

    def unheard(*arguments: Any) -> None:
        commit(*arguments)
        raise CommitFailedError("no answer")

    monkeypatch.setattr(publishing, "_commit", unheard)
    assert replace(staged, base, key="task", attempt=1, name="flights") == 1
    assert table.rows() == [(1, "x")]
    assert table.version == 1


def test_root_is_stopped_too() -> None:
    """The lakes of this file are out of bounds for every user, whoever runs the tests."""
    with pytest.raises(OSError):
        Path("/proc/sys/flights").mkdir()
