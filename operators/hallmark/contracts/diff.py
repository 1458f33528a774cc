"""What changed between two contracts, and whether a reader breaks on it.

The judge is the reader of the data: whoever relied on the old contract must be able to rely on the new one. A promise
that is withdrawn or loosened is breaking, one that is added or tightened is compatible, and what promises nothing
(owner, description, tags) is informative.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from hallmark.contracts.changes import Change, Kind, told
from hallmark.contracts.check import span
from hallmark.contracts.rule_changes import rule_changes
from hallmark.contracts.types import canonical, holds
from hallmark.contracts.values import Contract
from hallmark.dataset import Column
from hallmark.errors import closest

__all__ = ["diff"]

_ORDER = ("breaking", "compatible", "informative")
# How like its old name a column's new one must be for the two to be taken for one column.
_ALIKE = 0.6
# How far a class of data is kept from people, by the words in use; what is not here cannot be ranked.
_SECRECY = {"public": 0, "internal": 1, "restricted": 2, "confidential": 3, "personal": 3, "secret": 4}


def diff(old: Contract, new: Contract) -> list[Change]:
    """Return what changed from one contract to the next, what breaks readers first.

    A breaking change wants a new major version: if the version does not say so, that is one more breaking change.
    Suites are compared where :func:`with_suite` has read them.
    """
    changes = [change for compare in _COMPARISONS for change in compare(old, new)]
    changes += _version(old, new, changes)
    return sorted(changes, key=lambda change: _ORDER.index(change.kind))


def _name(old: Contract, new: Contract) -> Iterator[Change]:
    if old.name != new.name:
        yield Change("breaking", "schema.name", f"{old.name} → {new.name}", "readers look for the dataset by its name")


def _columns(old: Contract, new: Contract) -> Iterator[Change]:
    before, after = _by_name(old), _by_name(new)
    gone = [c for name, c in before.items() if name not in after]
    came = {name: c for name, c in after.items() if name not in before}
    for column in gone:
        renamed = _successor(column, came)
        if renamed is None:
            yield Change("breaking", _of(column), "removed", "readers of the column find none")
        else:
            del came[renamed]
            yield Change("breaking", _of(column), f"probably renamed to {renamed}", "readers know it by its old name")
    for column in came.values():
        yield Change("compatible", _of(column), f"added ({column.type})", "readers that name their columns see nothing")
    for name, column in before.items():
        if name in after:
            yield from _column(column, after[name])
    if [n for n in before if n in after] != [n for n in after if n in before]:
        yield Change("informative", "properties", "in another order", "only readers by position notice")


def _column(old: Column, new: Column) -> Iterator[Change]:
    yield from _type(old, new)
    yield from _classification(old, new)
    if old.description != new.description:
        yield told(f"{_of(new)}.description", old.description, new.description)


def _type(old: Column, new: Column) -> Iterator[Change]:
    if canonical(old.type) == canonical(new.type):
        return
    says = f"{old.type} → {new.type}"
    if holds(new.type, old.type):
        why = "wider, of the same kind: every old value fits, and a reader's own narrower column has to be widened"
        yield Change("compatible", f"{_of(new)}.physicalType", says, why)
    else:
        narrowed = holds(old.type, new.type)
        why = "narrower: values that were right are no more" if narrowed else "another kind of values"
        yield Change("breaking", f"{_of(new)}.physicalType", says, why)


def _classification(old: Column, new: Column) -> Iterator[Change]:
    if old.classification == new.classification:
        return
    before, after = _secrecy(old), _secrecy(new)
    path, says = f"{_of(new)}.classification", f"{old.classification or 'none'} → {new.classification or 'none'}"
    if old.personal and not new.personal:
        yield Change("breaking", path, says, "values that were masked will be shown")
    elif before is None or after is None or before == after:
        yield Change("informative", path, says, "another word, which says nothing of more or less protection")
    elif after < before:
        yield Change("breaking", path, says, "the values are less protected than was promised")
    else:
        yield Change("compatible", path, says, "the values are protected more")


def _primary_key(old: Contract, new: Contract) -> Iterator[Change]:
    if old.primary_key == new.primary_key:
        return
    says = f"{', '.join(old.primary_key) or 'none'} → {', '.join(new.primary_key) or 'none'}"
    if not old.primary_key:
        yield Change("compatible", "primaryKey", says, "a key is promised where there was none")
    elif set(old.primary_key) == set(new.primary_key):
        yield Change("informative", "primaryKey", says, "the same columns in another order")
    else:
        yield Change("breaking", "primaryKey", says, "readers join and deduplicate by the old key")


def _freshness(old: Contract, new: Contract) -> Iterator[Change]:
    if old.freshness == new.freshness:
        return
    path, says = "slaProperties.freshness", f"{_age(old)} → {_age(new)}"
    if old.freshness and (new.freshness is None or new.freshness > old.freshness):
        yield Change("breaking", path, says, "the data may be older than readers count on")
    else:
        yield Change("compatible", path, says, "the data is promised fresher")


def _partition(old: Contract, new: Contract) -> Iterator[Change]:
    if old.partition_by != new.partition_by:
        says = f"{old.partition_by or 'none'} → {new.partition_by or 'none'}"
        yield Change("breaking", "partitioned", says, "readers ask for partitions by the old column")


def _openness(old: Contract, new: Contract) -> Iterator[Change]:
    if old.allow_new_columns != new.allow_new_columns:
        path, says = "customProperties.allowNewColumns", f"{old.allow_new_columns} → {new.allow_new_columns}".lower()
        yield Change("compatible", path, says, "more columns are no fault to readers that name theirs")


def _status(old: Contract, new: Contract) -> Iterator[Change]:
    if old.status == new.status:
        return
    kind, why = _STATUS.get(new.status.lower(), ("informative", "it promises nothing"))
    yield Change(kind, "status", f"{old.status} → {new.status}", why)


def _remarks(old: Contract, new: Contract) -> Iterator[Change]:
    for path, read in _REMARKS.items():
        if read(old) != read(new):
            yield told(path, read(old), read(new))
    before, after = dict(old.other_terms), dict(new.other_terms)
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            yield told(f"slaProperties.{name}", before.get(name), after.get(name))


def _version(old: Contract, new: Contract, changes: Sequence[Change]) -> list[Change]:
    breaking = sum(change.kind == "breaking" for change in changes)
    before, after = _major(old.version), _major(new.version)
    known = before is not None and after is not None
    raised = after > before if before is not None and after is not None else old.version != new.version
    says = f"{old.version} → {new.version}" if old.version != new.version else f"still {old.version}"
    if breaking and not raised:
        wanted = f"{before + 1}.0.0" if known and before is not None else "a new one"
        return [Change("breaking", "version", says, f"what breaks readers wants a new major version: {wanted}")]
    if old.version == new.version and any(change.kind == "compatible" for change in changes):
        return [Change("informative", "version", says, "a new minor version would tell readers of the changes")]
    return [Change("informative", "version", says, "as was declared")] if old.version != new.version else []


_COMPARISONS: tuple[Callable[[Contract, Contract], Iterator[Change]], ...] = (
    _name,
    _columns,
    _primary_key,
    rule_changes,
    _freshness,
    _partition,
    _openness,
    _status,
    _remarks,
)
_REMARKS: Mapping[str, Callable[[Contract], str | None]] = {
    "id": lambda contract: contract.id,
    "domain": lambda contract: contract.domain,
    "team": lambda contract: contract.owner,
    "description": lambda contract: contract.description,
    "tags": lambda contract: ", ".join(sorted(contract.tags)) or None,
    "customProperties.suite": lambda contract: contract.suite,
}
_STATUS: Mapping[str, tuple[Kind, str]] = {
    "retired": ("breaking", "nothing will be published any more"),
    "deprecated": ("informative", "readers should look for another dataset"),
}


def _by_name(contract: Contract) -> dict[str, Column]:
    return {column.name: column for column in contract.columns}


def _of(column: Column) -> str:
    return f"properties.{column.name}"


def _successor(column: Column, came: Mapping[str, Column]) -> str | None:
    """Return the new column that the old one most likely became: of the same type and with a similar name."""
    alike = [name for name, other in came.items() if canonical(other.type) == canonical(column.type)]
    return closest(column.name, alike, cutoff=_ALIKE)


def _age(contract: Contract) -> str:
    return span(contract.freshness) if contract.freshness else "none"


def _secrecy(column: Column) -> int | None:
    return _SECRECY.get((column.classification or "public").lower())


def _major(version: str) -> int | None:
    found = re.match(r"v?(\d+)(?=\.|$)", version)
    return int(found[1]) if found else None
