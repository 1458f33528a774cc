"""A data contract, held on writing by the gate and on reading by the next stage."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from laboratory import Laboratory, Sample

from hallmark.contracts import load_contract
from hallmark.dataset import Dataset
from hallmark.errors import ContractError, GateError
from hallmark.stages.dataset_target import DatasetTarget
from hallmark.stages.inputs import DatasetInput

CONTRACT = """
apiVersion: v3.0.2
kind: DataContract
id: flights-raw
name: flights/raw
version: 1.0.0
status: active
schema:
  - name: flights/raw
    properties:
      - {name: a, logicalType: integer, primaryKey: true, primaryKeyPosition: 1}
      - name: b
        logicalType: string
        quality:
          - type: custom
            engine: greatExpectations
            implementation: {type: expect_column_values_to_be_in_set, kwargs: {column: b, value_set: [x, y]}}
slaProperties:
  - {property: freshness, value: 1, unit: d}
"""


@pytest.fixture
def target(tmp_path: Path) -> DatasetTarget:
    file = tmp_path / "raw.yml"
    file.write_text(CONTRACT)
    contract = load_contract(file)
    return DatasetTarget(contract.dataset(Dataset("flights/raw")), contract=contract)


def test_what_the_contract_promises_is_checked_on_writing(lab: Laboratory, target: DatasetTarget) -> None:
    with pytest.raises(GateError) as caught:
        lab.run(Sample(target, "SELECT * FROM (VALUES (1::BIGINT, 'x'), (1, 'z'), (NULL, 'y')) t(a, b)"))
    told = str(caught.value)
    assert "a: expect_column_values_to_be_unique" in told
    assert "a: expect_column_values_to_not_be_null" in told
    assert "b: expect_column_values_to_be_in_set" in told


def test_what_keeps_the_contract_is_published(lab: Laboratory, target: DatasetTarget) -> None:
    receipt = lab.run(Sample(target, "SELECT 1::BIGINT AS a, 'x' AS b"))
    assert receipt.gate is not None and receipt.gate["success"]
    assert len(receipt.gate["results"]) == 3


def test_a_version_that_lacks_a_promised_column_is_not_read(lab: Laboratory, target: DatasetTarget) -> None:
    lab.publish(Dataset("flights/raw"), "SELECT 1::BIGINT AS a")
    reader = Sample(DatasetTarget(Dataset("next")), "SELECT * FROM raw", {"raw": DatasetInput(target.dataset)})
    with pytest.raises(ContractError, match="column 'b' is missing"):
        lab.run(reader)


def test_a_version_that_is_too_old_is_not_read(lab: Laboratory, target: DatasetTarget) -> None:
    lab.run(Sample(target, "SELECT 1::BIGINT AS a, 'x' AS b"))
    hurried = replace(target.dataset, freshness=timedelta(microseconds=1))
    reader = Sample(DatasetTarget(Dataset("next")), "SELECT * FROM raw", {"raw": DatasetInput(hurried)})
    with pytest.raises(ContractError, match="the contract promises at most"):
        lab.run(reader)
