from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hallmark.dataset import Column
from hallmark.errors import LakeError
from hallmark.storage.reading import snapshot_view
from hallmark.storage.snapshot import Selection, snapshot

Tables = Callable[..., Any]


def test_a_table_that_was_never_published_has_no_snapshot(table: Any) -> None:
    assert table.snapshot() is None
    table.stage("SELECT 1 AS a", "x")
    assert table.snapshot() is None


def test_a_snapshot_tells_version_columns_partitions_and_sizes(table: Any) -> None:
    table.publish("SELECT * FROM range(3) t(a), (SELECT 'v' AS b)", "x")
    table.publish("SELECT 7::BIGINT AS a, 'w' AS b", "y")
    found = table.snapshot()
    assert (found.version, found.partition_by) == (1, "partition")
    assert found.columns == (Column("a", "BIGINT"), Column("b", "VARCHAR"))
    assert {(f.partition, f.rows) for f in found.files} == {("x", 3), ("y", 1)}
    assert all(f.bytes > 0 for f in found.files)
    assert sorted(f.path for f in found.files) == table.files("*.parquet")


@pytest.mark.parametrize(
    ("selection", "taken", "label"),
    [
        (Selection(), "2013-01 2013-02 2013-10", "all partitions"),
        (Selection(equals="2013-02"), "2013-02", "2013-02"),
        (Selection(equals="2014"), "", "2014"),
        (Selection(before="2013-02"), "2013-01", "partitions before 2013-02"),
        (Selection(before="2013-10"), "2013-01 2013-02", "partitions before 2013-10"),
        (Selection(equals="2013-02", before="2013-02"), "", "2013-02"),
    ],
    ids=lambda value: str(value),
)
def test_a_selection_takes_all_one_or_the_earlier_partitions(
    table: Any, selection: Selection, taken: str, label: str
) -> None:
    for month in ("2013-10", "2013-01", "2013-02"):
        table.publish("SELECT 1 AS a", month)
    assert sorted(f.partition for f in table.snapshot().select(selection)) == taken.split()
    assert str(selection) == label


def test_a_table_without_partitions_is_always_read_whole(table: Any) -> None:
    table.publish("SELECT 1 AS a")
    found = table.snapshot()
    assert found.select(Selection(equals="x")) == found.select(Selection(before="a")) == found.files
    assert table.rows() == [(1,)]


def test_a_view_of_no_files_has_the_columns_and_no_rows(table: Any) -> None:
    table.publish("SELECT 1 AS a, {'n': 'x'} AS s", "x")
    columns = snapshot_view(table.connection, "v", table.snapshot(), [])
    assert [c.name for c in columns] == ["a", "s", "partition"]
    answer = table.connection.execute("FROM v")
    assert [d[0] for d in answer.description] == ["a", "s", "partition"]
    assert answer.fetchall() == []


def test_a_folder_above_the_lake_that_looks_like_a_partition_hides_no_column(new_table: Tables) -> None:
    table = new_table("flights", root="carrier=ZZ/partition=2000")
    table.publish("SELECT 'AA' AS carrier", "2013")
    assert table.rows() == [("AA", "2013")]


def test_a_version_that_does_not_exist_is_told(table: Any) -> None:
    table.publish("SELECT 1 AS a", "x")
    with pytest.raises(LakeError, match="check the lake root, its access and the version"):
        snapshot(table.location, 7)


def test_a_damaged_log_is_told(table: Any) -> None:
    table.publish("SELECT 1 AS a", "x")
    [log] = table.files("*0.json")
    Path(table.location.uri, log).write_text("{ no json")
    with pytest.raises(LakeError, match="cannot be read"):
        table.snapshot()
