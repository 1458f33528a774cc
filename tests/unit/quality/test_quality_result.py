from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallmark.quality.result import MASK, Outcome, ValidationResult
from hallmark.quality.suite import Expectation, Severity

BETWEEN = Expectation("expect_column_values_to_be_between", {"column": "delay", "min_value": 0})


def outcome(success: bool, severity: Severity = "critical", **result: Any) -> Outcome:
    return Outcome(Expectation("expect", {"column": "delay"}, severity), success, result)


class TestSummary:
    @pytest.mark.parametrize(
        ("found", "summary"),
        [
            (
                {
                    "element_count": 27004,
                    "unexpected_count": 12,
                    "unexpected_percent": 0.0444,
                    "partial_unexpected_list": [-17, -3, 1],
                },
                "12 of 27,004 unexpected (0.0444 %), for example -17, -3",
            ),
            (
                {"element_count": 1500, "missing_count": 300, "unexpected_count": 1200, "unexpected_percent": 100.0},
                "1,200 of 1,200 unexpected (100 %)",
            ),
            (
                {
                    "element_count": 2,
                    "unexpected_count": 1,
                    "unexpected_percent": 50,
                    "partial_unexpected_list": [{"id": 1, "name": "a"}],
                },
                "1 of 2 unexpected (50 %), for example 1/a",
            ),
            (
                {
                    "element_count": 2,
                    "unexpected_count": 1,
                    "unexpected_percent": 50,
                    "partial_unexpected_list": [(1.0, 2.0)],
                },
                "1 of 2 unexpected (50 %), for example 1.0/2.0",
            ),
            ({"observed_value": 0}, "observed 0"),
            ({"observed_value": None}, "not as expected"),
            ({}, "not as expected"),
        ],
    )
    def test_one_line_tells_what_was_found(self, found: dict[str, Any], summary: str) -> None:
        assert outcome(False, **found).summary == summary

    def test_what_was_met_is_as_expected(self) -> None:
        assert outcome(True, element_count=3, unexpected_count=0).summary == "as expected"

    def test_what_could_not_be_checked_says_why(self) -> None:
        assert Outcome(BETWEEN, False, error="no such metric").summary == "could not be checked: no such metric"


class TestVerdict:
    def test_only_what_is_critical_keeps_from_publication(self) -> None:
        result = ValidationResult("s", (outcome(True), outcome(False, "warning"), outcome(False, "info")))
        assert result.publishable and not result.success
        assert [o.expectation.severity for o in result.failed()] == ["warning", "info"]
        assert result.failed("critical") == []
        assert not ValidationResult("s", (outcome(False),)).publishable

    def test_statistics_are_counted_as_gx_counts_them(self) -> None:
        result = ValidationResult("s", (outcome(True), outcome(True), outcome(False, "info")))
        assert result.statistics == {
            "evaluated_expectations": 3,
            "successful_expectations": 2,
            "unsuccessful_expectations": 1,
            "success_percent": pytest.approx(66.667, abs=1e-3),
        }

    def test_a_suite_of_nothing_passes_without_a_percentage(self) -> None:
        nothing = ValidationResult("s", ())
        assert nothing.success and nothing.publishable and nothing.statistics["success_percent"] is None


class TestForTheRecord:
    RESULT = {
        "element_count": 100,
        "unexpected_count": 30,
        "unexpected_percent": 30.0,
        "partial_unexpected_list": list(range(20)),
        "partial_unexpected_counts": [{"value": n, "count": 1} for n in range(20)],
        "partial_unexpected_index_list": list(range(20)),
        "unexpected_list": list(range(30)),
        "unexpected_index_list": list(range(30)),
        "unexpected_index_query": "df.filter(...)",
    }

    def test_lists_of_rows_and_values_are_cut_to_samples(self) -> None:
        samples = tuple({"delay": n} for n in range(10))
        full = Outcome(BETWEEN, False, self.RESULT, "odd", "Traceback …", samples)
        (kept,) = ValidationResult("s", (full,)).for_the_record((), 3).outcomes
        assert kept.result == {
            "element_count": 100,
            "unexpected_count": 30,
            "unexpected_percent": 30.0,
            "partial_unexpected_list": [0, 1, 2],
            "partial_unexpected_counts": [{"value": n, "count": 1} for n in range(3)],
        }
        assert kept.samples == samples[:3]
        assert (kept.error, kept.traceback) == ("odd", None)
        assert full.result is self.RESULT

    def test_counts_of_a_personal_column_stay_and_its_values_go(self) -> None:
        full = Outcome(BETWEEN, False, self.RESULT, samples=({"delay": 5, "carrier": "UA"},))
        (kept,) = ValidationResult("s", (full,)).for_the_record(("delay",), 2).outcomes
        assert kept.result["unexpected_count"] == 30
        assert kept.result["partial_unexpected_list"] == [MASK, MASK]
        assert kept.result["partial_unexpected_counts"] == [{"value": MASK, "count": 1}] * 2
        assert kept.samples == ({"delay": MASK, "carrier": "UA"},)

    def test_a_row_that_failed_elsewhere_hides_its_personal_columns_too(self) -> None:
        full = Outcome(BETWEEN, False, {"partial_unexpected_list": [5]}, samples=({"delay": 5, "name": "Ada"},))
        (kept,) = ValidationResult("s", (full,)).for_the_record(("name",), 2).outcomes
        assert kept.result["partial_unexpected_list"] == [5]
        assert kept.samples == ({"delay": 5, "name": MASK},)

    SECRETS = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x4EFF), min_size=2, max_size=6)

    @given(secrets=st.lists(SECRETS, min_size=1, max_size=8), pair=st.booleans(), failed=st.booleans())
    def test_no_personal_value_is_anywhere_in_the_record(self, secrets: list[str], pair: bool, failed: bool) -> None:
        looked_at = {"column_A": "id", "column_B": "name"} if pair else {"column": "name"}
        entries: list[Any] = [{"id": 1, "name": s} for s in secrets] if pair else list(secrets)
        full = Outcome(
            Expectation("expect", looked_at),
            not failed,
            {
                "element_count": 9,
                "observed_value": {"quantiles": secrets} if pair else secrets[0],
                "details": {"value_counts": secrets},
                "partial_unexpected_list": entries,
                "partial_unexpected_counts": [{"value": e, "count": 1} for e in entries],
                "unexpected_list": entries,
                "unexpected_index_list": [{"name": s} for s in secrets],
            },
            error=f"cannot compare {secrets[0]!r}",
            traceback=f"ValueError: {secrets[-1]}",
            samples=tuple({"id": 1, "name": s} for s in secrets),
        )
        kept = ValidationResult("s", (full,)).for_the_record(("name",), 5)
        record = json.dumps(kept.to_json_dict(), ensure_ascii=False) + kept.outcomes[0].summary
        assert not [s for s in secrets if s in record]
        assert '"element_count": 9' in record
