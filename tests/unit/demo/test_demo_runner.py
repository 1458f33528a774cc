"""Running the demonstration again goes on where an earlier one broke off."""

from __future__ import annotations

from hallmark.demo.runner import again, newest
from hallmark.demo.story import CHAPTERS

MENDED = next(c for c in CHAPTERS if c.run_id == "2013-04-mended")


def test_a_chapter_that_never_ran_has_no_state_and_keeps_its_run_id() -> None:
    assert newest(MENDED, {"2013-01": "success"}) == (MENDED, None)
    assert again(MENDED, {"2013-01": "success"}) == MENDED


def test_the_newest_run_of_a_chapter_counts() -> None:
    runs = {MENDED.run_id: "failed", f"{MENDED.run_id}-again-1": "failed", f"{MENDED.run_id}-again-2": "success"}
    chapter, state = newest(MENDED, runs)

    assert (chapter.run_id, state) == (f"{MENDED.run_id}-again-2", "success")


def test_a_run_that_broke_off_is_followed_by_one_with_a_new_id() -> None:
    runs = {MENDED.run_id: "failed"}
    first = again(newest(MENDED, runs)[0], runs)
    runs[first.run_id] = "failed"
    second = again(newest(MENDED, runs)[0], runs)

    assert (first.run_id, second.run_id) == (f"{MENDED.run_id}-again-1", f"{MENDED.run_id}-again-2")
