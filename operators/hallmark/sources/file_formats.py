"""How DuckDB reads each format of file, and what its complaints say to the one who has to mend the file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
from sqlglot import exp

from hallmark.dataset import Column
from hallmark.engines.duckdb import columns_of, create_view
from hallmark.errors import SourceError

if TYPE_CHECKING:
    from hallmark.sources.files import FileSource

__all__ = ["complaint", "view_of_files"]


def view_of_files(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    source: FileSource,
    files: Sequence[str],
    contract: Sequence[Column],
) -> tuple[Column, ...]:
    """Create a view over files, with the contract's types where the format has none of its own.

    Raises:
        SourceError: a file is malformed; its line is named where the engine tells it.
    """
    reader = _format(source.format or _suffix(files[0]), source.path)
    options = reader.options(source)
    try:
        header = columns_of(connection, _query(reader, files, {**options, **reader.untyped}))
        query = _query(reader, files, {**options, **_types(reader, header, contract)})
        create_view(connection, name, query)
        return columns_of(connection, query)
    except duckdb.Error as error:
        raise complaint(source.path, error) from error


def complaint(path: str, error: duckdb.Error) -> SourceError:
    """Turn the engine's complaint about a file into an error that names the file and the line."""
    text = str(error)
    line = re.search(r"Line: (\d+)", text)
    where = f"{path}, line {line.group(1)}" if line else path
    return SourceError(f"{where}: {_told(text)}", "mend the file and run the task again")


@dataclass(frozen=True)
class _Format:
    """How DuckDB reads a format: its function, its options, and what switches type detection off."""

    function: str
    options: Callable[[FileSource], dict[str, exp.Expression]]
    untyped: Mapping[str, exp.Expression]
    typed_by: str | None = None


def _csv(source: FileSource) -> dict[str, exp.Expression]:
    nulls = exp.Array(expressions=[exp.Literal.string(v) for v in source.null_values])
    options = {"header": exp.true(), "nullstr": nulls, "sample_size": exp.Literal.number(-1)}
    if source.delimiter:
        options["delim"] = exp.Literal.string(source.delimiter)
    return options


def _tsv(source: FileSource) -> dict[str, exp.Expression]:
    return {**_csv(source), "delim": exp.Literal.string(source.delimiter or "\t")}


def _plain(_: FileSource) -> dict[str, exp.Expression]:
    return {}


_FORMATS = {
    "csv": _Format("read_csv", _csv, {"all_varchar": exp.true()}, typed_by="types"),
    "tsv": _Format("read_csv", _tsv, {"all_varchar": exp.true()}, typed_by="types"),
    "json": _Format("read_json", _plain, {}),
    "ndjson": _Format("read_json", lambda _: {"format": exp.Literal.string("newline_delimited")}, {}),
    "parquet": _Format("read_parquet", _plain, {}),
}
_SUFFIXES = {"jsonl": "ndjson"}


def _suffix(path: str) -> str:
    suffixes = [s.lstrip(".").lower() for s in Path(path).suffixes if s not in {".gz", ".zst"}]
    return _SUFFIXES.get(suffixes[-1], suffixes[-1]) if suffixes else ""


def _format(name: str, path: str) -> _Format:
    if name not in _FORMATS:
        raise SourceError(f"{path} is of no known format ({name!r})", f"set format= to one of {', '.join(_FORMATS)}")
    return _FORMATS[name]


def _types(reader: _Format, header: Sequence[Column], contract: Sequence[Column]) -> dict[str, exp.Expression]:
    """Return the option that reads the contract's columns with the contract's types."""
    promised = {c.name: c.type for c in contract}
    known = [c.name for c in header if c.name in promised]
    if reader.typed_by is None or not known:
        return {}
    pairs = [
        exp.PropertyEQ(this=exp.to_identifier(name, quoted=True), expression=exp.Literal.string(promised[name]))
        for name in known
    ]
    return {reader.typed_by: exp.Struct(expressions=pairs)}


def _query(reader: _Format, files: Sequence[str], options: Mapping[str, exp.Expression]) -> exp.Select:
    paths = exp.Array(expressions=[exp.Literal.string(f) for f in files])
    arguments = [exp.EQ(this=exp.column(key), expression=value.copy()) for key, value in options.items()]
    return exp.select("*").from_(exp.func(reader.function, paths, *arguments))


def _told(text: str) -> str:
    """Keep the sentences of the message that tell what is wrong with the file."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    told = [
        line
        for line in lines
        if not line.startswith(
            ("Possible", "*", "LINE", "file =", "delimiter", "quote", "escape", "header", "Original")
        )
    ]
    return " ".join(told[:3]).split("Error: ", 1)[-1]
