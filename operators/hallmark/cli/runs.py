"""``hallmark runs``: what ran, newest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import RenderableType
from rich.text import Text

from hallmark.cli.formats import NOTHING, cut, mark, printable, took, when
from hallmark.cli.options import AsJson, Limit
from hallmark.cli.reach import ask, empty
from hallmark.cli.screen import show, show_json, width
from hallmark.cli.tables import Cell, Heading, facts, section, table
from hallmark.receipt import State

if TYPE_CHECKING:
    from hallmark.catalog import RunSummary

__all__ = ["runs", "runs_page"]

_HEADINGS = (
    Heading("started"),
    Heading("state"),
    Heading("dag"),
    Heading("task"),
    Heading("output"),
    Heading("took", right=True, spare=True),
    Heading("run", spare=True),
)


def runs(
    as_json: AsJson = False,
    dag: Annotated[str | None, typer.Option(help="Only runs of this DAG.")] = None,
    state: Annotated[State | None, typer.Option(help="Only runs in this state.")] = None,
    limit: Limit = 20,
) -> None:
    """List the runs of stages, newest first."""
    found: list[RunSummary] = ask(lambda catalog: catalog.runs(limit, dag, state), [])
    if as_json:
        show_json([run.to_dict() for run in found])
    elif found:
        show(*runs_page(found, width()))
    else:
        show(_none(dag, state))


def runs_page(found: Sequence[RunSummary], width: int, longest: int | None = None) -> Iterator[RenderableType]:
    """Yield the runs as a table, and then why some did not publish.

    Args:
        found: newest first.
        width: characters in a line.
        longest: characters of a reason, all if not given.
    """
    yield table(_HEADINGS, [_row(run) for run in found], width)
    reasons = [
        (
            when(run.started_at),
            Text.assemble(mark(run.state), f" {run.dag_id}.{run.task_id}: ", printable(cut(run.message, longest))),
        )
        for run in found
        if run.message
    ]
    if reasons:
        yield section("Why", "", facts(reasons))


def _row(run: RunSummary) -> tuple[Cell, ...]:
    return (
        when(run.started_at),
        mark(run.state),
        run.dag_id,
        f"{run.task_id}[{run.map_index}]" if run.map_index >= 0 else run.task_id,
        "@".join(part for part in (run.output_name, run.output_version) if part) or NOTHING,
        took(run.started_at, run.finished_at),
        run.run_id,
    )


def _none(dag: str | None, state: str | None) -> str:
    if dag is None and state is None:
        return empty("runs")
    of = f" of DAG {dag}" if dag else ""
    return f"No runs{of}{f' in state {state}' if state else ''}. All there are: `hallmark runs`."
