from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hallmark.catalog import Catalog
from hallmark.dataset import DatasetVersion
from hallmark.receipt import Receipt

Make = Callable[..., Any]


def record(catalog: Catalog, receipt: Callable[..., Receipt], output: DatasetVersion, at: float, rows: Any) -> None:
    made = receipt(output, at, profile=None if rows is None else {"rows": rows, "columns": {}})
    catalog.record(replace(made, run=replace(made.run, run_id=f"run {at}")))


def rows(profiles: list[dict[str, Any]]) -> list[int]:
    return [profile["rows"] for profile in profiles]


def test_profiles_are_those_of_the_newest_versions(catalog: Catalog, version: Make, receipt: Make) -> None:
    for number in range(12):
        record(catalog, receipt, version(number), number, 100 + number)
    record(catalog, receipt, version(99, "flights/other"), 99, 7)
    assert rows(catalog.profiles("flights/clean", 3)) == [111, 110, 109]
    assert len(catalog.profiles("flights/clean", 50)) == 12
    assert catalog.profiles("flights/unknown", 3) == []


def test_a_partition_published_again_counts_once(catalog: Catalog, version: Make, receipt: Make) -> None:
    for number, partition in enumerate(["2013-01", "2013-02", "2013-03", "2013-01", "2013-01"]):
        record(catalog, receipt, version(number, partition=partition), number, 100 + number)
    assert rows(catalog.profiles("flights/clean", 10)) == [104, 102, 101]
    assert rows(catalog.profiles("flights/clean", 2)) == [104, 102]


def test_the_partition_about_to_be_published_does_not_count(catalog: Catalog, version: Make, receipt: Make) -> None:
    for number, partition in enumerate(["2013-01", "2013-02", "2013-03"]):
        record(catalog, receipt, version(number, partition=partition), number, 100 + number)
    assert rows(catalog.profiles("flights/clean", 10, excluding="2013-02")) == [102, 100]
    assert rows(catalog.profiles("flights/clean", 10, excluding="2013-09")) == [102, 101, 100]


def test_versions_without_partitions_all_count_whatever_is_excluded(
    catalog: Catalog, version: Make, receipt: Make
) -> None:
    for number in range(2):
        record(catalog, receipt, version(number), number, 100 + number)
    assert rows(catalog.profiles("flights/clean", 10, excluding="2013-02")) == [101, 100]


def test_versions_without_a_profile_are_left_out(catalog: Catalog, version: Make, receipt: Make) -> None:
    for number, found in enumerate([100, None, 102, None]):
        record(catalog, receipt, version(number), number, found)
    assert rows(catalog.profiles("flights/clean", 2)) == [102, 100]


def test_a_partition_whose_newest_version_has_no_profile_has_none(
    catalog: Catalog, version: Make, receipt: Make
) -> None:
    record(catalog, receipt, version(0, partition="2013-01"), 0, 100)
    record(catalog, receipt, version(1, partition="2013-01"), 1, None)
    assert catalog.profiles("flights/clean", 2) == []


def test_refused_versions_leave_no_profile(catalog: Catalog, version: Make, receipt: Make) -> None:
    catalog.record(receipt(version(""), state="refused", profile={"rows": 3, "columns": {}}))
    assert catalog.profiles("flights/clean", 2) == []
