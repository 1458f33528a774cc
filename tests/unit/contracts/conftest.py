from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from hallmark.contracts import Contract, read_contract

Tree = dict[str, Any]
Make = Callable[..., Contract]


@pytest.fixture
def tree() -> Tree:
    """A contract on orders, as YAML gives it."""
    return {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": "shop-orders",
        "version": "1.2.0",
        "status": "active",
        "description": {"purpose": "One row an order."},
        "tags": ["sales"],
        "team": {"name": "shop"},
        "schema": [
            {
                "name": "orders",
                "physicalName": "shop/orders",
                "properties": [
                    {"name": "order_id", "logicalType": "integer", "primaryKey": True},
                    {"name": "email", "logicalType": "string", "required": True, "classification": "personal"},
                    {"name": "state", "logicalType": "string"},
                    {"name": "amount", "logicalType": "number", "physicalType": "DOUBLE"},
                    {"name": "month", "logicalType": "string", "partitioned": True},
                ],
            }
        ],
        "slaProperties": [{"property": "freshness", "value": 1, "unit": "d"}],
    }


@pytest.fixture
def properties(tree: Tree) -> dict[str, Tree]:
    """The contract's properties by name, to be changed before it is made."""
    return {each["name"]: each for each in tree["schema"][0]["properties"]}


@pytest.fixture
def make(tree: Tree) -> Make:
    """Read the contract as it is by now, with some of its fields in another form."""

    def read(**fields: Any) -> Contract:
        return read_contract(yaml.safe_dump({**tree, **fields}))

    return read


@pytest.fixture
def rules(make: Make, properties: dict[str, Tree], tree: Tree) -> Callable[..., list[tuple[str, dict[str, Any], str]]]:
    """Read quality rules, of the dataset or of a column, and return type, arguments and severity of each."""

    def read(*quality: Tree, column: str | None = None) -> list[tuple[str, dict[str, Any], str]]:
        holder = properties[column] if column else tree["schema"][0]
        holder["quality"] = list(quality)
        return [(rule.type.removeprefix("expect_"), dict(rule.kwargs), rule.severity) for rule in make().rules]

    return read
