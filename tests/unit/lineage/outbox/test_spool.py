from __future__ import annotations

import json
import os
import stat
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hallmark.lineage.outbox.breaker import Breaker
from hallmark.lineage.outbox.spool import Spool


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool")


def test_events_come_out_as_they_went_in_and_in_that_order(spool: Spool) -> None:
    texts = [json.dumps({"n": n}) for n in range(50)]
    for text in texts:
        spool.put(text, "run")
    assert [path.read_text() for path in spool.waiting()] == texts


@settings(deadline=None, max_examples=20)
@given(steps=st.lists(st.integers(-10_000_000, 10_000_000), min_size=2, max_size=20))
def test_order_is_kept_when_the_clock_is_set_back(steps: list[int], tmp_path_factory: pytest.TempPathFactory) -> None:
    spool, now = Spool(tmp_path_factory.mktemp("clock")), time.time_ns()
    with pytest.MonkeyPatch.context() as patched:
        for number, step in enumerate(steps):
            patched.setattr(time, "time_ns", lambda at=now + step: at)
            spool.put(str(number), "run")
    assert [path.read_text() for path in spool.waiting()] == [str(n) for n in range(len(steps))]


def test_only_its_owner_may_read_it(spool: Spool) -> None:
    path = spool.put("{}", None)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(spool.folder.stat().st_mode) == 0o700


def test_a_files_name_tells_nothing_of_the_run(spool: Spool) -> None:
    assert "secret-run" not in spool.put("{}", "secret-run").name
    assert spool.holds("secret-run")
    assert not spool.holds("another")
    assert not spool.holds(None)


def test_what_is_refused_is_kept_with_its_reason_and_waits_no_more(spool: Spool) -> None:
    path = spool.put('{"a": 1}', "run")
    put = spool.refuse('{"a": 1}', "it is of no run", path)
    assert json.loads(put.read_text()) == {"reason": "it is of no run", "event": '{"a": 1}'}
    assert (spool.waiting(), spool.refused()) == ([], 1)


def test_one_empties_it_at_a_time_and_the_next_comes_after(spool: Spool) -> None:
    spool.put("{}", None)
    with spool.alone() as first:
        with spool.alone() as second:
            assert (first, second) == (True, False)
        with spool.alone() as third:
            assert not third
    with spool.alone() as fourth:
        assert fourth


def test_a_folder_that_is_not_there_holds_nothing(spool: Spool) -> None:
    assert spool.waiting() == []
    with spool.alone() as alone:
        assert not alone


def test_what_was_left_half_written_goes_after_an_hour(spool: Spool) -> None:
    spool.put("{}", None)
    old, young = spool.folder / ".a.part", spool.folder / ".b.part"
    old.touch()
    young.touch()
    os.utime(old, (time.time() - 7200,) * 2)
    spool.sweep()
    assert (old.exists(), young.exists(), len(spool.waiting())) == (False, True, 1)


def test_a_breaker_is_open_for_a_minute(tmp_path: Path) -> None:
    breaker = Breaker(tmp_path / "spool" / "breaker")
    assert not breaker.is_open()
    breaker.trip()
    assert breaker.is_open()
    assert Breaker(breaker.file).was_tripped(), "other processes see it"
    breaker.reset()
    assert not breaker.is_open()


def test_a_breaker_empties_nothing_that_a_link_points_at(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("kept")
    breaker = Breaker(tmp_path / "breaker")
    breaker.file.symlink_to(tmp_path / "precious")
    breaker.trip()
    assert (tmp_path / "precious").read_text() == "kept"
    assert breaker.is_open()


def test_a_breaker_closes_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    breaker = Breaker(tmp_path / "breaker")
    breaker.trip()
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 61)
    assert not breaker.is_open()
    assert breaker.was_tripped()


def test_without_a_folder_a_process_remembers_for_itself() -> None:
    breaker = Breaker(Path("/proc/no/breaker"))
    breaker.trip()
    assert breaker.is_open()
    breaker.reset()
    assert not breaker.is_open()
