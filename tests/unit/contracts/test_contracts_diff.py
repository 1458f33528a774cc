from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallmark.contracts import Change, Contract, Rule, diff
from hallmark.dataset import Column

OLD = Contract(
    "shop/orders",
    "1.2.0",
    (
        Column("order_id", "BIGINT", nullable=False),
        Column("email", "VARCHAR", classification="personal"),
        Column("amount", "DOUBLE"),
    ),
    primary_key=("order_id",),
    unique=("email",),
    rules=(
        Rule("expect_column_values_to_be_between", {"column": "amount", "min_value": 0, "max_value": 9}),
        Rule("expect_column_values_to_be_in_set", {"column": "email", "value_set": ["a", "b"]}, "warning"),
    ),
    freshness=timedelta(hours=6),
    owner="shop",
    partition_by="day",
)
BETWEEN, IN_SET = OLD.rules


def told(new: Contract, old: Contract = OLD) -> list[tuple[str, str]]:
    """Kind and field of each change but that of the version."""
    return [(change.kind, change.path) for change in diff(old, new) if change.path != "version"]


def with_column(name: str, **changes: Any) -> Contract:
    return replace(OLD, columns=tuple(replace(c, **changes) if c.name == name else c for c in OLD.columns))


def with_rules(*rules: Rule, **kwargs: Any) -> Contract:
    return replace(OLD, rules=(*rules, *(r for r in OLD.rules if r.type not in {each.type for each in rules})))


def bounded(severity: str = "critical", **kwargs: Any) -> Contract:
    return with_rules(replace(BETWEEN, kwargs={"column": "amount", **kwargs}, severity=severity))


@pytest.mark.parametrize(
    ("new", "kind", "path"),
    [
        (replace(OLD, name="shop/sales"), "breaking", "schema.name"),
        (replace(OLD, columns=(*OLD.columns, Column("more", "DATE"))), "compatible", "properties.more"),
        (with_column("amount", type="BIGINT"), "breaking", "properties.amount.physicalType"),
        (with_column("order_id", type="INTEGER"), "breaking", "properties.order_id.physicalType"),
        (with_column("order_id", type="HUGEINT"), "compatible", "properties.order_id.physicalType"),
        (with_column("order_id", nullable=True), "breaking", "properties.order_id.required"),
        (with_column("amount", nullable=False), "compatible", "properties.amount.required"),
        (with_column("email", classification=None), "breaking", "properties.email.classification"),
        (with_column("email", classification="confidential"), "breaking", "properties.email.classification"),
        (with_column("amount", classification="personal"), "compatible", "properties.amount.classification"),
        (with_column("amount", classification="green"), "informative", "properties.amount.classification"),
        (with_column("amount", description="Net."), "informative", "properties.amount.description"),
        (replace(OLD, columns=OLD.columns[::-1]), "informative", "properties"),
        (replace(OLD, primary_key=()), "breaking", "primaryKey"),
        (replace(OLD, primary_key=("order_id", "email")), "breaking", "primaryKey"),
        (replace(OLD, unique=()), "breaking", "properties.email.unique"),
        (replace(OLD, unique=("email", "amount")), "compatible", "properties.amount.unique"),
        (replace(OLD, freshness=None), "breaking", "slaProperties.freshness"),
        (replace(OLD, freshness=timedelta(hours=7)), "breaking", "slaProperties.freshness"),
        (replace(OLD, freshness=timedelta(hours=5)), "compatible", "slaProperties.freshness"),
        (replace(OLD, partition_by=None), "breaking", "partitioned"),
        (replace(OLD, allow_new_columns=True), "compatible", "customProperties.allowNewColumns"),
        (replace(OLD, owner="sales"), "informative", "team"),
        (replace(OLD, description="All."), "informative", "description"),
        (replace(OLD, tags=("a",)), "informative", "tags"),
        (replace(OLD, status="deprecated"), "informative", "status"),
        (replace(OLD, status="retired"), "breaking", "status"),
        (replace(OLD, other_terms=(("retention", "3 y"),)), "informative", "slaProperties.retention"),
        (replace(OLD, rules=(IN_SET,)), "breaking", "properties.amount.quality"),
        (with_rules(Rule("expect_table_row_count_to_be_between", {"min_value": 1})), "compatible", "quality"),
        (bounded(min_value=1, max_value=9), "compatible", "properties.amount.quality"),
        (bounded(min_value=-1, max_value=9), "breaking", "properties.amount.quality"),
        (bounded(min_value=0, max_value=8), "compatible", "properties.amount.quality"),
        (bounded(min_value=1, max_value=10), "breaking", "properties.amount.quality"),
        (bounded(min_value=0), "breaking", "properties.amount.quality"),
        (bounded(min_value=0, max_value=9, strict_min=True), "compatible", "properties.amount.quality"),
        (bounded(min_value=0, max_value=9, mostly=0.9), "breaking", "properties.amount.quality"),
        (bounded(min_value={"$PARAMETER": "least"}, max_value=9), "breaking", "properties.amount.quality"),
        (bounded("warning", min_value=0, max_value=9), "breaking", "properties.amount.quality"),
        (with_rules(replace(IN_SET, severity="critical")), "compatible", "properties.email.quality"),
        (
            with_rules(replace(IN_SET, kwargs={"column": "email", "value_set": ["a", "b", "c"]})),
            "breaking",
            "properties.email.quality",
        ),
        (
            with_rules(replace(IN_SET, kwargs={"column": "email", "value_set": ["a"]})),
            "compatible",
            "properties.email.quality",
        ),
    ],
)
def test_one_change_is_told_as_one(new: Contract, kind: str, path: str) -> None:
    assert told(new) == [(kind, path)]


@pytest.mark.parametrize(
    "kwargs",
    [
        {"min_value": 0, "max_value": 9.0},
        {"min_value": 0, "max_value": 9, "mostly": 1.0},
        {"min_value": 0, "max_value": 9, "strict_min": False, "result_format": "BASIC"},
    ],
)
def test_the_same_in_other_words_is_no_change(kwargs: dict[str, Any]) -> None:
    assert told(bounded(**kwargs)) == []


def test_values_that_must_not_be_there_are_the_other_way_round() -> None:
    not_in = Rule("expect_column_values_to_not_be_in_set", {"column": "email", "value_set": ["a"]})
    more = replace(not_in, kwargs={"column": "email", "value_set": ["a", "b"]})
    old, new = replace(OLD, rules=(not_in,)), replace(OLD, rules=(more,))
    assert [change.kind for change in diff(old, new) if change.path != "version"] == ["compatible"]
    assert told(old, new) == [("breaking", "properties.email.quality")]


def test_a_pattern_that_changed_may_let_anything_through() -> None:
    old, new = (Rule("expect_column_values_to_match_regex", {"column": "email", "regex": r}) for r in ("^a", "^b"))
    changes = diff(replace(OLD, rules=(old,)), replace(OLD, rules=(new,)))
    assert changes[0].kind == "breaking" and "cannot be told" in changes[0].why


def test_a_promise_that_moves_is_no_change() -> None:
    rule = Rule("expect_column_values_to_not_be_null", {"column": "order_id"})
    moved = replace(with_column("order_id", nullable=True), rules=(*OLD.rules, rule))
    assert told(moved) == []
    assert told(OLD, moved) == []


def test_a_promise_that_allows_some_is_looser() -> None:
    rule = Rule("expect_column_values_to_not_be_null", {"column": "order_id", "mostly": 0.9})
    new = replace(with_column("order_id", nullable=True), rules=(*OLD.rules, rule))
    (change, *_) = diff(OLD, new)
    assert change == Change(
        "breaking",
        "properties.order_id.required",
        "column_values_to_not_be_null: mostly 1 → 0.9",
        "values that were refused may come",
    )


def test_a_column_that_is_gone_is_told_once_without_its_rules() -> None:
    assert told(replace(OLD, columns=OLD.columns[:2], rules=(IN_SET,))) == [("breaking", "properties.amount")]


def test_a_renamed_column_is_recognised_by_type_and_name() -> None:
    columns = (*OLD.columns[:2], Column("amount_net", "DOUBLE"))
    change = diff(OLD, replace(OLD, columns=columns, rules=(IN_SET,)))[0]
    assert (change.kind, change.path, change.what) == (
        "breaking",
        "properties.amount",
        "probably renamed to amount_net",
    )
    retyped = (*OLD.columns[:2], Column("amount_net", "VARCHAR"))
    assert told(replace(OLD, columns=retyped, rules=(IN_SET,))) == [
        ("breaking", "properties.amount"),
        ("compatible", "properties.amount_net"),
    ]


@pytest.mark.parametrize(
    ("version", "kind"),
    [
        ("1.2.0", "breaking"),
        ("1.3.0", "breaking"),
        ("0.9.0", "breaking"),
        ("2.0.0", "informative"),
        ("v2", "informative"),
        ("November", "informative"),
    ],
)
def test_a_breaking_change_wants_a_new_major_version(version: str, kind: str) -> None:
    changes = diff(OLD, replace(OLD, unique=(), version=version))
    (change,) = [c for c in changes if c.path == "version"]
    assert change.kind == kind
    assert ("2.0.0" in change.why) is (kind == "breaking")


def test_a_compatible_change_may_keep_the_version_and_is_reminded() -> None:
    changes = diff(OLD, replace(OLD, freshness=timedelta(hours=1)))
    assert [(c.kind, c.path) for c in changes] == [
        ("compatible", "slaProperties.freshness"),
        ("informative", "version"),
    ]


def test_what_breaks_comes_first() -> None:
    new = replace(OLD, owner="sales", unique=(), freshness=timedelta(hours=1), version="2.0.0")
    assert [change.kind for change in diff(OLD, new)] == ["breaking", "compatible", "informative", "informative"]


contracts = st.builds(
    lambda columns, rules, age, unique: replace(
        OLD, columns=tuple(columns), primary_key=(), unique=unique, rules=tuple(rules), freshness=age
    ),
    st.lists(
        st.builds(Column, st.sampled_from("abc"), st.sampled_from(["INTEGER", "BIGINT", "VARCHAR"]), st.booleans()),
        min_size=1,
        unique_by=lambda column: column.name,
    ),
    st.lists(
        st.builds(
            lambda column, low, severity: Rule(
                "expect_column_values_to_be_between", {"column": column, "min_value": low}, severity
            ),
            st.sampled_from("abc"),
            st.integers(0, 2),
            st.sampled_from(["critical", "warning"]),
        ),
        max_size=3,
    ),
    st.none() | st.integers(1, 3).map(lambda days: timedelta(days=days)),
    st.sampled_from([(), ("a",)]),
)


@given(contracts)
def test_a_contract_does_not_differ_from_itself(contract: Contract) -> None:
    assert diff(contract, contract) == []


def test_a_rule_that_a_stricter_one_held_all_along_may_change_unnoticed() -> None:
    def bounded(low: int, severity: str = "critical", **meta: str) -> Rule:
        kwargs = {"column": "amount", "min_value": low}
        return Rule("expect_column_values_to_be_between", kwargs, severity, meta)

    strict = replace(OLD, rules=(bounded(0), bounded(1)))
    for rules in [(bounded(0, "warning"), bounded(1)), (bounded(1),), (bounded(0), bounded(1, note="as before"))]:
        assert told(replace(OLD, rules=rules), strict) == told(strict, replace(OLD, rules=rules)) == []


@given(contracts, contracts)
def test_two_that_differ_in_the_values_break_or_are_compatible_one_way(old: Contract, new: Contract) -> None:
    there, back = told(new, old), told(old, new)
    assert bool(there) == bool(back)


@given(contracts, contracts, contracts)
def test_compatible_steps_lead_to_a_compatible_whole(one: Contract, two: Contract, three: Contract) -> None:
    def breaks(old: Contract, new: Contract) -> bool:
        return any(kind == "breaking" for kind, _ in told(new, old))

    if not breaks(one, two) and not breaks(two, three):
        assert not breaks(one, three)


def test_a_change_is_plain(make: Callable[..., Contract]) -> None:
    (change,) = diff(make(), replace(make(), owner="sales"))
    assert change.to_dict() == {
        "kind": "informative",
        "path": "team",
        "what": "shop → sales",
        "why": "it promises nothing of the data",
    }
