"""What the demonstration does, month by month, and what it promises of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hallmark.demo import feed

__all__ = ["CHAPTERS", "MODEL", "Chapter"]

MODEL = "flight_delay"


def _deliver(folder: Path, month: str) -> None:
    feed.deliver(folder, [month])


def _damage(folder: Path, month: str) -> None:
    feed.deliver(folder, [month])
    feed.corrupt(folder, month)


@dataclass(frozen=True)
class Chapter:
    """One DAG run.

    Args:
        run_id: its name in Airflow.
        month: the partition it makes.
        told: a sentence for the terminal and the run's note.
        prepare: puts the month's files into the feed.
        state: how the run must end.
        refused: datasets that must keep their last good version, because the gate or the contract stops the new one.
        skipped: tasks that have nothing to do.
    """

    run_id: str
    month: str
    told: str
    prepare: Callable[[Path, str], None] = field(default=_deliver)
    state: str = "success"
    refused: Sequence[str] = ()
    skipped: Sequence[str] = ()


CHAPTERS: tuple[Chapter, ...] = (
    Chapter(
        "2013-01",
        "2013-01",
        "January: the first month; nothing to learn from yet",
        skipped=("train", "evaluate", "deploy", "score"),
    ),
    Chapter("2013-02", "2013-02", "February: the first model, trained on January"),
    Chapter("2013-03", "2013-03", "March: a challenger, trained on January and February"),
    Chapter(
        "2013-04-damaged",
        "2013-04",
        "April, damaged on purpose: a renamed column, negative distances, repeated keys",
        prepare=_damage,
        state="failed",
        refused=("flights/raw", "weather/raw"),
    ),
    Chapter("2013-04-mended", "2013-04", "April, delivered again and whole"),
)
