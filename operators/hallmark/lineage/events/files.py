"""Events from files: one a line, or JSON documents, or lists of them, also compressed; never a whole file in memory.

An event comes as it stands there, with the line where it begins. What is no JSON comes too: whoever stores events says
why it cannot.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import IO, Any

from hallmark.errors import LineageError
from hallmark.lineage.events.reading import MAX_BYTES

__all__ = ["STDIN", "events_of"]

STDIN = "-"
_GZIP = b"\x1f\x8b"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_CHUNK = 1 << 20
# A document may be written with indentation, which is not counted when it is stored.
_LONGEST = 2 * MAX_BYTES
# What stands between the documents of a file or the elements of a list.
_BETWEEN = re.compile(r"[ \t\r\n,\[\]]*")
# A word or a number that the end of a chunk cut off is not longer than this.
_CUT_OFF = 32
# So much is told of what is no JSON.
_SHOWN = 1000

# The line where it begins, and the event or its JSON.
Placed = tuple[int, "dict[str, Any] | str"]


def events_of(path: str) -> Iterator[Placed]:
    """Yield the events of a file, each with the number of its line, from 1.

    Args:
        path: a file of one event a line (NDJSON), of one or more JSON documents, or of a list of events; compressed by
            gzip or not; ``-`` is the standard input.

    Raises:
        LineageError: the file cannot be read.
    """
    try:
        with _opened(path) as stream:
            yield from _events(_text(stream))
    except (OSError, EOFError, UnicodeError) as error:
        raise LineageError(f"{path} cannot be read ({error})", "check the path, and that it is whole") from error


@contextmanager
def _opened(path: str) -> Iterator[IO[bytes]]:
    if path == STDIN:
        yield sys.stdin.buffer
        return
    with open(path, "rb") as file:
        yield file


def _text(stream: IO[bytes]) -> io.TextIOBase:
    """Return a stream's text, decompressed and decoded; bytes that are no UTF-8 become replacement characters."""
    buffered: Any = io.BufferedReader(stream, _CHUNK)  # type: ignore[type-var]
    if buffered.peek(2)[:2] == _GZIP:
        buffered = io.BufferedReader(gzip.GzipFile(fileobj=buffered), _CHUNK)
    encoding = "utf-16" if buffered.peek(2)[:2] in _UTF16 else "utf-8-sig"
    return io.TextIOWrapper(buffered, encoding, errors="replace", newline="\n")


def _events(text: io.TextIOBase) -> Iterator[Placed]:
    number, first = _next_line(text)
    if not first:
        return
    if _is_event(first):
        yield from _lines(text, first, number)
        return
    blank, second = _next_line(text)
    if _is_event(second) and not first.lstrip().startswith("["):
        # Of a file of lines the first one is broken.
        yield number, first.strip()
        yield from _lines(text, second, number + blank)
    else:
        yield from _documents(text, first + "\n" * (blank - 1) + second, number)


def _next_line(text: io.TextIOBase) -> tuple[int, str]:
    """Return the next line that is not blank, and how many lines it is ahead; nothing at the end."""
    for number in count(1):
        line = text.readline(_LONGEST)
        if not line or line.strip():
            return number, line
    raise AssertionError


def _is_event(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _lines(text: io.TextIOBase, line: str, number: int) -> Iterator[Placed]:
    while line:
        if line.strip():
            yield number, line.strip()
        while len(line) == _LONGEST and not line.endswith("\n"):
            line = text.readline(_LONGEST)
        line, number = text.readline(_LONGEST), number + 1


def _documents(text: io.TextIOBase, begun: str, number: int) -> Iterator[Placed]:
    """Yield documents one after the other, or the elements of lists; after what is no JSON nothing more is read."""
    decoder, known, at = json.JSONDecoder(), begun, 0
    while True:
        begin = _next(known, at)
        number += known.count("\n", at, begin)
        try:
            value, at = decoder.raw_decode(known, begin)
        except (json.JSONDecodeError, RecursionError) as error:
            known, at = known[begin:], 0
            # The longer it gets, the more is read at once: it is decoded from its beginning each time.
            more = text.read(max(_CHUNK, len(known))) if _is_cut_off(error, begin + len(known)) else ""
            if not more or len(known) > _LONGEST:
                if known.strip():
                    yield number, known[:_SHOWN]
                return
            known += more
        else:
            yield number, value
            number += known.count("\n", begin, at)


def _next(text: str, at: int) -> int:
    between = _BETWEEN.match(text, at)
    return between.end() if between else at


def _is_cut_off(error: Exception, length: int) -> bool:
    """Whether more text could mend it."""
    if not isinstance(error, json.JSONDecodeError):
        return False
    return error.pos >= length - _CUT_OFF or error.msg.startswith("Unterminated string")
