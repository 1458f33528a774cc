"""Values of personal columns are in the table and nowhere else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from laboratory import Laboratory, Sample

from hallmark.dataset import Column, Dataset
from hallmark.errors import GateError
from hallmark.receipt import Receipt, plain
from hallmark.stages.dataset_target import DatasetTarget
from hallmark.stages.inputs import DatasetInput

SECRETS = ("ada@example.org", "1234567891")
ROWS = (
    "SELECT * FROM (VALUES ('ada@example.org', 1234567891, 1), ('bob', 12, -5), ('ada@example.org', 1234567891, -7)) "
    "t(email, salary, a)"
)
PERSONAL = Dataset(
    "people",
    schema=(
        Column("email", "VARCHAR", classification="personal"),
        Column("salary", "INTEGER", classification="personal"),
        Column("a", "INTEGER"),
    ),
)
SOURCE = Dataset("feed", personal=("email", "salary"))
UNDECLARED = Dataset("people", personal=("email", "salary"))

# Each fails on a row of Ada, or on what can be said of her column.
FAILING: list[tuple[str, dict[str, Any]]] = [
    ("expect_column_values_to_match_regex", {"column": "email", "regex": "^b"}),
    ("expect_column_values_to_be_unique", {"column": "email"}),
    ("expect_column_values_to_be_in_set", {"column": "email", "value_set": ["bob"]}),
    ("expect_column_values_to_be_between", {"column": "salary", "max_value": 100}),
    ("expect_column_max_to_be_between", {"column": "salary", "max_value": 100}),
    ("expect_column_distinct_values_to_be_in_set", {"column": "email", "value_set": ["bob"]}),
    ("expect_column_most_common_value_to_be_in_set", {"column": "email", "value_set": ["bob"]}),
    ("expect_column_values_to_be_between", {"column": "email", "max_value": 100}),
    ("expect_column_values_to_be_between", {"column": "a", "min_value": 0}),
    ("expect_column_pair_values_to_be_equal", {"column_A": "salary", "column_B": "a"}),
    ("expect_compound_columns_to_be_unique", {"column_list": ["email", "salary"]}),
]


def people(lab: Laboratory, dataset: Dataset = PERSONAL, *suite: Any, quarantine: bool = False) -> Sample:
    """Return the stage that reads the rows from another dataset: the SQL of a receipt is not what is tested here."""
    lab.publish(SOURCE, ROWS)
    path = lab.suite(*suite) if suite else None
    target = DatasetTarget(dataset, None, path, "quarantine" if quarantine else "fail", 1.0)
    return Sample(target, "SELECT * FROM feed", {"feed": DatasetInput(SOURCE)})


def everything_kept(lab: Laboratory, receipt: Receipt) -> str:
    """Return all that the catalog has of a receipt, as text."""
    return json.dumps([receipt.to_dict(), plain(lab.catalog.gate(receipt.id)), plain(lab.catalog.dataset("people"))])


@pytest.mark.parametrize("dataset", [PERSONAL, UNDECLARED], ids=["declared columns", "named columns"])
@pytest.mark.parametrize("expectation", FAILING, ids=[f"{t} {'-'.join(map(str, k.values()))}" for t, k in FAILING])
def test_no_expectation_tells_a_personal_value(
    lab: Laboratory, caplog: pytest.LogCaptureFixture, dataset: Dataset, expectation: tuple[str, dict[str, Any]]
) -> None:
    with pytest.raises(GateError) as caught, caplog.at_level("DEBUG", logger="hallmark"):
        lab.run(people(lab, dataset, expectation))
    told = everything_kept(lab, lab.last("refused")) + str(caught.value) + caplog.text
    assert [secret for secret in SECRETS if secret in told] == []


def test_a_sample_of_failing_rows_shows_what_is_not_personal(lab: Laboratory) -> None:
    with pytest.raises(GateError, match="for example -5, -7"):
        lab.run(people(lab, PERSONAL, ("expect_column_values_to_be_between", {"column": "a", "min_value": 0})))
    gate = lab.last("refused").gate
    assert gate is not None
    [result] = gate["results"]
    assert result["meta"]["failed_rows"] == [
        {"email": "[masked]", "salary": "[masked]", "a": -5},
        {"email": "[masked]", "salary": "[masked]", "a": -7},
    ]
    assert result["result"]["partial_unexpected_list"] == [-5, -7]


def test_a_profile_counts_personal_values_and_tells_none(lab: Laboratory) -> None:
    receipt = lab.run(people(lab))
    assert receipt.profile is not None
    columns = receipt.profile["columns"]
    assert (columns["salary"]["nulls"], columns["salary"]["distinct"]) == (0, 2)
    assert {columns["salary"][name] for name in ("min", "max", "sum", "mean")} == {None}
    assert (columns["salary"]["quantiles"], columns["a"]["min"]) == ({}, -7.0)
    assert [secret for secret in SECRETS if secret in everything_kept(lab, receipt)] == []


def test_samples_are_as_many_as_the_options_say(lab: Laboratory) -> None:
    suite = lab.suite(("expect_column_values_to_be_between", {"column": "a", "min_value": 0}))
    sql = "SELECT -range::INTEGER - 1 AS a FROM range(1000)"
    with pytest.raises(GateError):
        lab.run(Sample(DatasetTarget(Dataset("numbers"), None, suite), sql), sample_rows=3)
    gate = lab.last("refused").gate
    assert gate is not None
    [result] = gate["results"]
    assert len(result["meta"]["failed_rows"]) == len(result["result"]["partial_unexpected_list"]) == 3
    assert not {"unexpected_list", "unexpected_index_list"} & set(result["result"])


def test_rows_in_quarantine_are_whole_and_their_receipt_is_masked(lab: Laboratory) -> None:
    has_at = ("expect_column_values_to_match_regex", {"column": "email", "regex": "@"})
    lab.run(people(lab, PERSONAL, has_at, quarantine=True))
    assert lab.rows(PERSONAL.quarantine, "email, salary") == [("bob", 12)]
    assert PERSONAL.quarantine.personal == ("email", "salary")
    assert "bob" not in everything_kept(lab, lab.last("published"))
