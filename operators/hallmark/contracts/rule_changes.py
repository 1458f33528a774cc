"""What changed in what two contracts promise of the values, wherever each of them says it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from hallmark.contracts.changes import Change, Kind
from hallmark.contracts.check import NOT_NULL, UNIQUE, promised_rules
from hallmark.contracts.loosening import Shift, same_check, shifts
from hallmark.contracts.values import Contract, Rule

__all__ = ["rule_changes"]

_WITHDRAWN = {NOT_NULL: "nulls may come where there were none", UNIQUE: "values may repeat that did not"}
_FIELDS = {NOT_NULL: "required", UNIQUE: "unique"}
_TIGHTER = "the data is held to more than before"
_LOOSER = "values that were refused may come"


def rule_changes(old: Contract, new: Contract) -> Iterator[Change]:
    """Yield what was withdrawn, loosened, tightened or added.

    A rule that moves, say from the quality of a column to its ``required``, is no change. Primary keys are compared
    as such elsewhere, and rules on a column that came or went are that column's change.
    """
    shared = {c.name for c in old.columns} & {c.name for c in new.columns}
    before, after = _about(old, shared), _about(new, shared)
    kept = [rule for rule in after if any(_same(rule, each) for each in before)]
    told: list[Rule] = []
    for rule in _about(replace(old, primary_key=()), shared):
        # What another rule of the old contract promised already, and the new one keeps, goes unnoticed.
        if not any(_implied(rule, each) for each in kept):
            successor = _successor(rule, after)
            yield from _fate(rule, successor)
            told += [successor] if successor else []
    for rule in _about(replace(new, primary_key=()), shared):
        if rule not in told and not any(_implied(rule, each) for each in before):
            yield Change("compatible", _place(rule), f"added: {_spelled(rule)}", _TIGHTER)


def _about(contract: Contract, shared: set[str]) -> list[Rule]:
    own = {c.name for c in contract.columns} - shared
    return [rule for rule in promised_rules(contract) if not own & set(rule.columns)]


def _successor(rule: Rule, after: Sequence[Rule]) -> Rule | None:
    """Return the rule that keeps most of an old one's promise, None if there is none on the same columns and rows."""
    same = [each for each in after if same_check(rule, each)]
    return min(same, key=lambda each: _harm(shifts(rule, each)), default=None)


def _implied(rule: Rule, by: Rule) -> bool:
    return same_check(rule, by) and _harm(shifts(rule, by)) < _HARM["unclear"]


def _same(rule: Rule, other: Rule) -> bool:
    return same_check(rule, other) and not shifts(rule, other)


def _fate(rule: Rule, successor: Rule | None) -> Iterator[Change]:
    """Yield what became of a rule, nothing if it stayed as it was."""
    if successor is None:
        yield Change("breaking", _place(rule), f"removed: {_spelled(rule)}", _WITHDRAWN.get(rule.type, _LOOSER))
        return
    found = shifts(rule, successor)
    if found:
        says = f"{_short(rule)}: {'; '.join(shift.says for shift in found)}"
        kind: Kind = "breaking" if _harm(found) > _HARM["tighter"] else "compatible"
        yield Change(kind, _place(rule), says, _MEANS[_harm(found)])


def _harm(found: Sequence[Shift]) -> int:
    """Rank what became of a rule: 0 the same, 1 tighter, 2 unclear, 3 looser."""
    return max((_HARM[shift.direction] for shift in found), default=0)


_HARM = {"tighter": 1, "unclear": 2, "looser": 3}
_MEANS = {1: _TIGHTER, 2: "whether it still refuses as much cannot be told", 3: _LOOSER}


def _place(rule: Rule) -> str:
    plain = rule.kwargs.keys() == {"column"}
    field = _FIELDS.get(rule.type, "quality") if plain else "quality"
    return f"properties.{rule.columns[0]}.{field}" if len(rule.columns) == 1 else field


def _spelled(rule: Rule) -> str:
    rest = {k: v for k, v in rule.kwargs.items() if k not in ("column", "column_A", "column_B", "column_list")}
    shown = ", ".join(f"{key}={value}" for key, value in rest.items())
    return f"{_short(rule)} ({shown})" if shown else _short(rule)


def _short(rule: Rule) -> str:
    """Return GX's name without its first word; columns are named where the field does not name them."""
    several = f"{', '.join(rule.columns)}: " if len(rule.columns) > 1 else ""
    return several + rule.type.removeprefix("expect_")
