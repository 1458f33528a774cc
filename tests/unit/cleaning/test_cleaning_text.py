"""Trim, Lower, Upper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hallmark.cleaning import Lower, Step, Trim, Upper
from hallmark.dataset import Column
from hallmark.errors import StageError

if TYPE_CHECKING:
    from tests.unit.cleaning.conftest import Clean

NUMBERED = [Column("n", "INTEGER"), Column("t", "VARCHAR")]
BLANKS = "".join(c for c in map(chr, range(0x3100)) if c.isspace())
TEXTS = st.lists(
    st.none() | st.text(st.sampled_from(BLANKS) | st.characters(exclude_categories=["Cs"]), max_size=6), max_size=8
)


def run(clean: Clean, texts: list[str | None], *steps: Step) -> list[str | None]:
    return [t for _, t in sorted(clean(NUMBERED, list(enumerate(texts)), *steps))]


@given(texts=TEXTS)
@example(texts=[f"{c}a b{c}" for c in BLANKS])
@settings(max_examples=50, deadline=None)
def test_trim_takes_off_what_python_calls_white_space(clean: Clean, texts: list[str | None]) -> None:
    assert run(clean, texts, Trim("t", empty_to_null=False)) == [None if t is None else t.strip() for t in texts]


@given(texts=TEXTS)
@settings(max_examples=30, deadline=None)
def test_trim_makes_nulls_of_texts_of_which_nothing_is_left(clean: Clean, texts: list[str | None]) -> None:
    assert run(clean, texts, Trim("t")) == [(t or "").strip() or None for t in texts]


@pytest.mark.parametrize("step", [Trim("t"), Trim("t", empty_to_null=False), Lower("t"), Upper("t")])
@given(texts=TEXTS)
@example(texts=["ŉ ß ǆ ǅ İ ı Σ ς ﬁ"])
@settings(max_examples=30, deadline=None)
def test_steps_on_text_change_nothing_the_second_time(clean: Clean, step: Step, texts: list[str | None]) -> None:
    assert run(clean, texts, step) == run(clean, texts, step, step)


def test_case_is_changed_beyond_ascii(clean: Clean) -> None:
    assert run(clean, ["Ärger", None], Upper("t")) == ["ÄRGER", None]
    assert run(clean, ["ÄRGER", None], Lower("t")) == ["ärger", None]


def test_several_columns_are_trimmed_at_once(clean: Clean) -> None:
    data = [Column("a", "VARCHAR"), Column("b", "VARCHAR"), Column("c", "VARCHAR")]
    assert clean(data, [(" a ", " b ", " c ")], Trim("a", "c")) == [("a", " b ", "c")]


def test_an_enumeration_becomes_text(clean: Clean) -> None:
    assert clean([Column("e", "ENUM('a ', 'b')")], [("a ",)], Trim("e"), Upper("e")) == [("A",)]


@pytest.mark.parametrize("step", [Trim("n"), Lower("n"), Upper("n")])
def test_a_column_of_numbers_is_not_text(step: Step) -> None:
    with pytest.raises(StageError, match=r"column 'n' is INTEGER, not text; .* Cast\('n', 'varchar'\)"):
        step.query("data", NUMBERED)


@pytest.mark.parametrize("names", [(), ("a", "a"), ("",), (1,)])
def test_columns_are_checked_when_the_step_is_made(names: tuple[str, ...]) -> None:
    for step in (Trim, Lower, Upper):
        with pytest.raises(StageError):
            step(*names)
