from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallmark.dataset import Column, DatasetVersion
from hallmark.errors import StageError
from hallmark.receipt import CodeVersion, ColumnEdge, ColumnLineage, Receipt, StageRun, plain

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
RUN = StageRun("flights", "clean", "manual")

words = st.text(max_size=8)
maybe = st.none() | words
numbers = st.floats(allow_nan=False)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
objects = st.dictionaries(words, json_values, max_size=3)
zones = st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-8))])
moments = st.datetimes(min_value=datetime(1970, 1, 2), timezones=zones)
columns = st.lists(st.builds(Column, words, words, st.booleans(), maybe, maybe), max_size=2).map(tuple)
versions = st.builds(
    DatasetVersion,
    name=words,
    namespace=words,
    location=words,
    version=words,
    kind=st.sampled_from(["dataset", "model", "file", "query"]),
    partition=maybe,
    columns=columns,
    rows=st.none() | st.integers(min_value=0),
)
edges = st.lists(
    st.builds(
        ColumnEdge, words, words, words, st.sampled_from(["DIRECT", "INDIRECT"]), words, words, masking=st.booleans()
    ),
    max_size=2,
).map(tuple)
receipts = st.builds(
    Receipt,
    id=words,
    run=st.builds(StageRun, words, words, words, st.integers(-1, 9), st.integers(1, 9), words, words, maybe),
    state=st.sampled_from(["running", "audited", "published", "refused", "failed", "skipped"]),
    started_at=moments,
    finished_at=st.none() | moments,
    inputs=st.lists(versions, max_size=2).map(tuple),
    output=st.none() | versions,
    code=st.none() | st.builds(CodeVersion, words, words, maybe, maybe, maybe, st.booleans()),
    environment=st.dictionaries(words, words, max_size=2),
    parameters=objects,
    gate=st.none() | objects,
    profile=st.none() | objects,
    seconds=st.dictionaries(words, numbers, max_size=2),
    principal=words,
    sql=maybe,
    columns=st.builds(ColumnLineage, st.dictionaries(words, edges, max_size=2), edges),
    metrics=st.dictionaries(words, numbers, max_size=2),
    quarantined=st.integers(min_value=0),
    message=words,
)


@given(receipts)
def test_a_receipt_comes_back_exactly_from_strict_json(receipt: Receipt) -> None:
    text = json.dumps(receipt.to_dict(), allow_nan=False)
    assert Receipt.from_dict(json.loads(text)) == receipt


def test_a_receipt_with_defaults_only_comes_back() -> None:
    receipt = Receipt("r", RUN, "running", NOON)
    assert Receipt.from_dict(receipt.to_dict()) == receipt


def test_times_are_written_with_their_zone() -> None:
    assert Receipt("r", RUN, "running", NOON).to_dict()["started_at"] == "2026-03-01T12:00:00+00:00"


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(StageError, match="time without a zone"):
        Receipt("r", RUN, "failed", NOON, finished_at=datetime(2026, 3, 1)).to_dict()


def test_a_metric_that_is_no_number_survives_strict_json() -> None:
    written = json.dumps(Receipt("r", RUN, "failed", NOON, metrics={"auc": float("nan")}).to_dict(), allow_nan=False)
    assert repr(Receipt.from_dict(json.loads(written)).metrics["auc"]) == "nan"


def test_what_a_later_version_wrote_is_passed_over() -> None:
    receipt = Receipt("r", RUN, "published", NOON, output=DatasetVersion("a", "file", "/a", "1"))
    written = receipt.to_dict()
    written["signature"] = "…"
    written["output"]["checksum"] = "…"
    assert Receipt.from_dict(written) == receipt


def test_fields_an_earlier_version_did_not_write_have_their_defaults() -> None:
    receipt = Receipt("r", RUN, "running", NOON)
    written = {name: receipt.to_dict()[name] for name in ("id", "run", "state", "started_at")}
    assert Receipt.from_dict(written) == receipt


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("1.10"), "1.10"),
        (PurePosixPath("/lake/a"), "/lake/a"),
        (date(2026, 3, 1), "2026-03-01"),
        (NOON, "2026-03-01T12:00:00+00:00"),
        ({"b", "a"}, ["a", "b"]),
        ((1, True, None), [1, True, None]),
        ({1: float("inf")}, {"1": "Infinity"}),
        (Column("a", "DATE"), {"name": "a", "type": "DATE", "nullable": True, "description": None}),
    ],
)
def test_values_become_what_json_can_say(value: Any, expected: Any) -> None:
    said = plain(value)
    assert said == ({**expected, "classification": None} if isinstance(value, Column) else expected)


def test_rows_are_added_up_where_they_are_known() -> None:
    one, two = (DatasetVersion("a", "file", "/a", "1", rows=rows) for rows in (2, None))
    receipt = Receipt("r", RUN, "published", NOON, inputs=(one, two, one), output=replace(one, rows=3))
    assert (receipt.rows_in, receipt.rows_out) == (4, 3)
    assert Receipt("r", RUN, "failed", NOON, inputs=(two,)).rows_in is None
