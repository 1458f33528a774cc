"""What a contract says beside its schema: service levels, the team, and what the standard has no field for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from hallmark.contracts.document import Node

__all__ = ["own_properties", "owner_of", "purpose_of", "service_levels"]

_SLA = {"id", "property", "value", "valueExt", "unit", "element", "driver", "description", "scheduler", "schedule"}
# How old the newest version may be; both names, and the standard's short ones, mean the time since it was published.
_AGE = {"freshness", "fr", "latency", "ly"}
_UNITS = {
    **dict.fromkeys(("s", "sec", "second", "seconds"), timedelta(seconds=1)),
    **dict.fromkeys(("m", "min", "minute", "minutes"), timedelta(minutes=1)),
    **dict.fromkeys(("h", "hr", "hour", "hours"), timedelta(hours=1)),
    **dict.fromkeys(("d", "day", "days"), timedelta(days=1)),
    **dict.fromkeys(("w", "week", "weeks"), timedelta(weeks=1)),
}


def service_levels(
    root: Node, columns: Sequence[str]
) -> tuple[timedelta | None, tuple[tuple[str, str], ...], tuple[str, ...]]:
    """Return the freshness, the terms that Hallmark does not measure, and notes on them."""
    age: timedelta | None = None
    others, notes = [], []
    for node in root.items("slaProperties"):
        name = node.mapping(_SLA).needed("property", "freshness")
        if name.lower() not in _AGE:
            others.append((name, " ".join(str(node.at(k).value) for k in ("value", "unit") if node.has(k))))
            notes.append(f"{node.field}: nothing measures {name}")
            continue
        if age is not None:
            raise node.fault("says a second time how old the data may be", "keep one of freshness and latency")
        age = _age(node)
        notes.extend(_of_column(node, columns))
    return age, tuple(others), tuple(notes)


def _age(node: Node) -> timedelta:
    value = node.number("value")
    if value is None or not value > 0:
        raise node.at("value").fault(f"is {node.at('value').value!r}", "write a number above zero")
    unit = node.needed("unit", "h")
    if unit.lower() not in _UNITS:
        raise node.at("unit").fault(f"is {unit!r}", "use one of min, h, d")
    try:
        return value * _UNITS[unit.lower()]
    except OverflowError as error:
        raise node.at("value").fault(f"is {value!r}, which is no time", "write fewer days") from error


def _of_column(node: Node, columns: Sequence[str]) -> Iterator[str]:
    """Note that freshness is that of versions where the contract has it of a column's values."""
    for element in (node.text("element") or "").split(","):
        name = element.strip().rpartition(".")[2]
        if name in columns:
            yield f"{node.field}: it is held against the time of publication, not against the values of {name}"


def owner_of(root: Node) -> str | None:
    """Return the team, or whoever is its owner; release 3.0 has a list of members in the place of the team."""
    team = root.at("team")
    if team.value is None:
        return None
    members = list(root.items("team")) if isinstance(team.value, list) else list(team.mapping().items("members"))
    name = None if isinstance(team.value, list) else team.text("name")
    owners = [m for m in members if (m.mapping().text("role") or "").lower() == "owner"]
    return name or next((m.needed("username", "ann@shop.example") for m in owners), None)


def purpose_of(root: Node) -> str | None:
    """Return what the dataset is for."""
    described = root.at("description")
    return described.mapping().text("purpose") if described.value is not None else None


def own_properties(root: Node) -> Node:
    """Return the contract's own properties as one mapping by name."""
    values, lines = {}, dict(root.lines)
    for node in root.items("customProperties"):
        name = node.mapping().needed("property", "suite")
        values[name] = node.at("value").value
        lines["customProperties", name] = root.lines.get((*node.path, "value"), 0)
    return Node(values, ("customProperties",), root.origin, lines)
