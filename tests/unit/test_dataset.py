from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallmark.dataset import Column, Dataset, DatasetVersion, resolve_path
from hallmark.errors import StageError


@pytest.mark.parametrize("name", ["flights", "flights/clean", "a1", "9", "x.y-z_1/B/c", "flights/v1.2"])
def test_a_name_is_words_between_single_slashes(name: str) -> None:
    assert Dataset(name).name == str(Dataset(name)) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/",
        "/flights",
        "flights/",
        "flights//clean",
        "..",
        "flights/../secret",
        "a..b",
        ".hidden",
        "_delta_log",
        "flights/_hallmark",
        "flights clean",
        "flights\n",
        "größe",
        "s3://bucket",
        "a\\b",
        "a\0",
        "{{ ds }}",
    ],
)
def test_what_could_leave_the_lake_or_hide_in_it_is_no_name(name: str) -> None:
    with pytest.raises(StageError) as raised:
        Dataset(name)
    assert str(raised.value) == (
        f"{name!r} is not a dataset name; "
        "use letters, digits, '_', '.', '-' and single slashes, for example flights/clean"
    )


@given(st.text(max_size=12))
def test_whatever_is_accepted_stays_below_the_lake_root(name: str) -> None:
    try:
        dataset = Dataset(name)
    except StageError:
        return
    path = os.path.normpath(os.path.join("/lake", dataset.name))
    assert path.startswith("/lake/") and path == f"/lake/{dataset.name}"


def test_a_schema_may_be_a_mapping_pairs_or_columns() -> None:
    columns = (Column("id", "BIGINT"), Column("name", "VARCHAR"))
    for schema in ({"id": "BIGINT", "name": "VARCHAR"}, [("id", "BIGINT"), ("name", "VARCHAR")], list(columns)):
        assert Dataset("d", schema=schema).schema == columns  # type: ignore[arg-type]


def test_columns_that_are_named_personal_are_classified_and_the_others_left_as_they_are() -> None:
    dataset = Dataset(
        "d",
        schema=(Column("name", "VARCHAR", False, "Full name."), Column("id", "BIGINT"), Column("x", "INTEGER")),
        personal=("name", "absent"),
    )
    assert dataset.schema[0] == Column("name", "VARCHAR", False, "Full name.", "personal")
    assert [c.personal for c in dataset.schema] == [True, False, False]
    assert dataset.personal == ("name",)


def test_columns_that_are_classified_are_personal_without_being_named() -> None:
    assert Dataset("d", schema=(Column("name", "VARCHAR", classification="personal"),)).personal == ("name",)


def test_without_a_schema_the_names_alone_say_what_is_personal() -> None:
    assert Dataset("d", personal=["name"]).personal == ("name",)  # type: ignore[arg-type]


def test_a_quarantine_keeps_owner_partition_and_what_is_personal() -> None:
    aside = Dataset("flights/raw", owner="data", personal=("name",), partition_by="month", suite="s.yml").quarantine
    assert (aside.name, aside.owner, aside.personal, aside.partition_by) == (
        "flights/raw__quarantine",
        "data",
        ("name",),
        "month",
    )
    assert aside.suite is None and aside.tags == ("quarantine",)


def test_a_dataset_is_a_value() -> None:
    assert Dataset("d", tags=["a"]) == Dataset("d", tags=("a",))  # type: ignore[arg-type]
    assert hash(Dataset("d", tags=["a"], schema={"id": "BIGINT"}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("version", "label"),
    [
        (DatasetVersion("flights/clean", "file", "/x", "12"), "flights/clean@12"),
        (DatasetVersion("flights/clean", "file", "/x", "12", partition="2013-01"), "flights/clean@12 [2013-01]"),
        (DatasetVersion("f.csv", "file", "/f.csv", "0123456789abcdef", kind="file"), "f.csv@0123456789ab"),
        (DatasetVersion("flights/clean", "file", "/x"), "flights/clean@"),
    ],
)
def test_a_label_is_short_enough_for_a_line_of_a_log(version: DatasetVersion, label: str) -> None:
    assert version.label == label


def test_paths_are_relative_to_the_dag() -> None:
    assert resolve_path("suites/s.yml", "/dags") == "/dags/suites/s.yml"
    assert resolve_path("/etc/s.yml", "/dags") == "/etc/s.yml"
