from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from lake_table import Table

from hallmark.engines.duckdb import connect
from hallmark.errors import ConflictError
from hallmark.storage.publishing import replace
from hallmark.storage.snapshot import snapshot

ROUNDS = 6
PATIENCE = 60


def publish_rounds(uri: str, writer: int, sql: str, partitions: list[str | None], barrier: Any, answers: Any) -> None:
    """In each round publish one partition as soon as all writers have staged theirs; answer with how it ended."""
    with connect() as connection:
        for number, partition in enumerate(partitions):
            table = Table(f"{uri}{number}", connection)
            staged, base = table.stage(sql, partition), snapshot(table.location)
            barrier.wait(PATIENCE)
            try:
                replace(staged, base, key=str(uuid4()), attempt=1, name="flights")
                answers.put((number, writer, "published"))
            except ConflictError:
                answers.put((number, writer, "refused"))


def append_rows(uri: str, writer: int, count: int, barrier: Any, answers: Any) -> None:
    with connect() as connection:
        table = Table(uri, connection)
        barrier.wait(PATIENCE)
        for number in range(count):
            table.append(f"SELECT {writer} AS writer, {number} AS number", "x", work=f"{writer}.{number}")
        answers.put((0, writer, "published"))


def together(processes: Any, target: Any, arguments: list[tuple[Any, ...]]) -> list[tuple[int, int, str]]:
    """Run one process for each tuple of arguments and return what they answered, in order."""
    barrier, answers = processes.Barrier(len(arguments)), processes.Queue()
    children = [processes.Process(target=target, args=(*given, barrier, answers)) for given in arguments]
    for child in children:
        child.start()
    for child in children:
        child.join(PATIENCE)
    assert [child.exitcode for child in children] == [0] * len(children)
    found = []
    while not answers.empty():
        found.append(answers.get())
    return sorted(found)


@pytest.mark.parametrize("before", ["nothing", "another partition", "the same partition"])
def test_of_two_processes_that_publish_one_partition_exactly_one_wins(
    table: Table, processes: Any, before: str
) -> None:
    uri = table.location.uri
    partition = {"nothing": None, "another partition": "y", "the same partition": "x"}[before]
    for number in range(ROUNDS if partition else 0):
        Table(f"{uri}{number}", table.connection).publish("SELECT 0 AS writer", partition)
    rounds: list[str | None] = ["x"] * ROUNDS
    sql = "SELECT {} AS writer FROM range(100)"
    answers = together(processes, publish_rounds, [(uri, w, sql.format(w), rounds) for w in (1, 2)])
    for number in range(ROUNDS):
        outcome = {writer: ended for round_, writer, ended in answers if round_ == number}
        assert sorted(outcome.values()) == ["published", "refused"]
        [winner] = [writer for writer, ended in outcome.items() if ended == "published"]
        assert Table(f"{uri}{number}", table.connection).rows("x") == [(winner, "x")] * 100


def test_of_two_processes_that_publish_one_whole_table_exactly_one_wins(table: Table, processes: Any) -> None:
    uri = table.location.uri
    for number in range(ROUNDS):
        Table(f"{uri}{number}", table.connection).publish("SELECT 0 AS writer")
    rounds: list[str | None] = [None] * ROUNDS
    answers = together(processes, publish_rounds, [(uri, w, f"SELECT {w} AS writer", rounds) for w in (1, 2)])
    for number in range(ROUNDS):
        outcome = {writer: ended for round_, writer, ended in answers if round_ == number}
        [winner] = [writer for writer, ended in outcome.items() if ended == "published"]
        assert Table(f"{uri}{number}", table.connection).rows() == [(winner,)]


@pytest.mark.parametrize("exists", [True, False])
def test_processes_that_publish_different_partitions_all_get_in(table: Table, processes: Any, exists: bool) -> None:
    uri = table.location.uri
    for number in range(ROUNDS if exists else 0):
        Table(f"{uri}{number}", table.connection).publish("SELECT 0 AS writer", "p0")
    answers = together(
        processes,
        publish_rounds,
        # Each brings a column of its own: none may be lost to the other's commit.
        [(uri, w, f"SELECT {w} AS writer, {w} AS c{w}", [f"p{w}"] * ROUNDS) for w in (1, 2)],
    )
    assert [ended for _, _, ended in answers] == ["published"] * 2 * ROUNDS
    for number in range(ROUNDS):
        last = Table(f"{uri}{number}", table.connection)
        found = {row[-1] for row in last.rows()}
        assert found == ({"p0", "p1", "p2"} if exists else {"p1", "p2"})
        assert set(last.columns()) == {"writer", "c1", "c2"}


def test_many_rows_appended_by_many_processes_are_all_there(table: Table, processes: Any) -> None:
    writers, each = 4, 6
    together(processes, append_rows, [(table.location.uri, w, each) for w in range(writers)])
    assert table.rows() == [(w, n, "x") for w in range(writers) for n in range(each)]
    assert len(table.files("*.parquet")) == writers * each
    assert table.files("_hallmark/**/*") == []
