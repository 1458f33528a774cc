"""A Spark frame is checked where it lies, with the verdicts of every other form.

Run in a process of its own by ``tests/unit/quality/test_quality_spark.py``: where pyspark can be imported, importing
Great Expectations ends the process.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from test_quality_engines import CHECKS, ROWS, SCHEMA, TABLE, V, differences, verdicts

from hallmark.quality import validate

TYPES = {"int64": "bigint", "double": "double", "decimal128(12, 2)": "decimal(12,2)", "string": "string"} | {
    "bool": "boolean",
    "date32[day]": "date",
    "timestamp[us]": "timestamp_ntz",
}


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    from pyspark.sql import SparkSession

    options = {"spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "1", "spark.sql.session.timeZone": "UTC"}
    builder = SparkSession.builder.master("local[1]")
    for name, value in options.items():
        builder = builder.config(name, value)
    opened = builder.getOrCreate()
    yield opened
    opened.stop()


@pytest.fixture(scope="module")
def frame(session: Any) -> Any:
    schema = ", ".join(f"`{field.name}` {TYPES[str(field.type)]}" for field in SCHEMA)
    return session.createDataFrame([tuple(row.values()) for row in ROWS], schema)


def test_a_spark_frame_has_the_same_verdicts(frame: Any) -> None:
    assert differences(verdicts(frame), verdicts(TABLE)) == []


def test_a_nan_is_missing(session: Any) -> None:
    suite = {"name": "nan", "expectations": [{"type": f"{V}not_be_null", "kwargs": {"column": "f"}}]}
    (outcome,) = validate(session.createDataFrame([(1.0,), (float("nan"),), (None,)], "f double"), suite).outcomes
    assert outcome.result["unexpected_count"] == 2


def test_no_view_is_left_behind(session: Any, frame: Any) -> None:
    before = session.catalog.listTables()
    validate(frame, {"name": "one", "expectations": [{"type": CHECKS[0][0], "kwargs": CHECKS[0][1]}]})
    assert session.catalog.listTables() == before


def test_rows_of_a_frame_have_no_order(frame: Any) -> None:
    suite = {"name": "order", "expectations": [{"type": f"{V}be_increasing", "kwargs": {"column": "id"}}]}
    (outcome,) = validate(frame, suite).outcomes
    assert outcome.error == "the rows of this data have no order of their own"
