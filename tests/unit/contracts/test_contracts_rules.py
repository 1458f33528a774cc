from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hallmark.contracts import Contract
from hallmark.errors import ContractError

Tree = dict[str, Any]
Rules = Callable[..., list[tuple[str, Tree, str]]]
GX = {"type": "custom", "engine": "greatExpectations"}


def test_an_expectation_may_be_a_text_or_a_mapping_and_is_about_its_column(rules: Rules) -> None:
    text = {**GX, "implementation": "type: expect_column_values_to_be_between\nkwargs: {min_value: 0}"}
    mapping = {**GX, "implementation": {"expectation_type": "expect_column_to_exist"}, "severity": "warning"}
    assert rules(text, mapping, column="amount") == [
        ("column_values_to_be_between", {"column": "amount", "min_value": 0}, "critical"),
        ("column_to_exist", {"column": "amount"}, "warning"),
    ]


@pytest.mark.parametrize("engine", ["greatExpectations", "great-expectations", "Great Expectations"])
def test_the_engine_has_several_spellings(rules: Rules, engine: str) -> None:
    rule = {"type": "custom", "engine": engine, "implementation": {"type": "expect_table_column_count_to_equal"}}
    assert rules(rule) == [("table_column_count_to_equal", {}, "critical")]


@pytest.mark.parametrize(
    ("word", "severity"), [("error", "critical"), ("critical", "critical"), ("warn", "warning"), ("info", "info")]
)
def test_the_standard_s_severities_are_hallmark_s(rules: Rules, word: str, severity: str) -> None:
    assert rules({"metric": "rowCount", "mustBe": 1, "severity": word})[0][2] == severity


@pytest.mark.parametrize(
    ("column", "rule", "type_", "kwargs"),
    [
        ("state", {"metric": "nullValues", "mustBe": 0}, "column_values_to_not_be_null", {}),
        ("state", {"metric": "nullValues", "mustBeLessThan": 1}, "column_values_to_not_be_null", {}),
        (
            "state",
            {"metric": "nullValues", "mustBeLessOrEqualTo": 5, "unit": "percent"},
            "column_values_to_not_be_null",
            {"mostly": 0.95},
        ),
        (
            "state",
            {"metric": "nullValues", "mustBeLessThan": 5, "unit": "percent"},
            "column_values_to_not_be_null",
            {"mostly": 0.950000001},
        ),
        (
            "state",
            {"metric": "missingValues", "arguments": {"missingValues": ["", "N/A"]}, "mustBe": 0},
            "column_values_to_not_be_in_set",
            {"value_set": ["", "N/A"]},
        ),
        (
            "state",
            {"metric": "invalidValues", "arguments": {"pattern": "^[a-z]+$"}, "mustBe": 0},
            "column_values_to_match_regex",
            {"regex": "^[a-z]+$"},
        ),
        (
            "state",
            {"rule": "validValues", "validValues": ["open"]},
            "column_values_to_be_in_set",
            {"value_set": ["open"]},
        ),
        ("state", {"metric": "duplicateValues", "mustBe": 0}, "column_values_to_be_unique", {}),
        ("state", {"rule": "duplicateCount", "mustBeLessThan": 1}, "column_values_to_be_unique", {}),
    ],
)
def test_metrics_of_a_column_are_expectations(rules: Rules, column: str, rule: Tree, type_: str, kwargs: Tree) -> None:
    assert rules(rule, column=column) == [(type_, {"column": column, **kwargs}, "critical")]


@pytest.mark.parametrize(
    ("bounds", "kwargs"),
    [
        ({"mustBe": 3}, {"min_value": 3, "max_value": 3}),
        ({"mustBeGreaterThan": 3}, {"min_value": 4}),
        ({"mustBeGreaterThan": 3.5}, {"min_value": 4}),
        ({"mustBeGreaterOrEqualTo": 3}, {"min_value": 3}),
        ({"mustBeLessThan": 3}, {"max_value": 2}),
        ({"mustBeLessOrEqualTo": 3}, {"max_value": 3}),
        ({"mustBeBetween": [3, 5]}, {"min_value": 3, "max_value": 5}),
        ({"mustNotBe": 0}, {"min_value": 1}),
        ({"mustBeGreaterOrEqualTo": 0}, {"min_value": 0}),
    ],
)
def test_a_count_of_rows_keeps_its_bounds(rules: Rules, bounds: Tree, kwargs: Tree) -> None:
    assert rules({"metric": "rowCount", **bounds}) == [("table_row_count_to_be_between", kwargs, "critical")]


def test_missing_values_with_null_are_two_expectations(rules: Rules) -> None:
    rule = {"metric": "missingValues", "arguments": {"missingValues": [None, ""]}, "mustBe": 0}
    assert [type_ for type_, _, _ in rules(rule, column="state")] == [
        "column_values_to_not_be_null",
        "column_values_to_not_be_in_set",
    ]


def test_duplicates_over_several_columns_are_compound(rules: Rules) -> None:
    rule = {"metric": "duplicateValues", "arguments": {"properties": ["state", "month"]}, "mustBe": 0}
    assert rules(rule) == [("compound_columns_to_be_unique", {"column_list": ["state", "month"]}, "critical")]


@pytest.mark.parametrize(
    "rule",
    [
        {"metric": "nullValues", "mustBeLessThan": 100},
        {"metric": "nullValues", "mustBeGreaterThan": 1},
        {"metric": "duplicateValues", "mustBeLessThan": 1, "unit": "percent"},
        {"metric": "nullValues", "mustNotBeBetween": [1, 2]},
        {
            "metric": "missingValues",
            "arguments": {"missingValues": [None, ""]},
            "mustBeLessThan": 1,
            "unit": "percent",
        },
    ],
)
def test_what_great_expectations_cannot_count_is_noted_and_not_made_up(
    make: Callable[..., Contract], properties: dict[str, Tree], rule: Tree
) -> None:
    properties["state"]["quality"] = [rule]
    contract = make()
    assert contract.rules == ()
    assert "nothing that counts" in contract.unchecked[0]


@pytest.mark.parametrize(
    ("column", "rule", "message"),
    [
        (None, {"metric": "rowCount"}, "does not say what the count must be"),
        (None, {"metric": "rowCounts", "mustBe": 1}, "did you mean rowCount?"),
        (None, {"metric": "rowCount", "mustBe": 1, "mustBeLessThan": 2}, "keep one of them"),
        (None, {"metric": "rowCount", "mustBe": True}, "where a number belongs"),
        (None, {"metric": "rowCount", "mustBe": float("inf")}, "where a number belongs"),
        (None, {"metric": "rowCount", "mustBeBetween": [5, 3]}, "write the smaller number first"),
        (None, {"metric": "rowCount", "mustBeBetween": [5]}, "write two numbers"),
        (None, {"metric": "rowCount", "mustBeLessThan": 0}, "can be met by no count"),
        (None, {"metric": "rowCount", "mustBe": 1.5}, "can be met by no count"),
        (None, {"metric": "rowCount", "mustBe": 1, "unit": "percent"}, "count in rows"),
        (None, {"metric": "nullValues", "mustBe": 0}, "move it to the quality of that property"),
        ("state", {"metric": "rowCount", "mustBe": 1}, "move it to the quality of the schema's object"),
        ("state", {"metric": "nullValues", "mustBe": 0, "unit": "pct"}, "use one of rows, percent"),
        ("state", {"metric": "invalidValues", "mustBe": 0}, "has no validValues to count with"),
        ("state", {**GX, "implementation": "type: ["}, "is not valid YAML"),
        ("state", {**GX, "implementation": {"kwargs": {}}}, "write expectation_type: "),
        ("state", {**GX, "implementation": {"type": "NotNull"}}, "'NotNull' is no expectation"),
        ("state", {**GX, "implementation": {"type": "expect_x", "kwarg": {}}}, "did you mean kwargs?"),
        (
            "state",
            {**GX, "severity": "bad", "implementation": {"type": "expect_x"}},
            "use one of critical, warning, info",
        ),
        ("state", {"type": "custom", "implementation": {}}, "engine is missing"),
        (
            None,
            {**GX, "implementation": {"type": "expect_column_to_be", "kwargs": {"column": "stat"}}},
            "mean 'state'?",
        ),
    ],
)
def test_a_rule_that_is_wrong_is_refused(rules: Rules, column: str | None, rule: Tree, message: str) -> None:
    with pytest.raises(ContractError) as raised:
        rules(rule, column=column)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("column", "changes", "expected"),
    [
        ("state", {"minLength": 1, "maxLength": 9}, ("value_lengths", {"min_value": 1, "max_value": 9})),
        ("state", {"pattern": "^o"}, ("values_to_match_regex", {"regex": "^o"})),
        (
            "amount",
            {"exclusiveMinimum": 0, "maximum": 9.5},
            ("", {"min_value": 0, "strict_min": True, "max_value": 9.5}),
        ),
    ],
)
def test_options_of_a_type_are_expectations(
    make: Callable[..., Contract], properties: dict[str, Tree], column: str, changes: Tree, expected: tuple[str, Tree]
) -> None:
    properties[column]["logicalTypeOptions"] = changes
    (rule,) = make().rules
    assert expected[0] in rule.type
    assert rule.kwargs == {"column": column, **expected[1]}


@pytest.mark.parametrize(
    ("logical", "least", "written"),
    [("date", "2026-11-23", "2026-11-23"), ("timestamp", "2026-11-23", "2026-11-23T00:00:00")],
)
def test_bounds_in_time_are_written_so_that_they_can_be_compared(
    make: Callable[..., Contract], properties: dict[str, Tree], logical: str, least: str, written: str
) -> None:
    properties["state"] |= {"logicalType": logical, "logicalTypeOptions": {"minimum": least}}
    assert make().rules[0].kwargs["min_value"] == written


def test_a_list_of_values_is_one_with_and_without_labels(
    make: Callable[..., Contract], properties: dict[str, Tree]
) -> None:
    properties["state"]["enum"] = [{"value": "open", "label": "Open"}, "shipped"]
    assert make().rules[0].kwargs == {"column": "state", "value_set": ["open", "shipped"]}


def test_a_rule_s_description_goes_along(make: Callable[..., Contract], properties: dict[str, Tree]) -> None:
    properties["state"]["quality"] = [{"metric": "nullValues", "mustBe": 0, "description": "The till asks."}]
    assert make().rules[0].to_dict()["meta"] == {"notes": "The till asks."}
