"""The application: its commands, and what an error becomes."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from hallmark import __version__
from hallmark.cli import (
    check,
    contract,
    database,
    datasets,
    demo,
    lineage,
    models,
    quarantine,
    runs,
    status,
    suggest,
    token,
)
from hallmark.cli.reach import UnknownName
from hallmark.cli.screen import NOBODY_READS, complain, fall_silent
from hallmark.errors import HallmarkError

__all__ = ["app"]

UNKNOWN, UNABLE = 1, 2


class Commands(TyperGroup):
    """A group of commands that tells errors in one line and by its exit status."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was given."""
        try:
            answer = super().invoke(ctx)
            # A reader that has gone must be noticed here, and not when Python ends.
            sys.stdout.flush()
            return answer
        except HallmarkError as error:
            complain(str(error))
            raise typer.Exit(UNKNOWN if isinstance(error, UnknownName) else UNABLE) from error
        except BrokenPipeError as error:
            fall_silent()
            raise typer.Exit(NOBODY_READS) from error


app = typer.Typer(
    name="hallmark",
    cls=Commands,
    help="Datasets and models with proof of where they came from and that they passed.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

LOOK, ACT = "Look", "Act"
app.command("status", rich_help_panel=LOOK)(status.status)
app.command("datasets", rich_help_panel=LOOK)(datasets.datasets)
app.command("dataset", rich_help_panel=LOOK)(datasets.dataset)
app.command("models", rich_help_panel=LOOK)(models.models)
app.command("model", rich_help_panel=LOOK)(models.model)
app.command("runs", rich_help_panel=LOOK)(runs.runs)
app.command("check", rich_help_panel=ACT)(check.check)
app.command("suggest", rich_help_panel=ACT)(suggest.suggest)
app.command("demo", rich_help_panel=ACT)(demo.demo)
app.add_typer(lineage.app, name="lineage", rich_help_panel=LOOK)
app.add_typer(quarantine.app, name="quarantine", rich_help_panel=ACT)
app.add_typer(contract.app, name="contract", rich_help_panel=ACT)
app.add_typer(token.app, name="token", rich_help_panel=ACT)
app.add_typer(database.app, name="db", rich_help_panel=ACT)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"hallmark {__version__}")
        raise typer.Exit


@app.command(rich_help_panel=ACT)
def version() -> None:
    """Print the version of Hallmark."""
    _print_version(True)


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    pass
