"""How DuckDB reads each format of file. A format is a small class, registered under its name."""

from __future__ import annotations

import glob
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import duckdb
from sqlglot import exp

from hallmark.dataset import Column
from hallmark.engines.duckdb import columns_of, count_rows, create_view, data_type, first_row, relation, rows_of, sql_of
from hallmark.errors import SourceError
from hallmark.sources.delimited import Dialect
from hallmark.sources.file_faults import Fault, fault_of, line_of_json

if TYPE_CHECKING:
    from hallmark.sources.files import FileSource

__all__ = ["mount_files"]


@dataclass(frozen=True)
class Feed:
    """Files of one format that are to be read, and the columns that are promised of them."""

    connection: duckdb.DuckDBPyConnection
    source: FileSource
    files: Sequence[str]
    contract: Sequence[Column]

    @property
    def personal(self) -> frozenset[str]:
        return frozenset(c.name for c in self.contract if c.personal)


def mount_files(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    source: FileSource,
    files: Sequence[str],
    contract: Sequence[Column],
) -> tuple[tuple[Column, ...], int]:
    """Give the rows of files a name, with the contract's types where the format has none of its own.

    Text is read once and kept in the engine, so that a fault in its last line is found here, where the file is known.
    Parquet is read where it lies.

    Returns:
        The columns and the number of rows.

    Raises:
        SourceError: a file is malformed (its line is named where that is known) or has other columns than the first.
    """
    reader = _format(source.format or _suffix(files[0]), source.path)
    feed = Feed(connection, source, files, contract)
    try:
        query = reader.query(feed)
        if reader.text:
            table = exp.Create(this=relation(name), kind="TABLE", expression=query, replace=True)
            connection.execute(sql_of(table))
        else:
            create_view(connection, name, query)
        return columns_of(connection, rows_of(name)), count_rows(connection, name)
    except (duckdb.Error, OSError) as error:
        raise reader.fault(feed, error).error(source.path) from error


class Format(Protocol):
    """What has to be known of a format. Of a ``text`` format every line can be at fault."""

    @property
    def text(self) -> bool: ...

    def query(self, feed: Feed) -> exp.Select:
        """Return the query for the files' rows."""
        ...

    def fault(self, feed: Feed, error: Exception) -> Fault:
        """Say what is wrong with the files, and in which line, counted from 1."""
        ...


@dataclass(frozen=True)
class Delimited:
    """CSV and its kin.

    The engine is told the dialect and may not look for one: in a malformed file it finds a dialect in which nothing is
    wrong, such as one column of whole lines, or a file that begins after the lines that do not fit.
    """

    delimiter: str = ""
    text: bool = True

    def query(self, feed: Feed) -> exp.Select:
        dialect = self._dialect(feed)
        _refuse_other_columns({file: dialect.header(file) for file in feed.files})
        options = {**_dialect_options(feed.source, dialect), "union_by_name": exp.true()}
        names_only = {"all_varchar": exp.true(), "sample_size": exp.Literal.number(1)}
        header = columns_of(feed.connection, _query("read_csv", feed.files, {**options, **names_only}))
        promised = {c.name: exp.Literal.string(c.type) for c in feed.contract}
        known = {c.name: promised[c.name] for c in header if c.name in promised}
        types = {"types": _struct(known)} if known else {}
        return _query("read_csv", feed.files, {**options, "sample_size": exp.Literal.number(-1), **types})

    def fault(self, feed: Feed, error: Exception) -> Fault:
        if not isinstance(error, duckdb.Error):
            return fault_of(error, feed.personal)
        dialect = self._dialect(feed)
        if "sniffing" in str(error):
            # The search for types says only that it failed; reading texts says where.
            error = _refusal_of_texts(feed, dialect) or error
        fault = fault_of(error, feed.personal)
        if fault.file is None or fault.line is None:
            return fault
        return replace(fault, line=dialect.line_of(fault.file, fault.line))

    def _dialect(self, feed: Feed) -> Dialect:
        source = feed.source
        return Dialect(source.delimiter or self.delimiter, source.quote, source.escape).found_in(feed.files[0])


@dataclass(frozen=True)
class Json:
    """JSON, as one array of objects or one object a line; types are found by looking at all of it."""

    layout: str = "auto"
    text: bool = True

    def query(self, feed: Feed) -> exp.Select:
        options = {
            "format": exp.Literal.string(self.layout),
            "sample_size": exp.Literal.number(-1),
            "union_by_name": exp.true(),
            "hive_partitioning": exp.false(),
        }
        query = _query("read_json", feed.files, options)
        if feed.contract and columns_of(feed.connection, query) == (_NO_OBJECTS,):
            # Of files without any object no names are known but the contract's.
            rows = first_row(feed.connection, exp.select(exp.Count(this=exp.Star())).from_(query.subquery("rows")))
            return query if rows[0] else _nothing(feed.contract)
        return query

    def fault(self, feed: Feed, error: Exception) -> Fault:
        fault = fault_of(error, feed.personal)
        if fault.file is None or "Malformed" not in str(error):
            return fault
        # The engine counts lines otherwise when it meets one that is not JSON.
        return replace(fault, line=line_of_json(fault.file, line_by_line=self.layout == "newline_delimited"))


@dataclass(frozen=True)
class Parquet:
    """Parquet, which has its types in it."""

    text: bool = False

    def query(self, feed: Feed) -> exp.Select:
        options = {"hive_partitioning": exp.false()}
        queries = {file: _query("read_parquet", [file], options) for file in feed.files}
        _refuse_other_columns({f: [c.name for c in columns_of(feed.connection, q)] for f, q in queries.items()})
        return _query("read_parquet", feed.files, options)

    def fault(self, feed: Feed, error: Exception) -> Fault:
        return fault_of(error, feed.personal)


_FORMATS: dict[str, Format] = {
    "csv": Delimited(),
    "tsv": Delimited("\t"),
    "json": Json(),
    "ndjson": Json("newline_delimited"),
    "parquet": Parquet(),
}
_SUFFIXES = {"jsonl": "ndjson"}
# What the engine makes of JSON in which it finds no object.
_NO_OBJECTS = Column("json", "JSON")


def _suffix(path: str) -> str:
    suffixes = [s.lstrip(".").lower() for s in Path(path).suffixes if s not in {".gz", ".zst"}]
    return _SUFFIXES.get(suffixes[-1], suffixes[-1]) if suffixes else ""


def _format(name: str, path: str) -> Format:
    if name not in _FORMATS:
        raise SourceError(f"{path} is of no known format ({name!r})", f"set format= to one of {', '.join(_FORMATS)}")
    return _FORMATS[name]


def _nothing(columns: Sequence[Column]) -> exp.Select:
    nulls = (exp.cast(exp.null(), data_type(c.type)) for c in columns)
    return exp.select(*(exp.alias_(n, c.name, quoted=True) for n, c in zip(nulls, columns, strict=True))).where(
        exp.false()
    )


def _refuse_other_columns(names: Mapping[str, Sequence[str]]) -> None:
    """Refuse a file whose columns are not those of the first: the engine would drop what the first does not have."""
    first, *others = names
    for other in others:
        different = set(names[first]).symmetric_difference(names[other])
        if different:
            raise SourceError(
                f"{other} does not have the columns of {first} (they differ in {', '.join(sorted(different))})",
                "read files of one shape at a time, or mend the one that is wrong",
            )


def _refusal_of_texts(feed: Feed, dialect: Dialect) -> duckdb.Error | None:
    """Read the files as texts alone and return what the engine says against them, None if that is nothing."""
    names = (f"column{i}" for i in range(len(dialect.header(feed.files[0]))))
    options = {
        **_dialect_options(feed.source, dialect),
        "auto_detect": exp.false(),
        "columns": _struct({name: exp.Literal.string("VARCHAR") for name in names}),
    }
    texts = _query("read_csv", feed.files, options).subquery("texts")
    try:
        first_row(feed.connection, exp.select(exp.Count(this=exp.Star())).from_(texts))
    except duckdb.Error as refusal:
        return refusal
    return None


def _dialect_options(source: FileSource, dialect: Dialect) -> dict[str, exp.Expression]:
    """Return the dialect as the engine's options, with all that it might find by looking switched off."""
    return {
        "header": exp.true(),
        "nullstr": exp.Array(expressions=[exp.Literal.string(v) for v in source.null_values]),
        "delim": exp.Literal.string(dialect.delimiter),
        "quote": exp.Literal.string(dialect.quote),
        "escape": exp.Literal.string(dialect.escape),
        "comment": exp.Literal.string(""),
        "skip": exp.Literal.number(0),
        "strict_mode": exp.true(),
        "hive_partitioning": exp.false(),
    }


def _struct(entries: Mapping[str, exp.Expression]) -> exp.Struct:
    return exp.Struct(
        expressions=[
            exp.PropertyEQ(this=exp.to_identifier(name, quoted=True), expression=value)
            for name, value in entries.items()
        ]
    )


def _query(function: str, files: Sequence[str], options: Mapping[str, exp.Expression]) -> exp.Select:
    # A file may have a pattern's characters in its name; the files are found already.
    paths = exp.Array(expressions=[exp.Literal.string(glob.escape(file)) for file in files])
    arguments = [exp.EQ(this=exp.column(key), expression=value.copy()) for key, value in options.items()]
    return exp.select("*").from_(exp.func(function, paths, *arguments))
