"""What a contract promises of values, in Great Expectations' terms: quality rules, type options, lists of values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from hallmark.contracts.document import Node, parse
from hallmark.contracts.metrics import OPERATORS, RULE_METRICS, library_rules
from hallmark.contracts.values import SEVERITIES, Rule
from hallmark.errors import closest

__all__ = ["Promise", "property_rules", "quality_rules", "suite_rules"]

# A rule, or a note on what nothing checks.
Promise = Rule | str

_QUALITY = {
    "id",
    "name",
    "description",
    "type",
    "metric",
    "rule",
    "arguments",
    "unit",
    "validValues",
    "query",
    "engine",
    "implementation",
    "dimension",
    "method",
    "severity",
    "businessImpact",
    "tags",
    "customProperties",
    "authoritativeDefinitions",
    "schedule",
    "scheduler",
    *OPERATORS,
}
_EXPECTATION = {"id", "type", "expectation_type", "kwargs", "meta", "severity", "notes", "description"}
_TYPES = ("library", "custom", "sql", "text")
_ENGINE = "greatexpectations"
# The standard's words for how bad it is, and Hallmark's.
_SEVERITY = {**{word: word for word in SEVERITIES}, "error": "critical", "warn": "warning"}
_BETWEEN, _LENGTHS = "expect_column_values_to_be_between", "expect_column_value_lengths_to_be_between"
# Options of a logical type, with the expectation and the arguments that stand for each; `None` is their own value.
_OPTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "minLength": (_LENGTHS, {"min_value": None}),
    "maxLength": (_LENGTHS, {"max_value": None}),
    "pattern": ("expect_column_values_to_match_regex", {"regex": None}),
    "minimum": (_BETWEEN, {"min_value": None}),
    "maximum": (_BETWEEN, {"max_value": None}),
    "exclusiveMinimum": (_BETWEEN, {"min_value": None, "strict_min": True}),
    "exclusiveMaximum": (_BETWEEN, {"max_value": None, "strict_max": True}),
}
# These say how values are written or held, which the type has settled.
_DESCRIBING = {"format", "timezone", "defaultTimezone"}
_MOMENTS = {"date": date.fromisoformat, "timestamp": datetime.fromisoformat}


def property_rules(node: Node, column: str) -> Iterator[Promise]:
    """Yield what a property promises of its values beyond type, nulls and keys."""
    yield from _option_rules(node, column)
    values = [_allowed(item) for item in node.items("enum")]
    if values:
        yield Rule("expect_column_values_to_be_in_set", {"column": column, "value_set": values})
    yield from quality_rules(node, column)


def quality_rules(node: Node, column: str | None = None) -> Iterator[Promise]:
    """Yield what the quality list of a dataset, or of one column, promises.

    Raises:
        ContractError: a rule is not one of the standard, or contradicts itself.
    """
    for rule in node.items("quality"):
        rule.mapping(_QUALITY)
        kind = rule.text("type") or ("library" if rule.has("metric") or rule.has("rule") else None)
        if kind not in _TYPES:
            raise rule.at("type").fault(f"is {kind!r}" if kind else "is missing", f"use one of {', '.join(_TYPES)}")
        yield from _BY_TYPE[kind](rule, column)


def suite_rules(text: str, origin: str) -> tuple[Rule, ...]:
    """Return the expectations of a suite in GX's format.

    Raises:
        ContractError: it is not one.
    """
    suite = parse(text, origin).mapping()
    if not suite.has("expectations"):
        raise suite.fault("has no expectations", "write expectations: [{type, kwargs}]")
    return tuple(_expectation(item, None, "critical", {}) for item in suite.items("expectations"))


def _library(rule: Node, column: str | None) -> Iterator[Promise]:
    key = "metric" if rule.has("metric") else "rule"
    name = rule.needed(key, "nullValues")
    if name not in RULE_METRICS:
        likely = closest(name, RULE_METRICS)
        raise rule.at(key).fault(
            f"{name!r} is unknown", f"did you mean {likely}?" if likely else f"use one of {', '.join(RULE_METRICS)}"
        )
    found = library_rules(rule, name, column)
    if found is None:
        yield f"{rule.field}: Great Expectations has nothing that counts {name} so; write it as one of its expectations"
        return
    severity, meta = _severity(rule), _meta(rule)
    yield from (Rule(type_, kwargs, severity, meta) for type_, kwargs in found)


def _custom(rule: Node, column: str | None) -> Iterator[Promise]:
    engine = rule.needed("engine", "greatExpectations")
    if re.sub(r"[^a-z]", "", engine.lower()) != _ENGINE:
        yield f"{rule.field}: the engine {engine} is not Hallmark's; write the rule for greatExpectations"
        return
    written = rule.at("implementation")
    if isinstance(written.value, str):
        inner = parse(written.value, f"{rule.origin}, {written.field}")
        written = Node(inner.value, written.path, rule.origin, rule.lines)
    yield _expectation(written, column, _severity(rule), _meta(rule))


def _sql(rule: Node, _column: str | None) -> Iterator[Promise]:
    rule.needed("query", "SELECT …")
    yield f"{rule.field}: SQL rules are not run; write it as an expectation, for example unexpected_rows_expectation"


def _text(rule: Node, _column: str | None) -> Iterator[Promise]:
    yield f"{rule.field}: a text is for people, and nothing checks it"


_BY_TYPE = {"library": _library, "custom": _custom, "sql": _sql, "text": _text}


def _expectation(node: Node, column: str | None, severity: str, meta: dict[str, Any]) -> Rule:
    """Return one expectation as GX writes it; in a property it is about that column unless it says otherwise."""
    node.mapping(_EXPECTATION)
    key = "type" if node.has("type") else "expectation_type"
    type_ = node.needed(key, "expect_column_values_to_be_between")
    if type_ != type_.lower() or not re.fullmatch(r"\w+", type_):
        raise node.at(key).fault(f"{type_!r} is no expectation", "write GX's name, such as expect_column_to_exist")
    kwargs = _inner(node, "kwargs")
    if column is not None and type_.startswith("expect_column_") and not kwargs.keys() & _COLUMNS:
        kwargs = {"column": column, **kwargs}
    chosen = _severity(node) if node.has("severity") else severity
    return Rule(type_, kwargs, chosen, {**meta, **_inner(node, "meta")})


_COLUMNS = {"column", "column_A", "column_B", "column_list", "column_set"}


def _inner(node: Node, key: str) -> dict[str, Any]:
    return dict(node.at(key).mapping().value) if node.has(key) else {}


def _severity(node: Node) -> str:
    given = node.text("severity") or "critical"
    if given not in _SEVERITY:
        raise node.at("severity").fault(f"is {given!r}", f"use one of {', '.join(reversed(SEVERITIES))}")
    return _SEVERITY[given]


def _meta(rule: Node) -> dict[str, Any]:
    notes = rule.text("description") or rule.text("name")
    return {"notes": notes} if notes else {}


def _option_rules(node: Node, column: str) -> Iterator[Promise]:
    options = node.at("logicalTypeOptions")
    if options.value is None:
        return
    found: dict[str, dict[str, Any]] = {}
    for name in options.mapping().value:
        option = options.at(name)
        if name in _OPTIONS and node.text("logicalType") != "time":
            type_, template = _OPTIONS[name]
            value = _checked(option, name, node.text("logicalType"))
            given = {key: value if default is None else default for key, default in template.items()}
            if given.keys() & found.get(type_, {}).keys():
                raise option.fault("bounds what another option bounds too", "keep one of the two")
            found.setdefault(type_, {}).update(given)
        elif name not in _DESCRIBING:
            yield f"{option.field}: nothing checks this option"
    yield from (Rule(type_, {"column": column, **kwargs}) for type_, kwargs in found.items())


def _checked(option: Node, name: str, logical: str | None) -> Any:
    """Return an option's value in the form in which GX compares it."""
    if name == "pattern":
        return _pattern(option)
    value = option.value
    if logical in _MOMENTS and name not in ("minLength", "maxLength"):
        try:
            return _MOMENTS[logical](value.isoformat() if isinstance(value, date) else str(value)).isoformat()
        except ValueError as error:
            raise option.fault(f"{value!r} is no {logical}", "write it as 2026-11-23 or 2026-11-23T10:00:00") from error
    return option.finite()


def _pattern(option: Node) -> str:
    try:
        re.compile(option.value)
    except (re.error, TypeError) as error:
        raise option.fault(f"{option.value!r} is no regular expression ({error})", "mend the expression") from error
    return str(option.value)


def _allowed(item: Node) -> Any:
    value = item.mapping().at("value").value if isinstance(item.value, dict) else item.value
    if value is None or isinstance(value, (dict, list)):
        raise item.fault("has no value", "write value: …")
    return value.isoformat() if isinstance(value, date) else value
