"""A contract held against data: what a reader finds, how old it is, and what the gate has to check."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hallmark.contracts.types import canonical, holds
from hallmark.contracts.values import Contract, Rule
from hallmark.dataset import Column, Dataset
from hallmark.errors import ContractError, closest

__all__ = ["Fault", "check_read", "expectations_of", "promised_rules", "require_readable", "span", "stale"]

NOT_NULL = "expect_column_values_to_not_be_null"
UNIQUE = "expect_column_values_to_be_unique"
UNIQUE_TOGETHER = "expect_compound_columns_to_be_unique"
_META = {"notes": "from the contract"}


@dataclass(frozen=True)
class Fault:
    """One promise that data does not keep; ``column`` is None for one on the dataset."""

    found: str
    column: str | None = None

    def __str__(self) -> str:
        return self.found


def expectations_of(promise: Contract | Dataset, among: Collection[str] | None = None) -> list[dict[str, Any]]:
    """Return what is promised beyond types as expectations in GX's format.

    Args:
        promise: a contract, or a dataset with nullability and keys.
        among: columns that the checked rows have; by default all. A partition column that is not among them is left
            out of a key: in one partition the rest of the key tells the rows apart.

    Returns:
        ``{"type", "kwargs", "severity", "meta"}`` of: columns without nulls, keys, then a contract's quality rules.
    """
    return [rule.to_dict() for rule in promised_rules(promise, among)]


def promised_rules(promise: Contract | Dataset, among: Collection[str] | None = None) -> tuple[Rule, ...]:
    """Return the same as values."""
    columns = promise.columns if isinstance(promise, Contract) else promise.schema
    rules = promise.rules if isinstance(promise, Contract) else ()
    kept = {c.name for c in columns} | {*promise.primary_key, *promise.unique}
    kept = kept if among is None else kept & set(among)
    own = [
        *(Rule(NOT_NULL, {"column": c.name}, meta=_META) for c in columns if not c.nullable and c.name in kept),
        *_keys(promise, kept),
    ]
    known = {(rule.type, rule.columns) for rule in rules if _unconditional(rule)}
    return (*(rule for rule in own if (rule.type, rule.columns) not in known), *rules)


def stale(promise: Contract | Dataset, last_published: datetime | None, now: datetime | None = None) -> str | None:
    """Tell how a dataset is older than its freshness allows, or None if it is not.

    Args:
        promise: says how old the newest version may be; without that nothing is stale.
        last_published: when the newest version was published, None if none ever was; without a zone it is in UTC.
        now: by default the present.
    """
    if promise.freshness is None:
        return None
    if last_published is None:
        return f"no version was ever published, and the contract promises one every {span(promise.freshness)}"
    age = _in_utc(now or datetime.now(UTC)) - _in_utc(last_published)
    if age <= promise.freshness:
        return None
    return (
        f"the newest version was published {span(age)} ago, on {_in_utc(last_published):%Y-%m-%d %H:%M} UTC, "
        f"and the contract promises at most {span(promise.freshness)}"
    )


def check_read(
    promise: Contract | Dataset,
    columns: Sequence[Column],
    published_at: datetime | None,
    *,
    now: datetime | None = None,
    as_stored: Callable[[str], str] = canonical,
) -> list[Fault]:
    """Hold what a reader finds against the contract.

    Columns beyond those of the contract are no fault for a reader, and neither is a narrower type of the same kind.
    Nulls and keys are the gate's to check: a version's columns do not tell them.

    Args:
        promise: the contract, or the dataset that declares as much.
        columns: of the version that is read.
        published_at: when it was published; None if nobody knows.
        now: by default the present.
        as_stored: turns a type of the contract into the one in which the lake holds its values.

    Returns:
        One fault a promise that is not kept, in the order of the contract's columns; an empty list if all are.
    """
    promised = promise.columns if isinstance(promise, Contract) else promise.schema
    there = {c.name: c for c in columns}
    spare = there.keys() - {c.name for c in promised}
    faults: list[Fault] = []
    for column in promised:
        if column.name not in there:
            faults.append(_missing(column, spare))
        # Values of the partition column are texts in the lake, whatever the contract calls them.
        elif column.name != promise.partition_by and not holds(as_stored(column.type), there[column.name].type):
            faults.append(_retyped(column, there[column.name]))
    late = stale(promise, published_at, now)
    return [*faults, Fault(late)] if late else faults


def require_readable(
    promise: Contract | Dataset,
    columns: Sequence[Column],
    published_at: datetime | None,
    *,
    now: datetime | None = None,
    as_stored: Callable[[str], str] = canonical,
) -> None:
    """Do as :func:`check_read` does, and refuse.

    Raises:
        ContractError: a promise is not kept; it names each of them.
    """
    faults = check_read(promise, columns, published_at, now=now, as_stored=as_stored)
    if faults:
        raise ContractError(
            "; ".join(map(str, faults)),
            "ask the owner to publish what the contract promises, or agree on another contract",
            dataset=promise.name,
        )


def _keys(promise: Contract | Dataset, kept: Collection[str]) -> Iterator[Rule]:
    key = tuple(name for name in promise.primary_key if name in kept or name != promise.partition_by)
    if len(key) > 1:
        yield Rule(UNIQUE_TOGETHER, {"column_list": list(key)}, meta=_META)
    alone = key if len(key) == 1 else ()
    for name in dict.fromkeys((*alone, *(n for n in promise.unique if n in kept))):
        yield Rule(UNIQUE, {"column": name}, meta=_META)


def _unconditional(rule: Rule) -> bool:
    return rule.severity == "critical" and not rule.kwargs.keys() & {"mostly", "row_condition"}


def _missing(column: Column, spare: Collection[str]) -> Fault:
    likely = closest(column.name, spare)
    hint = f" (found {likely!r} instead)" if likely else ""
    return Fault(f"column {column.name!r} is missing{hint}", column.name)


def _retyped(column: Column, there: Column) -> Fault:
    return Fault(f"column {column.name!r} is {there.type} where the contract says {column.type}", column.name)


def _in_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def span(age: timedelta) -> str:
    """Return a time in its two greatest units: ``2 d 3 h``, ``45 min``."""
    minutes = int(age.total_seconds() // 60)
    if minutes < 1:
        return f"{int(age.total_seconds())} s"
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [(days, "d"), (hours, "h"), (rest, "min")]
    shown = [f"{number} {unit}" for number, unit in parts if number]
    return " ".join(shown[:2])
