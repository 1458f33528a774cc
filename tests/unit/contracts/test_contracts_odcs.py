from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from hallmark.contracts import Contract, load_contract, read_contract, with_suite
from hallmark.dataset import Column, Dataset
from hallmark.errors import ContractError

Make = Callable[..., Contract]
Tree = dict[str, Any]


def test_a_contract_says_what_a_dataset_promises(make: Make) -> None:
    contract = make()
    assert (contract.name, contract.version, contract.owner) == ("shop/orders", "1.2.0", "shop")
    assert contract.columns == (
        Column("order_id", "BIGINT", nullable=False),
        Column("email", "VARCHAR", nullable=False, classification="personal"),
        Column("state", "VARCHAR"),
        Column("amount", "DOUBLE"),
        Column("month", "VARCHAR"),
    )
    assert contract.primary_key == ("order_id",)
    assert contract.partition_by == "month"
    assert contract.freshness == timedelta(days=1)


def test_it_gives_the_dataset(make: Make) -> None:
    dataset = make(customProperties=[{"property": "allowNewColumns", "value": True}]).dataset()
    assert (dataset.name, dataset.owner, dataset.description) == ("shop/orders", "shop", "One row an order.")
    assert (dataset.personal, dataset.tags, dataset.partition_by) == (("email",), ("sales",), "month")
    assert dataset.allow_new_columns and dataset.primary_key == ("order_id",) and dataset.freshness == timedelta(days=1)


def test_it_fills_in_what_a_dag_file_left_open(make: Make) -> None:
    declared = Dataset("shop/orders", owner="shop", personal=("amount",), tags=("daily",), contract="orders.yml")
    filled = make().dataset(declared)
    assert (filled.contract, filled.owner, filled.description) == ("orders.yml", "shop", "One row an order.")
    assert (filled.personal, filled.tags) == (("email", "amount"), ("daily", "sales"))


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        (Dataset("shop/order"), "the name (shop/orders, shop/order)"),
        (Dataset("shop/orders", owner="sales", freshness=timedelta(hours=1)), "freshness, owner"),
        (Dataset("shop/orders", schema=(Column("id", "BIGINT"),)), "schema"),
    ],
)
def test_two_that_contradict_each_other_are_refused(make: Make, declared: Dataset, told: str) -> None:
    with pytest.raises(ContractError) as raised:
        make().dataset(declared)
    assert raised.value.found == f"the contract and the DAG file differ on {told}"


def test_a_suite_is_found_from_the_contract_s_folder(tmp_path: Path, tree: Tree) -> None:
    tree["customProperties"] = [{"property": "suite", "value": "../suites/orders.yml"}]
    file = tmp_path / "contracts" / "orders.yml"
    file.parent.mkdir()
    file.write_text(yaml.safe_dump(tree))
    assert load_contract(file).dataset().suite == str(tmp_path / "suites" / "orders.yml")


def test_a_key_of_several_columns_is_in_the_order_of_its_positions(make: Make, properties: dict[str, Tree]) -> None:
    properties["order_id"]["primaryKeyPosition"] = 2
    properties["month"] |= {"primaryKey": True, "primaryKeyPosition": 1}
    assert make().primary_key == ("month", "order_id")


@pytest.mark.parametrize(
    ("team", "owner"),
    [
        (None, None),
        ({"name": "shop"}, "shop"),
        ({"members": [{"username": "ann"}, {"username": "bob", "role": "Owner"}]}, "bob"),
        ([{"username": "bob", "role": "owner"}], "bob"),
        ([{"username": "ann"}], None),
    ],
)
def test_the_owner_is_the_team_or_who_owns_it(make: Make, team: Any, owner: str | None) -> None:
    assert make(team=team).owner == owner


@pytest.mark.parametrize(
    ("sla", "age"),
    [
        ({"property": "freshness", "value": 90, "unit": "min"}, timedelta(minutes=90)),
        ({"property": "latency", "value": 1.5, "unit": "h"}, timedelta(minutes=90)),
        ({"property": "LY", "value": 2, "unit": "days"}, timedelta(days=2)),
    ],
)
def test_freshness_is_a_time_in_the_standard_s_units(make: Make, sla: Tree, age: timedelta) -> None:
    assert make(slaProperties=[sla]).freshness == age


def test_what_nothing_checks_is_told(make: Make, properties: dict[str, Tree]) -> None:
    properties["state"]["quality"] = [{"type": "text", "description": "Never empty."}]
    properties["amount"]["quality"] = [{"type": "sql", "query": "select 1", "mustBe": 1}]
    levels = [
        {"property": "retention", "value": 3, "unit": "y"},
        {"property": "freshness", "value": 1, "unit": "d", "element": "orders.month"},
    ]
    contract = make(slaProperties=levels)
    assert [note.partition(": ")[0] for note in contract.unchecked] == [
        "schema[0].properties[2].quality[0]",
        "schema[0].properties[3].quality[0]",
        "slaProperties[0]",
        "slaProperties[1]",
    ]
    assert contract.other_terms == (("retention", "3 y"),)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"version": None}, "version is missing; write version: "),
        ({"version": 1.1}, "version is 1.1 where a text belongs; put the text in quotes"),
        ({"kind": "Contract"}, "kind is 'Contract'; write kind: DataContract"),
        ({"apiVersion": "v2.2.0"}, "apiVersion is 'v2.2.0'; write v3.1.0"),
        ({"ownr": "x"}, "ownr is not a field of the Open Data Contract Standard here; put what is your own under"),
        ({"desciption": {}}, "did you mean description?"),
        ({"schema": None}, "schema is missing; list the one dataset"),
        ({"schema": [{"name": "a"}]}, "schema[0].properties is missing; list the columns"),
        ({"schema": {"name": "a"}}, "schema is a mapping where a list belongs"),
        ({"team": "shop"}, "team is a text where a mapping belongs"),
        ({"tags": [1]}, "tags[0] is 1 where a text belongs"),
        ({"slaProperties": [{"property": "freshness", "value": 1, "unit": "y"}]}, "unit is 'y'; use one of min, h, d"),
        ({"slaProperties": [{"property": "freshness", "value": 0, "unit": "d"}]}, "value is 0; write a number above"),
        ({"slaProperties": [{"property": "freshness", "value": 1}]}, "slaProperties[0].unit is missing"),
        ({"slaProperties": [{"property": "latency", "value": 1, "unit": "d"}] * 2}, "says a second time"),
        ({"customProperties": [{"property": "suite", "value": 1}]}, "customProperties.suite is 1 where a text belongs"),
    ],
)
def test_what_is_wrong_is_told_with_its_field(make: Make, fields: Tree, message: str) -> None:
    with pytest.raises(ContractError) as raised:
        make(**fields)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("column", "changes", "message"),
    [
        ("state", {"logicalType": "strng"}, "properties[2].logicalType 'strng' is unknown; did you mean string?"),
        ("state", {"logicalType": None}, "properties[2] has no type; give it a logicalType"),
        ("state", {"physicalType": "foo"}, "'foo' is not a type of DuckDB"),
        ("state", {"physicalType": "BIGINT"}, "BIGINT does not hold a string; correct one of the two; integer would"),
        ("state", {"requried": True}, "did you mean required?"),
        ("state", {"required": "no"}, "required is 'no'; write true or false"),
        ("state", {"name": "Email"}, "'Email' is the name of schema[0].properties[1] too"),
        ("state", {"name": None}, "properties[2].name is missing"),
        ("state", {"partitioned": True}, "properties[4].partitioned is a second partition column"),
        ("month", {"primaryKey": True, "primaryKeyPosition": 1}, "1 is the position of 'order_id' too"),
        ("state", {"logicalType": "object"}, "holds an object and does not say what is in it"),
        ("amount", {"logicalTypeOptions": {"minimum": "a"}}, "minimum is 'a' where a number belongs"),
        ("amount", {"logicalTypeOptions": {"minimum": 1, "exclusiveMinimum": 1}}, "keep one of the two"),
        ("amount", {"logicalTypeOptions": {"minimum": float("nan")}}, "where a number belongs"),
        ("state", {"logicalTypeOptions": {"pattern": "("}}, "'(' is no regular expression"),
        ("state", {"enum": [{"label": "Open"}]}, "enum[0] has no value"),
        ("state", {"quality": [{"type": "costum"}]}, "use one of library, custom, sql, text"),
    ],
)
def test_what_is_wrong_with_a_property_is_told(
    make: Make, properties: dict[str, Tree], column: str, changes: Tree, message: str
) -> None:
    properties["order_id"]["primaryKeyPosition"] = 1
    properties[column] |= changes
    with pytest.raises(ContractError) as raised:
        make()
    assert message in str(raised.value)


def test_a_mistake_is_told_with_file_and_line(tmp_path: Path, tree: Tree) -> None:
    file = tmp_path / "orders.yml"
    tree["schema"][0]["properties"][1]["logicalType"] = "txt"
    text = yaml.safe_dump(tree)
    file.write_text(text)
    line = next(number for number, words in enumerate(text.splitlines(), 1) if "txt" in words)
    with pytest.raises(ContractError, match=rf"orders.yml, line {line}: schema\[0\].properties\[1\].logicalType"):
        load_contract(file)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [", "line 1 is not valid YAML"),
        ("a: 1\nb: 2\na: 3", "line 3: a stands twice in one mapping"),
        ("", "the file is empty where a mapping belongs"),
        ("- a", "the file is a list where a mapping belongs"),
        ("a: 2023-13-45", "has a value that YAML cannot read"),
        ("a: !!python/object:os.system x", "is not valid YAML"),
        ("[" * 5000, "is nested too deeply"),
    ],
)
def test_what_is_no_contract_at_all_is_told_in_one_line(text: str, message: str) -> None:
    with pytest.raises(ContractError, match=message):
        read_contract(text)


def test_a_file_that_is_not_there_or_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    for name in ("absent", "binary"):
        with pytest.raises(ContractError, match=f"{name} cannot be read"):
            load_contract(tmp_path / name)


def test_a_structure_that_holds_itself_ends() -> None:
    head = "apiVersion: v3.1.0\nkind: DataContract\nid: a\nversion: '1'\nstatus: a\n"
    text = head + "schema: [{name: a, properties: &p [{name: b, logicalType: object, properties: *p}]}]"
    with pytest.raises(ContractError, match="nested too deeply"):
        read_contract(text)


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
FIELDS = ["schema", "team", "tags", "description", "slaProperties", "customProperties", "version", "id"]


@given(st.dictionaries(st.sampled_from(FIELDS), junk, min_size=1), st.dictionaries(st.text(max_size=4), junk))
def test_whatever_is_written_a_mistake_is_a_contract_error(known: Tree, others: Tree) -> None:
    whole = {"apiVersion": "v3.1.0", "kind": "DataContract", "id": "a", "version": "1", "status": "active"}
    columns = [{"name": "a", "logicalType": "string", **others}]
    for tree in ({**whole, **known}, {**whole, "schema": [{"name": "a", "properties": columns}], **others}):
        try:
            read_contract(yaml.safe_dump(tree))
        except ContractError as error:
            assert error.remedy


def test_a_suite_s_expectations_join_the_rules(make: Make) -> None:
    contract = with_suite(make(), "{expectations: [{type: expect_column_to_exist, kwargs: {column: later}}]}")
    assert [rule.type for rule in contract.rules] == ["expect_column_to_exist"]


def test_a_suite_on_a_column_that_the_contract_does_not_have_is_refused(make: Make) -> None:
    suite = "{expectations: [{type: expect_column_values_to_be_unique, kwargs: {column: emial}}]}"
    contract = replace(make(), suite="orders.yml")
    with pytest.raises(ContractError, match=r"suite file orders.yml.*'emial'.*did you mean 'email'"):
        with_suite(contract, suite)
    with pytest.raises(ContractError, match="expectations"):
        with_suite(contract, "name: a")
