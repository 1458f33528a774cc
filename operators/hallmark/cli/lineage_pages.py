"""What the lineage store answers, as text: impact, cause, difference, search and events."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import typer
from rich.console import RenderableType
from rich.text import Text

from hallmark.cli.formats import NOTHING, cut, figure, mark, plural, printable, when
from hallmark.cli.lineage_tree import name_of, short, told, version_of
from hallmark.cli.tables import Cell, Heading, facts, section, table, title

if TYPE_CHECKING:
    from hallmark.lineage.graph import Cause, Change, Difference, EventPage, Impact, ImpactedNode, Node

__all__ = ["cause", "diff", "events", "impact", "moment", "search"]

_IMPACTED = (
    Heading("how"),
    Heading("steps", right=True),
    Heading("dataset"),
    Heading("columns", wraps=True),
    Heading("owner"),
)
_JOBS = (
    Heading("how"),
    Heading("steps", right=True),
    Heading("job"),
    Heading("owner"),
    Heading("namespace", spare=True),
)
_FAILED = (Heading("dataset"), Heading("column"), Heading("assertion", wraps=True), Heading("found", wraps=True))
_CHANGES = (Heading("what"), Heading("name", wraps=True), Heading("before", wraps=True), Heading("after", wraps=True))
_FOUND = (
    Heading("kind"),
    Heading("name"),
    Heading("version"),
    Heading("owner"),
    Heading("told of"),
    Heading("state"),
    Heading("namespace", spare=True),
)
_EVENTS = (Heading("time"), Heading("type"), Heading("job"), Heading("run"), Heading("namespace", spare=True))
_STYLES = {"direct": "bold", "indirect": "", "possible": "dim"}
_EVENT_STATES = {"FAIL": "failed", "ABORT": "failed", "START": "running", "RUNNING": "running"}
# So many columns of one dataset are named.
_NAMED = 12
_VALUE = 60


def impact(found: Impact, width: int) -> Iterator[RenderableType]:
    """Yield what depends on a column."""
    name = f"{found.start.label}.{found.start.column}"
    columns = sum(1 for each in found.columns if each.column)
    parts = [plural(columns, "column"), plural(len(found.datasets), "dataset"), plural(len(found.models), "model")]
    yield title(name, f"reaches {', '.join(parts)}, {plural(len(found.jobs), 'job')}")
    if found.owners:
        owners = ", ".join(f"{owner} ({number})" for owner, number in found.owners.items())
        yield facts([("owners", owners)])
    together = sorted((*found.datasets, *found.models), key=lambda each: (each.distance, each.node.label))
    if together:
        rows = [_impacted(each, found) for each in together]
        yield section("Datasets and models", "", table(_IMPACTED, rows, width))
    if found.jobs:
        rows = [(*_rank(each), each.node.label, each.node.owner or NOTHING, each.node.namespace) for each in found.jobs]
        yield section("Jobs", "", table(_JOBS, rows, width))
    kinds = {each.how for each in (*found.datasets, *found.models, *found.jobs)}
    if kinds - {"direct"}:
        yield ""
        yield from (Text(_MEANING[kind], "dim") for kind in ("indirect", "possible") if kind in kinds)
    if found.truncated:
        yield "There is more than is shown."


_MEANING = {
    "indirect": "indirect: on the way it decides over values or rows, and does not go in itself",
    "possible": "possible: on the way a job reads the dataset, and does not tell of columns",
}


def cause(node: Node, found: Cause | None, width: int) -> Iterator[RenderableType]:
    """Yield the nearest failure upstream of a node."""
    if found is None:
        yield Text.assemble(mark("all is well", "ok"), f" upstream of {name_of(node)}")
        return
    said = f": {printable(cut(found.error, None))}" if found.error else ""
    wrong = "failed" if found.job.ails and not found.job.failed else f"{plural(found.job.failed, 'assertion')} failed"
    yield Text.assemble(mark(f"{found.job.label}: {wrong}", "failed"), f" on {when(found.at)}{said}")
    yield facts([("run", found.job.run_id or ""), ("owner", found.job.owner or "")])
    if found.assertions:
        labels = {each.id: each.label for each in found.path}
        rows = [
            (
                labels.get(each.dataset, each.dataset.removeprefix("dataset:")),
                each.column or NOTHING,
                printable(each.assertion),
                each.actual or each.description or NOTHING,
            )
            for each in found.assertions
        ]
        yield section("Assertions", "", table(_FAILED, rows, width))
    yield section("Path", "from the failure to what was asked for", *_path(found.path))


def _path(path: Sequence[Node]) -> Iterator[Text]:
    for depth, node in enumerate(path):
        arrow = f"{'  ' * (depth - 1)}└ " if depth else ""
        yield Text.assemble((arrow, "dim"), told(node))


def diff(found: Difference, width: int) -> Iterator[RenderableType]:
    """Yield what two runs do not have in common."""
    yield title(found.job.label, f"from run {short(found.run_a)} to run {short(found.run_b)}")
    if not found.changes:
        yield "They have everything in common that was told of them."
        return
    short_ones = [each for each in found.changes if not _is_text(each)]
    if short_ones:
        rows = [(each.what, printable(each.name), _value(each.before), _value(each.after)) for each in short_ones]
        yield section("Changes", "", table(_CHANGES, rows, width))
    for each in found.changes:
        if _is_text(each):
            yield section(each.what.upper() if each.what == "sql" else each.name.capitalize(), "", *_lines(each))


def search(found: Sequence[Node], text: str, width: int) -> Iterator[RenderableType]:
    """Yield datasets, models and jobs, one a line."""
    if found:
        yield table(_FOUND, [_line(node) for node in found], width)
    else:
        yield f"No dataset, model or job has {printable(text)!r} in its name."


def events(page: EventPage, width: int) -> Iterator[RenderableType]:
    """Yield events, one a line."""
    rows = [
        (
            when(each.event_time),
            mark(each.event_type or "OTHER", _EVENT_STATES.get(each.event_type or "", "published")),
            each.job_name or _dataset_of(each.body),
            each.run_id or NOTHING,
            each.job_namespace or NOTHING,
        )
        for each in page.events
    ]
    yield table(_EVENTS, rows, width) if rows else "There are no such events."
    if page.cursor:
        yield f"\nThe newest {len(rows)}; --limit shows more."


def moment(text: str | None) -> datetime | None:
    """Return a time that is given as such, in the local zone if it names none, or as an age.

    Raises:
        typer.BadParameter: it is neither.
    """
    if text is None:
        return None
    from hallmark.errors import HallmarkError
    from hallmark.lineage.outbox.retention import age_of

    try:
        return datetime.fromisoformat(text).astimezone()
    except ValueError:
        pass
    try:
        return datetime.now(UTC) - age_of(text)
    except (HallmarkError, OverflowError) as error:
        raise typer.BadParameter(f"{text!r} is no time; write 2026-03-01T06:00, 36h, 7d or 2w") from error


def _rank(each: ImpactedNode) -> tuple[Text, str]:
    return Text(each.how, _STYLES[each.how]), str(each.distance)


def _impacted(each: ImpactedNode, found: Impact) -> tuple[Cell, ...]:
    columns = [c.column for c in found.columns if c.dataset == each.node.id]
    named = [column for column in columns if column]
    more = [f"and {len(named) - _NAMED} more"] if len(named) > _NAMED else []
    rows = ["all rows"] if "" in columns else []
    name = f"{each.node.label} (model)" if each.node.type == "MODEL" else each.node.label
    return *_rank(each), name, ", ".join([*rows, *named[:_NAMED], *more]) or NOTHING, each.node.owner or NOTHING


def _is_text(change: Change) -> bool:
    return any(isinstance(value, str) and "\n" in value.strip() for value in (change.before, change.after)) or (
        change.what == "sql"
    )


def _lines(change: Change) -> Iterator[Text]:
    before, after = (str(value or "").splitlines() for value in (change.before, change.after))
    for line in list(difflib.unified_diff(before, after, lineterm="", n=2))[2:]:
        style = {"+": "green", "-": "red", "@": "dim"}.get(line[:1], "")
        yield Text(printable(line), style)


def _value(value: Any) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, float):
        return figure(value)
    text = str(value)
    return short(text) if len(text) > _VALUE else printable(text)


def _line(node: Node) -> tuple[Cell, ...]:
    kind = "model" if node.type == "MODEL" else node.kind
    wrong = node.ails or node.state in _EVENT_STATES
    state = f"{plural(node.failed, 'assertion')} failed" if node.failed else (node.state or NOTHING).lower()
    looks = "failed" if node.ails else "running" if wrong else "published"
    return (
        kind,
        node.label,
        version_of(node) or NOTHING,
        node.owner or NOTHING,
        when(node.seen_at),
        mark(state, looks) if state != NOTHING else NOTHING,
        node.namespace,
    )


def _dataset_of(body: Any) -> str:
    return str((body.get("dataset") or {}).get("name") or NOTHING)
