from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from typer.testing import CliRunner, Result

from hallmark.catalog import Catalog
from hallmark.cli.app import Commands
from hallmark.cli.contract import app
from hallmark.contracts import read_contract

Contract = Callable[..., Result]
ORDERS = """\
apiVersion: v3.1.0
kind: DataContract
id: shop-orders
version: 1.0.0
status: active
team: {name: shop}
schema:
  - name: orders
    physicalName: shop/orders
    properties:
      - {name: order_id, logicalType: integer, primaryKey: true}
      - {name: email, logicalType: string, classification: personal}
      - {name: amount, logicalType: number, required: true}
    quality:
      - {type: text, description: Refunds are booked elsewhere.}
customProperties:
  - {property: suite, value: ../suites/orders.yml}
"""
SUITE = "expectations: [{type: expect_column_values_to_be_between, kwargs: {column: amount, max_value: 100}}]\n"


@pytest.fixture
def contract() -> Contract:
    """Run `hallmark contract` in this process, 100 characters wide."""
    root = typer.Typer(cls=Commands)
    root.add_typer(app, name="contract")
    root.command("other")(lambda: None)

    def run(*arguments: str, columns: int = 100) -> Result:
        return CliRunner().invoke(root, ["contract", *arguments], env={"COLUMNS": str(columns)})

    return run


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a contract and its suite, which is the current one."""
    folder = tmp_path / "shop"
    for name, text in (("contracts/orders.yml", ORDERS), ("suites/orders.yml", SUITE)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def committed(shop: Path) -> Path:
    """The same, committed to git."""
    who = ("-c", "user.name=ann", "-c", "user.email=ann@shop.example", "-c", "init.defaultBranch=main")
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "Orders."]):
        subprocess.run(["git", *who, *command], cwd=shop, check=True, capture_output=True)
    return shop


def changed(shop: Path, *changes: tuple[str, str]) -> str:
    text = ORDERS
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    (shop / "contracts" / "new.yml").write_text(text)
    return "contracts/new.yml"


def test_what_breaks_readers_exits_1_and_is_shown_first(shop: Path, contract: Contract) -> None:
    new = changed(shop, ("name: shop}", "name: sales}"), (", required: true", ""), ("name: email", "name: e_mail"))
    result = contract("diff", "contracts/orders.yml", new)

    assert result.exit_code == 1
    rows = [line.split()[1:3] for line in result.stdout.splitlines() if line[:1] in {"✗", "✓", "i"}]
    assert rows == [
        ["breaking", "properties.email"],
        ["breaking", "properties.amount.required"],
        ["breaking", "version"],
        ["informative", "team"],
    ]
    assert "probably renamed to e_mail" in result.stdout
    assert result.stdout.endswith("3 breaking, 1 informative\n")


def test_what_breaks_nobody_exits_0(shop: Path, contract: Contract) -> None:
    new = changed(shop, ("1.0.0\nstatus", "1.1.0\nstatus"), ("personal}", "personal, required: true}"))
    result = contract("diff", "contracts/orders.yml", new)
    assert result.exit_code == 0
    assert result.stdout.endswith("1 compatible, 1 informative\n")


def test_a_contract_that_is_the_same_has_no_changes(shop: Path, contract: Contract) -> None:
    result = contract("diff", "contracts/orders.yml", changed(shop))
    assert (result.exit_code, result.stdout) == (0, "shop/orders 1.0.0: nothing changed.\n")


def test_json_has_every_change(shop: Path, contract: Contract) -> None:
    new = changed(shop, (", required: true", ""))
    result = contract("diff", "contracts/orders.yml", new, "--format", "json")
    answer = json.loads(result.stdout)

    assert (result.exit_code, result.stderr) == (1, "")
    assert (answer["dataset"], answer["old"], answer["new"], answer["breaking"]) == (
        "shop/orders",
        "1.0.0",
        "1.0.0",
        True,
    )
    assert [change["path"] for change in answer["changes"]] == ["properties.amount.required", "version"]


@pytest.mark.parametrize(("version", "status"), [("2.0.0", 0), ("1.1.0", 1)])
def test_a_new_major_version_can_be_let_through(shop: Path, contract: Contract, version: str, status: int) -> None:
    new = changed(shop, (", required: true", ""), ("1.0.0\nstatus", f"{version}\nstatus"))
    assert contract("diff", "contracts/orders.yml", new).exit_code == 1
    assert contract("diff", "contracts/orders.yml", new, "--allow-major").exit_code == status


def test_the_suite_that_a_contract_names_is_compared_too(committed: Path, contract: Contract) -> None:
    (committed / "suites" / "orders.yml").write_text(SUITE.replace("100", "200"))
    result = contract("diff", "HEAD:contracts/orders.yml", "contracts/orders.yml")

    assert result.exit_code == 1
    assert "max_value 100 → 200" in result.stdout


@pytest.mark.parametrize("reference", ["HEAD:contracts/orders.yml", "HEAD:./contracts/orders.yml"])
def test_a_revision_of_git_is_read(committed: Path, contract: Contract, reference: str) -> None:
    (committed / "contracts" / "orders.yml").write_text(ORDERS.replace("name: amount", "name: total"))
    (committed / "suites" / "orders.yml").write_text("expectations: []")
    result = contract("diff", reference, "contracts/orders.yml")

    assert result.exit_code == 1
    assert "properties.amount" in result.stdout


@pytest.mark.parametrize(
    ("reference", "told"),
    [
        ("nowhere:contracts/orders.yml", "git has no file nowhere:contracts/orders.yml (invalid object name 'nowhere'"),
        (
            "HEAD:contracts/absent.yml",
            "git has no file HEAD:contracts/absent.yml (path 'contracts/absent.yml' does not",
        ),
        ("HEAD:contracts", "git has no file HEAD:contracts ("),
        ("--output=x:contracts/orders.yml", "git has no file --output=x:contracts/orders.yml"),
        ("absent.yml", "file absent.yml cannot be read (No such file or directory)"),
        ("contracts", "file contracts cannot be read (Is a directory)"),
        ("suites/orders.yml", "contract suites/orders.yml, line 1: expectations is not a field of the Open Data"),
    ],
)
def test_what_cannot_be_read_exits_2_with_one_line(
    committed: Path, contract: Contract, reference: str, told: str
) -> None:
    result = contract("diff", "--", reference, "contracts/orders.yml")

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"hallmark: {told}")
    assert len(result.stderr.splitlines()) == 1
    assert not (committed / "x").exists()


def test_without_git_a_revision_is_refused(shop: Path, contract: Contract, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(shop))
    result = contract("diff", "main:contracts/orders.yml", "contracts/orders.yml")
    assert result.exit_code == 2
    assert "in git, which is not installed" in result.stderr


def test_outside_a_repository_git_says_so(
    shop: Path, contract: Contract, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    assert "not a git repository" in contract("diff", "main:contracts/orders.yml", "contracts/orders.yml").stderr


def test_a_file_with_a_colon_in_its_name_is_a_file(shop: Path, contract: Contract) -> None:
    (shop / "contracts" / "a:b.yml").write_text(ORDERS)
    assert contract("diff", "contracts/a:b.yml", "contracts/orders.yml").exit_code == 0


def test_well_formed_contracts_exit_0_and_what_nothing_checks_is_named(shop: Path, contract: Contract) -> None:
    result = contract("check", "contracts/orders.yml")
    assert result.exit_code == 0
    assert result.stdout == (
        "contracts/orders.yml: shop/orders 1.0.0 is well formed: 3 columns, 4 expectations\n"
        "  not checked: schema[0].quality[0]: a text is for people, and nothing checks it\n"
    )


def test_every_faulty_contract_is_told_in_one_line(shop: Path, contract: Contract) -> None:
    faulty = changed(shop, ("integer", "int"))
    result = contract("check", faulty, "contracts/orders.yml", "absent.yml")
    assert result.exit_code == 1
    assert "is well formed" in result.stdout
    first, second = result.stderr.splitlines()
    assert first.startswith("hallmark: contract contracts/new.yml, line 11: schema[0].properties[0].logicalType 'int'")
    assert "absent.yml cannot be read" in second


def test_a_suite_that_is_missing_or_names_another_column_is_a_fault(shop: Path, contract: Contract) -> None:
    (shop / "suites" / "orders.yml").write_text(SUITE.replace("amount", "amuont"))
    assert "did you mean 'amount'?" in contract("check", "contracts/orders.yml").stderr
    (shop / "suites" / "orders.yml").unlink()
    result = contract("check", "contracts/orders.yml")
    assert (result.exit_code, len(result.stderr.splitlines())) == (1, 1)


def test_a_page_tells_what_is_promised(shop: Path, contract: Contract) -> None:
    page = contract("show", "contracts/orders.yml").stdout
    assert page.startswith("shop/orders  1.0.0, active\n")
    for words in ("owner  shop", "primary 1", "personal", "column_values_to_not_be_null", "max_value=100", "a text is"):
        assert words in page


def test_a_page_is_json_too(shop: Path, contract: Contract) -> None:
    answer = json.loads(contract("show", "contracts/orders.yml", "--json").stdout)
    assert (answer["name"], answer["primary_key"], answer["freshness"]) == ("shop/orders", ["order_id"], None)
    assert answer["expectations"][-1]["kwargs"] == {"column": "amount", "max_value": 100}


def test_the_catalog_s_dataset_is_written_as_a_contract(filled: Catalog, contract: Contract) -> None:
    result = contract("export", "flights/clean")
    read = read_contract(result.stdout)

    assert result.exit_code == 0
    assert (read.name, read.owner, read.partition_by) == ("flights/clean", "data-engineering", "month")
    assert [(c.name, c.type, c.nullable, c.classification) for c in read.columns] == [
        ("carrier", "VARCHAR", False, None),
        ("passenger", "VARCHAR", True, "personal"),
        ("distance", "BIGINT", True, None),
    ]
    assert [(rule.type, rule.severity) for rule in read.rules] == [
        ("expect_column_values_to_be_between", "warning"),
        ("expect_column_values_to_be_between", "critical"),
    ]


def test_what_was_published_without_a_schema_is_written_with_the_version_s(
    record: Callable[..., Any], contract: Contract
) -> None:
    record("flights/raw")
    result = contract("export", "flights/raw")
    assert [each["name"] for each in yaml.safe_load(result.stdout)["schema"][0]["properties"]] == [
        "carrier",
        "passenger",
        "distance",
    ]


def test_an_unknown_dataset_exits_1_and_names_the_closest(filled: Catalog, contract: Contract) -> None:
    result = contract("export", "flights/cleen")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "did you mean flights/clean" in result.stderr


def test_an_empty_catalog_has_no_contract(contract: Contract) -> None:
    assert contract("export", "flights/clean").exit_code == 1


def test_what_a_contract_says_does_not_steer_the_terminal(shop: Path, contract: Contract) -> None:
    file = changed(shop, ("team:", 'description: {purpose: "\\e]0;gone\\a"}\nteam:'), ("Refunds", "\\e[31mRefunds"))
    for command in (["show", file], ["check", file], ["diff", "contracts/orders.yml", file]):
        assert "\x1b" not in contract(*command).stdout
