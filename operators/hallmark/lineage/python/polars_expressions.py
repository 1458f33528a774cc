"""What a Polars expression does to the columns in it: which go into its value, and which only decide.

Two tables say it: the operands of each kind of expression, and the functions that aggregate, hide or order a value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp

from hallmark.lineage.python.polars_ir import Plan, function_of
from hallmark.lineage.python.values import Untraceable
from hallmark.lineage.sql.flows import (
    AGGREGATION,
    CONDITIONAL,
    IDENTITY,
    SORT,
    TRANSFORMATION,
    WINDOW,
    Flow,
    Flows,
    Origin,
    Step,
    absorb,
    through,
)
from hallmark.lineage.sql.scopes import Field

__all__ = ["Columns", "Expressions", "Value", "reason_of", "single"]

# The columns an expression can use; None where a column's own origin is not told.
Columns = Mapping[str, Field | None]
Influences = dict[tuple[Origin, str], Flow]
DIRECT = ""


@dataclass(frozen=True)
class Value:
    """What an expression gives.

    Args:
        flows: the source columns that reach it.
        text: the expression, for a reader.
        parts: the flows into each field of a structure, where they are known apart.
        length: the source columns that decide how many values there are.
    """

    flows: Flows
    text: str
    parts: Mapping[str, Flows] = field(default_factory=dict)
    length: Flows = field(default_factory=dict)


# The operands of each kind of expression, and the role of each; all that is not DIRECT only decides.
_OPERANDS: dict[str, tuple[tuple[str, str], ...]] = {
    "Literal": (),
    "Len": (),
    "Alias": (("expr", DIRECT),),
    "Cast": (("expr", DIRECT),),
    "BinaryExpr": (("left", DIRECT), ("right", DIRECT)),
    "Ternary": (("predicate", CONDITIONAL), ("truthy", DIRECT), ("falsy", DIRECT)),
    "Function": (("input", DIRECT),),
    "Agg": (("arguments", DIRECT),),
    "Filter": (("input", DIRECT), ("by", CONDITIONAL)),
    "Sort": (("expr", DIRECT),),
    "SortBy": (("expr", DIRECT), ("by", SORT)),
    "Gather": (("expr", DIRECT), ("idx", CONDITIONAL)),
    "Slice": (("input", DIRECT), ("offset", CONDITIONAL), ("length", CONDITIONAL)),
    "Explode": (("expr", DIRECT),),
    "Window": (("function", DIRECT), ("partition_by", WINDOW), ("order_by", WINDOW)),
    "Rolling": (("function", DIRECT), ("index_column", WINDOW)),
}
_AGGREGATES = frozenset(
    """
    all any approx_n_unique arg_max arg_min concat_vertical corr cov entropy has_nulls hist implode kurtosis max max_by
    mean median min min_by mode n_unique null_count product quantile skew std sum unique_counts value_counts var
    """.split()  # noqa: SIM905
)
_MASKING = frozenset({"count", "n_unique", "approx_n_unique", "null_count", "hash", "len", "unique_counts"})
# From which operand on the operands of a function only decide.
_DECIDING: dict[str, tuple[int, str]] = {
    "max_by": (1, SORT),
    "min_by": (1, SORT),
    "top_k_by": (1, SORT),
    "interpolate_by": (1, WINDOW),
}
# What may give fewer values, or more, depending on the values.
_LENGTH = frozenset(
    "arg_unique argwhere drop_nans drop_nulls hist mode rle unique unique_counts value_counts".split()  # noqa: SIM905
)
_SYMBOLS = {
    **{"Plus": "+", "Minus": "-", "Multiply": "*", "Divide": "/", "TrueDivide": "/", "FloorDivide": "//"},
    **{"Modulus": "%", "Eq": "==", "NotEq": "!=", "Gt": ">", "GtEq": ">=", "Lt": "<", "LtEq": "<="},
    **{"EqValidity": "is", "NotEqValidity": "is not"},
    **{"And": "&", "LogicalAnd": "&", "Or": "|", "LogicalOr": "|", "Xor": "^"},
}
_LITERAL = 40


class Expressions:
    """Reads the expressions of one plan, in the order in which the plan holds them."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._seen = {-1}

    def value(self, number: int, columns: Columns) -> Value:
        """Return what an expression gives.

        Raises:
            Untraceable: it is of no known kind, or uses a column whose origin is not told.
        """
        try:
            return self._value(number, columns)
        finally:
            # Also when the trace ends: what comes next must not be taken for a part of this one.
            self._seen.add(number)

    def conditions(self, number: int, columns: Columns) -> Iterator[Value]:
        """Yield the conditions that AND joins, so that each column is described by its own."""
        body = self._plan.expression(number)
        if type(body).__name__ == "BinaryExpr" and _operator(body) in {"And", "LogicalAnd"}:
            for side in (body.left, body.right):
                yield from self.conditions(side, columns)
            self._seen.add(number)
        else:
            yield self.value(number, columns)

    def _value(self, number: int, columns: Columns) -> Value:
        body = self._plan.expression(number)
        if body is None:
            return self._python(number, columns)
        kind = type(body).__name__
        if kind == "Column":
            return _column(str(body.name), columns)
        if kind not in _OPERANDS:
            raise Untraceable(f"the expression {kind}")
        operands = [(role, self.value(one, columns)) for role, one in _operands(kind, body)]
        name = _name(kind, body)
        text = _written(kind, body, name, [one.text for _, one in operands])
        step = Step(_effect(kind, name), exp.var(text), name in _MASKING)
        flows: Influences = {}
        for role, operand in operands:
            absorb(flows, operand.flows, step.deciding(role, exp.var(operand.text)) if role else step)
        made = Value(flows, text, length=_length(kind, name, operands))
        return self._structured(number, body, name, made, [one for _, one in operands])

    def _python(self, number: int, columns: Columns) -> Value:
        """A Python function over expressions: its arguments are what stands in the plan before it and is not used."""
        names = self._plan.columns_between(max(one for one in self._seen if one < number), number)
        text = f"a Python function of {', '.join(names) or 'nothing'}"
        flows: Influences = {}
        for name in names:
            absorb(flows, _column(name, columns).flows, Step(TRANSFORMATION, exp.var(text)))
        return Value(flows, text)

    def _structured(self, number: int, body: Any, name: str, made: Value, operands: Sequence[Value]) -> Value:
        """Keep the fields of a structure apart while it is made and taken apart."""
        if name == "as_struct":
            names = self._plan.parts_of(number)
            same = len(names) == len(operands)
            parts = {part: one.flows for part, one in zip(names, operands, strict=True)} if same else {}
            return Value(made.flows, made.text, parts, made.length)
        if name == "field_by_name":
            flows = single(operands[0].flows, operands[0].parts, str(function_of(body)[1][0]), made.text)
            return Value(flows, made.text, length=made.length)
        return made


def single(whole: Flows, parts: Mapping[str, Flows], name: str, text: str) -> Flows:
    """Return the flows into one field of a structure.

    Raises:
        Untraceable: the structure is made of several columns, and which of them the field is of is not told.
    """
    if name not in parts and len({flow.origin for flow in whole.values()}) > 1:
        raise Untraceable(f"the field {name!r} of a structure made of several columns")
    return through(parts.get(name, whole), Step(TRANSFORMATION, exp.var(text)))


def reason_of(error: Exception) -> str:
    """Return what ended a trace, in words: Polars may name or shape a part otherwise in another version."""
    return (
        str(error)
        if isinstance(error, Untraceable)
        else f"a part of the plan that this Polars shows otherwise: {error}"
    )


def _column(name: str, columns: Columns) -> Value:
    known = columns.get(name)
    if known is None:
        raise Untraceable(f"column {name!r}, which is not told itself")
    return Value(known.flows, name, known.parts)


def _operands(kind: str, body: Any) -> Iterator[tuple[str, int]]:
    deciding, role_then = _decides(body) if kind == "Function" else (None, DIRECT)
    for attribute, role in _OPERANDS[kind]:
        value = getattr(body, attribute)
        for position, one in enumerate(value if isinstance(value, (list, tuple)) else [value]):
            if one is not None:
                yield (role_then if deciding is not None and position >= deciding else role), one


def _decides(body: Any) -> tuple[int | None, str]:
    full = function_of(body)[0]
    if full.startswith("RollingFunctionBy.") or (full.startswith("EwmFunction.") and full.endswith("By")):
        return 1, WINDOW
    return _DECIDING.get(_snake(full), (None, DIRECT))


def _name(kind: str, body: Any) -> str:
    """Return the function's name as a reader knows it: ``BooleanFunction.IsIn`` is ``is_in``."""
    names: dict[str, Callable[[], str]] = {"Function": lambda: function_of(body)[0], "Agg": lambda: str(body.name)}
    return _snake(names.get(kind, lambda: kind)())


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.rpartition(".")[2]).lower()


def _effect(kind: str, name: str) -> str:
    if kind == "Alias":
        return IDENTITY
    return AGGREGATION if kind == "Agg" or (kind == "Function" and name in _AGGREGATES) else TRANSFORMATION


def _length(kind: str, name: str, operands: Sequence[tuple[str, Value]]) -> Flows:
    """An aggregate gives one value, a window one for each row: what decided over their argument does not any more."""
    flows: Influences = {}
    if kind in {"Agg", "Window", "Rolling", "Len"} or (kind == "Function" and name in _AGGREGATES - _LENGTH):
        return flows
    for role, operand in operands:
        absorb(flows, operand.length)
        if (kind == "Filter" and role) or kind == "Explode" or (kind == "Function" and name in _LENGTH):
            absorb(flows, operand.flows)
    return flows


def _operator(body: Any) -> str:
    return str(body.op).rpartition(".")[2]


def _symbol(body: Any) -> str:
    return _SYMBOLS.get(_operator(body), _operator(body))


def _written(kind: str, body: Any, name: str, operands: list[str]) -> str:
    writer = _WRITERS.get(kind)
    return writer(body, operands) if writer else f"{name}({', '.join(operands)})"


def _window(body: Any, operands: list[str]) -> str:
    groups = len(body.partition_by or ())
    order = f" order by {operands[-1]}" if body.order_by is not None else ""
    return f"{operands[0]} over ({', '.join(operands[1 : 1 + groups])}{order})"


def _literal(body: Any, _: list[str]) -> str:
    text = repr(body.value).replace("\n", " ")
    return text if len(text) <= _LITERAL else f"{text[:_LITERAL]}…"


_WRITERS: dict[str, Callable[[Any, list[str]], str]] = {
    "Literal": _literal,
    "Alias": lambda _, operands: operands[0],
    "Cast": lambda body, operands: f"cast({operands[0]} as {body.dtype})",
    "BinaryExpr": lambda body, operands: (
        f"({operands[0]} {_SYMBOLS.get(_operator(body), _operator(body))} {operands[1]})"
    ),
    "Ternary": lambda _, operands: f"when {operands[0]} then {operands[1]} otherwise {operands[2]}",
    "Filter": lambda _, operands: f"{operands[0]} where {operands[1]}",
    "Window": _window,
}
