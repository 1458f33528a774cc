from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hallmark.errors import HallmarkError
from hallmark.quality.report import html_report, log_table, write_report
from hallmark.quality.report.cards import CARDS
from hallmark.quality.report.figures import figure, percent, shown, visible
from hallmark.quality.report.page import BRIEF, FULL
from hallmark.quality.report.plot import plot
from hallmark.quality.report.words import words
from hallmark.quality.result import MASK, Outcome, ValidationResult
from hallmark.quality.suite import Expectation, Severity

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
VOID = {"meta", "br", "link", "img", "input", "hr"}
HOSTILE = "</script><script>alert(1)</script><img src=x onerror='a()' \"'&\u202e\x00\ud800"
DISTANCE = {
    "nulls": 13,
    "distinct": 204,
    "min": -17,
    "max": 4983,
    "mean": 1039.91,
    "stddev": 733.2,
    "quantiles": {"0.05": 199, "0.25": 502, "0.5": 872, "0.75": 1389, "0.95": 2475},
    "histogram": {"edges": [-17, 0, 1000, 2500, 4983], "counts": [13, 180_000, 150_000, 6_763]},
}
CARRIER = {
    "nulls": 0,
    "distinct": 16,
    "min_length": 2,
    "top": [{"value": "UA", "count": 9}, {"value": "ZZ", "count": 2}],
}


class Page(HTMLParser):
    """What is on a page, having held that every element is closed where it should be."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def count(self, tag: str, **attributes: str) -> int:
        return sum(t == tag and attributes.items() <= a.items() for t, a in self.tags)


def expectation(type: str, severity: Severity = "critical", /, **kwargs: Any) -> Expectation:
    return Expectation(f"expect_{type}", kwargs, severity)


def outcome(
    success: bool, type: str = "column_values_to_be_between", severity: Severity = "critical", **kwargs: Any
) -> Outcome:
    found = {} if success else {"element_count": 100, "unexpected_count": 3, "missing_count": 7}
    return Outcome(expectation(type, severity, **{"column": "distance", **kwargs}), success, found)


NEGATIVE = Outcome(
    Expectation(
        "expect_column_values_to_be_between",
        {"column": "distance", "min_value": 0, "max_value": 5000},
        meta={"notes": "Miles between the airports."},
    ),
    False,
    {
        "element_count": 336_776,
        "unexpected_count": 13,
        "missing_count": 1_000,
        "partial_unexpected_list": [-17, -17, -3],
        "partial_unexpected_counts": [{"value": -3, "count": 1}, {"value": -17, "count": 12}],
    },
    samples=({"carrier": "UA", "distance": -17, "tailnum": None}, {"carrier": MASK, "distance": -3, "tailnum": ""}),
)


def report(*outcomes: Outcome, profile: Mapping[str, Any] | None = None, **meta: Any) -> Page:
    result = ValidationResult("flights", outcomes, meta)
    return Page(html_report(result, name="flights.parquet", profile=profile, at=NOON))


class TestHead:
    @pytest.mark.parametrize(
        ("outcomes", "said"),
        [
            ((), "Nothing was checked: the suite has no expectations"),
            ((outcome(True),), "Passed: the expectation is met"),
            ((outcome(True),) * 1200, "Passed: all 1,200 expectations are met"),
            (
                (outcome(False, severity="warning"), outcome(True)),
                "Passed, with warnings: 1 of 2 expectations is not met, none critical",
            ),
            (
                (outcome(False), outcome(False, severity="info"), outcome(True)),
                "Failed: 2 of 3 expectations are not met, 1 of them critical",
            ),
            (
                (outcome(False), Outcome(expectation("x"), False, error="no")),
                "Not checkable: 1 of 2 expectations could not be evaluated, 1 is not met",
            ),
        ],
    )
    def test_the_verdict_is_a_sentence(self, outcomes: tuple[Outcome, ...], said: str) -> None:
        assert said in report(*outcomes).text

    def test_it_says_what_was_checked_when_and_by_what(self) -> None:
        engine = {"scans": 3, "seconds": 1.234, "compiled": 17, "fallback": 1, "rows": 336_776}
        text = report(NEGATIVE, engine=engine).text

        assert "Suite flights Data flights.parquet Checked 25 November 2026, 12:00:00 UTC Rows 336,776" in text
        assert "3 scans in 1.2 s; expectations: 17 as SQL, 1 by Great Expectations" in text

    def test_expectations_are_counted_by_severity(self) -> None:
        text = report(NEGATIVE, outcome(True), outcome(True, severity="info")).text
        assert "critical 1 1 0 info 1 0 0" in text


class TestFailed:
    def test_it_tells_what_was_expected_what_was_found_and_shows_examples(self) -> None:
        text = report(NEGATIVE).text

        assert "Expected all values are between 0 and 5000 Found 13 of 335,776 unexpected (<0.01 %)" in text
        assert "Miles between the airports." in text
        assert "Unexpected values value rows -17 12 -3 1" in text

    def test_a_bar_shows_the_shares_and_says_them(self) -> None:
        page = report(NEGATIVE)
        assert page.count("svg", **{"aria-label": "13 unexpected, 335,763 as expected, 1,000 no value of 336,776"}) == 1
        assert "unexpected 13 (<0.01 %)" in page.text

    def test_failing_rows_have_the_column_in_question_first_and_say_what_is_masked_or_missing(self) -> None:
        page = report(NEGATIVE)
        assert "distance ▾ (looked at) carrier tailnum -17 UA null -3 [masked] empty text" in page.text
        assert page.count("em", title="personal data, not shown") == 1

    def test_counts_of_a_few_are_not_told_as_counts_of_all(self) -> None:
        listed = ["a"] * 20
        found = {
            "element_count": 99,
            "unexpected_count": 50,
            "partial_unexpected_list": listed,
            "partial_unexpected_counts": [{"value": "a", "count": 20}],
        }
        text = report(Outcome(expectation("column_values_to_be_in_set", column="c"), False, found)).text
        assert "among the first 20" in text

    def test_the_gravest_come_first(self) -> None:
        error = Outcome(expectation("column_max_to_be_between", "info", column="d"), False, error="no such metric")
        text = report(outcome(False, severity="info"), outcome(False, severity="warning"), NEGATIVE, error).text
        found = [text.index(word) for word in ("✗ not checked", "✗ critical", "! warning", "i info")]
        assert found == sorted(found)
        assert "could not be checked: no such metric" in text

    def test_what_was_compared_is_a_table(self) -> None:
        partitions = {
            "observed_partition": {"values": ["EWR", "JFK"], "weights": [0.9, 0.1]},
            "expected_partition": {"values": ["EWR", "JFK"], "weights": [0.5, 0.5]},
        }
        distribution = Outcome(
            expectation("column_kl_divergence_to_be_less_than", column="origin", threshold=0.1),
            False,
            {"observed_value": 0.37, "details": partitions},
        )
        quantiles = Outcome(
            expectation(
                "column_quantile_values_to_be_between",
                column="d",
                quantile_ranges={"quantiles": [0.5, 0.9], "value_ranges": [[0, 1], [None, 9]]},
            ),
            False,
            {
                "observed_value": {"quantiles": [0.5, 0.9], "values": [7, 8]},
                "details": {"success_details": [False, True]},
            },
        )
        columns = Outcome(
            expectation("table_columns_to_match_set", column_set=["a"]),
            False,
            {"observed_value": ["b"], "details": {"mismatched": {"unexpected": ["b"], "missing": ["a"]}}},
        )
        text = report(distribution, quantiles, columns).text

        assert "EWR 50 % 90 % JFK 50 % 10 %" in text
        assert "1 of 2 quantiles out of range" in text and "0.5 0 to 1 7 not met 0.9 any to 9 8 met" in text
        assert "missing a unexpected b" in text


class TestColumns:
    def test_a_card_has_nulls_figures_a_histogram_and_the_most_frequent_values(self) -> None:
        profile = {"rows": 336_776, "columns": {"carrier": CARRIER, "distance": DISTANCE}}
        allowed = outcome(True, "column_values_to_be_in_set", column="carrier", value_set=["UA"])
        page = report(NEGATIVE, allowed, profile=profile)

        assert page.text.index("distance ✗ 1 of 1 expectation not met") < page.text.index("carrier ✓ 1 expectation met")
        assert "median 872" in page.text and "about 204" in page.text and "std. dev. 733.2" in page.text
        assert "expected: at least 0 and at most 5000 (dashed)" in page.text
        assert page.count("rect", **{"class": "bar out"}) == 1 and page.count("rect", **{"class": "bar"}) == 3
        assert "ZZ ✗ not in the set 2" in page.text and "other values: 336,765" in page.text
        assert any("Histogram from -17 to 4983 in 4 bins" in (a.get("aria-label") or "") for _, a in page.tags)

    @pytest.mark.parametrize(
        "column",
        [
            {},
            {"nulls": None, "histogram": None, "top": None, "quantiles": None},
            {"nulls": 5, "distinct": 0, "min": None, "top": [], "histogram": {"edges": [], "counts": []}},
            {"nulls": 0, "min": 3, "max": 3, "quantiles": dict.fromkeys(("0.05", "0.25", "0.5", "0.75", "0.95"), 3)},
            {"nulls": 0, "min": "x", "max": [], "histogram": {"edges": ["a", "b"], "counts": [1]}},
            {"histogram": {"edges": [-1.7e308, 0, 1.7e308], "counts": [1, 1]}},
        ],
    )
    def test_any_figure_may_be_absent(self, column: dict[str, Any]) -> None:
        assert "delay" in report(profile={"rows": 5, "columns": {"delay": column}}).text

    def test_dates_have_a_histogram_too(self) -> None:
        drawn = plot(
            {"histogram": {"edges": ["2013-01-01", "2013-07-01", "2014-01-01"], "counts": [3, 4]}}, (None, None)
        )
        assert drawn is not None
        assert [bar.told for bar in drawn.bars] == [
            "2013-01-01 to 2013-07-01: 3 (42.9 %)",
            "2013-07-01 to 2014-01-01: 4 (57.1 %)",
        ]

    @given(
        st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=80, unique=True).map(sorted),
        st.tuples(*[st.none() | st.floats(allow_nan=False, allow_infinity=False)] * 2),
        st.data(),
    )
    @settings(max_examples=60, deadline=None)
    def test_everything_is_drawn_within_the_picture(
        self, edges: list[float], expected: tuple[float | None, float | None], data: st.DataObject
    ) -> None:
        counts = data.draw(st.lists(st.integers(0, 10**12), min_size=len(edges) - 1, max_size=len(edges) - 1))
        drawn = plot({"histogram": {"edges": edges, "counts": counts}}, expected)
        for bar in drawn.bars if drawn else ():
            assert 0 <= bar.x <= 400 and 0 <= bar.y < bar.y + bar.height <= 90.01
        assert all(0 <= limit.x <= 400 for limit in (drawn.limits if drawn else ()))


class TestSafety:
    def test_no_hostile_value_reaches_the_page_as_markup(self) -> None:
        bad = Outcome(
            Expectation(f"expect_{HOSTILE}", {"column": HOSTILE, "regex": HOSTILE}, meta={"notes": HOSTILE}),
            False,
            {
                "element_count": 1,
                "unexpected_count": 1,
                "partial_unexpected_counts": [{"value": HOSTILE, "count": 1}],
                "details": {"mismatched": {"missing": [HOSTILE]}, "value_counts": [{"value": HOSTILE, "count": 1}]},
            },
            samples=({HOSTILE: HOSTILE},),
        )
        error = Outcome(Expectation("expect_column_max_to_be_between", {"column": HOSTILE}), False, error=HOSTILE)
        top = {"nulls": 0, "top": [{"value": HOSTILE, "count": 1}], "min": HOSTILE}
        profile = {"rows": 1, "columns": {HOSTILE: top}}
        text = html_report(ValidationResult(HOSTILE, (bad, error)), name=HOSTILE, profile=profile, at=NOON)
        page = Page(text)

        assert page.count("script") == page.count("img") == 0
        assert not [a for _, a in page.tags if any(name.startswith("on") for name in a)]
        assert not {"\u202e", "\x00", "\ud800"} & set(text)
        assert r"\u202e\x00\ud800" in page.text
        text.encode()

    def test_the_page_forbids_scripts_and_fetches_nothing(self) -> None:
        text = html_report(ValidationResult("s", (NEGATIVE,)), profile={"rows": 1, "columns": {"d": DISTANCE}})
        assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in text
        assert re.findall(r"(?:https?:)?//\w|@import|src=|url\((?!#)", text) == []

    def test_a_megabyte_of_text_is_cut_and_its_length_told(self) -> None:
        found = {"element_count": 1, "unexpected_count": 1, "partial_unexpected_list": ["x" * 1_000_000]}
        text = html_report(ValidationResult("s", (Outcome(expectation("c", column="c"), False, found),)))
        assert len(text) < 60_000
        assert "(999,840 characters more)" in text

    def test_thousands_of_expectations_and_columns_stay_readable_and_what_is_left_out_is_counted(self) -> None:
        outcomes = [outcome(number % 2 == 0, column=f"c{number}") for number in range(5_000)]
        columns = {f"c{number}": DISTANCE for number in range(10_000)}
        text = html_report(ValidationResult("s", tuple(outcomes)), profile={"rows": 400_000, "columns": columns})
        page = Page(text)

        assert page.count("article") == FULL + CARDS
        assert f"{2_500 - FULL - BRIEF:,} further expectations not met are left out here." in page.text
        assert "500 further expectations that were met are left out here." in page.text
        assert f"{10_000 - CARDS:,} further columns are not drawn" in page.text
        assert len(text) < 3_000_000

    @given(st.recursive(st.none() | st.booleans() | st.floats() | st.text() | st.binary(), st.lists, max_leaves=4))
    def test_whatever_a_value_is_it_is_shown_without_what_is_invisible(self, value: Any) -> None:
        assert str(shown(value)).isprintable()


class TestWords:
    @pytest.mark.parametrize(
        ("expected", "said"),
        [
            (expectation("column_values_to_be_between", min_value=0), "all values are at least 0"),
            (
                expectation("column_values_to_be_between", min_value=0, max_value=12_500, mostly=0.95),
                "at least 95 % of values are between 0 and 12,500",
            ),
            (
                expectation("column_mean_to_be_between", min_value=0, max_value=1, strict_min=True),
                "the mean is greater than 0 and at most 1",
            ),
            (expectation("column_values_to_not_be_null", column="a"), "all values are present"),
            (
                expectation("column_values_to_not_be_null", row_condition='state == "x"'),
                'all values are present, where state == "x"',
            ),
            (
                expectation("column_values_to_not_be_in_set", value_set=["a"], mostly=0.9),
                "at most 10 % of values are among a",
            ),
            (
                expectation("column_values_to_be_in_set", value_set=list(range(11))),
                "all values are among 0, 1, 2, 3, 4, 5, 6, 7 and 3 more",
            ),
            (
                expectation("column_pair_values_a_to_be_greater_than_b", column_A="b", column_B="a", or_equal=True),
                "in all rows b is greater than or equal to a",
            ),
            (
                expectation("table_row_count_to_be_between", min_value={"$PARAMETER": "least"}),
                "the number of rows is at least $least",
            ),
            (expectation("my_own_rule", column="a", level=3, of=["x"]), "my own rule: level=3, of=x"),
            (expectation("column_to_exist", column="a"), "the column exists"),
        ],
    )
    def test_an_expectation_is_a_clause(self, expected: Expectation, said: str) -> None:
        assert words(expected) == said

    def test_every_expectation_of_great_expectations_has_words(self) -> None:
        from great_expectations.expectations.registry import list_registered_expectation_implementations

        told = {name: words(Expectation(name)) for name in list_registered_expectation_implementations()}
        assert [name for name, said in told.items() if said in name.replace("_", " ")] == []


class TestFigures:
    @pytest.mark.parametrize(
        ("value", "said"),
        [
            (2013, "2013"),
            (-1234567, "-1,234,567"),
            (0.1 + 0.2, "0.3"),
            (1025.0649, "1025.06"),
            (12345.678, "12,345.7"),
            (4.2e20, "4.2e+20"),
            (0.00001234, "1.234e-05"),
            (0.012345678, "0.0123457"),
            (0.0, "0"),
            (float("nan"), "nan"),
            (True, "True"),
            ("2013-01-01", "2013-01-01"),
        ],
    )
    def test_a_figure_has_six_digits_at_most(self, value: Any, said: str) -> None:
        assert figure(value) == said

    @pytest.mark.parametrize(
        ("part", "whole", "said"),
        [
            (0, 9, "0 %"),
            (1, 10**6, "<0.01 %"),
            (999_999, 10**6, ">99.99 %"),
            (1, 3, "33.3 %"),
            (9, 9, "100 %"),
            (0, 0, "0 %"),
        ],
    )
    def test_a_little_is_not_none_and_nearly_all_is_not_all(self, part: int, whole: int, said: str) -> None:
        assert percent(part, whole) == said

    def test_what_is_invisible_is_written_out(self) -> None:
        assert visible("a\u00a0b\t\u200f\n") == r"a\xa0b\t\u200f\n"


class TestLog:
    def test_it_has_one_aligned_line_an_expectation_the_failed_ones_first(self) -> None:
        result = ValidationResult("flights", (outcome(True, min_value=0), NEGATIVE), {"engine": {"scans": 1}})
        assert log_table(result, name="flights@3").splitlines() == [
            "Suite flights on flights@3: Failed: 1 of 2 expectations is not met, and it is critical; "
            "336,776 rows; 1 scan",
            "RESULT  SEVERITY  COLUMN    EXPECTED                           FOUND",
            "FAILED  critical  distance  all values are between 0 and 5000  "
            "13 of 335,776 unexpected (<0.01 %), for example -17, -3",
            "ok      critical  distance  all values are at least 0          as expected",
        ]

    @given(st.text(max_size=300), st.integers(60, 200))
    @settings(max_examples=60)
    def test_no_line_of_the_table_is_wider_than_asked_and_none_steers_a_terminal(self, text: str, width: int) -> None:
        from rich.cells import cell_len

        found = {"element_count": 3, "unexpected_count": 1, "partial_unexpected_list": [text]}
        failed = Outcome(expectation("column_values_to_match_regex", column=text, regex=text), False, found)
        lines = log_table(ValidationResult("s", (failed, outcome(True))), width=width).split("\n")

        assert len(lines) == 4
        assert all(cell_len(line) <= max(width, 83) and line.isprintable() for line in lines[1:])

    def test_of_very_many_only_the_first_are_listed(self) -> None:
        result = ValidationResult("s", (outcome(True),) * 4_000 + (outcome(False),) * 1_000)
        lines = log_table(result).splitlines()
        assert lines[-2:] == ["… and 800 more not met", "… and 3,950 more met"]
        assert len(lines) == 1 + 1 + 200 + 50 + 2

    def test_a_suite_without_expectations_is_one_line(self) -> None:
        assert log_table(ValidationResult("s", ())) == "Suite s: Nothing was checked: the suite has no expectations"


class TestFile:
    def test_a_report_replaces_the_one_before_and_leaves_nothing_beside_it(self, tmp_path: Path) -> None:
        for text in ("first", "second \ud800"):
            write_report(tmp_path / "report.html", text)
        assert [p.name for p in tmp_path.iterdir()] == ["report.html"]
        assert (tmp_path / "report.html").read_text(encoding="utf-8") == "second ?"

    @pytest.mark.parametrize(("place", "why"), [(".", "which is a folder"), ("no/report.html", "there is no folder")])
    def test_a_place_that_cannot_be_written_is_an_error(self, tmp_path: Path, place: str, why: str) -> None:
        with pytest.raises(HallmarkError, match=why):
            write_report(tmp_path / place, "text")

    def test_what_the_system_refuses_is_an_error_that_leaves_nothing_behind(self, tmp_path: Path) -> None:
        with pytest.raises(HallmarkError, match="cannot be written"):
            write_report(tmp_path / ("x" * 300), "text")
        assert list(tmp_path.iterdir()) == []
