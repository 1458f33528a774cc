from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallmark.dataset import Column
from hallmark.engines.duckdb import data_type
from hallmark.storage.contract import normal_type, storable
from hallmark.storage.types import stored_type

Tables = Callable[..., Any]

# An expression in DuckDB, the type it is stored in, and what is read back.
STORED: list[tuple[str, str, Any]] = [
    ("true", "BOOLEAN", True),
    ("1::TINYINT", "TINYINT", 1),
    ("1::SMALLINT", "SMALLINT", 1),
    ("1", "INTEGER", 1),
    ("9223372036854775807", "BIGINT", 9223372036854775807),
    ("1.5::FLOAT", "FLOAT", 1.5),
    ("1.5::DOUBLE", "DOUBLE", 1.5),
    ("1.50::DECIMAL(10,2)", "DECIMAL(10,2)", Decimal("1.50")),
    ("'x'", "VARCHAR", "x"),
    ("'x'::BLOB", "BLOB", b"x"),
    ("DATE '2013-01-31'", "DATE", date(2013, 1, 31)),
    ("TIMESTAMP '2013-01-31 10:00'", "TIMESTAMP", datetime(2013, 1, 31, 10)),
    ("TIMESTAMP_S '2013-01-31 10:00:00'", "TIMESTAMP", datetime(2013, 1, 31, 10)),
    ("TIMESTAMP_NS '2013-01-31 10:00:00'", "TIMESTAMP", datetime(2013, 1, 31, 10)),
    ("255::UTINYINT", "SMALLINT", 255),
    ("65535::USMALLINT", "INTEGER", 65535),
    ("4294967295::UINTEGER", "BIGINT", 4294967295),
    ("18446744073709551615::UBIGINT", "DECIMAL(20,0)", Decimal(18446744073709551615)),
    ("sum(1)", "DECIMAL(38,0)", Decimal(1)),
    ("'6f115993-9d9f-49bf-8a26-0b8dc91eba2e'::UUID", "VARCHAR", "6f115993-9d9f-49bf-8a26-0b8dc91eba2e"),
    ("TIME '10:00'", "VARCHAR", "10:00:00"),
    ("INTERVAL 1 DAY", "VARCHAR", "1 day"),
    ("'{\"a\": 1}'::JSON", "VARCHAR", '{"a": 1}'),
    ("'101'::BIT", "VARCHAR", "101"),
    ("'x'::ENUM('x', 'y')", "VARCHAR", "x"),
    ("NULL", "VARCHAR", None),
    ("[1, 2]", "INTEGER[]", [1, 2]),
    ("[1, 2]::INTEGER[2]", "INTEGER[]", [1, 2]),
    ("[[TIME '10:00']]", "VARCHAR[][]", [["10:00:00"]]),
    ("[NULL]", "VARCHAR[]", [None]),
    ("MAP {'a': 1::UTINYINT}", "MAP(VARCHAR, SMALLINT)", {"a": 1}),
    ("{'a': 1, 'Big': 'x'}", 'STRUCT("a" INTEGER, "Big" VARCHAR)', {"a": 1, "Big": "x"}),
    ("{'order': 1, 'a b': NULL}", 'STRUCT("order" INTEGER, "a b" VARCHAR)', {"order": 1, "a b": None}),
    ("{'say \"hi\"': [{'map': 1}]}", 'STRUCT("say ""hi""" STRUCT("map" INTEGER)[])', {'say "hi"': [{"map": 1}]}),
]


@pytest.mark.parametrize(("expression", "kind", "value"), STORED, ids=[row[0] for row in STORED])
def test_a_value_is_stored_in_a_type_that_delta_has_and_read_back_as_itself(
    new_table: Tables, expression: str, kind: str, value: Any
) -> None:
    table = new_table()
    for partition in ("first", "second"):
        table.publish(f"SELECT {expression} AS c", partition)
        assert table.columns() == {"c": kind}
    assert table.rows("second") == [(value, "second")]


def test_a_time_with_a_zone_keeps_its_moment(new_table: Tables) -> None:
    table = new_table()
    table.publish("SELECT TIMESTAMPTZ '2013-01-31 10:00:00+02' AS at")
    assert table.columns() == {"at": "TIMESTAMP WITH TIME ZONE"}
    [(at,)] = table.rows()
    assert at.isoformat() == "2013-01-31T08:00:00+00:00"


@pytest.mark.parametrize(
    ("given", "normal"),
    [
        ("int8", "BIGINT"),
        ("bool", "BOOLEAN"),
        ("text", "VARCHAR"),
        ("varchar(20)", "VARCHAR"),
        ("numeric( 10 , 2 )", "DECIMAL(10,2)"),
        ("timestamptz", "TIMESTAMP WITH TIME ZONE"),
        ("real", "FLOAT"),
        ("int[]", "INTEGER[]"),
        ("struct(A int8, b text[])", 'STRUCT("A" BIGINT, "b" VARCHAR[])'),
        ("map(text, struct(x timestamptz))", 'MAP(VARCHAR, STRUCT("x" TIMESTAMP WITH TIME ZONE))'),
        ("struct(oops", "STRUCT(OOPS"),
    ],
)
def test_a_type_has_one_spelling(given: str, normal: str) -> None:
    assert normal_type(given) == normal


def test_names_of_struct_fields_keep_their_case() -> None:
    assert normal_type('STRUCT("Id" INTEGER)') != normal_type('STRUCT("id" INTEGER)')


def test_storing_changes_a_columns_type_alone() -> None:
    column = Column("id", "UUID", nullable=False, description="of the flight", classification="personal")
    assert storable(column) == Column("id", "VARCHAR", False, "of the flight", "personal")


LEAVES = st.sampled_from(
    ["BOOLEAN", "TINYINT", "UBIGINT", "HUGEINT", "DOUBLE", "VARCHAR", "UUID", "TIME", "DATE", "TIMESTAMP_NS"]
)
NAMES = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=8)


def _nest(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    fields = st.dictionaries(NAMES, inner, min_size=1, max_size=3).map(
        lambda named: ", ".join('"{}" {}'.format(name.replace('"', '""'), kind) for name, kind in named.items())
    )
    return st.one_of(
        inner.map(lambda kind: f"{kind}[]"),
        fields.map(lambda inside: f"STRUCT({inside})"),
        st.tuples(LEAVES, inner).map(lambda pair: f"MAP({pair[0]}, {pair[1]})"),
    )


TYPES = st.recursive(LEAVES, _nest, max_leaves=5)


@given(TYPES)
def test_spelling_and_storing_a_type_again_change_nothing(kind: str) -> None:
    assert normal_type(normal_type(kind)) == normal_type(kind)
    assert stored_type(stored_type(kind)) == stored_type(kind)
    assert stored_type(normal_type(kind)) == stored_type(kind)


@given(TYPES)
def test_a_stored_type_can_be_cast_to(kind: str) -> None:
    assert data_type(stored_type(kind)).sql(dialect="duckdb")
