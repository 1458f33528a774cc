"""What the engine complains of in a file, told to the one who has to mend the file."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from hallmark.engines.duckdb import first_line
from hallmark.errors import SourceError
from hallmark.sources.delimited import open_text

__all__ = ["Fault", "fault_of", "line_of_json"]

# To find the broken line of a JSON document it is read whole; larger ones (bytes) are not worth the memory.
WHOLE = 1 << 28

_FILE = re.compile(r'^ *file = (?P<csv>.+)$|file ["\'](?P<other>.+?)["\']|: (?P<packed>/.+)$', re.MULTILINE)
_LINE = re.compile(r"CSV Error on Line: (?P<csv>\d+)|in line (?P<json>\d+)")


@dataclass(frozen=True)
class Fault:
    """What is wrong in a file, and in which file and line, as far as that is known."""

    told: str
    file: str | None = None
    line: int | None = None

    def error(self, path: str) -> SourceError:
        """Return it as an error of the source at ``path``."""
        where = self.file or path
        where = f"{where}, line {self.line}" if self.line else where
        return SourceError(f"{where}: {self.told}", "mend the file and run the task again")


def fault_of(error: Exception, personal: Collection[str]) -> Fault:
    """Read the engine's message; lines are as the engine counts them.

    The message quotes the row it stumbled over. That is left out, and so are values of personal columns.
    """
    text = str(error)
    file, line = _FILE.search(text), _LINE.search(text)
    return Fault(
        next((tell(found, personal) for pattern, tell in _TOLD if (found := pattern.search(text))), first_line(error)),
        next(filter(None, file.groups())) if file else None,
        int(next(filter(None, line.groups()))) if line else None,
    )


def line_of_json(file: str, line_by_line: bool) -> int | None:
    """Return the line, counted from 1, at which a file stops being JSON, or None if that cannot be told."""
    if not line_by_line and os.path.getsize(file) > WHOLE:
        return None
    with open_text(file) as text:
        for number, document in enumerate(map(str.strip, text) if line_by_line else [text.read()]):
            try:
                if document:
                    json.loads(document)
            except json.JSONDecodeError as error:
                return number + error.lineno
    return None


def _unconverted(found: re.Match[str], personal: Collection[str]) -> str:
    value = "its value (personal, not shown)" if found["column"] in personal else repr(found["value"])
    return f"column {found['column']!r}: {value} is no {found['type']}"


def _width(expected: int, found: int) -> str:
    # The engine stops counting at the first column too many.
    counted = f"{found} or more" if found > expected else str(found)
    return f"it has {counted} columns where the header has {expected}"


# What the engine says, and what is told of it. The first that fits decides.
_TOLD: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Collection[str]], str]], ...] = (
    (
        re.compile(
            r"Error when converting column \"(?P<column>.*?)\"\. "
            r"Could not convert string \"(?P<value>.*?)\" to '(?P<type>.*?)'$",
            re.DOTALL | re.MULTILINE,
        ),
        _unconverted,
    ),
    (
        re.compile(r"Expected Number of Columns: (\d+) Found: (\d+)"),
        lambda found, _: _width(int(found[1]), int(found[2])),
    ),
    (re.compile(r"unterminated quote"), lambda *_: "a quote is opened and not closed"),
    (re.compile(r"not utf-8 encoded|Invalid unicode", re.IGNORECASE), lambda *_: "it is not UTF-8"),
    (re.compile(r"reached an invalid state"), lambda *_: "it is not CSV as RFC 4180 has it (mixed line ends, say)"),
    (re.compile(r"Malformed JSON.*?: ([^.]+)"), lambda found, _: f"it is not JSON ({found[1]})"),
    (re.compile(r"No magic bytes"), lambda *_: "it is not Parquet, or was cut short"),
    (re.compile(r"GZIP stream|zlib|Truncated compressed stream"), lambda *_: "it is not gzip, or was cut short"),
)
