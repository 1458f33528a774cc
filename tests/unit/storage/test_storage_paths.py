from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallmark.errors import ConfigError, LakeError, StageError
from hallmark.storage.paths import MAX_PARTITION, Location, absolute, checked_partition, partition_folder

Tables = Callable[..., Any]

ODD = [
    "a b",
    "  a",
    "a/b",
    "../up",
    "..",
    ".",
    "50%",
    "%41",
    "100%25",
    "ünï",
    "日本",
    "o'clock",
    'say "hi"',
    "a=b",
    "a+b",
    "a*b?[c]{d}",
    "a#b",
    "a\\b",
    "tab\tnew\nline",
    "x&y;z,w",
    "2013-01",
    "007",
    "1e5",
    "true",
    "__HIVE_DEFAULT_PARTITION__",
    "A" * 40,
]


@pytest.mark.parametrize("value", ODD)
def test_a_partition_may_have_any_name(new_table: Tables, value: str) -> None:
    table = new_table()
    table.publish("SELECT 1 AS a", value)
    table.publish("SELECT 5 AS a", "other")
    table.publish("SELECT 2 AS a", value)
    assert table.rows(value) == [(2, value)]
    assert table.rows("other") == [(5, "other")]
    assert sorted(table.rows()) == sorted([(2, value), (5, "other")])


@pytest.mark.parametrize("column", ["flight date", "a/b", "tägig", "a=b", "50%", 'quo"te', "order", "Partition"])
def test_the_partition_column_may_have_any_name(new_table: Tables, column: str) -> None:
    table = new_table(partition_by=column)
    table.publish("SELECT 1 AS a", "x")
    table.publish("SELECT 2 AS a", "y")
    assert table.rows("y") == [(2, "y")]
    assert table.snapshot().partition_by == column


@pytest.mark.parametrize("folder", ["la ke", "lä", "l[a]ke", "l*ke", "it's", "{a,b}", "a=9", "partition=z"])
def test_the_lake_may_lie_in_any_folder(new_table: Tables, folder: str) -> None:
    table = new_table(root=folder)
    table.publish("SELECT 1 AS a", "x")
    table.publish("SELECT 2 AS a", "y")
    assert table.rows() == [(1, "x"), (2, "y")]


@pytest.mark.parametrize("root", ["/lake?", "/la#ke", "/lake%20house"])
def test_a_lake_root_that_a_table_cannot_have_as_its_path_is_refused(root: str) -> None:
    with pytest.raises(ConfigError, match="lake_root"):
        absolute(root)


def test_a_lake_root_is_made_absolute_unless_it_is_remote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert absolute("lake") == f"{tmp_path}/lake"
    assert absolute("file:///data/lake") == "/data/lake"
    assert absolute("~/lake") == str(Path.home() / "lake")
    assert absolute("s3://bucket/lake?x") == "s3://bucket/lake?x"


@pytest.mark.parametrize("value", ["", "  ", "None", " null ", "\0", "x" * (MAX_PARTITION + 1), "日" * 23])
def test_a_partition_that_a_template_left_empty_is_refused(value: str) -> None:
    with pytest.raises(StageError):
        checked_partition(value)


@pytest.mark.parametrize("value", [None, "2013-01-01", "x" * MAX_PARTITION])
def test_any_other_partition_is_taken_as_it_is(value: str | None) -> None:
    assert checked_partition(value) == value


@given(st.text(min_size=1, max_size=MAX_PARTITION))
def test_a_partitions_folder_is_one_level_deep_and_names_it(value: str) -> None:
    value = value.encode(errors="replace").decode()
    folder = partition_folder("day", value)
    assert folder.count("/") == 1 and folder.endswith("/")
    assert unquote(folder.removeprefix("day=").removesuffix("/")) == value


def test_a_table_without_partitions_has_no_folder() -> None:
    assert partition_folder("day", None) == ""


def test_a_lake_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(LakeError, match="gopher"):
        Location("gopher://lake", {}).open()


def test_options_of_a_local_lake_are_not_handed_to_delta() -> None:
    options = {"AWS_REGION": "eu-west-1"}
    assert Location("/lake", options).storage_options is None
    assert Location("s3://lake", options).child("flights", "raw").storage_options == options
    assert Location("s3://lake", options).child("flights", "raw").uri == "s3://lake/flights/raw"
