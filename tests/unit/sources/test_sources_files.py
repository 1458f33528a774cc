from __future__ import annotations

import datetime as dt
import gzip
import hashlib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from hallmark.dataset import Column
from hallmark.engines.duckdb import connect
from hallmark.errors import SourceError, StageError
from hallmark.sources import FileSource
from hallmark.sources.base import Reading

Mount = Callable[..., Any]
Written = Callable[[str, str | bytes], Path]

CONTRACT = (Column("id", "BIGINT"), Column("price", "DECIMAL(10,2)"), Column("at", "TIMESTAMP"))
CSV = "id,price,at\n1,2.50,2026-01-31 06:00:00\n2,,\n"
ROWS = [(1, Decimal("2.50"), dt.datetime(2026, 1, 31, 6)), (2, None, None)]


def test_a_csv_file_has_the_types_of_its_contract(mount: Mount, written: Written) -> None:
    found = mount(FileSource(str(written("a.csv", CSV))), CONTRACT)
    assert found.types == {"id": "BIGINT", "price": "DECIMAL(10,2)", "at": "TIMESTAMP"}
    assert sorted(found.rows) == ROWS


def test_a_csv_file_without_a_contract_has_the_types_that_fit_all_of_it(mount: Mount, written: Written) -> None:
    lines = "".join(f"{n},00{n}\n" for n in range(30_000))
    found = mount(FileSource(str(written("a.csv", f"number,code\n{lines}late,1\n"))))
    assert found.types == {"number": "VARCHAR", "code": "VARCHAR"}
    assert ("7", "007") in found.rows and len(found.rows) == 30_001


def test_a_column_that_the_contract_does_not_name_is_typed_by_looking(mount: Mount, written: Written) -> None:
    found = mount(FileSource(str(written("a.csv", "id,new\n1,2026-01-31\n"))), (Column("id", "VARCHAR"),))
    assert found.types == {"id": "VARCHAR", "new": "DATE"}


def test_dates_in_another_order_are_found_out_for_a_contract_that_says_date(mount: Mount, written: Written) -> None:
    file = written("a.csv", "on\n01/31/2026\n02/01/2026\n")
    assert sorted(mount(FileSource(str(file)), (Column("on", "DATE"),)).rows) == [
        (dt.date(2026, 1, 31),),
        (dt.date(2026, 2, 1),),
    ]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.tsv", b"id\tprice\n1\t2\n"),
        ("a.csv.gz", gzip.compress(b"id,price\n1,2\n")),
        ("a.JSON", b'[{"id": 1, "price": 2}]'),
        ("a.json.gz", gzip.compress(b'[{"id": 1, "price": 2}]')),
        ("a.ndjson", b'{"id": 1, "price": 2}\n'),
        ("a.jsonl", b'{"id": 1, "price": 2}\n'),
    ],
    ids=["tsv", "csv.gz", "JSON", "json.gz", "ndjson", "jsonl"],
)
def test_a_format_is_known_by_its_suffix(mount: Mount, written: Written, name: str, content: bytes) -> None:
    found = mount(FileSource(str(written(name, content))))
    assert found.rows == [(1, 2)] and found.types == {"id": "BIGINT", "price": "BIGINT"}


def test_zstandard_is_unpacked(mount: Mount, tmp_path: Path) -> None:
    with pa.output_stream(str(tmp_path / "a.csv.zst"), compression="zstd") as stream:
        stream.write(b"id;price\n1;2\n")
    assert mount(FileSource(str(tmp_path / "a.csv.zst"))).rows == [(1, 2)]


def test_parquet_keeps_its_own_types_whatever_the_contract_says(mount: Mount, tmp_path: Path) -> None:
    table = pa.table({"id": pa.array([1], pa.int16()), "at": pa.array([dt.date(2026, 1, 31)])})
    parquet.write_table(table, tmp_path / "a.parquet")
    found = mount(FileSource(str(tmp_path / "a.parquet")), (Column("id", "VARCHAR"),))
    assert found.types == {"id": "SMALLINT", "at": "DATE"} and found.version.rows == 1


def test_a_named_format_wins_over_the_suffix(mount: Mount, written: Written) -> None:
    assert mount(FileSource(str(written("a.dat", "id\n1\n")), format="csv")).rows == [(1,)]


def test_a_glob_reads_all_its_files_by_the_names_of_their_columns(mount: Mount, written: Written) -> None:
    for day in range(14):
        written(f"day={day}/part.csv", f"id,price\n{day},5\n")
    last = written("day=99/part.csv", "price,id\n5,99\n")
    found = mount(FileSource(f"{last.parent.parent}/*/part.csv"))
    assert sorted(found.rows) == [(day, 5) for day in (*range(14), 99)]
    assert found.version.files == 15 and found.version.rows == 15
    assert found.version.bytes == sum(f.stat().st_size for f in last.parent.parent.glob("*/part.csv"))


def test_a_file_whose_name_looks_like_a_pattern_is_read_itself(mount: Mount, written: Written) -> None:
    written("a1.csv", "id\n1\n")
    assert mount(FileSource(str(written("a[1].csv", "id\n2\n")))).rows == [(2,)]


def test_json_in_which_a_key_comes_late_has_a_column_for_it(mount: Mount, written: Written) -> None:
    lines = '{"id": 1}\n' * 25_000 + '{"id": 2, "late": "x"}\n'
    found = mount(FileSource(str(written("a.ndjson", lines))))
    assert found.types == {"id": "BIGINT", "late": "VARCHAR"} and (2, "x") in found.rows


@pytest.mark.parametrize(("name", "content"), [("a.csv", "id,price,at\n"), ("a.csv", "id,price,at"), ("a.json", "[]")])
def test_a_file_without_rows_mounts_with_the_columns_it_promises(
    mount: Mount, written: Written, name: str, content: str
) -> None:
    found = mount(FileSource(str(written(name, content))), CONTRACT)
    assert found.types == {c.name: c.type for c in CONTRACT}
    assert found.rows == [] and found.version.rows == 0


def test_null_values_are_texts_that_mean_null(mount: Mount, written: Written) -> None:
    file = str(written("a.csv", "id,name\n1,NA\n2,\n3,x\n"))
    assert sorted(mount(FileSource(file, null_values=("NA", ""))).rows) == [(1, None), (2, None), (3, "x")]


def test_a_text_in_quotes_keeps_line_ends_delimiters_and_quotes(mount: Mount, written: Written) -> None:
    file = written("a.csv", 'id,name\n1,"a\nb, ""c"""\n2,5" pipe\n')
    assert sorted(mount(FileSource(str(file))).rows) == [(1, 'a\nb, "c"'), (2, '5" pipe')]


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfid,name\n1,x\n",
        b"id,name\r\n1,x\r\n",
        b"id;name\n1;x\n",
        b"id|name\n1|x\n",
        b"id\tname\n1\tx\n",
        b"id,name\n1,x",
        b"id,name\n\n1,x\n\n",
    ],
    ids=["byte order mark", "CRLF", "semicolon", "bar", "tab", "no last line end", "blank lines"],
)
def test_csv_of_many_makers_is_read_alike(mount: Mount, written: Written, content: bytes) -> None:
    found = mount(FileSource(str(written("a.csv", content))))
    assert found.rows == [(1, "x")] and list(found.types) == ["id", "name"]


def test_the_delimiter_is_the_headers_and_not_that_of_texts(mount: Mount, written: Written) -> None:
    file = written("a.csv", 'id;"first, middle, last"\n1;a, b, c\n2;d, e, f\n')
    assert sorted(mount(FileSource(str(file))).rows) == [(1, "a, b, c"), (2, "d, e, f")]


def test_a_delimiter_that_is_given_is_used(mount: Mount, written: Written) -> None:
    assert mount(FileSource(str(written("a.csv", "a,b~c\n1~2\n")), delimiter="~")).rows == [(1, 2)]


def test_backslashes_escape_quotes_if_the_source_says_so(mount: Mount, written: Written) -> None:
    file = written("a.csv", 'id,name\n1,"say \\"hi\\""\n')
    assert mount(FileSource(str(file), escape="\\")).rows == [(1, 'say "hi"')]


def test_a_file_without_quoting_keeps_its_quotes(mount: Mount, written: Written) -> None:
    file = written("a.csv", 'id,name\n1,"x\n')
    assert mount(FileSource(str(file), quote="", escape="")).rows == [(1, '"x')]


def test_lines_that_begin_with_a_hash_are_rows(mount: Mount, written: Written) -> None:
    file = written("a.csv", "tag,n\n#one,1\n#two,2\n")
    assert sorted(mount(FileSource(str(file))).rows) == [("#one", 1), ("#two", 2)]


def test_names_in_any_script_are_kept(mount: Mount, written: Written) -> None:
    found = mount(FileSource(str(written("größe/データ.csv", "größe,名前,a b\n1,é,x\n"))))
    assert list(found.types) == ["größe", "名前", "a b"] and found.rows == [(1, "é", "x")]
    assert found.version.name == "データ.csv"


def test_a_version_is_the_files_sha256(mount: Mount, written: Written) -> None:
    file = written("a.csv", CSV)
    version = mount(FileSource(str(file))).version
    assert version.version == hashlib.sha256(file.read_bytes()).hexdigest()
    assert (version.namespace, version.location, version.kind) == ("file", str(file), "file")


def test_a_version_of_several_files_changes_with_any_of_them(mount: Mount, written: Written) -> None:
    first, source = written("a1.csv", "id\n1\n"), FileSource(str(written("a2.csv", "id\n2\n").parent / "a*.csv"))
    before = mount(source).version.version
    assert mount(source).version.version == before
    first.write_text("id\n3\n")
    assert mount(source).version.version != before


def test_what_is_mounted_is_what_was_checksummed(mount: Mount, written: Written, engine: Any) -> None:
    file = written("a.csv", "id\n1\n")
    mount(FileSource(str(file)))
    file.write_text("id\n2\n")
    assert engine.execute('SELECT * FROM "source"').fetchall() == [(1,)]


def test_what_is_declared_has_the_name_of_what_is_read_and_needs_no_file(tmp_path: Path) -> None:
    declared = FileSource(str(tmp_path / "feed" / "*.csv")).declared(str).answer
    assert (declared.name, declared.location, declared.version) == ("*.csv", str(tmp_path / "feed" / "*.csv"), "")


@pytest.mark.parametrize("path", ["", "  "])
def test_a_path_that_rendered_to_nothing_is_the_templates_fault(mount: Mount, path: str) -> None:
    with pytest.raises(StageError, match="rendered to nothing; check its template"):
        mount(FileSource(path))


def test_what_is_not_there_is_named_with_what_to_check(mount: Mount, tmp_path: Path) -> None:
    for path in (tmp_path / "a.csv", tmp_path / "*.csv"):
        with pytest.raises(SourceError) as raised:
            mount(FileSource(str(path)))
        assert str(raised.value) == f"{path} does not exist; check the path, and that the feed has arrived"


def test_a_folder_is_refused_with_the_pattern_to_give(mount: Mount, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="is a folder; name its files, for example"):
        mount(FileSource(str(tmp_path)))


def test_a_file_of_no_bytes_is_refused_even_among_others(mount: Mount, written: Written) -> None:
    written("a1.csv", "id\n1\n")
    empty = written("a2.csv", "")
    with pytest.raises(SourceError, match=f"{empty} is empty \\(0 bytes\\)"):
        mount(FileSource(str(empty.parent / "a*.csv")))


@pytest.mark.parametrize("name", ["a.xlsx", "noformat", "a.gz"])
def test_an_unknown_format_is_refused_with_those_that_are_known(mount: Mount, written: Written, name: str) -> None:
    with pytest.raises(SourceError, match=r"is of no known format .* set format= to one of csv, tsv, json"):
        mount(FileSource(str(written(name, "id\n1\n"))))


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=8)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=6), delimiter=st.sampled_from(",;\t|"))
def test_whatever_is_written_as_rfc_4180_is_read_back(
    tmp_path: Path, rows: list[tuple[str, str]], delimiter: str
) -> None:
    import csv

    file = tmp_path / "a.csv"
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerows([("first", "second"), *rows])
    contract = (Column("first", "VARCHAR"), Column("second", "VARCHAR"))
    source = FileSource(str(file), null_values=("\0",))
    with connect() as connection:
        source.mount(Reading(connection, str), "source", contract)
        read = connection.execute('SELECT * FROM "source"').fetchall()
    assert sorted(read) == sorted(rows)
