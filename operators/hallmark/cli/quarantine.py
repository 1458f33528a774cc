"""``hallmark quarantine``: rows that a gate set apart, and what becomes of them."""

from __future__ import annotations

import getpass
import logging
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.table import Table

from hallmark.cli.formats import NOTHING, count, mark, plural, printable, when
from hallmark.cli.options import MOST, AsJson
from hallmark.cli.reach import UnknownName, ask, closest
from hallmark.cli.screen import busy, complain, show, show_json, width
from hallmark.cli.tables import Heading, section, table, title
from hallmark.config import settings
from hallmark.errors import GateError

if TYPE_CHECKING:
    from hallmark.catalog import Catalog
    from hallmark.dataset import Dataset
    from hallmark.stages.quarantine import Batch

__all__ = ["app"]

app = typer.Typer(help="Rows that a gate set apart: look at them, release them through the gate, or discard them.")

REFUSED = 1
# So many characters of a receipt tell one batch from another at a glance; the options take any unique beginning.
SHORT = 8

_BATCHES = (
    Heading("dataset"),
    Heading("receipt"),
    Heading("partition"),
    Heading("rows", right=True),
    Heading("state"),
    Heading("set apart"),
    Heading("failed", wraps=True),
    Heading("task", spare=True),
    Heading("run", spare=True),
)
_STYLES = {"open": "warned", "released": "passed", "refused": "refused"}
_AFTER = "quarantine_"
_EXPECT = re.compile(r"^expect_(column_(values?_|pair_values_)?|multicolumn_values_|compound_columns_|table_)?(to_)?")

Name = Annotated[str, typer.Argument(metavar="DATASET", help="For example flights/clean.", show_default=False)]
Chosen = Annotated[
    str | None,
    typer.Option("--receipt", metavar="ID", help="Only what this run set apart; the ID's beginning will do."),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask first.")]


@app.command("list")
def list_(
    dataset: Annotated[str | None, typer.Argument(help="Only of this dataset.", show_default=False)] = None,
    as_json: AsJson = False,
) -> None:
    """List what is set apart: how many rows, by which run, what they failed, and whether they can be released."""
    found: list[Batch] = ask(lambda catalog: _listed(catalog, dataset), [])
    if as_json:
        show_json([batch.to_dict() for batch in found])
    elif found:
        show(_table(found))
    else:
        show("Nothing is set apart.")


@app.command("show")
def show_(
    dataset: Name,
    receipt: Chosen = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=MOST, help="Show at most so many rows.")] = 20,
    format: Annotated[Literal["text", "json"], typer.Option(help="json has every column.")] = "text",
) -> None:
    """Show rows that are set apart, and what each failed. Values of personal columns are masked."""
    from hallmark.stages.quarantine import rows

    catalog, known = _known(dataset)
    batches = _batches(catalog, known, receipt)
    read = rows(known, settings(), batches[0].receipt if receipt else None, limit)
    if format == "json":
        show_json(read)
    else:
        show(*_page(known, batches, read, limit))


@app.command()
def release(
    dataset: Name,
    receipt: Chosen = None,
    suite: Annotated[
        Path | None, typer.Option(help="The suite to hold them against; by default the dataset's own.", dir_okay=False)
    ] = None,
    yes: Yes = False,
) -> None:
    """Check rows again and publish those batches that pass now, each as a version of its partition.

    Exit status: 0 released, 1 the gate refused some, 2 it could not be done.
    """
    catalog, known = _settled(dataset)
    batches = _batches(catalog, known, receipt)
    chosen = batches if receipt else list(_releasable(batches))
    if not chosen:
        show(f"Nothing of {known} can be released.")
        return
    _confirm(yes, f"Release {_told(chosen)} to {known}?")
    refused = [batch for batch in chosen if not _released(catalog, known, batch, suite)]
    if refused:
        raise typer.Exit(REFUSED)


@app.command()
def discard(
    dataset: Name,
    reason: Annotated[str, typer.Option(help="Why; it is recorded.", show_default=False)],
    receipt: Chosen = None,
    yes: Yes = False,
) -> None:
    """Take rows out of quarantine for good. The table's older versions still have them.

    Exit status: 0 discarded, 1 there is no such dataset or batch, 2 it could not be done.
    """
    from hallmark.stages.quarantine import discard as discard_batch

    catalog, known = _settled(dataset)
    batches = _batches(catalog, known, receipt)
    if not batches:
        show(f"Nothing of {known} is set apart.")
        return
    _confirm(yes, f"Discard {_told(batches)} of {known}?")
    for batch in batches:
        made = discard_batch(known, batch, reason=reason, settings=settings(), catalog=catalog, principal=_principal())
        show(f"{batch.receipt[:SHORT]}: {plural(batch.rows, 'row')} discarded, receipt {made.id}")


def _listed(catalog: Catalog, name: str | None) -> list[Batch]:
    from hallmark.stages.quarantine import batches

    names = [name] if name else [each.name for each in catalog.datasets()]
    return [batch for each in names for batch in batches(_declared(catalog, each), settings(), catalog)]


def _known(name: str) -> tuple[Catalog, Dataset]:
    """Open the catalog and find a dataset in it.

    Raises:
        UnknownName: it is not there.
    """
    catalog: Catalog | None = ask(lambda opened: opened, None)
    if catalog is None:
        raise closest("dataset", name, ())
    return catalog, _declared(catalog, name)


def _settled(name: str) -> tuple[Catalog, Dataset]:
    """Find a dataset, and record what earlier commands came to that died before they could."""
    from hallmark.stages.quarantine import settle

    catalog, dataset = _known(name)
    settle(dataset, settings(), catalog)
    return catalog, dataset


def _declared(catalog: Catalog, name: str) -> Dataset:
    from hallmark.stages.quarantine import declared

    found = catalog.dataset(name, 1)
    if found is None:
        raise closest("dataset", name, (each.name for each in catalog.datasets()))
    return declared(found)


def _batches(catalog: Catalog, dataset: Dataset, receipt: str | None) -> list[Batch]:
    """Return all batches of a dataset, or the one whose receipt begins so.

    Raises:
        UnknownName: none begins so, or several do.
    """
    from hallmark.stages.quarantine import batches

    found = batches(dataset, settings(), catalog)
    if receipt is None:
        return found
    chosen = [batch for batch in found if batch.receipt.startswith(receipt)]
    if len(chosen) != 1:
        known = ", ".join(batch.receipt for batch in chosen or found)
        raise UnknownName(
            f"{len(chosen) or 'no'} batch{'es' if chosen else ''} of {dataset} set apart by receipt {receipt!r}",
            f"use one of {known}" if known else "nothing of it is set apart",
        )
    return chosen


def _releasable(batches: Sequence[Batch]) -> Iterator[Batch]:
    """Yield the batches that can be released; tell why the others cannot."""
    from hallmark.stages.quarantine.release import RELEASABLE, WHY_NOT

    for batch in batches:
        if batch.standing in RELEASABLE:
            yield batch
        else:
            complain(f"{batch.receipt[:SHORT]} is left: {'; '.join(WHY_NOT[batch.standing])}")


def _released(catalog: Catalog, dataset: Dataset, batch: Batch, suite: Path | None) -> bool:
    from hallmark.stages.quarantine import release as release_batch

    # The log of a stage is for a task's page; what it comes to is said here.
    logging.getLogger("hallmark.stages").addHandler(logging.NullHandler())
    try:
        with busy(f"Checking {plural(batch.rows, 'row')}"):
            made = release_batch(
                dataset,
                batch,
                settings=settings(),
                catalog=catalog,
                principal=_principal(),
                suite=str(suite) if suite else None,
            )
    except GateError as error:
        complain(str(error))
        return False
    where = f"released as {made.output.label}" if made.state == "published" and made.output else made.message
    show(f"{batch.receipt[:SHORT]}: {plural(batch.rows, 'row')} {where}, receipt {made.id}")
    return True


def _confirm(yes: bool, question: str) -> None:
    if not yes:
        typer.confirm(printable(question), abort=True)


def _told(batches: Sequence[Batch]) -> str:
    rows = plural(sum(batch.rows for batch in batches), "row")
    return rows if len(batches) == 1 else f"{rows} of {len(batches)} runs"


def _principal() -> str:
    """Return the name of the one who gives the command; the number, for a user without a name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def _table(batches: Sequence[Batch]) -> Table:
    return table(_BATCHES, [_line(batch) for batch in batches], width())


def _line(batch: Batch) -> tuple[Any, ...]:
    return (
        batch.dataset,
        batch.receipt[:SHORT],
        batch.partition or NOTHING,
        count(batch.rows),
        mark(batch.standing, _STYLES.get(batch.standing, "skipped")),
        when(batch.set_apart_at),
        "; ".join(f"{_short(failed)} ({count(rows)})" for failed, rows in batch.failed.items()) or NOTHING,
        f"{batch.dag_id}.{batch.task_id}",
        batch.run_id,
    )


def _page(dataset: Dataset, batches: Sequence[Batch], read: Sequence[dict[str, Any]], limit: int) -> Iterator[Any]:
    from hallmark.quality.gate import FAILED_EXPECTATIONS

    yield title(dataset.quarantine.name)
    if not read:
        yield "Nothing is set apart."
        return
    yield section("Runs", "", _table(batches))
    total = sum(batch.rows for batch in batches)
    beside = f"the first {count(limit)} of {count(total)}" if total > len(read) else plural(total, "row")
    names = _ordered(batches, [n for n in read[0] if n != FAILED_EXPECTATIONS and not n.startswith(_AFTER)])
    headings = [Heading("failed", wraps=True), *(Heading(name, spare=True) for name in names)]
    lines = [["; ".join(map(_short, row[FAILED_EXPECTATIONS])), *(_cell(row[name]) for name in names)] for row in read]
    yield section("Rows", beside, table(headings, lines, width()))


def _ordered(batches: Sequence[Batch], names: Sequence[str]) -> list[str]:
    """Return the columns with those first that an expectation failed on: in a narrow terminal the last ones go."""
    failed = {title.split(": ", 1)[0] for batch in batches for title in batch.failed}
    return sorted(names, key=lambda name: name not in failed)


def _short(title: str) -> str:
    """Return an expectation's title as a verdict has it: ``amount: be between``."""
    return _EXPECT.sub("", title).replace("_", " ") if ": " not in title else _of_column(*title.rsplit(": ", 1))


def _of_column(column: str, expectation: str) -> str:
    return f"{column}: {_short(expectation)}"


def _cell(value: Any) -> str:
    return NOTHING if value is None else str(value)
