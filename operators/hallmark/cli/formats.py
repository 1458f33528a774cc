"""Values as a reader wants them: numbers, sizes, times, figures and states in a few characters."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import datetime

from rich.text import Text

__all__ = ["NOTHING", "count", "cut", "figure", "mark", "plural", "printable", "size", "took", "when"]

NOTHING = "-"
_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")


@dataclass(frozen=True)
class Mark:
    """How a state looks: a sign, a letter where the sign cannot be printed, and a style beside the word."""

    sign: str
    letter: str
    style: str


_GOOD, _BAD, _ODD = Mark("✓", "+", "green"), Mark("✗", "x", "bold red"), Mark("!", "!", "yellow")
_IDLE, _BUSY, _NOTE = Mark("-", "-", "dim"), Mark("…", "~", "cyan"), Mark("i", "i", "blue")
MARKS = {
    # What is as usual needs no sign among runs: the others stand out.
    "published": Mark("", "", "green"),
    "passed": _GOOD,
    "ok": _GOOD,
    "refused": _BAD,
    "failed": _BAD,
    "error": _BAD,
    "critical": _BAD,
    "warned": _ODD,
    "warning": _ODD,
    "info": _NOTE,
    "skipped": _IDLE,
    "running": _BUSY,
    "audited": _BUSY,
}


def mark(word: str | None, state: str | None = None) -> Text:
    """Return a word with the sign and colour of its state, which by default is the word itself."""
    if word is None:
        return Text(NOTHING, "dim")
    looks = MARKS.get(state or word, _IDLE)
    sign = looks.sign if "utf" in (sys.stdout.encoding or "").lower() else looks.letter
    return Text(f"{sign} {printable(word)}".lstrip(), looks.style)


def count(value: float | None) -> str:
    """Return a whole number with its thousands set apart."""
    return NOTHING if value is None else f"{value:,.0f}"


def plural(number: int, noun: str) -> str:
    """Return ``1 dataset``, ``1,204 datasets``."""
    return f"{count(number)} {noun}{'' if number == 1 else 's'}"


def size(value: int | None) -> str:
    """Return a number of bytes in the unit that leaves one to three digits before the point."""
    if value is None:
        return NOTHING
    amount, unit = float(value), 0
    while amount >= 999.5 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1000, unit + 1
    digits = 0 if unit == 0 or amount >= 99.95 else 1
    return f"{amount:.{digits}f} {_UNITS[unit]}"


def figure(value: float) -> str:
    """Return a metric with four significant digits, or a whole number in full."""
    whole = abs(value) >= 1000 or float(value).is_integer()
    return f"{value:,.0f}" if whole else f"{value:.4g}"


def when(moment: datetime | None) -> str:
    """Return a time in the local zone as a list of files has it: the hour if it is of this year, else the year."""
    if moment is None:
        return NOTHING
    local = moment.astimezone()
    this_year = local.year == datetime.now().astimezone().year
    return f"{local:%d %b %H:%M}" if this_year else f"{local:%d %b %Y}"


def took(started: datetime, finished: datetime | None) -> str:
    """Return how long something lasted in its two greatest units."""
    if finished is None:
        return NOTHING
    seconds = max((finished - started).total_seconds(), 0.0)
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:,} h {minutes} min" if hours else f"{minutes} min {rest} s"


def printable(text: str) -> str:
    """Return text without what would steer a terminal; line ends stay."""
    return "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text.expandtabs())


def cut(text: str, longest: int | None) -> str:
    """Return a text on one line, cut to so many characters if a number is given."""
    line = " ".join(text.split())
    return line if longest is None or len(line) <= longest else f"{line[: longest - 1].rstrip()}…"
