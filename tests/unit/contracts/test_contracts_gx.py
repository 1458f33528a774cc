"""Great Expectations takes seconds to load: all that a contract can say is checked by it in one run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from hallmark.contracts import Contract, expectations_of
from hallmark.quality import validate

GX = {"type": "custom", "engine": "greatExpectations"}


def test_great_expectations_checks_whatever_a_contract_promises(
    make: Callable[..., Contract], tree: dict[str, Any], properties: dict[str, Any]
) -> None:
    properties["email"] |= {"unique": True, "logicalTypeOptions": {"minLength": 3, "pattern": "@"}}
    properties["state"] |= {
        "enum": ["open", "shipped"],
        "quality": [
            {"metric": "nullValues", "mustBeLessThan": 50, "unit": "percent"},
            {"metric": "missingValues", "arguments": {"missingValues": [None, ""]}, "mustBe": 0},
        ],
    }
    properties["amount"]["logicalTypeOptions"] = {"exclusiveMinimum": 0, "maximum": 9.5}
    properties["month"]["quality"] = [{**GX, "implementation": "type: expect_column_to_exist"}]
    tree["schema"][0]["properties"] += [
        {"name": "day", "logicalType": "date", "logicalTypeOptions": {"minimum": "2026-01-01"}},
        {"name": "at", "logicalType": "timestamp", "logicalTypeOptions": {"maximum": "2026-12-31"}},
    ]
    tree["schema"][0]["quality"] = [
        {"metric": "rowCount", "mustBeBetween": [1, 5]},
        {"metric": "duplicateValues", "arguments": {"properties": ["state", "month"]}, "mustBe": 0},
    ]
    rows = pa.table(
        {
            "order_id": [1, 2],
            "email": ["a@b", "a@b"],
            "state": ["open", None],
            "amount": [0.0, 9.5],
            "month": ["2026-11", "2026-11"],
            "day": pa.array([date(2025, 12, 31), date(2026, 1, 1)]),
            "at": pa.array([datetime(2026, 12, 31), datetime(2027, 1, 1)], pa.timestamp("us")),
        }
    )
    result = validate(rows, {"name": "contract", "expectations": expectations_of(make())})

    assert [outcome.error for outcome in result.outcomes if outcome.error] == []
    assert {(o.expectation.columns, o.expectation.type) for o in result.outcomes if not o.success} == {
        (("email",), "expect_column_values_to_be_unique"),
        (("state",), "expect_column_values_to_not_be_null"),
        (("amount",), "expect_column_values_to_be_between"),
        (("day",), "expect_column_values_to_be_between"),
        (("at",), "expect_column_values_to_be_between"),
    }
