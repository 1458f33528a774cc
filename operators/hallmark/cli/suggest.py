"""``hallmark suggest``: a first suite for data that has none, written from what the data looks like."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hallmark.cli.formats import plural
from hallmark.cli.screen import busy, show
from hallmark.errors import SuiteError, reason

if TYPE_CHECKING:
    from hallmark.quality.suggest import SuggestedSuite

__all__ = ["suggest"]


def suggest(
    path: Annotated[
        Path,
        typer.Argument(help="Parquet, CSV or JSON lines, or the folder of a Delta table.", show_default=False),
    ],
    name: Annotated[str | None, typer.Option(help="Name of the suite; by default the file's.")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write; without it the suite is printed.")
    ] = None,
    margin: Annotated[float, typer.Option(min=0.0, max=10.0, help="Share by which observed ranges are widened.")] = 0.1,
    strict: Annotated[
        bool, typer.Option("--strict", help="What was observed is the rule: no margin, no warnings, no new columns.")
    ] = False,
    personal: Annotated[
        list[str] | None,
        typer.Option("--personal", metavar="COLUMN", help="A column whose values must not be told."),
    ] = None,
) -> None:
    """Profile a file or a Delta table and write a suite that it meets, each expectation with its reason.

    Exit status: 0 written, 2 the data cannot be read, or the file is there already.
    """
    if output is not None and output.exists():
        raise SuiteError(f"{output} exists already", "name another --output, or remove it")
    with busy(f"Profiling {path}"):
        from hallmark.quality.suggest import Leeway, suggest_from

        suggested = suggest_from(path, name=name, leeway=Leeway(margin, strict), personal=personal or ())
    if output is None:
        sys.stdout.write(suggested.to_yaml())
        return
    _write(output, suggested)
    show(f"{output}: {_summary(suggested)}")


def _write(file: Path, suggested: SuggestedSuite) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(suggested.to_yaml(), encoding="utf-8")
    except OSError as error:
        raise SuiteError(f"{file} cannot be written ({reason(error)})", "choose another --output") from error


def _summary(suggested: SuggestedSuite) -> str:
    severities = [s.expectation.severity for s in suggested.suggestions]
    counted = ", ".join(f"{n} {kind}" for kind in ("critical", "warning") if (n := severities.count(kind)))
    rows = plural(suggested.profile.rows, "row")
    return f"{plural(len(severities), 'expectation')} ({counted}), from {rows} of {suggested.source}"
