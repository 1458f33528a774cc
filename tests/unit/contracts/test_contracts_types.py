from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hallmark.contracts import Contract
from hallmark.contracts.types import canonical, holds, logical_type

TYPES = [
    "BIGINT",
    "INTEGER",
    "UINTEGER",
    "DOUBLE",
    "FLOAT",
    "DECIMAL(10,2)",
    "VARCHAR",
    "DATE",
    "TIMESTAMP",
    "INTEGER[]",
]


@pytest.mark.parametrize(
    ("changes", "type_"),
    [
        ({"logicalType": "string"}, "VARCHAR"),
        ({"logicalType": "integer"}, "BIGINT"),
        ({"logicalType": "number"}, "DOUBLE"),
        ({"logicalType": "boolean"}, "BOOLEAN"),
        ({"logicalType": "date"}, "DATE"),
        ({"logicalType": "timestamp"}, "TIMESTAMP"),
        ({"logicalType": "time"}, "TIME"),
        ({"logicalType": "timestamp", "logicalTypeOptions": {"timezone": True}}, "TIMESTAMP WITH TIME ZONE"),
        ({"logicalType": "integer", "logicalTypeOptions": {"format": "u16"}}, "USMALLINT"),
        ({"logicalType": "number", "logicalTypeOptions": {"format": "f32"}}, "FLOAT"),
        ({"logicalType": "string", "logicalTypeOptions": {"format": "email"}}, "VARCHAR"),
        ({"logicalType": "array", "items": {"logicalType": "integer"}}, "BIGINT[]"),
        (
            {"logicalType": "object", "properties": [{"name": "zip code", "logicalType": "string"}]},
            'STRUCT("zip code" VARCHAR)',
        ),
        (
            {"logicalType": "map", "map": {"key": {"logicalType": "string"}, "value": {"logicalType": "date"}}},
            "MAP(VARCHAR, DATE)",
        ),
        ({"logicalType": "number", "physicalType": " DECIMAL(10,2) "}, "DECIMAL(10,2)"),
        ({"logicalType": None, "physicalType": "uuid"}, "uuid"),
    ],
)
def test_a_property_has_the_type_that_holds_its_values(
    make: Callable[..., Contract], properties: dict[str, dict[str, Any]], changes: dict[str, Any], type_: str
) -> None:
    properties["state"] |= changes
    assert make().columns[2].type == type_


@pytest.mark.parametrize(
    ("type_", "logical"),
    [
        ("HUGEINT", "integer"),
        ("DECIMAL(10,0)", "integer"),
        ("DECIMAL(10,2)", "number"),
        ("FLOAT", "number"),
        ("TIMESTAMP WITH TIME ZONE", "timestamp"),
        ("TIME", "time"),
        ('STRUCT("a" INTEGER)', "object"),
        ("INTEGER[]", "array"),
        ("BLOB", "string"),
        ("what is this", "string"),
    ],
)
def test_a_sql_type_has_a_logical_one(type_: str, logical: str) -> None:
    assert logical_type(type_) == logical


@pytest.mark.parametrize(
    ("one", "other"), [("int8", "BIGINT"), ("text", "VARCHAR(20)"), ("real", "FLOAT"), ("INT[]", "integer[]")]
)
def test_spellings_of_one_type_are_the_same(one: str, other: str) -> None:
    assert canonical(one) == canonical(other)
    assert holds(one, other) and holds(other, one)


@pytest.mark.parametrize(
    ("wider", "narrower", "held"),
    [
        ("BIGINT", "INTEGER", True),
        ("BIGINT", "UINTEGER", True),
        ("INTEGER", "UINTEGER", False),
        ("UBIGINT", "INTEGER", False),
        ("DOUBLE", "FLOAT", True),
        ("DOUBLE", "INTEGER", False),
        ("TIMESTAMP", "DATE", False),
        ("DECIMAL(12,2)", "DECIMAL(10,2)", True),
        ("DECIMAL(12,4)", "DECIMAL(12,2)", False),
        ("VARCHAR", "INTEGER", False),
    ],
)
def test_a_wider_type_of_the_same_kind_holds_the_values(wider: str, narrower: str, held: bool) -> None:
    assert holds(wider, narrower) is held
    assert not holds(narrower, wider)


@pytest.mark.parametrize("one", TYPES)
def test_holding_each_other_is_being_the_same(one: str) -> None:
    assert [other for other in TYPES if holds(one, other) and holds(other, one)] == [one]
