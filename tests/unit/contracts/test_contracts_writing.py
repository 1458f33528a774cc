from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallmark.contracts import load_contract, read_contract, to_odcs
from hallmark.dataset import Column, Dataset
from hallmark.errors import ContractError

TYPES = ["BIGINT", "VARCHAR", "DECIMAL(10,2)", "TIMESTAMP WITH TIME ZONE", "INTEGER[]", 'STRUCT("a b" DATE)', "BLOB"]
names = st.text("abcXYZ_ äß€'\"", min_size=1, max_size=6).filter(lambda name: bool(name.strip()))
texts = st.none() | st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(
    lambda text: bool(text.strip()) and "\ufeff" not in text
)
columns = st.lists(
    st.builds(
        Column, names, st.sampled_from(TYPES), st.booleans(), texts, st.sampled_from([None, "personal", "public"])
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda column: column.name.lower(),
)


@st.composite
def datasets(draw: st.DrawFn) -> Dataset:
    schema = tuple(draw(columns))
    of_schema = st.lists(st.sampled_from([c.name for c in schema]), unique=True, max_size=3)
    return Dataset(
        draw(st.sampled_from(["orders", "shop/orders", "a/b.c/d-e"])),
        suite=draw(st.sampled_from([None, "suites/orders.yml", "/etc/orders.yml"])),
        owner=draw(texts),
        description=draw(texts),
        schema=schema,
        allow_new_columns=draw(st.booleans()),
        partition_by=draw(st.sampled_from(["partition", "day", schema[0].name])),
        tags=tuple(draw(st.lists(st.text("abc", min_size=1), max_size=2))),
        primary_key=tuple(draw(of_schema)),
        unique=tuple(c.name for c in schema if draw(st.booleans())),
        freshness=draw(st.none() | st.timedeltas(timedelta(seconds=1), timedelta(days=9)).map(whole)),
    )


def whole(age: timedelta) -> timedelta:
    return timedelta(seconds=age // timedelta(seconds=1))


@given(datasets())
def test_what_is_written_is_read_again(dataset: Dataset) -> None:
    assert read_contract(to_odcs(dataset)).dataset() == dataset


def test_expectations_are_written_as_the_dataset_s_quality() -> None:
    expectation = {
        "type": "expect_column_values_to_be_between",
        "kwargs": {"column": "id", "min_value": 1},
        "severity": "warning",
        "meta": {"notes": "From 1."},
    }
    text = to_odcs(Dataset("d", schema={"id": "BIGINT"}), version="2.1.0", status="active", expectations=[expectation])  # type: ignore[arg-type]
    contract = read_contract(text)
    assert [rule.to_dict() for rule in contract.rules] == [expectation]
    assert (contract.version, contract.status) == ("2.1.0", "active")


def test_a_suite_is_written_relative_to_the_file(tmp_path: Path) -> None:
    suite = tmp_path / "suites" / "d.yml"
    dataset = Dataset("d", suite=str(suite), schema=(Column("id", "BIGINT"),))
    file = tmp_path / "contracts" / "d.yml"
    file.parent.mkdir()
    file.write_text(to_odcs(dataset, folder=str(file.parent)))
    assert load_contract(file).suite == "../suites/d.yml"
    assert load_contract(file).dataset() == dataset


def test_it_is_written_for_people_without_anchors() -> None:
    rule = {"type": "expect_table_row_count_to_be_between", "kwargs": {"min_value": 1}}
    text = to_odcs(Dataset("d", description="Öl", schema=(Column("id", "BIGINT"),)), expectations=[rule, rule])
    assert "&id" not in text and "Öl" in text
    assert text.startswith("apiVersion: v3.1.0\nkind: DataContract\nid: d\n")


def test_a_dataset_without_columns_promises_nothing() -> None:
    with pytest.raises(ContractError, match="declares no columns"):
        to_odcs(Dataset("d"))
