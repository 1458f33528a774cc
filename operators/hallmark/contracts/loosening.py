"""Two forms of one expectation compared: which lets more through."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from hallmark.contracts.values import SEVERITIES, Rule

__all__ = ["Shift", "same_check", "shifts"]

Direction = Literal["looser", "tighter", "unclear"]
# How GX reports, not what it checks; and what is compared apart.
_ASIDE = {"result_format", "catch_exceptions", "batch_id", "meta", "notes", "severity", "condition_parser"}
_ENDS = (("min_value", "strict_min", True), ("max_value", "strict_max", False))
# The more there are in such a list, the harder it is to meet.
_LONGER_IS_TIGHTER = {"expect_column_values_to_not_be_in_set", "expect_column_distinct_values_to_contain_set"}
_LONGER_IS_LOOSER = {
    "expect_column_values_to_be_in_set",
    "expect_column_distinct_values_to_be_in_set",
    "expect_column_most_common_value_to_be_in_set",
}


@dataclass(frozen=True)
class Shift:
    """How one argument of an expectation changed, and whether it lets more through for it."""

    direction: Direction
    says: str


def same_check(one: Rule, other: Rule) -> bool:
    """Tell whether two rules are of one type, on the same columns and rows."""
    return (one.type, one.columns, _rows(one)) == (other.type, other.columns, _rows(other))


def shifts(old: Rule, new: Rule) -> list[Shift]:
    """Return what changed between two forms of the same check; an empty list if nothing did."""
    return [*_severity(old, new), *_bounds(old, new), *_arguments(old, new)]


def _rows(rule: Rule) -> str:
    return _key(rule.kwargs.get("row_condition"))


def _severity(old: Rule, new: Rule) -> Iterator[Shift]:
    before, after = SEVERITIES.index(old.severity), SEVERITIES.index(new.severity)
    if before != after:
        yield Shift("looser" if after < before else "tighter", f"severity {old.severity} → {new.severity}")


def _bounds(old: Rule, new: Rule) -> Iterator[Shift]:
    for name, strict, low in _ENDS:
        before, after = ((r.kwargs.get(name), bool(r.kwargs.get(strict))) for r in (old, new))
        if before != after and not (before[0] is None and after[0] is None):
            yield Shift(_moved(before, after, low), f"{name} {_bound(before)} → {_bound(after)}")


def _moved(before: tuple[Any, bool], after: tuple[Any, bool], low: bool) -> Direction:
    """Return where an end of a range went; ``low`` tells which of the two ends it is."""
    if before[0] is None or after[0] is None:
        return "tighter" if before[0] is None else "looser"
    if before[0] == after[0]:
        return "tighter" if after[1] else "looser"
    if not _ordered(before[0], after[0]):
        return "unclear"
    return "tighter" if (after[0] > before[0]) == low else "looser"


def _ordered(*values: Any) -> bool:
    """Tell whether values are all numbers or all texts; a parameter is known at the run alone."""
    return all(isinstance(v, (int, float)) for v in values) or all(isinstance(v, str) for v in values)


def _bound(end: tuple[Any, bool]) -> str:
    return "none" if end[0] is None else f"{_shown(end[0])}{' (itself excluded)' if end[1] else ''}"


def _arguments(old: Rule, new: Rule) -> Iterator[Shift]:
    settled = {*_ASIDE, "row_condition", *(name for end in _ENDS for name in end[:2])}
    for name in sorted((old.kwargs.keys() | new.kwargs.keys()) - settled):
        default = _DEFAULTS.get(name)
        before, after = (r.kwargs.get(name, default) for r in (old, new))
        if _key(before) != _key(after):
            yield _COMPARED.get(name, _unclear)(old.type, name, before, after)


def _unclear(_type: str, name: str, before: Any, after: Any) -> Shift:
    return Shift("unclear", f"{name} {_shown(before)} → {_shown(after)}")


def _share(_type: str, name: str, before: Any, after: Any) -> Shift:
    direction: Direction = "unclear"
    if _ordered(before, after):
        direction = "tighter" if after > before else "looser"
    return Shift(direction, f"{name} {_shown(before)} → {_shown(after)}")


def _values(type_: str, name: str, before: Any, after: Any) -> Shift:
    """Compare lists of values, whose order does not matter."""
    if not isinstance(before, list) or not isinstance(after, list):
        return _unclear(type_, name, before, after)
    old, new = {_key(v) for v in before}, {_key(v) for v in after}
    gained, lost = [v for v in after if _key(v) not in old], [v for v in before if _key(v) not in new]
    says = [f"{what} {', '.join(map(_shown, found))}" for what, found in (("with", gained), ("without", lost)) if found]
    if type_ in _LONGER_IS_LOOSER:
        direction: Direction = "looser" if gained else "tighter"
    elif type_ in _LONGER_IS_TIGHTER:
        direction = "looser" if lost else "tighter"
    else:
        direction = "unclear"
    return Shift(direction, f"{name} {' and '.join(says) or 'in another order'}")


_DEFAULTS: dict[str, Any] = {"mostly": 1}
_COMPARED: dict[str, Callable[[str, str, Any, Any], Shift]] = {"mostly": _share, "value_set": _values}


def _key(value: Any) -> str:
    """Return a text that is the same for equal values: 1 and 1.0 are, 1 and true are not."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value, default=str, sort_keys=True)


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
