"""A node as a user names it: Hallmark's name, OpenLineage's with or without the namespace, with a version or a column.

Names hold dots, namespaces colons and slashes: each way to read the text is held against the database, the one with the
longest name first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Select, select

from hallmark.catalog import lineage_tables as tables
from hallmark.catalog import tables as catalog
from hallmark.catalog.lineage_tables import number_of
from hallmark.errors import LineageError
from hallmark.lineage.events.shape import clean_text
from hallmark.lineage.graph.nodes import Key, id_of, in_chunks, nodes_of
from hallmark.lineage.graph.suggestions import close_to
from hallmark.lineage.graph.values import Kind, Node
from hallmark.lineage.naming import normal

__all__ = ["find"]

_SHOWN = 10
_TRIED = 3
_SOUGHT: Mapping[Kind | None, str] = {
    None: "dataset, model or job",
    "dataset": "dataset or model",
    "job": "job",
}


def find(connection: Connection, text: str, *, kind: Kind | None = None) -> Node:
    """Return the node that a text names.

    Args:
        connection: to the catalog's database.
        text: ``flights/features``, ``flight_delay``, ``postgres://host:5432:shop.public.orders``, ``shop.load_orders``;
            ``dataset:``, ``job:`` or ``datasetField:`` may stand before it, ``.column`` and ``@version`` behind.
        kind: a dataset or a job only.

    Returns:
        The node, with its ``column`` and ``at`` if the text named them. A dataset's other names lead to the one that
        stands for all.

    Raises:
        LineageError: there is none; or several, which it lists.
    """
    text = clean_text(text)
    # A column's name with an @ in it is less likely than a version.
    readings = sorted(_readings(text, kind), key=lambda reading: (-len(reading.name), reading.version is None))
    named = _Named(connection, readings)
    for reading in readings:
        keys = named.keys(reading)
        if len(keys) > 1:
            raise LineageError(f"{text!r} is the name of several", f"say which: {_listed(connection, keys)}")
        if keys:
            return _found(connection, keys[0], reading, named)
    near = close_to(connection, _guesses(readings))
    remedy = f"did you mean {' or '.join(near)}?" if near else "`hallmark lineage search` looks for parts of names"
    raise LineageError(f"the lineage store has no {_SOUGHT[kind]} {text!r}", remedy)


@dataclass(frozen=True)
class _Reading:
    """One way to read what a user wrote."""

    name: str
    kinds: tuple[Kind, ...]
    version: str | None = None
    column: str | None = None


_PREFIXES: Mapping[str, tuple[Kind, ...]] = {"dataset": ("dataset",), "job": ("job",), "datasetField": ("dataset",)}


def _readings(text: str, kind: Kind | None) -> Iterator[_Reading]:
    for reading in _all_readings(text):
        kinds = tuple(each for each in reading.kinds if kind in (None, each))
        if kinds:
            yield replace(reading, kinds=kinds)


def _all_readings(text: str) -> Iterator[_Reading]:
    prefix, colon, rest = text.partition(":")
    if colon and prefix in _PREFIXES:
        yield from _of_field(rest) if prefix == "datasetField" else _with_suffixes(rest, _PREFIXES[prefix])
    yield from _with_suffixes(text, ("dataset", "job"))


def _of_field(text: str) -> Iterator[_Reading]:
    name, colon, column = text.rpartition(":")
    if colon:
        yield _Reading(name, ("dataset",), column=column)
    yield from _with_suffixes(text, ("dataset",))


def _with_suffixes(text: str, kinds: tuple[Kind, ...]) -> Iterator[_Reading]:
    for name, version in _splits(text, "@"):
        for shorter, column in _splits(name, "."):
            # Only a dataset has columns.
            able = kinds if column is None else tuple(kind for kind in kinds if kind == "dataset")
            if shorter and able:
                yield _Reading(shorter, able, version, column)


def _splits(text: str, at: str) -> Iterator[tuple[str, str | None]]:
    """Yield the text whole, and then split at each of some characters, from the last to the first."""
    yield text, None
    place = text.rfind(at)
    while place > 0:
        if place < len(text) - 1:
            yield text[:place], text[place + 1 :]
        place = text.rfind(at, 0, place)


class _Named:
    """What the database has of the names of some readings: looked up for all of them at once."""

    def __init__(self, connection: Connection, readings: Sequence[_Reading]) -> None:
        names = {reading.name for reading in readings}
        self.own = _of_catalog(connection, names)
        pairs = {pair for name in names for pair in _pairs(name)}
        self.datasets = _numbers(connection, pairs | set(self.own.values()))
        self.jobs = dict(in_chunks(connection, _jobs_by_number, {number_of(*pair) for pair in pairs}))
        self.bare: dict[tuple[Kind, str], list[int]] = {}
        for kind, query in _BY_NAME.items():
            for name, number in in_chunks(connection, query, names):
                self.bare.setdefault((kind, name), []).append(number)

    def keys(self, reading: _Reading) -> list[Key]:
        """Return what a reading may mean: of the most exact kind of name that fits, all there is."""
        for ways in (self._by_hallmark, self._by_pair, self._by_name):
            found = list(dict.fromkeys(ways(reading)))
            if found:
                return found
        return []

    def _by_hallmark(self, reading: _Reading) -> Iterator[Key]:
        if "dataset" in reading.kinds and reading.name in self.own:
            number = number_of(*self.own[reading.name])
            yield "dataset", self.datasets.get(number, number)

    def _by_pair(self, reading: _Reading) -> Iterator[Key]:
        for namespace, name in _pairs(reading.name):
            number = number_of(*normal(namespace, name))
            if "dataset" in reading.kinds and number in self.datasets:
                yield "dataset", self.datasets[number]
            if "job" in reading.kinds and number_of(namespace, name) in self.jobs:
                yield "job", number_of(namespace, name)

    def _by_name(self, reading: _Reading) -> Iterator[Key]:
        for kind in reading.kinds:
            yield from ((kind, number) for number in self.bare.get((kind, reading.name), ()))


def _pairs(name: str) -> Iterator[tuple[str, str]]:
    """Yield each way to split a name into namespace and name: both may hold colons."""
    for place in (at for at, letter in enumerate(name) if letter == ":"):
        if 0 < place < len(name) - 1:
            yield name[:place], name[place + 1 :]


def _of_catalog(connection: Connection, names: set[str]) -> dict[str, tuple[str, str]]:
    """Return the identities of Hallmark's own datasets and models; of a dataset and a model, the dataset."""
    models, datasets = catalog.models, catalog.datasets
    columns = (models.c.model, models.c.namespace, models.c.location)
    found: dict[str, tuple[str, str]] = {}
    ordered = (
        lambda chunk: select(*columns).where(models.c.model.in_(chunk)).order_by(models.c.trained_at),
        lambda chunk: select(datasets.c.name, datasets.c.namespace, datasets.c.location).where(
            datasets.c.name.in_(chunk)
        ),
    )
    for query in ordered:
        for name, namespace, location in in_chunks(connection, query, names):
            found[name] = normal(namespace, location)
    return found


def _numbers(connection: Connection, pairs: Iterable[tuple[str, str]]) -> dict[int, int]:
    table = tables.lineage_datasets

    def query(chunk: list[int]) -> Select[Any]:
        return select(table.c.id, table.c.canonical_id).where(table.c.id.in_(chunk))

    return {row.id: row.canonical_id for row in in_chunks(connection, query, {number_of(*normal(*p)) for p in pairs})}


def _jobs_by_number(chunk: list[int]) -> Select[Any]:
    return select(tables.jobs.c.id, tables.jobs.c.name).where(tables.jobs.c.id.in_(chunk))


def _datasets_by_name(chunk: list[str]) -> Select[Any]:
    table = tables.lineage_datasets
    return select(table.c.name, table.c.canonical_id).where(table.c.name.in_(chunk)).distinct()


def _jobs_by_name(chunk: list[str]) -> Select[Any]:
    return select(tables.jobs.c.name, tables.jobs.c.id).where(tables.jobs.c.name.in_(chunk))


_BY_NAME: Mapping[Kind, Any] = {"dataset": _datasets_by_name, "job": _jobs_by_name}


def _found(connection: Connection, key: Key, reading: _Reading, named: _Named) -> Node:
    node = nodes_of(connection, [key]).get(key)
    if node is None:
        # Published by Hallmark, and no event told of it.
        namespace, name = named.own[reading.name]
        id = id_of("dataset", namespace, name)
        node = Node(id=id, kind="dataset", namespace=namespace, name=name, hallmark=reading.name)
    return replace(node, column=reading.column, at=reading.version)


def _guesses(readings: Sequence[_Reading]) -> list[str]:
    """Return the few names that a text most likely was meant to be, with and without suffixes and namespace."""
    names = list(dict.fromkeys(reading.name for reading in readings))[:_TRIED]
    return names + [name for _, name in list(_pairs(names[0]))[-_TRIED:]] if names else []


def _listed(connection: Connection, keys: Sequence[Key]) -> str:
    ids = sorted(node.id for node in nodes_of(connection, keys[:_SHOWN]).values())
    more = f" and {len(keys) - _SHOWN} more" if len(keys) > _SHOWN else ""
    return ", ".join(ids) + more
