from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest
import typer
from typer.testing import CliRunner, Result

from hallmark.cli.app import Commands
from hallmark.cli.suggest import suggest
from hallmark.quality import load_suite, validate


@pytest.fixture
def run() -> Callable[..., Result]:
    """Run the command in this process."""
    app = typer.Typer(cls=Commands, pretty_exceptions_enable=False)
    app.command()(suggest)
    # With one command alone, typer would have no group.
    app.command("other")(lambda: None)
    return lambda *arguments: CliRunner().invoke(app, ["suggest", *map(str, arguments)], env={"COLUMNS": "200"})


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    file = tmp_path / "orders.parquet"
    states = ["open"] * 30 + ["shipped"] * 20
    pyarrow.parquet.write_table(pa.table({"id": list(range(50)), "state": states, "email": ["a@b.org"] * 50}), file)
    return file


def test_a_suite_is_printed_that_its_data_meets(run: Callable[..., Result], orders: Path, tmp_path: Path) -> None:
    said = run(orders)
    assert said.exit_code == 0
    assert said.stdout.startswith("# Suggested from orders.parquet: 50 rows, 3 columns.")
    suite = tmp_path / "suite.yml"
    suite.write_text(said.stdout, encoding="utf-8")
    assert load_suite(suite).name == "orders" and validate(orders, suite).success


def test_a_suite_is_written_where_it_is_wanted(run: Callable[..., Result], orders: Path, tmp_path: Path) -> None:
    suite = tmp_path / "suites" / "of orders.yml"
    said = run(orders, "--output", suite, "--name", "shop/orders")
    assert said.exit_code == 0, said.output
    summary = "8 expectations (5 critical, 3 warning), from 50 rows of orders.parquet"
    assert said.stdout.split(": ")[1].strip() == summary
    assert load_suite(suite).name == "shop/orders"


def test_what_somebody_may_have_edited_is_not_overwritten(run: Callable[..., Result], orders: Path) -> None:
    said = run(orders, "--output", orders)
    assert said.exit_code == 2
    assert "exists already; name another --output, or remove it" in said.stderr
    assert orders.stat().st_size > 500


def test_values_of_personal_columns_are_not_told(run: Callable[..., Result], orders: Path) -> None:
    assert "a@b.org" in run(orders).stdout
    assert "a@b.org" not in run(orders, "--personal", "email").stdout


def test_options_decide_how_closely_the_data_is_followed(run: Callable[..., Result], orders: Path) -> None:
    assert "exact_match: true" in run(orders, "--strict").stdout
    assert "exact_match: false" in run(orders, "--margin", "0.5").stdout
    assert run(orders, "--margin", "-1").exit_code == 2


def test_what_cannot_be_read_is_told_in_one_line(run: Callable[..., Result], tmp_path: Path) -> None:
    said = run(tmp_path / "absent.parquet")
    assert said.exit_code == 2
    assert said.stderr.splitlines() == [f"hallmark: {tmp_path}/absent.parquet does not exist; check the path"]


def test_what_cannot_be_written_is_told(run: Callable[..., Result], orders: Path) -> None:
    said = run(orders, "--output", orders / "suite.yml")
    assert said.exit_code == 2 and "cannot be written" in said.stderr
