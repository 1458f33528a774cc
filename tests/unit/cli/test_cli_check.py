"""Great Expectations takes seconds to load: everything that needs it runs in this process, on small files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import yaml
from deltalake import write_deltalake
from typer.testing import Result

Hallmark = Callable[..., Result]
Check = Callable[..., Result]


def expect(type: str, severity: str = "critical", **kwargs: Any) -> dict[str, Any]:
    return {"type": f"expect_{type}", "kwargs": kwargs, "severity": severity}


NOT_NULL = expect("column_values_to_not_be_null", column="carrier")
POSITIVE = expect("column_values_to_be_between", column="distance", min_value=1)
CLOSE = expect("column_values_to_be_between", "warning", column="distance", max_value=1000)
AT_LEAST = expect("table_row_count_to_be_between", min_value={"$PARAMETER": "least"})
ABSENT = expect("column_values_to_not_be_null", column="tailnum")


@pytest.fixture
def check(tmp_path: Path, hallmark: Hallmark) -> Check:
    """Hold three flights, of which the last two have odd distances, against expectations."""

    def run(*expectations: dict[str, Any], options: tuple[str, ...] = (), data: str = "flights.csv") -> Result:
        (tmp_path / "flights.csv").write_text("carrier,distance\nUA,500\nAA,2475\nDL,-17\n")
        (tmp_path / "suite.yml").write_text(yaml.safe_dump({"name": "flights", "expectations": list(expectations)}))
        suite = ("--suite", str(tmp_path / "suite.yml"))
        return hallmark("check", str(tmp_path / data), *suite, *options, columns=140)

    return run


def test_met_expectations_exit_0(check: Check) -> None:
    result = check(NOT_NULL)

    assert result.exit_code == 0
    assert ["✓", "ok", "critical", "carrier", "not", "be", "null", "as", "expected"] in [
        line.split() for line in result.stdout.splitlines()
    ]
    assert result.stdout.endswith("1 expectation: 1 ok\n✓ passed\n")
    assert result.stderr == ""


def test_warnings_alone_exit_0_and_are_shown(check: Check) -> None:
    result = check(NOT_NULL, CLOSE)

    assert result.exit_code == 0
    assert "! failed  warning   distance  be between: max=1000" in result.stdout
    assert "1 of 3 unexpected (33.3 %), for example 2475" in result.stdout
    assert result.stdout.endswith("2 expectations: 1 ok, 1 warning failed\n! passed, with warnings\n")


def test_a_critical_failure_exits_1(check: Check) -> None:
    result = check(POSITIVE, CLOSE, NOT_NULL)

    assert result.exit_code == 1
    assert "✗ failed  critical  distance  be between: min=1" in result.stdout
    assert "3 expectations: 1 ok, 1 critical failed, 1 warning failed" in result.stdout


def test_an_expectation_that_cannot_be_evaluated_exits_2(check: Check) -> None:
    result = check(ABSENT, POSITIVE)

    assert result.exit_code == 2
    assert "✗ error   critical  tailnum" in result.stdout
    assert "1 could not be checked" in result.stdout
    assert result.stderr.startswith("hallmark: tailnum: expect_column_values_to_not_be_null could not be checked: ")


def test_json_is_gx_s_suite_result_and_nothing_else_on_stdout(check: Check) -> None:
    result = check(POSITIVE, NOT_NULL, options=("--format", "json"))
    answer = json.loads(result.stdout)

    assert result.exit_code == 1
    assert (answer["success"], answer["suite_name"]) == (False, "flights")
    assert answer["statistics"]["unsuccessful_expectations"] == 1
    assert [each["success"] for each in answer["results"]] == [False, True]
    assert answer["results"][0]["result"]["partial_unexpected_list"] == [-17]
    assert answer["results"][0]["expectation_config"]["type"] == POSITIVE["type"]


def test_parameters_fill_the_suite_s_places(check: Check) -> None:
    enough, too_few = (check(AT_LEAST, options=("--parameter", f"least={least}")) for least in (3, 4))

    assert (enough.exit_code, too_few.exit_code) == (0, 1)
    assert "table row count to be between: min=4" in too_few.stdout


def test_a_delta_table_is_checked_by_its_folder(check: Check, tmp_path: Path) -> None:
    write_deltalake(str(tmp_path / "flights"), pa.table({"carrier": ["UA", None], "distance": [1, 2]}))

    assert check(NOT_NULL, data="flights").exit_code == 1
    assert check(POSITIVE, data="flights").exit_code == 0


@pytest.mark.parametrize(
    ("expectations", "options", "data", "told"),
    [
        ([NOT_NULL], (), "missing.csv", "missing.csv does not exist"),
        ([NOT_NULL], (), "suite.yml", "is of no known format"),
        ([NOT_NULL], ("--suite", "missing.yml"), "flights.csv", "suite file missing.yml cannot be read"),
        ([{"kwargs": {}}], (), "flights.csv", "expectation 1 has no type"),
        ([expect("column_values_to_be_nice", column="x")], (), "flights.csv", "Great Expectations does not know"),
        ([AT_LEAST], (), "flights.csv", "least"),
    ],
)
def test_what_cannot_be_checked_exits_2_with_one_line(
    check: Check, expectations: list[dict[str, Any]], options: tuple[str, ...], data: str, told: str
) -> None:
    result = check(*expectations, options=("--format", "json", *options), data=data)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("hallmark: ")
    assert told in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_damaged_files_exit_2_with_one_line(check: Check, tmp_path: Path) -> None:
    (tmp_path / "junk.parquet").write_bytes(b"PAR1 is not enough")
    (tmp_path / "empty" / "_delta_log").mkdir(parents=True)

    for data in ("junk.parquet", "empty"):
        result = check(NOT_NULL, data=data)
        assert (result.exit_code, result.stdout, len(result.stderr.splitlines())) == (2, "", 1)


@pytest.mark.parametrize("parameter", ["least", "=3"])
def test_a_parameter_without_a_name_or_a_value_exits_2(check: Check, parameter: str) -> None:
    result = check(AT_LEAST, options=("--parameter", parameter))

    assert result.exit_code == 2
    assert "name=value" in result.stderr


def test_a_suite_without_expectations_checks_nothing_and_says_so(check: Check) -> None:
    result = check()

    assert result.exit_code == 0
    assert result.stdout == "Suite flights has no expectations: nothing was checked.\n"


class TestReport:
    def test_it_is_one_page_with_failures_and_columns(self, check: Check, tmp_path: Path) -> None:
        result = check(POSITIVE, NOT_NULL, options=("--html", str(tmp_path / "report.html")))
        page = (tmp_path / "report.html").read_text(encoding="utf-8")

        assert result.exit_code == 1
        assert result.stdout.endswith(f"Report: {tmp_path / 'report.html'}\n")
        assert result.stderr == ""
        assert "Failed: 1 of 2 expectations is not met, and it is critical" in page
        assert "1 of 3 unexpected (33.3 %)" in page and "Histogram from -17" in page
        assert sorted(p.name for p in tmp_path.iterdir()) == ["flights.csv", "report.html", "suite.yml"]

    def test_of_a_delta_table_it_has_columns_too(self, check: Check, tmp_path: Path) -> None:
        write_deltalake(str(tmp_path / "flights"), pa.table({"carrier": ["UA", "AA"], "distance": [1, 2]}))
        assert check(NOT_NULL, data="flights", options=("--html", str(tmp_path / "report.html"))).exit_code == 0
        assert 'id="columns"' in (tmp_path / "report.html").read_text(encoding="utf-8")

    def test_with_json_stdout_is_json_alone(self, check: Check, tmp_path: Path) -> None:
        result = check(NOT_NULL, options=("--format", "json", "--html", str(tmp_path / "report.html")))

        assert json.loads(result.stdout)["success"] is True
        assert result.stderr == f"Report: {tmp_path / 'report.html'}\n"

    @pytest.mark.parametrize(
        ("option", "place", "why"),
        [
            ("--html", "no/report.html", "there is no folder"),
            ("--data-docs", "no/docs", "there is no folder"),
            ("--data-docs", "", "holds something else than Data Docs"),
        ],
    )
    def test_a_place_that_cannot_be_written_is_told_before_the_check(
        self, check: Check, tmp_path: Path, option: str, place: str, why: str
    ) -> None:
        result = check(NOT_NULL, options=(option, str(tmp_path / place)))

        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.startswith("hallmark: ") and why in result.stderr
        assert len(result.stderr.splitlines()) == 1

    def test_data_docs_are_gx_s_own_site(self, check: Check, tmp_path: Path) -> None:
        result = check(POSITIVE, options=("--data-docs", str(tmp_path / "docs")))

        assert result.exit_code == 1
        assert result.stdout.endswith(f"Data Docs: {tmp_path / 'docs' / 'index.html'}\n")
        assert len(list((tmp_path / "docs" / "validations").rglob("flights_csv.html"))) == 1
