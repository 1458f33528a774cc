"""``hallmark lineage``: where data comes from, where it goes, and why it is as it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

import typer

from hallmark.cli import (
    lineage_chain,
    lineage_delivery,
    lineage_drawing,
    lineage_ingest,
    lineage_pages,
    lineage_tree,
)
from hallmark.cli.options import MOST, AsJson, Limit
from hallmark.cli.reach import UnknownName, ask, empty
from hallmark.cli.screen import show, show_json, width
from hallmark.errors import LineageError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from hallmark.lineage.graph import Node

__all__ = ["app"]

app = typer.Typer(help="Where data comes from, where it goes, what depends on it, and why it is as it is.")

T = TypeVar("T")
# Seconds for events that wait on this machine's disk.
_CATCH_UP = 2.0

NodeName = Annotated[
    str,
    typer.Argument(
        metavar="NODE",
        help="For example flights/features, flight_delay, shop.load_orders, or NAMESPACE:NAME.",
        show_default=False,
    ),
]
Run = Annotated[str, typer.Argument(metavar="RUN", help="OpenLineage's id of a run.", show_default=False)]
Steps = Annotated[int, typer.Option(min=0, max=100, help="So many steps; a job is one, a dataset another.")]


@app.command()
def graph(
    node: NodeName,
    up: Steps = 5,
    down: Steps = 5,
    columns: Annotated[bool, typer.Option("--columns", help="The edges between columns, too.")] = False,
    as_of: Annotated[
        str | None, typer.Option(metavar="VERSION", help="As it was for a version, NAME@VERSION, or a run.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=MOST, help="At most so many nodes.")] = 2000,
    format: Annotated[Literal["text", "json", "mermaid", "dot"], typer.Option(help="How to draw it.")] = "text",
) -> None:
    """Draw what lies around a dataset, a model, a job, or a column (NODE.COLUMN)."""
    from hallmark.lineage import graph as lineage

    def question(connection: Connection) -> tuple[Node, Any]:
        found = lineage.find(connection, node)
        drawn = lineage.graph(connection, found, up=up, down=down, columns=columns, as_of=as_of, limit=limit)
        return found, drawn

    found, drawn = _asked(question)
    if format == "json":
        show_json(drawn.to_dict())
    elif format == "text":
        show(*lineage_tree.page(found, drawn, width()))
    else:
        lineage_drawing.DRAWINGS[format](drawn)


@app.command()
def impact(
    column: Annotated[
        str, typer.Argument(metavar="DATASET.COLUMN", help="For example flights/clean.distance.", show_default=False)
    ],
    as_json: AsJson = False,
) -> None:
    """Tell what depends on a column, directly or indirectly, how far away, and whose it is."""
    from hallmark.lineage import graph as lineage

    def question(connection: Connection) -> Any:
        node = lineage.find(connection, column)
        if node.column is None:
            raise LineageError(f"{column!r} names no column", _example(connection, node))
        return lineage.impact(connection, node, node.column)

    answer = _asked(question)
    show_json(answer.to_dict()) if as_json else show(*lineage_pages.impact(answer, width()))


@app.command()
def why(
    version: Annotated[
        str,
        typer.Argument(
            metavar="NAME[@VERSION]", help="For example flights/features@41, flight_delay@champion.", show_default=False
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Tell how a version came to be: sources, code, suites and their verdicts, runs and who caused them."""
    from hallmark.lineage import graph as lineage

    answer = _asked(lambda connection: lineage.why(connection, lineage.find(connection, version)))
    show_json(answer.to_dict()) if as_json else show(*lineage_chain.page(answer, width()))


@app.command()
def cause(node: NodeName, as_json: AsJson = False) -> None:
    """Find the nearest job upstream that failed or whose checks did, and what they found."""
    from hallmark.lineage import graph as lineage

    def question(connection: Connection) -> tuple[Node, Any]:
        found = lineage.find(connection, node)
        return found, lineage.root_cause(connection, found)

    found, answer = _asked(question)
    if as_json:
        show_json(answer and answer.to_dict())
    else:
        show(*lineage_pages.cause(found, answer, width()))


@app.command()
def diff(run_a: Run, run_b: Run, as_json: AsJson = False) -> None:
    """Compare two runs of one job: versions, columns, code, SQL, parameters, rows, assertions."""
    from hallmark.lineage import graph as lineage

    answer = _asked(lambda connection: lineage.diff(connection, run_a, run_b))
    show_json(answer.to_dict()) if as_json else show(*lineage_pages.diff(answer, width()))


@app.command()
def search(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="A part of the name.", show_default=False)],
    kind: Annotated[Literal["dataset", "job"] | None, typer.Option(help="Only these.")] = None,
    sort: Annotated[Literal["name", "updated"], typer.Option(help="What comes first.")] = "name",
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=MOST, help="Show at most so many.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Find datasets, models and jobs by a part of their names."""
    from hallmark.lineage import graph as lineage

    found = _asked(lambda connection: lineage.search(connection, text, kind=kind, limit=limit, sort=sort))
    if as_json:
        show_json([node.to_dict() for node in found])
    else:
        show(*lineage_pages.search(found, text, width()))


@app.command()
def events(
    job: Annotated[str | None, typer.Option(help="Only of this job.")] = None,
    dataset: Annotated[str | None, typer.Option(help="Only of runs that read or wrote it.")] = None,
    since: Annotated[
        str | None, typer.Option(metavar="TIME", help="Only from then on: 2026-03-01T06:00, or 36h, 7d, 2w ago.")
    ] = None,
    limit: Limit = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print the events themselves, as a JSON array.")] = False,
) -> None:
    """List OpenLineage events, newest first; `hallmark lineage ingest` takes what --json prints."""
    from hallmark.lineage import graph as lineage

    begin = lineage_pages.moment(since)

    def question(connection: Connection) -> Any:
        of_job = lineage.find(connection, job, kind="job") if job is not None else None
        about = lineage.find(connection, dataset, kind="dataset") if dataset is not None else None
        return lineage.events(connection, job=of_job, dataset=about, since=begin, limit=limit)

    page = _asked(question)
    if as_json:
        show_json([event.body for event in page.events])
    else:
        show(*lineage_pages.events(page, width()))


@app.command()
def ingest(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE…", help="NDJSON, JSON, also compressed (.gz); - is stdin.", show_default=False),
    ],
    as_json: AsJson = False,
) -> None:
    """Store events from files, of any producer and in any order; what is known already changes nothing.

    Exit status: 0 stored, 1 some events were refused, 2 it could not be done.
    """
    if lineage_ingest.run(files, as_json):
        raise typer.Exit(lineage_ingest.REFUSED)


lineage_delivery.register(app)


def _asked(question: Callable[[Connection], T]) -> T:
    """Ask the lineage store.

    Raises:
        UnknownName: it does not have what was asked for.
    """

    def answered(catalog: Any) -> tuple[T] | None:
        _catch_up(catalog)
        try:
            return (catalog.database.read(question),)
        except LineageError as error:
            raise UnknownName(error.found, error.remedy) from error

    answer = ask(answered, None)
    if answer is None:
        raise UnknownName(*empty("lineage").split("\n", 1))
    return answer[0]


def _catch_up(catalog: Any) -> None:
    """Take in first what waits on this machine: whoever asks wants to know of the run that has just ended."""
    from pathlib import Path

    from hallmark.config import settings
    from hallmark.lineage.outbox.spool import Spool

    spool = Spool(Path(settings().lineage_spool))
    if spool.waiting():
        from hallmark.lineage.outbox.draining import drain

        drain(catalog.database, spool, _CATCH_UP)


def _example(connection: Connection, node: Node) -> str:
    from hallmark.lineage.graph import columns_of

    known = columns_of(connection, node.number) if node.kind == "dataset" else []
    if known:
        return f"name one of {', '.join(f'{node.label}.{column}' for column in known[:5])}"
    return "no columns are known of it; `hallmark lineage graph` shows what is made of it"
