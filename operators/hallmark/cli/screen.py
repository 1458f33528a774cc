"""Where output goes: what was asked for on stdout, as text or as JSON, and everything else on stderr."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console, RenderableType

from hallmark.cli.formats import printable
from hallmark.receipt import plain

__all__ = ["NOBODY_READS", "busy", "complain", "fall_silent", "show", "show_json", "width"]

# What a shell reports of a process that SIGPIPE ended.
NOBODY_READS = 141
# Where there is neither a terminal nor $COLUMNS, as in a job's log, lines may be this long.
_NO_TERMINAL = 160


def width() -> int:
    """Return the characters in a line: of ``$COLUMNS``, of the terminal, or what a log can bear."""
    return _console().width


def fall_silent() -> None:
    """Write nothing more to stdout, whose reader has gone: Python flushes on its way out, and would complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def show(*parts: RenderableType) -> None:
    """Print parts one below the other; into a pipe without colours and without blanks at a line's end."""
    console = _console()
    with console.capture() as captured:
        for part in parts:
            console.print(part, crop=False)
    text = captured.get()
    if not console.is_terminal:
        text = "".join(f"{line.rstrip()}\n" for line in text.splitlines())
    sys.stdout.write(text)


def show_json(value: Any) -> None:
    """Print a value as JSON, in ASCII so that it is valid whatever the encoding."""
    sys.stdout.write(json.dumps(plain(value), indent=2, allow_nan=False) + "\n")


def complain(message: str) -> None:
    """Print one line on stderr."""
    line = " ".join(printable(message).split())
    sys.stderr.write(f"hallmark: {line}\n")


@contextmanager
def busy(doing: str) -> Iterator[None]:
    """Show on a terminal's stderr that something takes its time."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    with console.status(doing):
        yield


def _console() -> Console:
    return Console(width=None if _known_width() else _NO_TERMINAL, markup=False, emoji=False, highlight=False)


def _known_width() -> bool:
    return os.environ.get("COLUMNS", "").isdigit() or any(os.isatty(descriptor) for descriptor in (0, 1, 2))
