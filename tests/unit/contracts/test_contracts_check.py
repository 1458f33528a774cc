from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hallmark.contracts import Contract, check_read, expectations_of, require_readable, stale
from hallmark.contracts.check import span
from hallmark.dataset import Column, Dataset
from hallmark.errors import ContractError
from hallmark.quality.suite import suite_of

NOW = datetime(2026, 11, 25, 10, tzinfo=UTC)
Make = Callable[..., Contract]
NOT_NULL, UNIQUE = "expect_column_values_to_not_be_null", "expect_column_values_to_be_unique"


def short(expectations: list[dict[str, Any]]) -> list[tuple[str, Any]]:
    return [(e["type"], e["kwargs"].get("column") or e["kwargs"].get("column_list")) for e in expectations]


def test_columns_without_nulls_and_keys_are_expectations(make: Make) -> None:
    contract = replace(make(), unique=("email",))
    assert short(expectations_of(contract)) == [
        (NOT_NULL, "order_id"),
        (NOT_NULL, "email"),
        (UNIQUE, "order_id"),
        (UNIQUE, "email"),
    ]


def test_they_are_in_the_format_of_a_suite(make: Make) -> None:
    suite = suite_of({"name": "contract", "expectations": expectations_of(make())})
    assert {e.severity for e in suite.expectations} == {"critical"}


def test_a_key_of_several_columns_is_unique_together() -> None:
    columns = (Column("month", "VARCHAR"), Column("id", "BIGINT"), Column("line", "BIGINT"))
    dataset = Dataset("d", schema=columns, primary_key=("month", "id"), partition_by="month")
    assert short(expectations_of(dataset))[-1] == ("expect_compound_columns_to_be_unique", ["month", "id"])
    assert short(expectations_of(dataset, ["id", "line"])) == [(NOT_NULL, "id"), (UNIQUE, "id")]


def test_a_promise_that_a_rule_repeats_is_checked_once(make: Make, properties: dict[str, Any]) -> None:
    properties["email"]["quality"] = [{"metric": "nullValues", "mustBe": 0}]
    assert short(expectations_of(make())).count((NOT_NULL, "email")) == 1


def test_a_milder_rule_does_not_take_the_place_of_a_promise(make: Make, properties: dict[str, Any]) -> None:
    properties["email"]["quality"] = [{"metric": "nullValues", "mustBe": 0, "severity": "info"}]
    assert short(expectations_of(make())).count((NOT_NULL, "email")) == 2


@pytest.mark.parametrize(
    ("published", "told"),
    [
        (NOW - timedelta(hours=24), None),
        (NOW + timedelta(hours=1), None),
        (datetime(2026, 11, 24, 10), None),
        (
            NOW - timedelta(hours=27, minutes=30),
            "the newest version was published 1 d 3 h ago, on 2026-11-24 06:30 UTC, "
            "and the contract promises at most 1 d",
        ),
        (None, "no version was ever published, and the contract promises one every 1 d"),
    ],
)
def test_what_is_older_than_promised_is_stale(make: Make, published: datetime | None, told: str | None) -> None:
    assert stale(make(), published, NOW) == told


def test_without_a_promise_nothing_is_stale() -> None:
    assert stale(Dataset("d"), None) is None
    assert stale(Dataset("d", freshness=timedelta(days=1)), None) is not None


def test_a_reader_finds_what_was_promised_whatever_comes_beside_it(make: Make) -> None:
    contract = make()
    narrower = [replace(c, type="INTEGER") if c.name == "order_id" else c for c in contract.columns]
    assert check_read(contract, [*narrower, Column("more", "BLOB")], NOW, now=NOW) == []
    require_readable(contract, contract.columns, NOW, now=NOW)


def test_each_promise_that_is_not_kept_is_told(make: Make) -> None:
    found = [Column("order_id", "VARCHAR"), Column("e_mail", "VARCHAR"), Column("state", "VARCHAR")]
    faults = check_read(make(), [*found, Column("month", "VARCHAR")], NOW - timedelta(days=9), now=NOW)
    assert [(fault.column, str(fault)) for fault in faults[:-1]] == [
        ("order_id", "column 'order_id' is VARCHAR where the contract says BIGINT"),
        ("email", "column 'email' is missing (found 'e_mail' instead)"),
        ("amount", "column 'amount' is missing"),
    ]
    assert faults[-1].column is None and "9 d ago" in str(faults[-1])


def test_a_reader_can_refuse(make: Make) -> None:
    with pytest.raises(ContractError) as raised:
        require_readable(make(), [], NOW, now=NOW)
    assert str(raised.value).startswith("dataset shop/orders: column 'order_id' is missing; column 'email' is missing")


def test_the_partition_column_is_a_text_in_the_lake(make: Make, properties: dict[str, Any]) -> None:
    properties["month"]["logicalType"] = "date"
    columns = [replace(c, type="VARCHAR") if c.name == "month" else c for c in make().columns]
    assert check_read(make(), columns, NOW, now=NOW) == []


def test_the_lake_may_hold_a_type_as_another(make: Make, properties: dict[str, Any]) -> None:
    properties["state"]["physicalType"] = "UUID"
    columns = [replace(c, type="VARCHAR") if c.name == "state" else c for c in make().columns]
    held = {"UUID": "VARCHAR"}
    assert check_read(make(), columns, NOW, now=NOW) != []
    assert check_read(make(), columns, NOW, now=NOW, as_stored=lambda type_: held.get(type_, type_)) == []


@pytest.mark.parametrize(
    ("age", "shown"),
    [
        (timedelta(days=2, hours=3, minutes=4), "2 d 3 h"),
        (timedelta(minutes=45), "45 min"),
        (timedelta(seconds=5), "5 s"),
        (timedelta(hours=36), "1 d 12 h"),
    ],
)
def test_a_time_is_told_in_its_greatest_units(age: timedelta, shown: str) -> None:
    assert span(age) == shown
