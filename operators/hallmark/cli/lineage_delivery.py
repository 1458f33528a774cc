"""``hallmark lineage deliver``, ``backlog`` and ``prune``: lineage on its way, and what is old."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from hallmark.cli.formats import NOTHING, count, plural, printable, took, when
from hallmark.cli.options import AsJson
from hallmark.cli.screen import busy, complain, show, show_json, width
from hallmark.cli.tables import Cell, Heading, facts, section, table
from hallmark.config import settings
from hallmark.errors import CatalogError

if TYPE_CHECKING:
    from hallmark.catalog.engine import Database
    from hallmark.lineage.outbox import Backlog, Delivered, Pruned
    from hallmark.lineage.outbox.delivery import Delivery

__all__ = ["register"]

LEFT = 1
# Seconds: of one round while the outbox is watched, and until the next.
_ROUND, _PAUSE = 30.0, 2.0
# A person at a terminal waits for a database no longer than this.
_PATIENCE = 2.0
# Long enough for any outbox; an interrupt ends it sooner.
_NO_HURRY = 24 * 3600.0

_DELIVERED = (
    Heading("backend"),
    Heading("sent", right=True),
    Heading("wait", right=True),
    Heading("parked", right=True),
    Heading("trouble", wraps=True),
)
_WAITING = (
    Heading("backend"),
    Heading("wait", right=True),
    Heading("oldest", right=True),
    Heading("parked", right=True),
    Heading("failures", right=True),
    Heading("next try"),
    Heading("delivered", right=True, spare=True),
    Heading("last", spare=True),
    Heading("trouble", wraps=True),
)
_PARKED = (Heading("backend"), Heading("event"), Heading("tries", right=True), Heading("reason", wraps=True))

Backend = Annotated[str | None, typer.Option("--backend", "-b", metavar="NAME", help="Only this one.")]


def register(app: typer.Typer) -> None:
    """Add the commands to ``hallmark lineage``."""
    app.command()(deliver)
    app.command()(backlog)
    app.command()(prune)


def deliver(
    backend: Backend = None,
    watch: Annotated[bool, typer.Option("--watch", help="Go on, and deliver what comes in.")] = False,
    seconds: Annotated[float | None, typer.Option(min=0.0, help="Stop after so many.")] = None,
    parked: Annotated[bool, typer.Option("--parked", help="Try the parked events again, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Send the events that wait to the backends, and those that wait on this machine's disk to the catalog."""
    _quiet()
    if parked:
        from hallmark.lineage.outbox.waiting import retry

        complain(f"{plural(retry(_database(), backend), 'parked event')} will be tried again")
    until = time.monotonic() + (_NO_HURRY if seconds is None else seconds)
    if watch:
        _watch(backend, until if seconds is not None else None, as_json)
        return
    with busy("Delivering"):
        done = _delivered(backend, until - time.monotonic(), force=True)
    _tell(done, as_json)
    if done.left or done.parked or done.spooled.left:
        raise typer.Exit(LEFT)


def backlog(
    as_json: AsJson = False,
    drop: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Give up this backend's parked events; all, if it is no longer configured."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask first.")] = False,
) -> None:
    """Show what waits for which backend and on this machine's disk, and what was parked for which reason."""
    from hallmark.lineage.outbox import backlog as waiting

    database = _database()
    if drop is not None:
        _drop(database, drop, yes)
        return
    found = waiting(database)
    if as_json:
        show_json(found.to_dict())
    else:
        show(*_page(found))


def prune(
    older_than: Annotated[str, typer.Option(metavar="AGE", help="For example 90d, 12w or 36h.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would go.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete events and runs that are old. Jobs, datasets and the graph of today stay."""
    from hallmark.lineage.outbox import prune as drop_old
    from hallmark.lineage.outbox.retention import age_of

    age = age_of(older_than)
    with busy("Pruning"):
        gone = drop_old(_database(), age, dry_run=dry_run)
    if as_json:
        show_json(gone)
    else:
        show(_gone(gone, "would go" if dry_run else "deleted"))


def _database() -> Database:
    from hallmark.catalog import open_catalog

    return open_catalog(settings(), patience=_PATIENCE).database


def _quiet() -> None:
    """What the log would say of a backend in trouble stands in the table."""
    logging.getLogger("hallmark.lineage.outbox").addHandler(logging.NullHandler())


def _delivered(backend: str | None, seconds: float, *, force: bool) -> Delivered:
    from hallmark.lineage.outbox import deliver as send

    return send(_database(), backend=backend, budget_seconds=seconds, force=force)


def _watch(backend: str | None, until: float | None, as_json: bool) -> None:
    """Deliver round by round, and tell of those in which something happened or the trouble changed."""
    before: Any = None
    while until is None or time.monotonic() < until:
        left = _ROUND if until is None else min(_ROUND, until - time.monotonic())
        try:
            done = _delivered(backend, left, force=False)
        except CatalogError as error:
            if before != (before := str(error)):
                complain(before)
        else:
            troubles = [(one.backend, one.trouble) for one in done.backends]
            if done.sent or done.parked or done.spooled.moved or troubles != before:
                _tell(done, as_json)
            before = troubles
        time.sleep(_PAUSE if until is None else max(0.0, min(_PAUSE, until - time.monotonic())))


def _tell(done: Delivered, as_json: bool) -> None:
    if as_json:
        show_json(done)
        return
    if done.spooled.moved or done.spooled.refused or done.spooled.left:
        spooled = done.spooled
        show(f"spool: {spooled.moved:,} into the catalog, {spooled.refused:,} refused, {spooled.left:,} left")
    if done.backends:
        show(table(_DELIVERED, [_delivery(one) for one in done.backends], width()))
    else:
        show("No backend is configured: [hallmark] lineage_backends names them.")


def _delivery(one: Delivery) -> tuple[Cell, ...]:
    trouble = f"{one.trouble}; next try {when(one.next_try_at)}" if one.next_try_at else one.trouble
    return one.backend, count(one.sent), count(one.left), count(one.parked), Text(printable(trouble), "yellow")


def _page(found: Backlog) -> Iterator[Any]:
    if found.backends:
        yield table(_WAITING, list(_rows(found)), width())
    else:
        yield "No backend is configured: [hallmark] lineage_backends names them."
    if found.parked:
        rows = [(one.backend, one.event_id[:8], count(one.attempts), one.error) for one in found.parked]
        yield section("Parked", "the newest first", table(_PARKED, rows, width()))
    waits = f"{plural(found.spooled, 'event')} in {found.spool}"
    refused = f"{plural(found.refused, 'event')} in {found.spool}/refused" if found.refused else ""
    yield section("This machine", "", facts([("spool", waits), ("refused", refused)]))


def _rows(found: Backlog) -> Iterator[tuple[Cell, ...]]:
    for one in found.backends:
        gone = "no longer configured" if one.name in found.unconfigured else ""
        yield (
            one.name,
            count(one.pending),
            took(one.oldest, found.at) if one.oldest else NOTHING,
            count(one.parked),
            count(one.failures),
            when(one.next_try_at),
            count(one.delivered),
            when(one.last_delivered_at),
            Text(printable(gone or one.last_error or ""), "yellow"),
        )


def _drop(database: Database, backend: str, yes: bool) -> None:
    from hallmark.lineage.outbox.waiting import drop

    if not yes:
        typer.confirm(printable(f"Will {backend} never get the events that are given up now?"), abort=True)
    show(f"{plural(drop(database, backend), 'event')} given up for {backend}; the catalog keeps them")


def _gone(gone: Pruned, done: str) -> str:
    parts = (plural(gone.events, "event"), plural(gone.runs, "run"), plural(gone.columns, "set"))
    return f"{done}: {', '.join(parts)} of column edges"
