"""The standard's library metrics as expectations: a count and what it must be, turned into what GX checks."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hallmark.contracts.document import Node

__all__ = ["OPERATORS", "RULE_METRICS", "library_rules"]

Found = list[tuple[str, dict[str, Any]]]
# A share that must be *above* a bound is above it by at least this: GX compares with "at least".
_ABOVE = 1e-9
_UNITS = ("rows", "percent")


@dataclass(frozen=True)
class Bounds:
    """What a count must be: from ``low`` to ``high``, without the ends themselves where they are strict."""

    low: float = -math.inf
    high: float = math.inf
    strict_low: bool = False
    strict_high: bool = False

    @property
    def least(self) -> int:
        """The least whole number within, and 0 at least."""
        if self.low < 0:
            return 0
        return math.floor(self.low) + 1 if self.strict_low else math.ceil(self.low)

    @property
    def most(self) -> int | None:
        """The greatest whole number within, or None without a bound."""
        if math.isinf(self.high):
            return None
        return math.ceil(self.high) - 1 if self.strict_high else math.floor(self.high)


@dataclass(frozen=True)
class Case:
    """A library rule: where it stands, the column it is about (None for the dataset), its bounds and their unit."""

    node: Node
    column: str | None
    bounds: Bounds
    percent: bool

    @property
    def tolerance(self) -> dict[str, Any] | None:
        """What lets so many through, as an argument of an expectation on rows; None if GX has no word for it."""
        if self.bounds.least > 0:
            return None
        if self.bounds.most == 0 and not (self.percent and self.bounds.high > 0):
            return {}
        if not self.percent or math.isinf(self.bounds.high):
            return None
        share = 1 - self.bounds.high / 100
        return {"mostly": round(share + _ABOVE if self.bounds.strict_high else share, 9)}

    @property
    def of_column(self) -> str:
        if self.column is None:
            raise self.node.fault("counts values of a column", "move it to the quality of that property")
        return self.column


def _exactly(node: Node, key: str) -> Bounds:
    value = float(node.number(key) or 0)
    return Bounds(value, value)


def _not(node: Node, key: str) -> Bounds | None:
    # Of counts, other than 0 means above it. Other exceptions are holes in a range, which GX does not know.
    return Bounds(low=0, strict_low=True) if node.number(key) == 0 else None


def _between(node: Node, key: str) -> Bounds:
    pair = [item.finite() for item in node.items(key)]
    if len(pair) != 2:
        raise node.at(key).fault(f"is {pair!r}", "write two numbers, as in [100, 120]")
    if pair[0] > pair[1]:
        raise node.at(key).fault(f"is {pair!r}", "write the smaller number first")
    return Bounds(float(pair[0]), float(pair[1]))


def _outside(node: Node, key: str) -> None:
    _between(node, key)


def _above(node: Node, key: str) -> Bounds:
    return Bounds(low=float(node.number(key) or 0), strict_low=True)


def _at_least(node: Node, key: str) -> Bounds:
    return Bounds(low=float(node.number(key) or 0))


def _below(node: Node, key: str) -> Bounds:
    return Bounds(high=float(node.number(key) or 0), strict_high=True)


def _at_most(node: Node, key: str) -> Bounds:
    return Bounds(high=float(node.number(key) or 0))


OPERATORS: dict[str, Callable[[Node, str], Bounds | None]] = {
    "mustBe": _exactly,
    "mustNotBe": _not,
    "mustBeGreaterThan": _above,
    "mustBeGreaterOrEqualTo": _at_least,
    "mustBeGreaterThanOrEqualTo": _at_least,
    "mustBeLessThan": _below,
    "mustBeLessOrEqualTo": _at_most,
    "mustBeLessThanOrEqualTo": _at_most,
    "mustBeBetween": _between,
    "mustNotBeBetween": _outside,
}


def library_rules(node: Node, metric: str, column: str | None) -> Found | None:
    """Return the expectations that stand for a rule with a library metric.

    Args:
        node: the rule.
        metric: one of ``RULE_METRICS``.
        column: of the property it stands in; None for a rule on the dataset.

    Returns:
        Types and arguments, or None if GX has none that means the same.

    Raises:
        ContractError: the rule lacks what its metric needs, or nothing can meet it.
    """
    given = [key for key in OPERATORS if node.has(key)]
    if len(given) > 1:
        raise node.fault(f"has {' and '.join(given)}", "keep one of them; for a range write mustBeBetween")
    if not given and metric not in _NONE_UNLESS_SAID:
        raise node.fault("does not say what the count must be", "write mustBe: 0, or another of the standard's bounds")
    bounds = OPERATORS[given[0]](node, given[0]) if given else Bounds(0, 0)
    if bounds is None:
        return None
    if bounds.most is not None and bounds.most < bounds.least:
        raise node.at(given[0]).fault("can be met by no count", "correct the number")
    return RULE_METRICS[metric](Case(node, column, bounds, _percent(node)))


def _percent(node: Node) -> bool:
    unit = node.text("unit") or "rows"
    if unit not in _UNITS:
        raise node.at("unit").fault(f"is {unit!r}", f"use one of {', '.join(_UNITS)}")
    return unit == "percent"


def _null_values(case: Case) -> Found | None:
    about = {"column": case.of_column}
    return None if case.tolerance is None else [("expect_column_values_to_not_be_null", {**about, **case.tolerance})]


def _missing_values(case: Case) -> Found | None:
    about = {"column": case.of_column}
    values = _argument(case, "missingValues")
    texts = [value for value in values if value is not None]
    if case.tolerance is None or (len(texts) < len(values) and case.tolerance and texts):
        return None
    found: Found = []
    if len(texts) < len(values):
        found.append(("expect_column_values_to_not_be_null", {**about, **case.tolerance}))
    if texts:
        found.append(("expect_column_values_to_not_be_in_set", {**about, "value_set": texts, **case.tolerance}))
    return found


def _invalid_values(case: Case) -> Found | None:
    about = {"column": case.of_column}
    pattern = case.node.at("arguments").mapping().text("pattern") if case.node.has("arguments") else None
    valid = case.node.has("validValues") or (
        case.node.has("arguments") and case.node.at("arguments").has("validValues")
    )
    wanted: Found = []
    if valid or pattern is None:
        wanted.append(("expect_column_values_to_be_in_set", {"value_set": _argument(case, "validValues")}))
    if pattern is not None:
        wanted.append(("expect_column_values_to_match_regex", {"regex": pattern}))
    if case.tolerance is None:
        return None
    return [(type_, {**about, **kwargs, **case.tolerance}) for type_, kwargs in wanted]


def _duplicate_values(case: Case) -> Found | None:
    # GX counts all rows of a group of equals, the standard perhaps one less: they agree on none.
    none_at_all = case.tolerance == {}
    if case.column is not None:
        return [("expect_column_values_to_be_unique", {"column": case.column})] if none_at_all else None
    columns = _argument(case, "properties")
    if not none_at_all:
        return None
    if len(columns) == 1:
        return [("expect_column_values_to_be_unique", {"column": columns[0]})]
    return [("expect_compound_columns_to_be_unique", {"column_list": columns})]


def _row_count(case: Case) -> Found | None:
    if case.column is not None:
        raise case.node.fault("counts the rows of the dataset", "move it to the quality of the schema's object")
    if case.percent:
        raise case.node.at("unit").fault("is 'percent', and of nothing", "count in rows")
    least, most = case.bounds.least, case.bounds.most
    kwargs = {"min_value": least or None, "max_value": most}
    given = {key: value for key, value in kwargs.items() if value is not None}
    return [("expect_table_row_count_to_be_between", given or {"min_value": 0})]


def _argument(case: Case, name: str) -> list[Any]:
    """Return a list that the metric needs, from ``arguments`` or, as the first releases had it, beside the metric."""
    arguments = case.node.at("arguments")
    holder = case.node if name == "validValues" and case.node.has(name) else arguments
    values = [item.value for item in holder.mapping().items(name)] if holder.value is not None else []
    if not values:
        raise case.node.fault(f"has no {name} to count with", f"write arguments: {{{name}: […]}}")
    return values


# Under the names of release 3.1, and under those that came before.
RULE_METRICS: dict[str, Callable[[Case], Found | None]] = {
    "nullValues": _null_values,
    "missingValues": _missing_values,
    "invalidValues": _invalid_values,
    "duplicateValues": _duplicate_values,
    "rowCount": _row_count,
    "validValues": _invalid_values,
    "duplicateCount": _duplicate_values,
}
_NONE_UNLESS_SAID = {"validValues"}
