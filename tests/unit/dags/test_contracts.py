"""The example's contracts: they are about its datasets, tell everything of them, and agree with its suites."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest
import yaml

from hallmark import Dataset
from hallmark.contracts import expectations_of, load_contract

DAGS = Path(__file__).parents[3] / "dags"
CONTRACTS = sorted(path.stem for path in (DAGS / "contracts").glob("*.yml"))


@pytest.fixture(scope="module")
def datasets() -> dict[str, Dataset]:
    """The example's datasets by the names of their contracts."""
    found = runpy.run_path(str(DAGS / "flight_delays.py")).values()
    return {Path(d.contract).stem: d for d in found if isinstance(d, Dataset) and d.contract}


def test_every_dataset_of_the_example_has_a_contract(datasets: dict[str, Dataset]) -> None:
    assert sorted(datasets) == CONTRACTS
    assert len(CONTRACTS) == 10


@pytest.mark.parametrize("name", CONTRACTS)
def test_a_contract_is_about_its_dataset_and_says_what_a_reader_asks(name: str, datasets: dict[str, Dataset]) -> None:
    contract = load_contract(DAGS / "contracts" / f"{name}.yml")
    promised = contract.dataset(datasets[name])

    assert contract.unchecked == ()
    assert promised.owner and promised.description and promised.tags and promised.primary_key and promised.freshness
    assert [c.name for c in promised.schema if not c.description] == []
    assert promised.personal == ()


@pytest.mark.parametrize("name", CONTRACTS)
def test_a_contract_and_the_suite_beside_it_agree(name: str) -> None:
    contract = load_contract(DAGS / "contracts" / f"{name}.yml")
    suite = yaml.safe_load((DAGS / "suites" / f"{name}.yml").read_text())["expectations"]
    columns, keys = [c.name for c in contract.columns], [kwargs(e) for e in suite if "unique" in e["type"]]
    (listed,) = [e["kwargs"]["column_set"] for e in suite if e["type"] == "expect_table_columns_to_match_set"]

    assert sorted(columns) == sorted(listed)
    # What both promise is checked once: they say it in the same words.
    assert [kwargs(e) for e in expectations_of(contract) if "unique" in e["type"]] == keys[:1]


def kwargs(expectation: dict[str, Any]) -> str:
    return str(dict(expectation["kwargs"]))
