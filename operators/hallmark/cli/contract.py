"""``hallmark contract``: contracts compared, checked, shown, and written from what the catalog knows."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.console import RenderableType

from hallmark.cli.formats import mark, plural, printable
from hallmark.cli.options import AsJson
from hallmark.cli.reach import ask, closest
from hallmark.cli.screen import complain, show, show_json, width
from hallmark.cli.tables import Heading, facts, section, table, title
from hallmark.errors import ContractError

if TYPE_CHECKING:
    from hallmark.catalog import Catalog, DatasetDetail
    from hallmark.contracts import Change, Contract
    from hallmark.dataset import Column, Dataset

__all__ = ["app"]

app = typer.Typer(help="Data contracts: what a dataset promises, in one YAML file.", no_args_is_help=True)

_FAULTY = 1
_STATES = {"breaking": "failed", "compatible": "ok", "informative": "info"}
_CHANGES = (Heading("kind"), Heading("field"), Heading("change", wraps=True), Heading("for readers", wraps=True))
_COLUMNS = (
    Heading("column"),
    Heading("type"),
    Heading("nulls"),
    Heading("key"),
    Heading("class"),
    Heading("description", wraps=True),
)
_RULES = (Heading("severity"), Heading("column"), Heading("expectation"), Heading("arguments", wraps=True))

Place = Annotated[
    str,
    typer.Argument(metavar="FILE", help="A contract's file, or REVISION:PATH of one that git has.", show_default=False),
]


@app.command()
def diff(
    old: Annotated[str, typer.Argument(help="The contract before: FILE, or REVISION:PATH in git.", show_default=False)],
    new: Annotated[str, typer.Argument(help="The contract after.", show_default=False)],
    format: Annotated[Literal["text", "json"], typer.Option(help="json has one object a change.")] = "text",
    allow_major: Annotated[
        bool, typer.Option("--allow-major", help="Exit 0 if what breaks comes with a new major version.")
    ] = False,
) -> None:
    """Tell what changed between two contracts, and whether it breaks those who read the data.

    Exit status: 0 nothing breaks, 1 something does, 2 a contract cannot be read.
    """
    from hallmark.contracts import diff as compare

    before, after = _read(old), _read(new)
    changes = compare(before, after)
    _SHOW[format](before, after, changes)
    breaking = [change for change in changes if change.kind == "breaking"]
    announced = allow_major and all(change.path != "version" for change in breaking)
    raise typer.Exit(_FAULTY if breaking and not announced else 0)


@app.command()
def check(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Contracts to check.", show_default=False)],
) -> None:
    """Check that contracts, and the suites they name, are well formed, and tell what in them nothing checks.

    Exit status: 0 all are well formed, 1 one is not.
    """
    faulty = 0
    for file in files:
        try:
            contract = _read(file)
        except ContractError as error:
            complain(str(error))
            faulty += 1
            continue
        show(printable(f"{file}: {_sentence(contract)}"))
        for note in contract.unchecked:
            show(printable(f"  not checked: {note}"))
    raise typer.Exit(_FAULTY if faulty else 0)


@app.command("show")
def show_contract(file: Place, as_json: AsJson = False) -> None:
    """Show what a contract promises: columns, keys, rules, freshness."""
    contract = _read(file)
    if as_json:
        show_json(_as_json(contract))
    else:
        show(*_page(contract, width()))


@app.command()
def export(
    name: Annotated[str, typer.Argument(metavar="DATASET", help="For example flights/clean.", show_default=False)],
) -> None:
    """Print a dataset's contract as YAML: its schema and owner, and the expectations it was last held against."""
    from hallmark.contracts import expectations_of, to_odcs

    found: DatasetDetail | None = ask(lambda catalog: _detail(catalog, name), None)
    if found is None:
        raise closest("dataset", name, ())
    dataset = _dataset(found)
    promised = [_without_meta(each) for each in expectations_of(dataset)]
    checked = [] if found.gate is None else [_expectation(each) for each in found.gate.results]
    said = [each for each in checked if _without_meta(each) not in promised]
    sys.stdout.write(to_odcs(dataset, expectations=said))


def _read(reference: str) -> Contract:
    """Read a contract with the expectations of its suite."""
    from hallmark.contracts import read_contract, with_suite
    from hallmark.contracts.revision import locate

    place = locate(reference)
    contract = read_contract(place.text(), f"contract {place}", None if place.revision else place.path)
    return with_suite(contract, place.beside(contract.suite).text()) if contract.suite else contract


def _detail(catalog: Catalog, name: str) -> DatasetDetail:
    found = catalog.dataset(name, 1)
    if found is None:
        raise closest("dataset", name, (each.name for each in catalog.datasets()))
    return found


def _dataset(found: DatasetDetail) -> Dataset:
    from hallmark.dataset import PARTITION, Dataset

    return Dataset(
        found.name,
        owner=found.owner,
        description=found.description,
        schema=found.schema or (found.versions[0].columns if found.versions else ()),
        partition_by=found.partition_by or PARTITION,
        tags=found.tags,
    )


def _expectation(result: Any) -> dict[str, Any]:
    return {
        "type": result.expectation,
        "kwargs": dict(result.kwargs),
        "severity": result.severity,
        "meta": dict(result.meta or {}),
    }


def _without_meta(expectation: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in expectation.items() if key != "meta"}


def _show_text(old: Contract, new: Contract, changes: Sequence[Change]) -> None:
    if not changes:
        show(printable(f"{new.name} {new.version}: nothing changed."))
        return
    kinds = Counter[str](change.kind for change in changes)
    rows = [(mark(c.kind, _STATES[c.kind]), c.path, c.what, c.why) for c in changes]
    show(
        title(new.name, f"{old.version} → {new.version}"),
        "",
        table(_CHANGES, rows, width()),
        "",
        ", ".join(f"{kinds[kind]} {kind}" for kind in _STATES if kinds[kind]),
    )


def _show_json(old: Contract, new: Contract, changes: Sequence[Change]) -> None:
    show_json(
        {
            "dataset": new.name,
            "old": old.version,
            "new": new.version,
            "breaking": any(change.kind == "breaking" for change in changes),
            "changes": [change.to_dict() for change in changes],
        }
    )


_SHOW = {"text": _show_text, "json": _show_json}


def _sentence(contract: Contract) -> str:
    from hallmark.contracts import expectations_of

    counted = f"{plural(len(contract.columns), 'column')}, {plural(len(expectations_of(contract)), 'expectation')}"
    return f"{contract.name} {contract.version} is well formed: {counted}"


def _as_json(contract: Contract) -> dict[str, Any]:
    from hallmark.contracts import expectations_of
    from hallmark.receipt import plain

    told: dict[str, Any] = {key: value for key, value in plain(contract).items() if key not in ("rules", "path")}
    seconds = contract.freshness.total_seconds() if contract.freshness else None
    return {**told, "freshness": seconds, "expectations": expectations_of(contract)}


def _page(contract: Contract, width: int) -> Iterator[RenderableType]:
    from hallmark.contracts.check import promised_rules, span

    yield title(contract.name, f"{contract.version}, {contract.status}")
    if contract.description:
        yield printable(contract.description)
    yield facts(
        [
            ("owner", contract.owner or ""),
            ("domain", contract.domain or ""),
            ("tags", ", ".join(contract.tags)),
            ("fresh", f"at most {span(contract.freshness)} old" if contract.freshness else ""),
            ("parts", f"by {contract.partition_by}" if contract.partition_by else ""),
            ("suite", contract.suite or ""),
            ("new columns", "may come" if contract.allow_new_columns else ""),
        ]
    )
    columns = [_column(column, contract) for column in contract.columns]
    yield section("Schema", plural(len(columns), "column"), table(_COLUMNS, columns, width))
    rules = [_rule(rule) for rule in promised_rules(contract)]
    if rules:
        yield section("Rules", plural(len(rules), "expectation"), table(_RULES, rules, width))
    if contract.unchecked:
        yield section("Not checked", "", *map(printable, contract.unchecked))


def _column(column: Column, contract: Contract) -> tuple[str, ...]:
    keys = [
        f"primary {contract.primary_key.index(column.name) + 1}" if column.name in contract.primary_key else "",
        "unique" if column.name in contract.unique else "",
        "partition" if column.name == contract.partition_by else "",
    ]
    nulls = "yes" if column.nullable else "no"
    key = ", ".join(filter(None, keys))
    return column.name, column.type, nulls, key, column.classification or "", column.description or ""


def _rule(rule: Any) -> tuple[Any, ...]:
    rest = {k: v for k, v in rule.kwargs.items() if k not in ("column", "column_A", "column_B", "column_list")}
    arguments = ", ".join(f"{key}={value}" for key, value in rest.items())
    columns = ", ".join(rule.columns) or "-"
    return rule.severity, columns, rule.type.removeprefix("expect_"), arguments
