from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallmark.engines.duckdb import columns_of, connect, rows_of
from hallmark.errors import SuiteError
from hallmark.quality import Expectation, Suite, suite, validate
from hallmark.quality.adaptive import adapted, versions_needed
from hallmark.quality.profile import profile

ROWS = "expect_table_row_count_to_be_between"
MEAN = "expect_column_mean_to_be_between"
COUNTS = st.lists(st.integers(0, 10**6), min_size=3, max_size=9)


def expecting(type_: str = ROWS, history: Any = None, **kwargs: Any) -> Suite:
    asked = {"within": 0.3} if history is None else history
    return Suite("flights", (Expectation(type_, kwargs, "warning", {"hallmark": {"history": asked}}),))


def profiles(*rows: int, **column: Sequence[Any]) -> list[dict[str, Any]]:
    """Profiles of a table with the column x, newest first."""
    return [
        {"rows": count, "columns": {"x": {"nulls": 0, **{name: values[n] for name, values in column.items()}}}}
        for n, count in enumerate(rows)
    ]


def bounds(suite: Suite) -> tuple[Any, Any]:
    kwargs = suite.expectations[0].kwargs
    return kwargs.get("min_value"), kwargs.get("max_value")


def used(suite: Suite) -> Mapping[str, Any]:
    found: Mapping[str, Any] = suite.expectations[0].meta["hallmark"]["history"]["used"]
    return found


def test_a_row_count_is_held_to_the_median_of_the_last_seven() -> None:
    found = adapted(expecting(), profiles(1000, 900, 1100, 10_000, 1000, 1000, 1000, 1, 1, 1, 1))
    assert bounds(found) == (700, 1300)
    assert used(found) == {"versions": 7, "centre": 1000.0, "low": 700, "high": 1300}


def test_a_mean_is_held_to_three_sigmas() -> None:
    means = [10.0, 11.0, 12.0, 13.0]
    history = {"versions": 4, "centre": "mean", "sigmas": 3}
    low, high = bounds(adapted(expecting(MEAN, history, column="x"), profiles(1, 1, 1, 1, mean=means)))
    assert (low, high) == pytest.approx((11.5 - 3 * statistics.stdev(means), 11.5 + 3 * statistics.stdev(means)))


def test_the_last_version_alone_can_be_the_centre() -> None:
    history = {"versions": 1, "centre": "last", "within": 0.5}
    assert bounds(adapted(expecting(history=history), profiles(100, 900))) == (50, 150)


@given(COUNTS, st.floats(0, 2))
def test_the_median_of_the_past_is_always_within_its_bounds(counts: list[int], within: float) -> None:
    low, high = bounds(adapted(expecting(history={"versions": 9, "within": within}), profiles(*counts)))
    assert 0 <= low <= statistics.median(counts) <= high


@given(COUNTS, st.integers(0, 10**6), st.integers(0, 10**6))
def test_bounds_are_never_looser_than_those_given(counts: list[int], one: int, other: int) -> None:
    least, most = sorted((one, other))
    low, high = bounds(adapted(expecting(min_value=least, max_value=most), profiles(*counts)))
    assert least <= low <= high <= most


def test_bounds_that_exclude_each_other_leave_those_given() -> None:
    found = adapted(expecting(min_value=1, max_value=10), profiles(1000, 1000, 1000))
    assert bounds(found) == (1, 10)
    assert used(found)["note"] == "the suite's own bounds exclude those, and hold"


def test_a_bound_that_is_a_parameter_holds() -> None:
    parameter = {"$PARAMETER": "least"}
    assert bounds(adapted(expecting(min_value=parameter), profiles(10, 10, 10))) == (parameter, 13)


def test_with_too_short_a_history_the_bounds_given_hold() -> None:
    found = adapted(expecting(min_value=5), profiles(1000, 1000))
    assert (bounds(found), used(found)) == ((5, None), {"note": "history too short (2 of 3)"})
    assert used(adapted(expecting(), []))["note"] == "history too short (0 of 3)"


def test_without_a_history_and_bounds_anything_passes() -> None:
    frame = pd.DataFrame({"x": [1.0, 2.0]})
    for type_ in (ROWS, MEAN, "expect_column_proportion_of_non_null_values_to_be_between"):
        kwargs = {} if type_ == ROWS else {"column": "x"}
        result = validate(frame, adapted(expecting(type_, **kwargs), []))
        assert result.success, result.outcomes[0].summary


def test_an_unchanging_past_allows_for_rounding() -> None:
    found = adapted(expecting(MEAN, {"sigmas": 3}, column="x"), profiles(1, 1, 1, mean=[0.3, 0.3, 0.3]))
    low, high = bounds(found)
    assert low < 0.1 + 0.2 < high and high - low < 1e-6


def test_versions_without_the_figure_do_not_count() -> None:
    history = profiles(1, 1, 1, 1, mean=[1.0, None, 1.0, "NaN"])
    assert used(adapted(expecting(MEAN, column="x"), history)) == {"note": "history too short (2 of 3)"}
    assert used(adapted(expecting(MEAN, column="absent"), history)) == {"note": "history too short (0 of 3)"}


def test_expectations_that_ask_for_nothing_stay_as_they_are() -> None:
    plain = Suite("s", (Expectation(ROWS, {"min_value": 1}, meta={"hallmark": {"other": 1}, "notes": "n"}),))
    assert adapted(plain, profiles(1000, 1000, 1000)) == plain
    assert versions_needed(plain) == 0


def test_the_longest_look_back_decides_how_many_versions_are_needed() -> None:
    both = (*expecting().expectations, *expecting(history={"versions": 30, "sigmas": 3}).expectations)
    assert versions_needed(Suite("s", both)) == 30


def test_an_adapted_suite_can_be_adapted_again() -> None:
    once = adapted(expecting(), profiles(10, 10, 10))
    assert adapted(once, profiles(10, 10, 10)) == once


@pytest.mark.parametrize(
    ("type_", "kwargs"),
    [
        (ROWS, {}),
        ("expect_column_mean_to_be_between", {"column": "x"}),
        ("expect_column_min_to_be_between", {"column": "x"}),
        ("expect_column_max_to_be_between", {"column": "x"}),
        ("expect_column_sum_to_be_between", {"column": "x"}),
        ("expect_column_stdev_to_be_between", {"column": "x"}),
        ("expect_column_median_to_be_between", {"column": "x"}),
        ("expect_column_unique_value_count_to_be_between", {"column": "x"}),
        ("expect_column_proportion_of_unique_values_to_be_between", {"column": "x"}),
        ("expect_column_proportion_of_non_null_values_to_be_between", {"column": "x"}),
    ],
)
def test_data_like_the_past_passes_and_other_data_does_not(type_: str, kwargs: dict[str, Any]) -> None:
    def table(shift: int, nulls: int, times: int) -> pa.Table:
        return pa.table({"x": [shift + n * times for n in range(100)] + [7] * 20 + [None] * nulls})

    with connect() as engine:
        past = []
        for shift in (0, 1, 2):
            engine.register("past", table(shift, 10, 1))
            past.append(profile(engine, "past", columns_of(engine, rows_of("past"))).to_dict())
    suite = adapted(expecting(type_, {"within": 0.1} if "min" not in type_ else {"sigmas": 3}, **kwargs), past)
    assert validate(table(1, 10, 1), suite).success
    other = pa.table({"x": [500 + n * 9 for n in range(300)] + [None] * 600})
    assert not validate(other, suite).success


@pytest.mark.parametrize(
    ("history", "found"),
    [
        (7, "with a history that is 7"),
        ({"within": 0.3, "version": 7}, "with 'version', which is not known; did you mean 'versions'?"),
        ({"within": 0.3, "versions": 0}, "of 0 versions"),
        ({"within": 0.3, "versions": 2.5}, "of 2.5 versions"),
        ({"within": 0.3, "at_least": 9}, "of at least 9 versions; give a whole number from 1 to 7"),
        ({"within": 0.3, "centre": "mode"}, "around 'mode'; use median, mean, last"),
        ({}, "without one width; give either within"),
        ({"within": 0.3, "sigmas": 3}, "without one width"),
        ({"within": -1}, "with within -1; give a number from 0"),
        ({"sigmas": "three"}, "with sigmas 'three'"),
        ({"sigmas": 3, "at_least": 1}, "whose sigma is to be had of one version"),
        ({"sigmas": 3, "versions": 1}, "whose sigma is to be had of one version"),
    ],
)
def test_a_history_that_is_none_is_refused(history: Any, found: str) -> None:
    with pytest.raises(SuiteError) as refused:
        adapted(expecting(history=history), [])
    assert str(refused.value).startswith(f"suite flights has {ROWS} with a history ")
    assert found in str(refused.value)


def test_a_history_of_what_profiles_do_not_have_is_refused() -> None:
    with pytest.raises(SuiteError, match="and no profile has what it is about; take the history out, or use expect_"):
        versions_needed(expecting("expect_column_values_to_be_between", column="x"))
    with pytest.raises(SuiteError, match="and a row_condition, and profiles are of all rows"):
        versions_needed(expecting(MEAN, column="x", row_condition="x > 1"))


def test_what_was_used_goes_along_with_the_result() -> None:
    result = validate(pd.DataFrame({"x": [1] * 20}), adapted(expecting(), profiles(10, 10, 10)))
    (outcome,) = result.results
    assert not outcome["success"]
    assert outcome["expectation_config"]["meta"]["hallmark"]["history"]["used"]["centre"] == 10


def test_a_suite_with_a_history_is_read_from_a_file(tmp_path: Any) -> None:
    file = tmp_path / "suite.yml"
    file.write_text(
        "name: flights\nexpectations:\n- type: expect_table_row_count_to_be_between\n"
        "  meta: {hallmark: {history: {versions: 3, within: 0.3}}}\n"
    )
    assert bounds(adapted(suite.load_suite(file), profiles(10, 10, 10))) == (7, 13)
