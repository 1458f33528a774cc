from __future__ import annotations

import getpass
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlglot
import typer
from sqlglot import exp
from typer.testing import CliRunner, Result

from hallmark.catalog import Catalog
from hallmark.cli import quarantine
from hallmark.cli.app import Commands
from hallmark.config import settings
from hallmark.dataset import Dataset
from hallmark.receipt import CodeVersion, Receipt
from hallmark.stages.dataset_target import DatasetTarget
from hallmark.stages.inputs import Input
from hallmark.stages.job import Job, Work
from hallmark.stages.quarantine import batches, declared
from hallmark.stages.quarantine.running import run_by_hand
from hallmark.storage.paths import table_of
from hallmark.storage.snapshot import snapshot

Hallmark = Callable[..., Result]
ORDERS = Dataset("shop/orders", personal=("email",), suite="orders.yml")
ROWS = (
    "SELECT * FROM (VALUES (1, 'a@b.example', 5), (2, 'c@d.example', -7), (3, 'e@f.example', 9)) t(id, email, amount)"
)


@dataclass(frozen=True)
class Delivery:
    """A stage that sifts orders, in a DAG file of this test's folder."""

    folder: Path
    day: str
    sql: str

    def inputs(self) -> Mapping[str, Input]:
        return {}

    def target(self) -> DatasetTarget:
        return DatasetTarget(ORDERS, self.day, str(self.folder / "orders.yml"), "quarantine", 1.0)

    def work(self, job: Job) -> Work:
        query = sqlglot.parse_one(self.sql, dialect="duckdb")
        assert isinstance(query, exp.Query)
        return Work(query)

    def parameters(self) -> Mapping[str, Any]:
        return {}

    def code(self) -> CodeVersion:
        return CodeVersion(str(self.folder / "dag.py"), "0" * 64)


@pytest.fixture
def hallmark() -> Hallmark:
    """Run the command line in this process, 120 characters wide."""
    app = typer.Typer(cls=Commands, pretty_exceptions_enable=False)
    app.add_typer(quarantine.app, name="quarantine")

    def run(*arguments: str, columns: int = 120, answer: str | None = None) -> Result:
        return CliRunner().invoke(app, ["quarantine", *arguments], input=answer, env={"COLUMNS": str(columns)})

    return run


@pytest.fixture
def deliver(catalog: Catalog, tmp_path: Path) -> Callable[..., Receipt]:
    """Run the stage for a day: of the rows below zero it sets apart all."""
    suite(tmp_path, 0)

    def run(day: str = "mon", sql: str = ROWS) -> Receipt:
        stage = Delivery(tmp_path, day, sql)
        return run_by_hand(
            stage, task="clean", batch=day, kind="clean", settings=settings(), catalog=catalog, principal="airflow"
        )

    return run


def suite(folder: Path, least: int) -> Path:
    """Write the suite: amounts are not below the least."""
    path = folder / "orders.yml"
    expectation = {
        "type": "expect_column_values_to_be_between",
        "kwargs": {"column": "amount", "min_value": least},
        "severity": "critical",
    }
    path.write_text(json.dumps({"name": "orders", "expectations": [expectation]}))
    return path


def rows(dataset: Dataset) -> int:
    found = snapshot(table_of(dataset.name, settings()))
    return sum(f.rows for f in found.files) if found else 0


def test_a_list_tells_what_is_set_apart_and_why(deliver: Callable[..., Receipt], hallmark: Hallmark) -> None:
    receipt = deliver()
    result = hallmark("list", columns=160)
    assert result.exit_code == 0, result.output
    [heading, line] = result.stdout.splitlines()
    assert heading.split()[:5] == ["DATASET", "RECEIPT", "PARTITION", "ROWS", "STATE"]
    assert line.split()[:6] == ["shop/orders", receipt.id[:8], "mon", "1", "!", "open"]
    assert "amount: be between (1)" in line
    assert hallmark("list", "shop/orders", columns=160).stdout == result.stdout


def test_json_has_the_whole_receipt(deliver: Callable[..., Receipt], catalog: Catalog, hallmark: Hallmark) -> None:
    receipt = deliver()
    [batch] = json.loads(hallmark("list", "--json").stdout)
    assert (batch["receipt"], batch["standing"], batch["run_id"]) == (receipt.id, "open", "mon")


def test_an_empty_quarantine_is_told_in_words(catalog: Catalog, hallmark: Hallmark) -> None:
    assert hallmark("list").stdout == "Nothing is set apart.\n"


def test_without_a_catalog_there_is_nothing_and_none_is_made(hallmark: Hallmark, tmp_path: Path) -> None:
    assert hallmark("list").stdout == "Nothing is set apart.\n"
    assert hallmark("show", "shop/orders").exit_code == 1
    assert not (tmp_path / "airflow").exists()


def test_rows_are_shown_with_personal_values_masked(deliver: Callable[..., Receipt], hallmark: Hallmark) -> None:
    deliver()
    for format in ("text", "json"):
        result = hallmark("show", "shop/orders", "--format", format)
        assert result.exit_code == 0, result.output
        assert "c@d.example" not in result.output
        assert "[masked]" in result.stdout
        assert "-7" in result.stdout
    [row] = json.loads(result.stdout)
    assert row["failed_expectations"] == ["amount: expect_column_values_to_be_between"]
    assert row["quarantine_run_id"] == "mon"


def test_the_columns_that_failed_are_the_last_to_leave_a_narrow_terminal(
    deliver: Callable[..., Receipt], hallmark: Hallmark
) -> None:
    deliver()
    shown = hallmark("show", "shop/orders", columns=30).stdout
    table = shown[shown.index("\nRows") :]
    assert "AMOUNT" in table
    assert "EMAIL" not in table


def test_so_many_rows_are_shown_as_asked_for(deliver: Callable[..., Receipt], hallmark: Hallmark) -> None:
    deliver(sql="SELECT i AS id, 'x' AS email, -i + 1 AS amount FROM range(1, 31) r(i)")
    assert "the first 20 of 29" in hallmark("show", "shop/orders").stdout
    assert len(json.loads(hallmark("show", "shop/orders", "--limit", "3", "--format", "json").stdout)) == 3


def test_a_release_that_the_gate_refuses_ends_with_1_and_the_reason(
    deliver: Callable[..., Receipt], hallmark: Hallmark
) -> None:
    deliver()
    result = hallmark("release", "shop/orders", "--yes")
    assert result.exit_code == 1
    assert result.stderr.startswith(
        "hallmark: stage quarantine release of dataset shop/orders: the gate refused the output: 1 of 1 expectations"
    )
    assert len(result.stderr.splitlines()) == 1
    assert (rows(ORDERS), rows(ORDERS.quarantine)) == (2, 1)


def test_rows_are_released_when_the_suite_was_mended(
    deliver: Callable[..., Receipt], catalog: Catalog, hallmark: Hallmark, tmp_path: Path
) -> None:
    receipt = deliver()
    suite(tmp_path, -10)
    result = hallmark("release", "shop/orders", "--yes")
    made = catalog.receipts(dataset="shop/orders")[0]
    assert (result.exit_code, result.stdout) == (
        0,
        f"{receipt.id[:8]}: 1 row released as shop/orders@1 [mon], receipt {made.id}\n",
    )
    assert (made.principal, rows(ORDERS), rows(ORDERS.quarantine)) == (getpass.getuser(), 3, 0)
    assert hallmark("release", "shop/orders", "--yes").stdout == "Nothing of shop/orders can be released.\n"


def test_a_suite_can_be_given(deliver: Callable[..., Receipt], hallmark: Hallmark, tmp_path: Path) -> None:
    deliver()
    (tmp_path / "other").mkdir()
    mended = suite(tmp_path / "other", -10)
    assert hallmark("release", "shop/orders", "--suite", str(mended), "--yes").exit_code == 0
    assert rows(ORDERS) == 3


def test_a_batch_that_is_refused_does_not_hold_up_the_others(
    deliver: Callable[..., Receipt], hallmark: Hallmark, tmp_path: Path
) -> None:
    deliver("mon")
    deliver("tue", ROWS.replace("-7", "-70"))
    suite(tmp_path, -10)
    result = hallmark("release", "shop/orders", "--yes")
    assert result.exit_code == 1
    assert "1 row released as shop/orders@2 [mon]" in result.stdout
    assert "for example -70" in result.stderr
    assert (rows(ORDERS), rows(ORDERS.quarantine)) == (5, 1)


def test_one_batch_is_chosen_by_the_beginning_of_its_receipt(
    deliver: Callable[..., Receipt], catalog: Catalog, hallmark: Hallmark, tmp_path: Path
) -> None:
    monday, tuesday = deliver("mon"), deliver("tue")
    result = hallmark("discard", "shop/orders", "--receipt", monday.id[:13], "--reason", "a test", "--yes")
    assert result.exit_code == 0, result.output
    assert f"{monday.id[:8]}: 1 row discarded, receipt " in result.stdout
    left = batches(declared(catalog.dataset("shop/orders")), settings(), catalog)  # type: ignore[arg-type]
    assert [b.receipt for b in left] == [tuesday.id]
    [removal] = catalog.receipts(dataset="shop/orders__quarantine")
    assert removal.message == f"{getpass.getuser()} discarded 1 rows: a test"


def test_nothing_happens_unless_it_is_confirmed(deliver: Callable[..., Receipt], hallmark: Hallmark) -> None:
    deliver()
    result = hallmark("discard", "shop/orders", "--reason", "a test", answer="n\n")
    assert result.exit_code == 1
    assert "Discard 1 row of shop/orders?" in result.output
    assert rows(ORDERS.quarantine) == 1
    assert hallmark("discard", "shop/orders", "--reason", "a test", answer="y\n").exit_code == 0
    assert rows(ORDERS.quarantine) == 0
    assert hallmark("discard", "shop/orders", "--reason", "a test").stdout == "Nothing of shop/orders is set apart.\n"


def test_a_discard_without_a_reason_is_refused(deliver: Callable[..., Receipt], hallmark: Hallmark) -> None:
    deliver()
    assert hallmark("discard", "shop/orders", "--yes").exit_code == 2
    assert hallmark("discard", "shop/orders", "--yes", "--reason", " ").exit_code == 2
    assert rows(ORDERS.quarantine) == 1


def test_what_cannot_be_released_is_told_and_left(deliver: Callable[..., Receipt], hallmark: Hallmark) -> None:
    receipt = deliver("mon")
    # The next try finds no bad rows, so the first one's stay.
    deliver("mon", "SELECT 1 AS id, 'x' AS email, 1 AS amount")
    result = hallmark("release", "shop/orders", "--yes")
    assert (result.exit_code, result.stdout) == (0, "Nothing of shop/orders can be released.\n")
    assert f"{receipt.id[:8]} is left: another run has published their partition since" in result.stderr
    named = hallmark("release", "shop/orders", "--receipt", receipt.id, "--yes")
    assert named.exit_code == 2
    assert "cannot be released" in named.stderr


@pytest.mark.parametrize("command", [("list", "shop/ordrs"), ("show", "shop/ordrs"), ("release", "shop/ordrs", "-y")])
def test_an_unknown_dataset_is_answered_with_those_that_are_close(
    deliver: Callable[..., Receipt], hallmark: Hallmark, command: tuple[str, ...]
) -> None:
    deliver()
    result = hallmark(*command)
    assert result.exit_code == 1
    assert "did you mean shop/orders?" in result.stderr


def test_an_unknown_receipt_is_answered_with_those_there_are(
    deliver: Callable[..., Receipt], hallmark: Hallmark
) -> None:
    receipt = deliver()
    result = hallmark("show", "shop/orders", "--receipt", "zzz")
    assert result.exit_code == 1
    assert result.stderr == f"hallmark: no batch of shop/orders set apart by receipt 'zzz'; use one of {receipt.id}\n"
