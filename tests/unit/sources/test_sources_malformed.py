"""Malformed files: the error names the file and the line as an editor shows it, and shows no row."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from hallmark.dataset import Column
from hallmark.errors import SourceError
from hallmark.sources import FileSource

Mount = Callable[..., Any]
Written = Callable[[str, str | bytes], Path]

CONTRACT = (Column("id", "BIGINT"), Column("name", "VARCHAR"), Column("at", "TIMESTAMP"))
HEADER = "id,name,at\n"
GOOD = "1,a,2026-01-31 06:00:00\n"
QUOTED = '2,"one\ntwo\n\nfour",2026-01-31 06:00:00\n'


def told(mount: Mount, source: FileSource, contract: Any = ()) -> str:
    with pytest.raises(SourceError) as raised:
        mount(source, contract)
    return str(raised.value)


FAULTS = [
    ("4,b,2026-01-31 06:00:00,x\n", "it has 4 or more columns where the header has 3"),
    ("4,b\n", "it has 2 columns where the header has 3"),
    ('4,"b,2026-01-31 06:00:00\n', "a quote is opened and not closed"),
    ('4,"b"c,2026-01-31 06:00:00\n', "a quote is opened and not closed"),
]


@pytest.mark.parametrize("contract", [(), CONTRACT], ids=["no contract", "contract"])
@pytest.mark.parametrize(("line", "fault"), FAULTS, ids=["too many", "too few", "open quote", "text after a quote"])
@pytest.mark.parametrize(
    ("before", "number"),
    [(HEADER, 2), (HEADER + GOOD * 2, 4), (HEADER + QUOTED, 6), (HEADER + "\n\n" + GOOD, 5)],
    ids=["first", "third", "after a quoted line end", "after blank lines"],
)
def test_a_line_of_another_shape_is_named(
    mount: Mount, written: Written, before: str, number: int, line: str, fault: str, contract: Any
) -> None:
    file = written("a.csv", before + line + GOOD)
    assert told(mount, FileSource(str(file)), contract) == (
        f"{file}, line {number}: {fault}; mend the file and run the task again"
    )


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_a_value_that_is_not_of_the_contracts_type_is_named_with_its_line(
    mount: Mount, written: Written, end: str
) -> None:
    content = (HEADER + QUOTED + GOOD + "x1,b,2026-01-31 06:00:00\n").replace("\n", end)
    file = written("a.csv", content)
    number = 1 + content.split("x1")[0].count("\n")
    assert told(mount, FileSource(str(file)), CONTRACT) == (
        f"{file}, line {number}: column 'id': 'x1' is no BIGINT; mend the file and run the task again"
    )


def test_the_line_is_right_far_into_a_packed_file(mount: Mount, written: Written) -> None:
    content = "id,name\n" + '1,"one\ntwo"\n' * 150_000 + "x,b\n" + "1,c\n" * 150_000
    file = written("a.csv.gz", gzip.compress(content.encode(), 1))
    assert told(mount, FileSource(str(file)), (Column("id", "BIGINT"), Column("name", "VARCHAR"))).startswith(
        f"{file}, line 300002: column 'id': 'x' is no BIGINT"
    )


def test_of_several_files_the_one_at_fault_is_named(mount: Mount, written: Written) -> None:
    written("a1.csv", HEADER + GOOD)
    file = written("a2.csv", HEADER + GOOD + "4,b\n")
    assert told(mount, FileSource(str(file.parent / "a*.csv")), CONTRACT).startswith(f"{file}, line 3: it has 2 col")


def test_a_value_of_a_personal_column_is_not_shown(mount: Mount, written: Written) -> None:
    file = written("a.csv", "ssn,name\n123-45,Ada\n")
    contract = (Column("ssn", "BIGINT", classification="personal"), Column("name", "VARCHAR"))
    message = told(mount, FileSource(str(file)), contract)
    assert message.startswith(f"{file}, line 2: column 'ssn': its value (personal, not shown) is no BIGINT")
    assert "123" not in message and "Ada" not in message


def test_a_header_that_is_narrower_than_its_rows_is_no_row(mount: Mount, written: Written) -> None:
    file = written("a.csv", "id,name\n1,a,b,c\n2,a,b,c\n3,a,b,c\n")
    assert told(mount, FileSource(str(file))).startswith(
        f"{file}, line 2: it has 3 or more columns where the header has 2"
    )


@pytest.mark.parametrize("other", ["id,name,at,more\n1,a,,x\n", "id,name\n1,a\n", "ID2,name,at\n1,a,\n"])
def test_files_of_different_columns_are_not_read_together(mount: Mount, written: Written, other: str) -> None:
    written("a1.csv", HEADER + GOOD)
    file = written("a2.csv", other)
    message = told(mount, FileSource(str(file.parent / "a*.csv")))
    assert f"{file} does not have the columns of {file.parent / 'a1.csv'} (they differ in" in message


def test_parquet_files_of_different_columns_are_not_read_together(mount: Mount, tmp_path: Path) -> None:
    parquet.write_table(pa.table({"a": [1]}), tmp_path / "1.parquet")
    parquet.write_table(pa.table({"a": [1], "b": [2]}), tmp_path / "2.parquet")
    assert "(they differ in b)" in told(mount, FileSource(str(tmp_path / "*.parquet")))


def test_latin_1_is_told_from_utf_8(mount: Mount, written: Written) -> None:
    file = written("a.csv", "id,name\n1,a\n2,Zürich\n".encode("latin-1"))
    assert told(mount, FileSource(str(file))).startswith(f"{file}, line 3: it is not UTF-8")


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("a.ndjson", '{"id": 1}\n{"id": 2\n{"id": 3}\n', 2),
        ("a.ndjson", '\n{"id": 1}\n\n{"id": 2}}\n', 4),
        ("a.json", '[{"id": 1},\n {"id": 2,\n  "name": }\n]', 3),
    ],
)
def test_a_line_that_is_not_json_is_named(mount: Mount, written: Written, name: str, content: str, line: int) -> None:
    file = written(name, content)
    assert told(mount, FileSource(str(file))).startswith(f"{file}, line {line}: it is not JSON (")


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("a.csv.gz", b"id\n1\n", "it is not gzip, or was cut short"),
        ("a.csv.gz", gzip.compress(b"id\n" + b"%d\n" * 1000 % tuple(range(1000)))[:-40], "it is not gzip, or was cut"),
        ("a.json.gz", gzip.compress(b'[{"id": 1}]' * 1000)[:-9], "it is not gzip, or was cut short"),
        ("a.parquet", b"PAR1 and nothing", "it is not Parquet, or was cut short"),
    ],
    ids=["no gzip", "csv.gz", "json.gz", "parquet"],
)
def test_a_file_that_was_cut_short_is_told_from_one_that_is_wrong(
    mount: Mount, written: Written, name: str, content: bytes, fault: str
) -> None:
    file = written(name, content)
    assert told(mount, FileSource(str(file))).startswith(f"{file}: {fault}")
