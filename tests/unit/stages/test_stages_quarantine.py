from __future__ import annotations

from typing import Any

import pytest
from laboratory import Laboratory, Sample

from hallmark.dataset import Column, Dataset
from hallmark.errors import GateError
from hallmark.receipt import Receipt
from hallmark.stages.dataset_target import DatasetTarget

RAW = Dataset("flights/raw")
POSITIVE = ("expect_column_values_to_be_between", {"column": "a", "min_value": 1})
SHORT = ("expect_column_value_lengths_to_be_between", {"column": "b", "max_value": 1})
ROWS = "SELECT * FROM (VALUES (1, 'x'), (-2, 'x'), (3, 'y'), (-4, 'long'), (5, 'long')) t(a, b)"


def sifting(lab: Laboratory, sql: str = ROWS, *suite: Any, limit: float = 1.0, partition: str | None = "x") -> Sample:
    chosen = lab.suite(*(suite or (POSITIVE, SHORT)))
    return Sample(DatasetTarget(RAW, partition, chosen, "quarantine", limit), sql)


def aside(lab: Laboratory, columns: str = "a, b") -> list[tuple[Any, ...]]:
    return lab.rows(RAW.quarantine, columns)


@pytest.mark.parametrize("partition", ["x", "a b/50%", None])
def test_good_rows_are_published_and_bad_ones_set_apart(lab: Laboratory, partition: str | None) -> None:
    receipt = lab.run(sifting(lab, partition=partition))
    assert lab.rows(RAW, "a, b") == [(1, "x"), (3, "y")]
    assert aside(lab) == [(-2, "x"), (-4, "long"), (5, "long")]
    assert (receipt.state, receipt.quarantined, receipt.rows_out) == ("published", 3, 2)
    assert receipt.gate is not None and receipt.gate["success"]
    assert receipt.profile is not None and receipt.profile["rows"] == 2
    assert lab.left_over(RAW) == lab.left_over(RAW.quarantine) == set()


def test_a_row_set_apart_tells_what_it_failed_and_in_which_run(lab: Laboratory) -> None:
    receipt = lab.run(sifting(lab))
    columns = "a, failed_expectations, quarantine_receipt, quarantine_dag_id, quarantine_task_id, quarantine_run_id"
    between, length = f"a: {POSITIVE[0]}", f"b: {SHORT[0]}"
    run = (receipt.id, "flights", "clean", "monday")
    assert aside(lab, columns) == [(-2, [between], *run), (-4, [between, length], *run), (5, [length], *run)]
    assert {row[-1] for row in lab.rows(RAW.quarantine)} == {"x"}


def test_rows_that_fail_what_is_not_critical_stay(lab: Laboratory) -> None:
    receipt = lab.run(sifting(lab, ROWS, (*POSITIVE, "warning"), SHORT))
    assert lab.rows(RAW, "a") == [(-2,), (1,), (3,)]
    assert aside(lab, "a") == [(-4,), (5,)]
    assert receipt.gate is not None
    assert [r["success"] for r in receipt.gate["results"]] == [False, True]


def test_nothing_is_set_apart_where_nothing_fails(lab: Laboratory) -> None:
    receipt = lab.run(sifting(lab, "SELECT 1 AS a, 'x' AS b"))
    assert (receipt.quarantined, lab.version(RAW.quarantine)) == (0, None)


def test_too_many_bad_rows_are_refused_and_can_be_looked_at(lab: Laboratory) -> None:
    lab.publish(RAW, "SELECT 9 AS a, 'z' AS b", "x")
    with pytest.raises(GateError) as caught:
        lab.run(sifting(lab, limit=0.5))
    assert (
        "3 of 5 rows (60.0%) failed and are in flights/raw__quarantine, more than the 50% allowed; "
        "2 of 2 expectations failed and are critical"
    ) in str(caught.value)
    assert lab.rows(RAW, "a") == [(9,)]
    assert aside(lab, "a") == [(-2,), (-4,), (5,)]
    receipt = lab.last("refused")
    assert (receipt.quarantined, receipt.message) == (3, str(caught.value))
    assert receipt.gate is not None and not receipt.gate["success"]
    assert lab.left_over(RAW) == lab.left_over(RAW.quarantine) == set()


def test_as_many_bad_rows_as_are_allowed_are_set_apart(lab: Laboratory) -> None:
    assert lab.run(sifting(lab, limit=0.6)).quarantined == 3


def test_an_output_of_bad_rows_alone_is_refused_whatever_is_allowed(lab: Laboratory) -> None:
    with pytest.raises(GateError, match=r"2 of 2 rows \(100.0%\) failed"):
        lab.run(sifting(lab, "SELECT unnest([-1, -2]) AS a, 'x' AS b", limit=1.0))
    assert (lab.version(RAW), len(aside(lab))) == (None, 2)


def test_bad_rows_are_refused_as_a_whole_unless_the_stage_asks_for_quarantine(lab: Laboratory) -> None:
    with pytest.raises(GateError):
        lab.run(Sample(DatasetTarget(RAW, "x", lab.suite(POSITIVE)), ROWS))
    assert lab.version(RAW.quarantine) is None


def test_what_is_wrong_with_the_table_is_not_mended_by_setting_rows_apart(lab: Laboratory) -> None:
    count = ("expect_table_row_count_to_be_between", {"min_value": 5})
    with pytest.raises(GateError, match="expect_table_row_count_to_be_between: observed 3"):
        lab.run(sifting(lab, ROWS, POSITIVE, count))
    assert (lab.version(RAW), aside(lab, "a")) == (None, [(-2,), (-4,)])


def test_a_later_try_replaces_the_rows_that_an_earlier_one_set_apart(lab: Laboratory) -> None:
    receipts: list[Receipt] = []
    for attempt in (1, 2):
        with pytest.raises(GateError):
            lab.run(sifting(lab, limit=0.1), attempt=attempt)
        receipts.append(lab.last("refused"))
    assert aside(lab, "a") == [(-2,), (-4,), (5,)]
    lab.run(sifting(lab, "SELECT * FROM (VALUES (1, 'x'), (-7, 'x')) t(a, b)"), attempt=3)
    assert aside(lab, "a") == [(-7,)]
    assert lab.rows(RAW.quarantine, "DISTINCT quarantine_receipt") == [(lab.last("published").id,)]
    assert len({r.id for r in receipts}) == 2


def test_rows_that_other_tasks_set_apart_stay(lab: Laboratory) -> None:
    lab.run(sifting(lab), task="monday")
    lab.run(sifting(lab, "SELECT * FROM (VALUES (1, 'x'), (-7, 'x')) t(a, b)", partition="y"), task="tuesday")
    assert aside(lab, "a") == [(-2,), (-4,), (-7,), (5,)]


def test_a_column_that_came_later_is_set_apart_too(lab: Laboratory) -> None:
    growing = Dataset("flights/raw", schema=(Column("a", "INTEGER"),), allow_new_columns=True)
    for day, sql in enumerate(["SELECT unnest([1, -1]) AS a", "SELECT unnest([1, -2]) AS a, now()::TIMESTAMP AS seen"]):
        target = DatasetTarget(growing, f"{day}", lab.suite(POSITIVE), "quarantine", 1.0)
        lab.run(Sample(target, sql), task=f"day {day}")
    assert lab.rows(RAW.quarantine, "a, seen IS NULL") == [(-1, True), (-2, False)]


def test_nulls_in_a_column_that_must_have_none_can_be_set_apart(lab: Laboratory) -> None:
    strict = Dataset("strict", schema=(Column("a", "INTEGER", nullable=False),))
    lab.run(Sample(DatasetTarget(strict, None, None, "quarantine", 1.0), "SELECT unnest([1, NULL]) AS a"))
    assert lab.rows(strict) == [(1,)]
    assert lab.rows(strict.quarantine, "a, failed_expectations") == [(None, ["a: expect_column_values_to_not_be_null"])]


def test_values_survive_being_sifted(lab: Laboratory) -> None:
    sql = (
        "SELECT a, 1.25::DECIMAL(9,2) AS d, TIMESTAMP '2013-01-01 10:00' AS t, DATE '2013-01-01' AS day, "
        "[a, NULL] AS l, {'Ä': 'é'} AS s, NULL::BIGINT AS n, 'x'::BLOB AS raw FROM (VALUES (1), (-1)) v(a)"
    )
    lab.run(Sample(DatasetTarget(RAW, "x", lab.suite(POSITIVE), "quarantine", 1.0), sql))
    [kept], [bad] = lab.rows(RAW, "* EXCLUDE (a, l)"), lab.rows(RAW.quarantine, "d, t, day, s, n, raw, partition")
    assert kept == bad
    assert (lab.rows(RAW, "l"), lab.rows(RAW.quarantine, "l")) == ([([1, None],)], [([-1, None],)])
