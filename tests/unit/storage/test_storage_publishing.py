from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable

from hallmark.errors import ConflictError
from hallmark.storage.publishing import published_version, replace
from hallmark.storage.snapshot import snapshot


def test_what_is_staged_is_in_no_version_until_it_is_published(table: Any) -> None:
    table.publish("SELECT 1 AS a", "x")
    staged = table.stage("SELECT 2 AS a", "x")
    assert table.rows() == [(1, "x")]
    assert staged.rows().to_pylist() == [{"a": 2}]
    assert replace(staged, table.snapshot(), key="k", attempt=1, name="flights") == 1
    assert table.rows() == [(2, "x")]


def test_publishing_replaces_one_partition_and_leaves_the_others(table: Any) -> None:
    table.publish("SELECT 1 AS a", "x")
    table.publish("SELECT 2 AS a", "y")
    untouched = [f for f in table.snapshot().files if f.partition == "y"]
    assert table.publish("SELECT unnest([3, 4]) AS a", "x") == 2
    assert table.rows() == [(2, "y"), (3, "x"), (4, "x")]
    assert [f for f in table.snapshot().files if f.partition == "y"] == untouched


def test_publishing_a_table_without_partitions_replaces_all_of_it(table: Any) -> None:
    table.publish("SELECT 1 AS a, 'old' AS b")
    table.publish("SELECT 2 AS a")
    assert table.rows() == [(2,)]
    assert table.columns() == {"a": "INTEGER"}


def test_every_older_version_stays_readable_with_its_own_rows(table: Any) -> None:
    for number in range(4):
        table.publish(f"SELECT {number} AS a", "x")
    assert [table.rows(version=v) for v in range(4)] == [[(v, "x")] for v in range(4)]


def test_a_reader_that_has_begun_keeps_the_version_it_opened(table: Any) -> None:
    table.publish("SELECT unnest(range(1000)) AS a", "x")
    reading = table.connection.cursor()
    opened = table.snapshot()
    paths = [f"{table.location.uri}/{f.path}" for f in opened.files]
    reading.execute("SELECT a FROM read_parquet($paths)", {"paths": paths})
    first = reading.fetchmany(10)
    table.publish("SELECT -1 AS a", "x")
    assert len(first) + len(reading.fetchall()) == 1000
    assert snapshot(table.location, opened.version) == opened


def test_a_version_names_the_receipt_that_made_it(table: Any) -> None:
    for receipt in ("first", "second"):
        replace(
            table.stage("SELECT 1 AS a", "x", receipt=receipt), table.snapshot(), key=receipt, attempt=1, name="flights"
        )
    assert published_version(table.location, "first") == 0
    assert published_version(table.location, "second") == 1
    assert published_version(table.location, "third") is None


def test_nothing_is_published_where_there_is_no_table(table: Any) -> None:
    assert published_version(table.location, "first") is None


def test_a_table_keeps_its_name_and_its_whole_log(table: Any) -> None:
    table.publish("SELECT 1 AS a", "x")
    metadata = DeltaTable(table.location.uri).metadata()
    assert metadata.name == "flights"
    assert metadata.configuration["delta.enableExpiredLogCleanup"] == "false"


def test_a_try_that_has_published_cannot_publish_again(table: Any) -> None:
    table.publish("SELECT 1 AS a", "x", key="task", attempt=1)
    with pytest.raises(ConflictError, match="try 1 of this task has published already and this is try 1"):
        table.publish("SELECT 2 AS a", "x", key="task", attempt=1)
    assert table.version == 0
    assert table.rows() == [(1, "x")]


def test_a_newer_try_replaces_what_an_older_one_published(table: Any) -> None:
    table.publish("SELECT 1 AS a", "x", key="task", attempt=1)
    table.publish("SELECT 2 AS a", "x", key="task", attempt=2)
    assert table.rows() == [(2, "x")]


def test_an_older_try_that_still_lives_cannot_overwrite_a_newer_one(table: Any) -> None:
    table.publish("SELECT 2 AS a", "x", key="task", attempt=2)
    with pytest.raises(ConflictError, match="the newer try's version stays"):
        table.publish("SELECT 1 AS a", "x", key="task", attempt=1)
    assert table.rows() == [(2, "x")]


def test_an_older_try_is_refused_even_if_the_newer_one_wrote_another_partition(table: Any) -> None:
    table.publish("SELECT 2 AS a", "y", key="task", attempt=2)
    with pytest.raises(ConflictError):
        table.publish("SELECT 1 AS a", "x", key="task", attempt=1)
    assert table.rows() == [(2, "y")]


@pytest.mark.parametrize("partition", ["x", None])
def test_a_partition_that_changed_since_the_stage_began_is_not_overwritten(table: Any, partition: str | None) -> None:
    table.publish("SELECT 1 AS a", partition)
    base = table.snapshot()
    staged = table.stage("SELECT 3 AS a", partition)
    table.publish("SELECT 2 AS a", partition)
    with pytest.raises(ConflictError, match="now version 1") as caught:
        replace(staged, base, key="late", attempt=1, name="flights")
    assert caught.value.dataset == "flights"
    assert [row[0] for row in table.rows()] == [2]


def test_a_partition_that_came_into_being_since_the_stage_began_is_not_overwritten(table: Any) -> None:
    staged = table.stage("SELECT 3 AS a", "x")
    table.publish("SELECT 2 AS a", "x")
    with pytest.raises(ConflictError, match="another run published partition x"):
        replace(staged, None, key="late", attempt=1, name="flights")
    assert table.rows() == [(2, "x")]


def test_a_change_of_another_partition_is_no_conflict(table: Any) -> None:
    table.publish("SELECT 1 AS a", "x")
    base = table.snapshot()
    staged = table.stage("SELECT 3 AS a", "x")
    table.publish("SELECT 2 AS a", "y")
    replace(staged, base, key="late", attempt=1, name="flights")
    assert table.rows() == [(2, "y"), (3, "x")]


def test_a_new_column_is_null_in_rows_that_came_before_it(table: Any) -> None:
    table.publish("SELECT 1 AS a", "x")
    table.publish("SELECT 2 AS a, 'n' AS b", "y")
    assert table.columns() == {"a": "INTEGER", "b": "VARCHAR"}
    assert table.rows() == [(1, None, "x"), (2, "n", "y")]
    assert table.rows("x") == [(1, None, "x")]
    assert table.columns(version=0) == {"a": "INTEGER"}


def test_a_publication_without_a_column_takes_it_from_no_other_partition(table: Any) -> None:
    table.publish("SELECT 1 AS a, 'kept' AS b", "x")
    table.publish("SELECT 2 AS a", "y")
    assert table.columns() == {"a": "INTEGER", "b": "VARCHAR"}
    assert table.rows() == [(1, "kept", "x"), (2, None, "y")]


@pytest.mark.parametrize(
    "value", ["TIMESTAMP '2013-01-01'", "[TIMESTAMP '2013-01-01']", "{'t': TIMESTAMP '2013-01-01'}"]
)
def test_a_time_without_a_zone_can_come_into_a_table_that_had_none(table: Any, value: str) -> None:
    table.publish("SELECT 1 AS a", "x")
    table.publish(f"SELECT 2 AS a, {value} AS at", "y")
    table.publish(f"SELECT 3 AS a, {value} AS at", "z")
    [x, y, z] = table.rows()
    assert x == (1, None, "x")
    assert y[1] == z[1] is not None


def test_any_reader_of_delta_reads_what_was_published(table: Any) -> None:
    table.publish("SELECT 1 AS a, TIMESTAMP '2013-01-01' AS at", "a b")
    table.publish("SELECT 2 AS a, TIMESTAMP '2013-01-02' AS at, 'n' AS b", "50%/é")
    rows = DeltaTable(table.location.uri).to_pyarrow_table(columns=["a", "b", "partition"]).to_pylist()
    assert sorted(rows, key=lambda row: row["a"]) == [
        {"a": 1, "b": None, "partition": "a b"},
        {"a": 2, "b": "n", "partition": "50%/é"},
    ]


def test_appending_adds_rows_and_keeps_those_that_are_there(table: Any) -> None:
    assert table.append("SELECT 1 AS a", "x", work="monday") == 0
    assert table.append("SELECT 2 AS a", "x", work="tuesday") == 1
    assert table.append("SELECT 3 AS a", "a b", work="wednesday") == 2
    assert table.rows() == [(1, "x"), (2, "x"), (3, "a b")]


@pytest.mark.parametrize("partition", ["x", "a b/50%", None])
def test_appending_again_takes_out_what_earlier_tries_of_the_same_work_added(table: Any, partition: str | None) -> None:
    table.append("SELECT 1 AS a", partition, work="monday")
    table.append("SELECT 2 AS a", partition, work="tuesday")
    table.append("SELECT 3 AS a", partition, work="monday")
    assert [row[0] for row in table.rows()] == [2, 3]
    assert [row[0] for row in table.rows(version=1)] == [1, 2]


def test_an_appended_new_column_is_null_in_older_rows(table: Any) -> None:
    table.append("SELECT 1 AS a", "x", work="monday")
    table.append("SELECT 2 AS a, TIMESTAMP '2013-01-01' AS at", "x", work="tuesday")
    table.append("SELECT 3 AS a", "x", work="wednesday")
    assert table.columns() == {"a": "INTEGER", "at": "TIMESTAMP"}
    assert [(a, at is None) for a, at, _ in table.rows()] == [(1, True), (2, False), (3, True)]


def test_publishing_leaves_no_manifest(table: Any) -> None:
    table.publish("SELECT 1 AS a", "x")
    table.append("SELECT 2 AS a", "x", work="monday")
    assert table.files("_hallmark/**/*") == []
    assert Path(table.location.uri, "_delta_log").is_dir()


def test_a_column_may_be_spelled_in_another_case_from_some_version_on(table: Any) -> None:
    table.publish("SELECT 1 AS carrier", "x")
    table.publish('SELECT 2 AS "Carrier"', "y")
    assert table.columns() == {"Carrier": "INTEGER"}
    assert table.rows() == [(1, "x"), (2, "y")]
    assert table.rows("x") == [(1, "x")]
