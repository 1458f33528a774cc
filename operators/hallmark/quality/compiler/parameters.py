"""Suite parameters: ``{"$PARAMETER": "name"}`` stands for a value that is known when the suite is run."""

from __future__ import annotations

import ast
import datetime as dt
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

from hallmark.errors import SuiteError, closest

__all__ = ["filled"]

_BINARY: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "now": dt.datetime.now,
    "datetime": dt.datetime,
    "timedelta": dt.timedelta,
    "abs": abs,
    "round": round,
    "trunc": math.trunc,
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "exp": math.exp,
}


def filled(value: Any, parameters: Mapping[str, Any]) -> Any:
    """Return a value with each parameter in it replaced.

    Args:
        value: an expectation's arguments, or a part of them.
        parameters: names and values.

    Raises:
        SuiteError: a parameter has no value, or its formula cannot be computed.
    """
    if isinstance(value, Mapping):
        if "$PARAMETER" in value:
            return _evaluated(str(value["$PARAMETER"]), parameters)
        return {key: filled(part, parameters) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(filled(part, parameters) for part in value)
    return value


def _evaluated(text: str, parameters: Mapping[str, Any]) -> Any:
    if text in parameters:
        return parameters[text]
    try:
        return _value(ast.parse(text.replace("^", "**"), mode="eval").body, parameters)
    except SyntaxError as error:
        raise _unknown(text, parameters) from error
    except (ArithmeticError, TypeError, ValueError) as error:
        raise SuiteError(
            f"the parameter {text!r} cannot be computed ({error})", "mend its formula or its values"
        ) from error


def _unknown(name: str, parameters: Mapping[str, Any]) -> SuiteError:
    likely = closest(name, parameters)
    return SuiteError(
        f"the suite's parameter {name!r} has no value",
        f"did you mean {likely!r}?" if likely else "give it one in suite_parameters",
    )


def _value(node: ast.expr, parameters: Mapping[str, Any]) -> Any:
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        return node.value
    if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        left, right = _value(node.left, parameters), _value(node.right, parameters)
        if isinstance(node.op, ast.Pow) and abs(right) > 1000:
            raise ValueError("the exponent is too large")
        return _BINARY[type(node.op)](left, right)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand, parameters)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS:
        arguments = [_value(a, parameters) for a in node.args]
        named = {k.arg: _value(k.value, parameters) for k in node.keywords if k.arg}
        return _FUNCTIONS[node.func.id](*arguments, **named)
    name = ast.unparse(node)
    if name in parameters:
        return parameters[name]
    raise _unknown(name, parameters)
