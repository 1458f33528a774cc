"""Bounds that follow the last published versions, in a stage's own gate."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from laboratory import Laboratory, Sample

from hallmark.dataset import Dataset
from hallmark.errors import GateError
from hallmark.stages.dataset_target import DatasetTarget

RAW = Dataset("flights/raw")


def suite(tmp_path: Path) -> str:
    file = tmp_path / "adaptive.json"
    history = {"versions": 7, "centre": "median", "within": 0.3}
    expectation = {"type": "expect_table_row_count_to_be_between", "meta": {"hallmark": {"history": history}}}
    file.write_text(json.dumps({"name": "adaptive", "expectations": [expectation]}))
    return str(file)


def day(lab: Laboratory, chosen: str, name: str, rows: int) -> None:
    target = DatasetTarget(RAW, name, chosen)
    lab.run(Sample(target, f"SELECT range AS a FROM range({rows})"), task=name)


def test_a_version_far_from_the_last_ones_is_refused(lab: Laboratory, tmp_path: Path) -> None:
    chosen = suite(tmp_path)
    for name, rows in (("mon", 100), ("tue", 110), ("wed", 90), ("thu", 105)):
        day(lab, chosen, name, rows)
    with pytest.raises(GateError, match="expect_table_row_count_to_be_between: observed 20"):
        day(lab, chosen, "fri", 20)
    receipt = lab.last("refused")
    assert receipt.gate is not None
    used = receipt.gate["results"][0]["expectation_config"]
    assert used["kwargs"] == {"min_value": 71, "max_value": 134}
    assert used["meta"]["hallmark"]["history"]["used"]["versions"] == 4


def test_a_partition_that_is_made_again_is_not_compared_with_itself(lab: Laboratory, tmp_path: Path) -> None:
    chosen = suite(tmp_path)
    for name in ("mon", "tue", "wed"):
        day(lab, chosen, name, 100)
    with pytest.raises(GateError):
        day(lab, chosen, "thu", 500)
    lab.run(Sample(DatasetTarget(RAW, "thu", None), "SELECT range AS a FROM range(500)"), task="by hand")
    with pytest.raises(GateError):
        day(lab, chosen, "thu", 500)
