from __future__ import annotations

import json
import os
import signal
import socket
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import psutil
import pytest
from lake_table import Table

from hallmark.engines.duckdb import connect
from hallmark.storage import publishing
from hallmark.storage.paths import STAGING
from hallmark.storage.publishing import recover
from hallmark.storage.staging import Manifest, announce, withdraw
from hallmark.storage.writing import rewrite

HOUR = 3600.0


def stage_and_die(uri: str, receipt: str) -> None:
    with connect() as connection:
        Table(uri, connection).stage("SELECT 1 AS a", "x", receipt=receipt)
        os.kill(os.getpid(), signal.SIGKILL)


def stage_and_wait(uri: str, receipt: str, staged: Any, go_on: Any) -> None:
    with connect() as connection:
        Table(uri, connection).stage("SELECT 1 AS a", "x", receipt=receipt)
        staged.set()
        go_on.wait(60)


def dead(manifest: Manifest) -> Manifest:
    """Give a manifest to a process that is gone: this one's number, another start."""
    return replace(manifest, process_started=manifest.process_started - 100)


def leave(table: Table, receipt: str, **changes: Any) -> Manifest:
    """Leave a staged file with the manifest of a process that died, or with other facts."""
    staged = table.stage("SELECT 1 AS a", "x", receipt=receipt)
    manifest = replace(dead(Manifest.of_this_process(receipt, staged.file.path)), **changes)
    announce(table.location, manifest)
    return manifest


def test_a_manifest_is_there_before_the_file_and_tells_whose_it_is(table: Table) -> None:
    staged = table.stage("SELECT 1 AS a", "a b", receipt="r1")
    [path] = table.files(f"{STAGING}/*")
    manifest = Manifest(**json.loads(Path(table.location.uri, path).read_text()))
    assert (manifest.receipt, manifest.file, manifest.pid) == ("r1", staged.file.path, os.getpid())
    assert manifest.host == socket.gethostname()
    assert manifest.process_started == psutil.Process().create_time()
    assert Path(table.location.uri, manifest.file).is_file()


def test_a_killed_process_is_cleaned_up_after(table: Table, processes: Any) -> None:
    table.publish("SELECT 0 AS a", "x")
    child = processes.Process(target=stage_and_die, args=(table.location.uri, "dead"))
    child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL
    assert len(table.files("*.parquet")) == 2
    assert recover(table.location, HOUR) == ["dead"]
    assert len(table.files("*.parquet")) == 1
    assert table.files(f"{STAGING}/*") == []
    assert table.rows() == [(0, "x")]


def test_the_files_of_a_living_process_stay(table: Table, processes: Any) -> None:
    staged, go_on = processes.Event(), processes.Event()
    child = processes.Process(target=stage_and_wait, args=(table.location.uri, "living", staged, go_on))
    child.start()
    assert staged.wait(60)
    before = table.files()
    assert recover(table.location, 0.0) == []
    assert table.files() == before
    go_on.set()
    child.join(60)
    assert recover(table.location, HOUR) == ["living"]
    assert table.files() == []


def test_the_files_of_this_very_process_stay(table: Table) -> None:
    table.stage("SELECT 1 AS a", "x")
    before = table.files()
    assert recover(table.location, 0.0) == []
    assert table.files() == before


def test_a_process_that_got_the_number_of_a_dead_one_does_not_keep_its_files(table: Table) -> None:
    leave(table, "dead", pid=os.getppid())
    leave(table, "dead, with our own number")
    assert sorted(recover(table.location, HOUR)) == ["dead", "dead, with our own number"]
    assert table.files() == []


def test_a_zombie_does_not_keep_its_files(table: Table) -> None:
    child = os.posix_spawn("/bin/true", ["true"], {})
    process = psutil.Process(child)
    try:
        deadline = time.monotonic() + 30
        while process.status() != psutil.STATUS_ZOMBIE and time.monotonic() < deadline:
            time.sleep(0.01)
        leave(table, "zombie", pid=child, process_started=process.create_time())
        assert recover(table.location, HOUR) == ["zombie"]
    finally:
        os.waitpid(child, 0)


def test_files_of_another_host_stay_until_they_are_old(table: Table) -> None:
    leave(table, "elsewhere", host="elsewhere", started=time.time() - HOUR)
    assert recover(table.location, 2 * HOUR) == []
    assert recover(table.location, HOUR / 2) == ["elsewhere"]
    assert table.files() == []


@pytest.mark.parametrize("replaced", [False, True])
def test_a_published_file_is_never_removed(table: Table, replaced: bool) -> None:
    staged = table.stage("SELECT 1 AS a", "x", receipt="r1")
    publishing.replace(staged, None, key="task", attempt=1, name="flights")
    # As if the process had died between the commit and the removal of its manifest.
    announce(table.location, dead(Manifest.of_this_process("r1", staged.file.path)))
    if replaced:
        table.publish("SELECT 2 AS a", "x")
    assert recover(table.location, HOUR) == ["r1"]
    assert table.files(f"{STAGING}/*") == []
    assert table.rows(version=0) == [(1, "x")]


@pytest.mark.parametrize("text", ["", "{", "{}", "[]", '{"receipt": "r"}'])
def test_a_manifest_that_was_not_written_to_its_end_goes_when_it_is_old(table: Table, text: str) -> None:
    announce(table.location, Manifest.of_this_process("r1", "partition=x/r1.parquet"))
    Path(table.location.uri, STAGING, "r1.json").write_text(text)
    assert recover(table.location, HOUR) == []
    assert recover(table.location, -1.0) == ["r1"]
    assert table.files(f"{STAGING}/*") == []


def test_there_is_nothing_to_recover_where_there_is_no_table(table: Table) -> None:
    assert recover(table.location, HOUR) == []
    assert not Path(table.location.uri).exists()


def test_withdrawing_removes_the_file_and_all_that_was_written_beside_it(table: Table) -> None:
    staged = table.stage("SELECT 1 AS a", "x", receipt="r1")
    Path(table.location.uri, f"{staged.file.path}.kept").write_bytes(b"half")
    withdraw(table.location, "r1", file=staged.file.path)
    assert table.files() == []
    withdraw(table.location, "r1", file=staged.file.path)


def test_a_dead_process_that_was_narrowing_its_file_leaves_nothing(table: Table) -> None:
    manifest = leave(table, "dead")
    Path(table.location.uri, f"{manifest.file}.kept").write_bytes(b"half")
    assert recover(table.location, HOUR) == ["dead"]
    assert table.files() == []


def test_a_staged_file_can_be_written_anew_with_fewer_rows(table: Table) -> None:
    staged = table.stage("SELECT unnest([1, 2, 3]) AS a, 'v' AS b", "a b/50%")
    staged.view(table.connection, "staged")
    table.connection.execute("CREATE TABLE kept AS SELECT b, a FROM staged WHERE a > 1")
    narrowed = rewrite(table.connection, staged, "kept")
    assert narrowed.rows().to_pylist() == [{"a": 2, "b": "v"}, {"a": 3, "b": "v"}]
    assert (narrowed.file.path, narrowed.file.rows) == (staged.file.path, 2)
    assert table.files("*.kept") == []
    publishing.replace(narrowed, None, key="task", attempt=1, name="flights")
    assert table.rows() == [(2, "v", "a b/50%"), (3, "v", "a b/50%")]


def test_manifests_hold_nothing_but_what_identifies_the_process(table: Table) -> None:
    facts = asdict(Manifest.of_this_process("r1", "r1.parquet"))
    assert set(facts) == {"receipt", "file", "host", "pid", "process_started", "started"}
