"""Rename, Drop, Keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hallmark.cleaning import Drop, Keep, Rename, compile_steps
from hallmark.dataset import Column
from hallmark.errors import StageError

if TYPE_CHECKING:
    from tests.unit.cleaning.conftest import Clean

DATA = [Column("a", "INTEGER"), Column("b", "INTEGER"), Column("c", "INTEGER")]


@given(order=st.permutations(["a", "b", "c"]))
@settings(max_examples=30, deadline=None)
def test_names_can_be_exchanged_in_any_way_and_back(clean: Clean, order: list[str]) -> None:
    there = {old: new for old, new in zip("abc", order, strict=True) if old != new} or {"a": "a"}
    back = {new: old for old, new in there.items()}
    _, found = compile_steps([Rename(there)], "data", DATA)
    assert [c.name for c in found] == order
    assert clean(DATA, [(1, 2, 3)], Rename(there)) == [(1, 2, 3)]
    assert clean(DATA, [(1, 2, 3)], Rename(there), Rename(back)) == [(1, 2, 3)]


def test_a_name_may_change_in_case_alone() -> None:
    assert [c.name for c in compile_steps([Rename({"a": "A"})], "data", DATA)[1]] == ["A", "b", "c"]


@pytest.mark.parametrize("names", [{"a": "b"}, {"a": "B"}, {"a": "x", "b": "X"}])
def test_two_columns_cannot_take_one_name(names: dict[str, str]) -> None:
    with pytest.raises(StageError, match=r"^Rename: two columns would be named"):
        Rename(names).query("data", DATA)


@pytest.mark.parametrize("names", [{}, {"a": ""}, {"a": "x", "b": "x"}, {"a": "\0"}, {"a": 1}])
def test_new_names_are_checked_when_the_step_is_made(names: dict[str, Any]) -> None:
    with pytest.raises(StageError):
        Rename(names)


@given(chosen=st.lists(st.sampled_from("abc"), min_size=1, max_size=2, unique=True))
@settings(max_examples=30, deadline=None)
def test_keep_and_drop_are_each_others_complement(clean: Clean, chosen: list[str]) -> None:
    kept, left = clean(DATA, [(1, 2, 3)], Keep(*chosen)), clean(DATA, [(1, 2, 3)], Drop(*chosen))
    assert kept == [tuple(v for n, v in zip("abc", (1, 2, 3), strict=True) if n in chosen)]
    assert left == [tuple(v for n, v in zip("abc", (1, 2, 3), strict=True) if n not in chosen)]


def test_dropping_every_column_is_refused() -> None:
    with pytest.raises(StageError, match="no column would be left"):
        Drop("a", "b", "c").query("data", DATA)
