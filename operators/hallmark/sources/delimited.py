"""Delimited files as they lie there: delimiter, header, and where a record stands. The engine reads the rows."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, TextIO

__all__ = ["Dialect", "open_text"]

# The commonest first: it wins where a header has as many of another.
DELIMITERS = (",", ";", "\t", "|")
# A header ends within so many characters.
HEAD = 1 << 16


@dataclass(frozen=True)
class Dialect:
    """How fields are set apart and quoted. An empty delimiter is one that is still to be found."""

    delimiter: str
    quote: str
    escape: str

    def found_in(self, file: str) -> Dialect:
        """Return the dialect with a delimiter: its own, or the one that the file's header has most outside quotes."""
        if self.delimiter:
            return self
        quote = re.escape(self.quote)
        with open_text(file) as text:
            unquoted = re.sub(f"{quote}[^{quote}]*{quote}", "", text.read(HEAD)) if quote else text.read(HEAD)
        header = next(iter(unquoted.splitlines()), "")
        return replace(self, delimiter=max(DELIMITERS, key=header.count))

    def header(self, file: str) -> list[str]:
        """Return the fields of the first record, none of an empty file."""
        with open_text(file) as text:
            return next(self._records(io.StringIO(text.read(HEAD), newline="")), [])

    def line_of(self, file: str, record: int) -> int:
        """Return the line on which a record begins, both counted from 1; line breaks within quotes count as lines."""
        try:
            with open_text(file) as text:
                reader = self._records(text)
                for _ in range(record - 1):
                    next(reader)
                return int(reader.line_num) + 1
        except (csv.Error, StopIteration):
            # Python reads it otherwise than the engine: then the record's number is the best there is.
            return record

    def _records(self, text: TextIO) -> Any:
        """Return Python's reader, which counts lines."""
        doubled = self.escape == self.quote
        return csv.reader(
            text,
            delimiter=self.delimiter,
            quotechar=self.quote or None,
            escapechar=None if doubled else self.escape or None,
            doublequote=doubled,
            quoting=csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE,
        )


@contextmanager
def open_text(file: str) -> Iterator[TextIO]:
    """Open a file's text, unpacked. What is not UTF-8 in it is for the engine to complain of."""
    import pyarrow as pa

    with (
        pa.input_stream(file) as stream,
        io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline="") as text,
    ):
        yield text
