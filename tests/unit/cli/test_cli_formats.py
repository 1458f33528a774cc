from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from hallmark.cli.formats import cut, figure, mark, plural, printable, size, took, when
from hallmark.cli.tables import Heading, table

names = st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1, max_size=60)


@pytest.mark.parametrize(
    ("bytes", "shown"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1_428_232, "1.4 MB"), (999_999, "1.0 MB"), (361_164, "361 kB")],
)
def test_a_size_is_in_the_unit_that_fits(bytes: int, shown: str) -> None:
    assert size(bytes) == shown


@given(st.integers(min_value=0, max_value=10**18))
def test_a_size_is_short_and_close(bytes: int) -> None:
    amount, unit = size(bytes).split()

    assert len(amount) <= 4
    exact = bytes / 1000 ** ["B", "kB", "MB", "GB", "TB", "PB"].index(unit)
    assert abs(float(amount) - exact) <= 0.5


@pytest.mark.parametrize(
    ("value", "shown"), [(26_398.0, "26,398"), (0.63938797, "0.6394"), (26.0, "26"), (1234.5, "1,234"), (0.0, "0")]
)
def test_a_figure_has_four_digits_or_is_whole(value: float, shown: str) -> None:
    assert figure(value) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0.04, "0.0 s"), (59.9, "59.9 s"), (59.96, "1 min 0 s"), (90, "1 min 30 s"), (7260, "2 h 1 min"), (-1, "0.0 s")],
)
def test_a_duration_has_its_two_greatest_units(seconds: float, shown: str) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)

    assert took(start, start + timedelta(seconds=seconds)) == shown
    assert took(start, None) == "-"


def test_a_time_is_local_with_the_hour_only_in_this_year() -> None:
    year = datetime.now(UTC).year

    assert when(datetime(year, 7, 1, 22, 30, tzinfo=UTC)) == "02 Jul 00:30"
    assert when(datetime(2013, 7, 1, 22, 30, tzinfo=UTC)) == "02 Jul 2013"
    assert when(None) == "-"


def test_a_number_of_things_is_in_the_plural_but_for_one() -> None:
    assert [plural(number, "dataset") for number in (0, 1, 1204)] == ["0 datasets", "1 dataset", "1,204 datasets"]


def test_a_state_is_told_by_its_word_and_a_sign() -> None:
    assert [mark(word).plain for word in ("passed", "failed", "warned", "published", None)] == [
        "✓ passed",
        "✗ failed",
        "! warned",
        "published",
        "-",
    ]


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_sign_that_the_encoding_lacks_is_a_letter(monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(io.BytesIO(), encoding=encoding))

    assert mark("passed").plain == "+ passed"


@given(st.text())
def test_printable_text_never_steers_a_terminal(text: str) -> None:
    assert all(character.isprintable() or character == "\n" for character in printable(text))


@given(st.text(), st.integers(min_value=1, max_value=50))
def test_a_cut_text_is_one_line_of_at_most_so_many_characters(text: str, longest: int) -> None:
    assert len(cut(text, longest)) <= longest
    assert "\n" not in cut(text, None)


@given(
    st.lists(st.tuples(names, names, st.text(st.sampled_from("word s"), max_size=90), names), min_size=1, max_size=5),
    st.integers(min_value=1, max_value=300),
)
def test_what_is_no_text_stands_whole_on_its_line_at_every_width(
    rows: list[tuple[str, str, str, str]], width: int
) -> None:
    headings = [Heading("a"), Heading("b", right=True), Heading("c", wraps=True), Heading("d", spare=True)]
    console = Console(width=width, file=io.StringIO(), markup=False, emoji=False, highlight=False)
    with console.capture() as captured:
        console.print(table(headings, rows, width), crop=False)
    lines = captured.get().splitlines()

    for first, second, _, spare in rows:
        assert any(first in line and second in line for line in lines)
        assert "D" not in lines[0] or any(first in line and spare in line for line in lines)


@given(st.lists(names, min_size=1, max_size=8))
def test_all_columns_stay_where_there_is_room(cells: list[str]) -> None:
    headings = [Heading(f"h{at}", spare=True) for at in range(len(cells))]

    assert len(table(headings, [cells], 1000).columns) == len(cells)
    assert len(table(headings, [cells], 1).columns) == 0
