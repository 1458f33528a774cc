"""``hallmark datasets`` and ``hallmark dataset``: what was published, and whether it passed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import RenderableType
from rich.table import Table

from hallmark.cli.formats import NOTHING, count, mark, plural, printable, size, when
from hallmark.cli.options import AsJson, Limit
from hallmark.cli.reach import ask, closest, empty
from hallmark.cli.screen import show, show_json, width
from hallmark.cli.tables import Heading, facts, section, table, title

if TYPE_CHECKING:
    from hallmark.catalog import Catalog, DatasetDetail, DatasetSummary, PublishedVersion
    from hallmark.dataset import Column

__all__ = ["dataset", "datasets", "datasets_table", "gate_word"]

_LIST = (
    Heading("dataset"),
    Heading("owner"),
    Heading("version", right=True),
    Heading("rows", right=True),
    Heading("gate"),
    Heading("published"),
    Heading("partitions", right=True, spare=True),
    Heading("size", right=True, spare=True),
)
_VERSIONS = (
    Heading("version", right=True),
    Heading("partition"),
    Heading("rows", right=True),
    Heading("size", right=True),
    Heading("published"),
    Heading("task"),
    Heading("run", spare=True),
    Heading("by", spare=True),
)
_SCHEMA = (Heading("column"), Heading("type"), Heading("nulls"), Heading("notes", wraps=True))


def datasets(as_json: AsJson = False) -> None:
    """List the datasets: owner, newest version, rows, last gate, and when they were published."""
    found: list[DatasetSummary] = ask(lambda catalog: catalog.datasets(), [])
    if as_json:
        show_json([each.to_dict() for each in found])
    elif found:
        show(datasets_table(found, width()))
    else:
        show(empty("datasets"))


def dataset(
    name: Annotated[str, typer.Argument(help="For example flights/clean.", show_default=False)],
    as_json: AsJson = False,
    limit: Limit = 20,
) -> None:
    """Show one dataset: its versions and the runs that made them, its schema, and its last gate."""
    found = ask(lambda catalog: _detail(catalog, name, limit), None)
    if found is None:
        raise closest("dataset", name, ())
    if as_json:
        show_json(found.to_dict())
    else:
        show(*_page(found, limit, width()))


def datasets_table(found: Sequence[DatasetSummary], width: int) -> Table:
    """Lay out datasets, one a line."""
    rows = [
        (
            each.name,
            each.owner or NOTHING,
            each.latest_version or NOTHING,
            count(each.rows),
            mark(gate_word(each)),
            when(each.last_published_at),
            count(each.partitions) if each.partitions else NOTHING,
            size(each.bytes),
        )
        for each in found
    ]
    return table(_LIST, rows, width)


def gate_word(found: DatasetSummary) -> str | None:
    """Return how the last gate went: ``passed``, ``warned``, ``failed``, or None without one.

    What was published although its suite did not hold missed warnings alone.
    """
    if found.last_gate_success is None:
        return None
    if found.last_gate_success:
        return "passed"
    return "warned" if found.last_gate_at == found.last_published_at else "failed"


def _detail(catalog: Catalog, name: str, limit: int) -> DatasetDetail:
    found = catalog.dataset(name, limit)
    if found is None:
        raise closest("dataset", name, (each.name for each in catalog.datasets()))
    return found


def _page(found: DatasetDetail, limit: int, width: int) -> Iterator[RenderableType]:
    yield title(found.name)
    if found.description:
        yield printable(found.description)
    yield facts(
        [
            ("owner", found.owner or ""),
            ("holds", _extent(found)),
            ("class", found.classification or ""),
            ("tags", ", ".join(found.tags)),
            ("suite", found.suite or ""),
            ("where", found.location),
        ]
    )
    newest = f"the newest {count(limit)}" if len(found.versions) == limit else ""
    versions = [_version(each) for each in found.versions]
    yield section("Versions", newest, table(_VERSIONS, versions, width) if versions else "None was published yet.")
    if found.schema:
        schema = table(_SCHEMA, [_column(column) for column in found.schema], width)
        yield section("Schema", plural(len(found.schema), "column"), schema)
    yield _gate(found, width)


def _extent(found: DatasetDetail) -> str:
    parts = [f"{count(found.rows)} rows", size(found.bytes)]
    if found.partitions:
        by = "" if found.partition_by in (None, "partition") else f" by {found.partition_by}"
        parts.append(f"{plural(found.partitions, 'partition')}{by}")
    return ", ".join(parts)


def _version(each: PublishedVersion) -> tuple[str, ...]:
    return (
        each.version,
        each.partition or NOTHING,
        count(each.rows),
        size(each.bytes),
        when(each.published_at),
        f"{each.dag_id}.{each.task_id}",
        each.run_id,
        each.principal,
    )


def _column(column: Column) -> tuple[str, ...]:
    notes = [note for note in (column.classification, column.description) if note]
    return column.name, column.type, "yes" if column.nullable else "no", ": ".join(notes)


def _gate(found: DatasetDetail, width: int) -> RenderableType:
    from hallmark.cli.verdicts import counts, outcome_of, verdict, verdict_table

    if found.gate is None:
        return section("Last gate", "", "None: no suite was checked.")
    outcomes = [outcome_of(result) for result in found.gate.results]
    beside = f"{verdict(outcomes)} on {when(found.gate.checked_at)}; {counts(outcomes)}"
    return section("Last gate", beside, verdict_table(outcomes, width))
