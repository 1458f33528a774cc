from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from hallmark.errors import HallmarkError
from hallmark.quality.datadocs import data_docs
from hallmark.quality.result import Outcome, ValidationResult
from hallmark.quality.suite import Expectation

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script>"
COUNTS = {"element_count": 4, "unexpected_count": 1, "unexpected_percent": 25.0, "missing_count": 0}


def outcome(success: bool, type: str, result: dict[str, Any], error: str | None = None, **kwargs: Any) -> Outcome:
    return Outcome(Expectation(f"expect_{type}", kwargs), success, result, error)


NEGATIVE = outcome(
    False,
    "column_values_to_be_between",
    {**COUNTS, "partial_unexpected_list": [-17], "partial_unexpected_counts": [{"value": -17, "count": 1}]},
    column="distance",
    min_value=0,
)
ENOUGH = outcome(True, "table_row_count_to_be_between", {"observed_value": 4}, min_value=1)
RESULT = ValidationResult("flights.raw", (NEGATIVE, ENOUGH))


class Text(HTMLParser):
    def __init__(self, page: Path) -> None:
        super().__init__()
        self.words: list[str] = []
        self.feed(page.read_text(encoding="utf-8"))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def __str__(self) -> str:
        return " ".join(" ".join(self.words).split())


def pages(folder: Path, kind: str) -> list[Path]:
    return sorted((folder / kind).rglob("*.html"))


def test_a_site_has_an_index_a_page_of_the_validation_and_one_of_the_suite(tmp_path: Path) -> None:
    index = data_docs(RESULT, tmp_path / "docs", name="data/flights.parquet", at=NOON)
    (validation,) = pages(tmp_path / "docs", "validations")
    (suite,) = pages(tmp_path / "docs", "expectations")

    assert index == tmp_path / "docs" / "index.html"
    assert validation.relative_to(index.parent).as_posix() in index.read_text(encoding="utf-8")
    assert "25% unexpected" in str(Text(validation)) and "-17" in str(Text(validation))
    assert "greater than or equal to 0" in str(Text(suite))
    assert (tmp_path / "docs" / "static").is_dir()


def test_a_second_site_replaces_the_first(tmp_path: Path) -> None:
    for name in ("first", "second"):
        data_docs(RESULT, tmp_path, name=name, at=NOON)

    assert [p.stem for p in pages(tmp_path, "validations")] == ["second"]
    assert {p.name for p in tmp_path.iterdir()} == {"index.html", "static", "expectations", "validations"}


def test_a_relative_folder_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert data_docs(RESULT, "docs") == Path("docs/index.html")
    assert (tmp_path / "docs" / "index.html").is_file()


def test_no_value_and_no_name_reaches_the_pages_as_markup(tmp_path: Path) -> None:
    partition = {"values": [HOSTILE], "weights": [1.0]}
    found = {
        **COUNTS,
        "observed_value": [HOSTILE],
        "partial_unexpected_list": [HOSTILE],
        "partial_unexpected_counts": [{"value": HOSTILE, "count": 1}],
        "details": {"observed_partition": partition, "expected_partition": partition},
    }
    outcomes = (
        outcome(False, "column_values_to_be_in_set", found, column=HOSTILE, value_set=[HOSTILE, "R&D"]),
        outcome(False, "column_values_to_match_regex", found, column="c", regex=HOSTILE),
        outcome(False, "column_max_to_be_between", {}, HOSTILE, column="c", max_value=1),
        Outcome(Expectation("expect_column_to_exist", {"column": "c"}), False, {}, HOSTILE, f"Traceback: {HOSTILE}"),
        outcome(False, "column_pair_values_to_be_equal", found, column_A=HOSTILE, column_B="c"),
        outcome(
            False,
            "column_kl_divergence_to_be_less_than",
            {"observed_value": 0.5, "details": found["details"]},
            column="c",
            threshold=0.1,
            partition_object=partition,
        ),
    )
    data_docs(ValidationResult(f"../{HOSTILE}", outcomes), tmp_path / "docs", name=f"../../{HOSTILE}", at=NOON)
    written = [page.read_text(encoding="utf-8") for page in (tmp_path / "docs").rglob("*.html")]

    assert len(written) == 3 and [p.name for p in tmp_path.iterdir()] == ["docs"]
    assert not any(HOSTILE in page for page in written)
    assert not any(re.search("&amp;(lt|amp);", page) for page in written)


def test_what_gx_refuses_is_left_out_of_the_pages_and_named_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    refused = outcome(False, "column_values_to_be_between", {}, "refused", column="d", min_value=[1], max_value="x")
    with caplog.at_level(logging.WARNING, "hallmark"):
        data_docs(ValidationResult("s", (refused, NEGATIVE)), tmp_path / "docs")

    assert "leave out d: expect_column_values_to_be_between" in caplog.text
    assert len(pages(tmp_path / "docs", "validations")) == 1


def something_else(tmp_path: Path) -> Path:
    (tmp_path / "index.html").write_text("my own")
    (tmp_path / "notes.txt").write_text("mine")
    return tmp_path


def a_file(tmp_path: Path) -> Path:
    (tmp_path / "docs").write_text("mine")
    return tmp_path / "docs"


def no_parent(tmp_path: Path) -> Path:
    return tmp_path / "no" / "docs"


@pytest.mark.parametrize(
    ("place", "why"),
    [(something_else, "holds something else"), (a_file, "which is no folder"), (no_parent, "there is no folder")],
)
def test_a_folder_of_other_things_is_left_alone(tmp_path: Path, place: Callable[[Path], Path], why: str) -> None:
    folder = place(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(HallmarkError, match=why):
        data_docs(RESULT, folder)
    assert sorted(tmp_path.rglob("*")) == before
