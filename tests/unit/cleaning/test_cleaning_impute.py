"""Impute."""

from __future__ import annotations

import datetime as dt
import random
import statistics
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hallmark.cleaning import Impute
from hallmark.cleaning.impute import METHODS
from hallmark.dataset import Column
from hallmark.errors import StageError

if TYPE_CHECKING:
    from tests.unit.cleaning.conftest import Clean

CENTURIES = dt.datetime(1900, 1, 1), dt.datetime(2200, 1, 1)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "INTEGER": st.integers(-5, 5),
    "BIGINT": st.integers(-(2**63), 2**63 - 1),
    "UBIGINT": st.integers(0, 2**64 - 1),
    "TINYINT": st.integers(-128, 127),
    "DOUBLE": st.floats(width=64),
    "FLOAT": st.floats(width=32, allow_infinity=False),
    "DECIMAL(6,2)": st.decimals("-999.99", "999.99", places=2),
    "DATE": st.dates(),
    "TIMESTAMP": st.datetimes(),
    "TIMESTAMP_S": st.datetimes(*CENTURIES).map(lambda v: v.replace(microsecond=0)),
    "TIMESTAMP WITH TIME ZONE": st.datetimes(*CENTURIES, timezones=st.just(dt.UTC)),
    "VARCHAR": st.text(st.characters(exclude_categories=["Cs"]), max_size=3),
    "BOOLEAN": st.booleans(),
    "ENUM('b', 'a')": st.sampled_from(["a", "b"]),
    "INTEGER[]": st.lists(st.integers(0, 2), max_size=2),
}
MEASURED = [t for t in VALUES if t not in ("VARCHAR", "BOOLEAN", "ENUM('b', 'a')", "INTEGER[]")]


def rows_of(type_: str) -> st.SearchStrategy[list[tuple[int, int | None, Any]]]:
    pairs = st.lists(st.tuples(st.none() | st.integers(0, 2), st.none() | VALUES[type_]), min_size=1, max_size=8)
    return pairs.map(lambda rows: [(n, g, v) for n, (g, v) in enumerate(rows)])


def data_of(type_: str) -> list[Column]:
    return [Column("n", "INTEGER"), Column("g", "INTEGER"), Column("v", type_)]


def by_number(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return sorted(rows, key=lambda row: row[0])


def shown(rows: list[tuple[Any, ...]]) -> list[str]:
    """Spell rows out, so that NaN is like NaN; the two floating zeros are one value to SQL."""
    return [repr((*row[:2], 0.0 if row[2] == 0.0 else row[2])) for row in by_number(rows)]


@pytest.mark.parametrize("method", METHODS)
@given(draw=st.data(), by=st.sampled_from([(), ("g",)]))
@settings(max_examples=50, deadline=None)
def test_nulls_are_filled_and_values_stay(clean: Clean, method: Any, draw: st.DataObject, by: tuple[str, ...]) -> None:
    type_ = draw.draw(st.sampled_from(MEASURED if method in ("mean", "median") else list(VALUES)))
    rows, step = draw.draw(rows_of(type_)), Impute("v", method, by=by)
    before, found = by_number(clean(data_of(type_), rows)), by_number(clean(data_of(type_), rows, step))
    assert [row[:2] for row in found] == [row[:2] for row in before]
    assert all(repr(new) == repr(old) for old, new in zip(before, found, strict=True) if old[2] is not None)
    assert any(row[2] is not None for row in before) is not any(row[2] is None for row in found)
    assert shown(clean(data_of(type_), rows, step, step)) == shown(found)
    shuffled = random.Random(0).sample(rows, len(rows))
    assert shown(clean(data_of(type_), shuffled, step)) == shown(found)


@given(rows=rows_of("INTEGER"))
@example(rows=[(0, 0, 1), (1, 0, 2), (2, 0, None), (3, 1, None)])
@settings(max_examples=50, deadline=None)
def test_a_group_is_filled_with_its_own_median_and_the_overall_one_where_it_has_none(
    clean: Clean, rows: list[tuple[int, int | None, int | None]]
) -> None:
    def median(values: list[int]) -> int | None:
        if not values:
            return None
        exact = Decimal(statistics.median(values))
        return int(exact.quantize(Decimal(1), rounding="ROUND_HALF_UP"))

    overall = median([v for _, _, v in rows if v is not None])
    expected = []
    for n, g, v in rows:
        group = median([w for _, h, w in rows if h == g and w is not None])
        expected.append((n, g, v if v is not None else group if group is not None else overall))
    assert by_number(clean(data_of("INTEGER"), rows, Impute("v", "median", by="g"))) == expected


@given(rows=rows_of("VARCHAR"))
@settings(max_examples=30, deadline=None)
def test_of_equally_frequent_values_the_least_is_the_mode(
    clean: Clean, rows: list[tuple[int, Any, str | None]]
) -> None:
    values = [v for _, _, v in rows if v is not None]
    # UTF-8 sorts as code points do.
    mode = min(values, key=lambda v: (-values.count(v), v), default=None)
    expected = [(n, g, mode if v is None else v) for n, g, v in rows]
    assert by_number(clean(data_of("VARCHAR"), rows, Impute("v", "mode"))) == expected


def test_the_order_of_many_rows_does_not_move_a_floating_mean(clean: Clean) -> None:
    draw = random.Random(7)
    rows: list[tuple[Any, ...]] = [(n, n % 3, draw.uniform(-1, 1) * 10 ** draw.randint(-9, 9)) for n in range(3000)]
    rows += [(3000 + g, g, None) for g in range(3)]
    found = [
        shown(clean(data_of("DOUBLE"), draw.sample(rows, len(rows)), Impute("v", "mean", by="g")))[-3:] for _ in "ab"
    ]
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("type_", "value", "filled"),
    [
        ("INTEGER", 5.0, 5),
        ("INTEGER", Decimal("7"), 7),
        ("DOUBLE", 1e300, 1e300),
        ("DOUBLE", 2, 2.0),
        ("DECIMAL(6,2)", 0.1, Decimal("0.10")),
        ("VARCHAR", "it's", "it's"),
        ("BOOLEAN", False, False),
        ("DATE", "2020-02-29", dt.date(2020, 2, 29)),
        ("TIMESTAMP", dt.datetime(2020, 1, 1, 12, 30, 0, 5), dt.datetime(2020, 1, 1, 12, 30, 0, 5)),
        ("TIMESTAMP", dt.date(2020, 1, 1), dt.datetime(2020, 1, 1)),
        ("TIME", dt.time(12, 30), dt.time(12, 30)),
        ("INTEGER[]", "[1, 2]", [1, 2]),
        ("ENUM('b', 'a')", "a", "a"),
    ],
)
def test_a_constant_is_written_in_the_columns_type(clean: Clean, type_: str, value: Any, filled: Any) -> None:
    step = Impute("v", "constant", value=value)
    assert clean(data_of(type_), [(0, 0, None)], step) == [(0, 0, filled)]


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("INTEGER", 0.5),
        ("INTEGER", "5"),
        ("INTEGER", True),
        ("INTEGER", 2**31),
        ("INTEGER", float("inf")),
        ("DECIMAL(6,2)", 0.005),
        ("DECIMAL(6,2)", 10**6),
        ("DOUBLE", "many"),
        ("BOOLEAN", 1),
        ("VARCHAR", 1),
        ("DATE", "yesterday"),
        ("DATE", dt.datetime(2020, 1, 1, 12)),
        ("TIMESTAMP", 5),
        ("ENUM('b', 'a')", "c"),
        ("INTEGER[]", 1),
    ],
)
def test_a_constant_that_the_column_cannot_hold_is_refused(type_: str, value: Any) -> None:
    with pytest.raises(StageError, match=r"^Impute: .* is not a value of column 'v'"):
        Impute("v", "constant", value=value).query("data", data_of(type_))


@pytest.mark.parametrize("type_", [t for t in VALUES if t not in MEASURED])
@pytest.mark.parametrize("method", ["mean", "median"])
def test_what_cannot_be_measured_has_no_mean(method: Any, type_: str) -> None:
    with pytest.raises(StageError, match=f'which has no {method}; use "mode"'):
        Impute("v", method).query("data", data_of(type_))


@pytest.mark.parametrize(
    "arguments",
    [
        {"method": "average"},
        {"method": "constant"},
        {"method": "constant", "value": float("nan")},
        {"method": "constant", "value": [1]},
        {"method": "constant", "value": 1, "by": ["g"]},
        {"method": "mean", "value": 1},
        {"method": "mean", "by": ["v"]},
        {"method": "mean", "by": ["g", "g"]},
    ],
    ids=repr,
)
def test_arguments_are_checked_when_the_step_is_made(arguments: dict[str, Any]) -> None:
    with pytest.raises(StageError, match=r"^Impute"):
        Impute("v", **arguments)
