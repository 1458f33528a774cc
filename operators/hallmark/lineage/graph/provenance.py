"""How a version came to be: by which code, checked how, caused by whom, from which versions, back to the sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from hallmark.catalog import tables as catalog
from hallmark.errors import LineageError
from hallmark.lineage.graph.makings import Makers, Unit, Wanted, order_of, wanted_of
from hallmark.lineage.graph.values import Chain, Link, Node

__all__ = ["LIMIT", "why"]

LIMIT = 5000
# What partitions have to have in common for being told of together.
_ALIKE = ("dataset", "kind", "job", "principal")

# More groups than anybody reads.
_MANY = 300

Key = tuple[str, str]
Units = dict[Key, Unit]


def why(connection: Connection, dataset: Node, version: str | None = None, *, limit: int = LIMIT) -> Chain:
    """Return what a version was made from and by, back to the sources.

    The catalog's receipts tell it of Hallmark's datasets and models, the runs of the lineage store of all others.
    Partitions that were made in the same way are one link.

    Args:
        connection: to the catalog's database.
        dataset: a dataset or a model.
        version: which of it; by default :attr:`~hallmark.lineage.graph.Node.at`, else the newest. A model's alias will
            do. Version 41 of a partitioned dataset is made of the newest version up to 41 of each partition.
        limit: how many versions at most.

    Raises:
        LineageError: it is a job, or there is no such version.
    """
    if dataset.kind != "dataset":
        raise LineageError(f"{dataset.id} is a job", "name a dataset or a model, for example flights/features@41")
    makers = Makers(connection)
    start = _start(connection, makers, dataset, version or dataset.at)
    units, needs, truncated = _gather(makers, start, limit)
    groups = {_id(group): group for group in _grouped(units, needs)}
    ids = {unit.key: id for id, group in groups.items() for unit in group}
    return Chain(
        dataset=dataset.label,
        version=start.version,
        starts=tuple(dict.fromkeys(ids[unit.key] for unit in makers.units([start])[start] if unit.key in ids)),
        links=tuple(
            _link(group, id, (ids[need.key] for unit in group for need in needs[unit.key]))
            for id, group in groups.items()
        ),
        truncated=truncated,
    )


def _start(connection: Connection, makers: Makers, node: Node, version: str | None) -> Wanted:
    if node.hallmark is not None:
        if written := makers.versions(node.hallmark):
            known = sorted((row.version for row in written), key=order_of)
            return wanted_of(node, _chosen(node, version, known, numbered=True))._replace(kind="dataset")
        if trained := makers.models(node.hallmark):
            known = [row.version for row in trained]
            chosen = _aliases(connection, node.hallmark).get(version or "", version)
            return wanted_of(node, _chosen(node, chosen, known))._replace(kind="model")
    known = [row.version for row in makers.written(node.number)]
    return wanted_of(node, _chosen(node, version, known))


def _chosen(node: Node, version: str | None, known: Sequence[str], *, numbered: bool = False) -> str:
    """Return the version asked for, the newest by default.

    Raises:
        LineageError: there is none.
    """
    if not known:
        raise LineageError(f"nobody told what made {node.label}", "it is a source: `hallmark lineage graph` shows it")
    if version is None:
        return known[-1]
    # A table has versions of its own between ours: of its maintenance, for one.
    between = numbered and version.isdecimal() and order_of(known[0]) <= order_of(version) <= order_of(known[-1])
    if version not in known and not between:
        newest = ", ".join(reversed(known[-3:]))
        raise LineageError(f"{node.label} has no version {version}", f"the newest are {newest}")
    return version


def _aliases(connection: Connection, model: str) -> dict[str, str]:
    table = catalog.model_aliases
    query = select(table.c.alias, table.c.version).where(table.c.model == model)
    return {row.alias: row.version for row in connection.execute(query)}


def _gather(makers: Makers, start: Wanted, limit: int) -> tuple[Units, dict[Key, list[Unit]], bool]:
    """Return all units behind a version, and for each those that it was made from."""
    units: Units = {}
    made_from: dict[Wanted, list[Unit]] = {}
    wanted, truncated = [start], False
    while wanted and not truncated:
        made_from |= makers.units(wanted)
        new = {unit.key: unit for each in wanted for unit in made_from[each] if unit.key not in units}
        truncated = len(units) + len(new) > limit
        units |= dict(list(new.items())[: limit - len(units)])
        wanted = list(dict.fromkeys(each for unit in new.values() for each in unit.inputs if each not in made_from))
    needs = {
        key: [found for each in unit.inputs for found in made_from.get(each, ()) if found.key in units]
        for key, unit in units.items()
    }
    return units, needs, truncated


def _grouped(units: Units, needs: Mapping[Key, Sequence[Unit]]) -> list[list[Unit]]:
    """Return units in groups that one link can tell of: made in the same way, and for the same.

    What was made of one partition alone must not seem to be made of all. Where that leaves too many groups to look at,
    as with a training for each of many days, those made in the same way are told of together after all.
    """
    alike = {key: _likeness(unit) for key, unit in units.items()}
    refined = _refined(alike, needs)
    groups: dict[Any, list[Unit]] = {}
    chosen = refined if len(set(refined.values())) <= _MANY else alike
    for key, unit in units.items():
        groups.setdefault(chosen[key], []).append(unit)
    return [sorted(group, key=lambda unit: order_of(unit.version)) for group in groups.values()]


def _refined(alike: Mapping[Key, Any], needs: Mapping[Key, Sequence[Unit]]) -> dict[Key, int]:
    """Number units so that equal numbers are alike and needed by equal numbers."""
    consumers: dict[Key, list[Key]] = {key: [] for key in alike}
    for key, needed in needs.items():
        for unit in needed:
            consumers[unit.key].append(key)
    numbers, before = _numbered(alike), 0
    while len(set(numbers.values())) > before:
        before = len(set(numbers.values()))
        numbers = _numbered({key: (alike[key], frozenset(numbers[c] for c in consumers[key])) for key in alike})
    return numbers


def _numbered(marks: Mapping[Key, Any]) -> dict[Key, int]:
    known = {mark: number for number, mark in enumerate(dict.fromkeys(marks.values()))}
    return {key: known[mark] for key, mark in marks.items()}


def _likeness(unit: Unit) -> tuple[Any, ...]:
    if unit.job is None:
        return (unit.dataset,)
    if unit.partition is None:
        return unit.key
    code = unit.code or {}
    state = code.get("commit") or code.get("sha256"), code.get("dirty")
    return (*(getattr(unit, name) for name in _ALIKE), *state, unit.suite)


def _id(group: Sequence[Unit]) -> str:
    newest = group[-1]
    return f"{newest.dataset}@{newest.version}" if newest.version else newest.dataset


def _link(group: Sequence[Unit], id: str, inputs: Iterable[str]) -> Link:
    newest = group[-1]
    rows = [unit.rows for unit in group if unit.rows is not None]
    times = [unit.at for unit in group if unit.at is not None]
    return Link(
        id=id,
        dataset=newest.dataset,
        kind=newest.kind,
        versions=tuple(unit.version for unit in group if unit.version),
        partitions=tuple(unit.partition for unit in group if unit.partition is not None),
        rows=sum(rows) if rows else None,
        receipts=tuple(unit.receipt for unit in group if unit.receipt),
        runs=tuple(dict.fromkeys(unit.run for unit in group if unit.run)),
        job=newest.job,
        code=newest.code,
        suite=newest.suite,
        principal=newest.principal,
        first_at=min(times, default=None),
        last_at=max(times, default=None),
        # A partition that was made from an older state of itself is no input of its own group.
        inputs=tuple(dict.fromkeys(each for each in inputs if each != id)),
    )
