"""The table at the demonstration's end: every stage's run, as the catalog has it."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from hallmark.catalog import Catalog
from hallmark.receipt import Receipt

__all__ = ["print_refusals", "print_table"]

LIMIT = 500
_STYLES = {"published": "green", "refused": "red", "failed": "red", "skipped": "dim"}


def print_table(console: Console, catalog: Catalog) -> None:
    """Print stage, output, rows in and out, checks and seconds of all receipts, oldest first, by DAG run."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("\nstage", no_wrap=True)
    table.add_column("\ndataset or model version", overflow="fold")
    for name in ("rows\nin", "rows\nout", "checks\npassed", "checks\nfailed", "\nseconds"):
        table.add_column(name, justify="right")
    run = ""
    for receipt in _oldest_first(catalog):
        if receipt.run.run_id != run:
            run = receipt.run.run_id
            table.add_section()
            table.add_row(Text(run, style="bold"))
        table.add_row(*_cells(receipt))
    console.print(table)


def print_refusals(console: Console, catalog: Catalog) -> None:
    """Print what was refused or failed, with the reason and the remedy, as the task's log has it."""
    for receipt in _oldest_first(catalog):
        if receipt.state in {"refused", "failed"}:
            console.print(Text(f"{receipt.run.run_id}  {receipt.state}: ", style="red"), end="")
            console.print(receipt.message, markup=False)
    console.print()


def _oldest_first(catalog: Catalog) -> list[Receipt]:
    return sorted(catalog.receipts(limit=LIMIT), key=lambda r: r.started_at)


def _cells(receipt: Receipt) -> list[str | Text]:
    counts = receipt.gate["statistics"] if receipt.gate else {}
    style = _STYLES.get(receipt.state, "")
    passed, failed = counts.get("successful_expectations", ""), counts.get("unsuccessful_expectations", "")
    return [
        receipt.run.task_id,
        Text(_output(receipt), style=style),
        _number(receipt.rows_in),
        _number(receipt.rows_out if receipt.state == "published" else None),
        str(passed),
        Text(str(failed), style="red bold" if failed else ""),
        f"{sum(receipt.seconds.values()):.1f}",
    ]


def _output(receipt: Receipt) -> str:
    if receipt.output is None:
        return receipt.state
    if receipt.state == "published":
        quarantined = f" ({receipt.quarantined:,} rows in quarantine)" if receipt.quarantined else ""
        return f"{receipt.output.name}@{receipt.output.version}{quarantined}"
    return f"{receipt.output.name} {receipt.state}"


def _number(value: int | None) -> str:
    return "" if value is None else f"{value:,}"
