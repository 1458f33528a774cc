from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from typer.testing import Result

from hallmark.catalog import Catalog

Hallmark = Callable[..., Result]


def line_of(text: str, start: str) -> list[str]:
    """Return the words of the one line that begins so."""
    return next(line.split() for line in text.splitlines() if line.startswith(start))


def test_a_list_has_owner_version_rows_gate_and_time_of_each_dataset(filled: Catalog, hallmark: Hallmark) -> None:
    result = hallmark("datasets")

    assert result.exit_code == 0
    assert "DATASET" in result.stdout
    year = str(filled.datasets()[0].last_published_at.year)  # type: ignore[union-attr]
    found = line_of(result.stdout, "flights/clean")
    assert found[:9] == ["flights/clean", "data-engineering", "2", "54,008", "!", "warned", "15", "Jun", year]


def test_a_gate_that_refused_shows_as_failed_beside_the_last_good_version(filled: Catalog, hallmark: Hallmark) -> None:
    assert line_of(hallmark("datasets").stdout, "flights/raw")[2:6] == ["0", "27,004", "✗", "failed"]


def test_json_is_what_the_catalog_answers(filled: Catalog, hallmark: Hallmark) -> None:
    result = hallmark("datasets", "--json")

    assert json.loads(result.stdout) == [each.to_dict() for each in filled.datasets()]
    assert json.loads(result.stdout)[0]["last_published_at"].endswith("+00:00")


@pytest.mark.parametrize("columns", [20, 40, 60, 80, 140])
def test_a_name_stays_whole_at_every_width(record: Callable[..., None], hallmark: Hallmark, columns: int) -> None:
    name = "operations/a_dataset_of_a_rather_long_name/hourly_by_airport"
    record(name)

    assert name in hallmark("datasets", columns=columns).stdout
    assert name in hallmark("runs", columns=columns).stdout


def test_no_line_is_wider_than_the_terminal_where_names_allow_it(filled: Catalog, hallmark: Hallmark) -> None:
    pages = [hallmark(*page, columns=80).stdout for page in (["status"], ["runs"], ["dataset", "flights/clean"])]

    assert max(len(line) for page in pages for line in page.splitlines()) <= 80


def test_a_page_tells_versions_their_runs_the_schema_and_the_gate(filled: Catalog, hallmark: Hallmark) -> None:
    page = hallmark("dataset", "flights/clean", columns=160).stdout

    assert "One row a departure." in page
    assert "54,008 rows, 2.9 MB, 2 partitions by month" in page
    assert line_of(page, "      2  2013-02")[2:5] == ["27,004", "1.4", "MB"]
    assert "flight_delays.clean  scheduled__2013-02-01T00:00:00+00:00.2" in page
    assert line_of(page, "carrier") == ["carrier", "VARCHAR", "no", "IATA", "code."]
    assert line_of(page, "passenger") == ["passenger", "VARCHAR", "yes", "personal"]
    assert "2 expectations: 1 ok, 1 warning failed" in page
    assert "be between: min=1, max=5000" in page
    assert "3 of 200 unexpected (1.5 %)" in page


def test_a_limit_leaves_the_newest_versions(filled: Catalog, hallmark: Hallmark) -> None:
    page = hallmark("dataset", "flights/clean", "--limit", "1").stdout
    answer = json.loads(hallmark("dataset", "flights/clean", "--limit", "1", "--json").stdout)

    assert "the newest 1" in page
    assert "2013-02" in page
    assert "2013-01" not in page
    assert [each["version"] for each in answer["versions"]] == ["2"]


def test_a_dataset_without_a_suite_or_a_version_has_a_page_too(record: Callable[..., None], hallmark: Hallmark) -> None:
    record("flights/raw", "", state="failed", message="out of disk")

    page = hallmark("dataset", "flights/raw").stdout
    assert "None was published yet." in page
    assert "no suite was checked" in page


@pytest.mark.parametrize(("asked", "close"), [("flights/cleen", "flights/clean"), ("RAW", "flights/raw")])
def test_an_unknown_name_exits_1_and_names_the_closest(
    filled: Catalog, hallmark: Hallmark, asked: str, close: str
) -> None:
    result = hallmark("dataset", asked, "--json")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"hallmark: the catalog has no dataset {asked!r}; did you mean ")
    assert close in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_what_a_text_holds_neither_colours_nor_steers_the_terminal(
    record: Callable[..., None], catalog: Catalog, hallmark: Hallmark
) -> None:
    record("flights/raw", principal="\x1b]0;gone\x07[red]ann[/red]")

    page = hallmark("dataset", "flights/raw", columns=200).stdout
    assert "\x1b" not in page
    assert "[red]ann[/red]" in page


@pytest.mark.parametrize("page", [["datasets"], ["models"], ["runs"], ["status"]])
def test_an_empty_catalog_is_told_with_what_to_do(hallmark: Hallmark, page: list[str]) -> None:
    result = hallmark(*page)

    assert result.exit_code == 0
    assert "hallmark demo" in result.stdout
    assert "AIRFLOW_HOME" in result.stdout


@pytest.mark.parametrize("page", [["datasets"], ["models"], ["runs"]])
def test_an_empty_catalog_is_an_empty_array(hallmark: Hallmark, page: list[str]) -> None:
    assert json.loads(hallmark(*page, "--json").stdout) == []


def test_asking_does_not_create_a_catalog(hallmark: Hallmark, tmp_path: Any) -> None:
    for page in (["datasets"], ["status", "--json"], ["dataset", "flights/clean"], ["db", "current"]):
        hallmark(*page)

    assert list(tmp_path.iterdir()) == []
