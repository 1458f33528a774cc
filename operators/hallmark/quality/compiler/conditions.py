"""Row conditions, in each of the forms that Great Expectations has had, as predicates.

    a mapping               {"type": "comparison", "column": {"name": "x"}, "operator": ">", "parameter": 5}
    great_expectations      col("x") > 5, col("x").notNull()
    pandas, spark or none   x > 5 & y == "a"

They are read, never evaluated.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Callable, Mapping
from typing import Any

from sqlglot import exp

from hallmark.quality.compiler.kinds import COMPARABLE, Kind
from hallmark.quality.compiler.literals import bound, member, members
from hallmark.quality.compiler.refusal import Refusal
from hallmark.quality.compiler.requests import column
from hallmark.quality.compiler.table import Table

__all__ = ["condition"]

_ORDER: dict[str, type[exp.Expression]] = {"<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE}
_OPERATORS = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "IN",
    ast.NotIn: "NOT_IN",
}
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
# A name in backticks, or a text, in which a backtick is nothing special.
_QUOTED = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`(?P<name>[^`]*)`""", re.DOTALL)
_OLD = re.compile(
    r"""^\s*col\((?P<quote>["'])(?P<column>.+?)(?P=quote)\)\s*(?:(?P<null>\.not_?null\(\))|(?P<op>==|!=|<=|>=|<|>)\s*(?P<value>.+?))\s*$""",
    re.IGNORECASE,
)


def condition(given: Any, parser: Any, table: Table) -> exp.Expression | None:
    """Return a row condition as a predicate over the rows; None without one.

    Raises:
        Refusal: it cannot be read, or compares what cannot be compared.
    """
    given = _as_mapping(given)
    if given is None:
        return None
    if isinstance(given, Mapping):
        return exp.Coalesce(this=_of_mapping(given, table), expressions=[exp.false()])
    if not isinstance(given, str):
        raise Refusal(f"row_condition is {given!r}, and must be a text or a condition")
    if parser not in {None, "pandas", "spark", "great_expectations", "great_expectations__experimental__"}:
        raise Refusal(f"condition_parser {parser!r} is not known")
    read = _of_query if parser in {None, "pandas", "spark"} and not _OLD.match(given) else _of_old
    return exp.Coalesce(this=exp.Paren(this=read(given, table)), expressions=[exp.false()])


def _as_mapping(given: Any) -> Any:
    convert = getattr(given, "dict", None)
    return convert() if callable(convert) and not isinstance(given, Mapping) else given


def _of_mapping(given: Mapping[str, Any], table: Table) -> exp.Expression:
    read = _FORMS.get(str(given.get("type")))
    if read is None:
        raise Refusal(f"row_condition has the type {given.get('type')!r}, which is not known")
    return read(given, table)


def _nullity(given: Mapping[str, Any], table: Table) -> exp.Expression:
    null = exp.Is(this=column(table.field(_name(given)).name), expression=exp.null())
    return null if given.get("is_null") else exp.Not(this=null)


def _comparison(given: Mapping[str, Any], table: Table) -> exp.Expression:
    operator = given.get("operator")
    return _compared(_name(given), str(getattr(operator, "value", operator)), given.get("parameter"), table)


def _name(given: Mapping[str, Any]) -> Any:
    named = _as_mapping(given.get("column"))
    return named.get("name") if isinstance(named, Mapping) else named


def _several(join: Callable[..., exp.Expression]) -> Callable[[Mapping[str, Any], Table], exp.Expression]:
    def read(given: Mapping[str, Any], table: Table) -> exp.Expression:
        parts = [_of_mapping(_as_mapping(part), table) for part in given.get("conditions") or ()]
        if not parts:
            raise Refusal("row_condition joins no conditions")
        return join(*(exp.Paren(this=part) for part in parts))

    return read


_FORMS: dict[str, Callable[[Mapping[str, Any], Table], exp.Expression]] = {
    "nullity": _nullity,
    "comparison": _comparison,
    "and": _several(exp.and_),
    "or": _several(exp.or_),
    "pass_through": lambda given, table: _of_query(str(given.get("pass_through_filter")), table),
}


def _compared(name: Any, operator: str, value: Any, table: Table) -> exp.Expression:
    field = table.field(name)
    if operator in {"IN", "NOT_IN"}:
        literals = members(value, field.kind)
        inside = exp.In(this=column(field.name), expressions=literals) if literals else exp.false()
        # As in pandas, what is missing is in no list.
        return inside if operator == "IN" else _unless(inside)
    if operator in {"==", "!="}:
        literal = member(value, field.kind)
        # What can never be equal is unequal, whatever the types.
        same: exp.Expression = exp.false() if literal is None else exp.EQ(this=column(field.name), expression=literal)
        return same if operator == "==" else _unless(same)
    if operator not in _ORDER or field.kind not in COMPARABLE:
        raise Refusal(f"row_condition compares column {name!r} ({field.type}) by {operator!r}")
    return _ORDER[operator](this=column(field.name), expression=bound(value, field.kind, "the condition's value"))


def _unless(met: exp.Expression) -> exp.Expression:
    """Return that a predicate is not met, which includes that it is null."""
    return exp.Not(this=exp.Coalesce(this=exp.Paren(this=met), expressions=[exp.false()]))


def _of_old(text: str, table: Table) -> exp.Expression:
    found = _OLD.match(text)
    if found is None:
        raise Refusal(f'row_condition {text!r} is not of the form col("name") > 5')
    if found["null"]:
        return _nullity({"column": found["column"], "is_null": False}, table)
    try:
        value = ast.literal_eval(found["value"])
    except (ValueError, SyntaxError):
        raise Refusal(f"row_condition {text!r}: {found['value']} is not a value") from None
    return _compared(found["column"], found["op"], value, table)


def _of_query(text: str, table: Table) -> exp.Expression:
    try:
        tree = ast.parse(_python(text), mode="eval")
    except (SyntaxError, ValueError, tokenize.TokenError, RecursionError) as error:
        raise Refusal(f"row_condition {text!r} cannot be read") from error
    return _logical(tree.body, table)


def _python(text: str) -> str:
    """Turn pandas' query language into Python's: ``&`` and ``|`` bind as loosely as ``and``; ```a b``` is a name."""
    quoted = _QUOTED.sub(lambda m: m[0] if m["name"] is None else f"__column__({m['name']!r})", text)
    loose = {"&": "and", "|": "or", "~": "not"}
    tokens = tokenize.generate_tokens(io.StringIO(quoted.strip()).readline)
    return " ".join(loose.get(word, word) if kind == tokenize.OP else word for kind, word, *_ in tokens).strip()


def _logical(node: ast.expr, table: Table) -> exp.Expression:
    if isinstance(node, ast.BoolOp):
        join = exp.and_ if isinstance(node.op, ast.And) else exp.or_
        return join(*(exp.Paren(this=_logical(value, table)) for value in node.values))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return _unless(_logical(node.operand, table))
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        parts = [_pairwise(a, op, b, table) for a, op, b in zip(sides, node.ops, sides[1:], strict=False)]
        return exp.and_(*parts)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return _method(node, node.func, table)
    name = _column_name(node)
    if name is not None and table.field(name).kind is Kind.BOOLEAN:
        return column(name)
    raise Refusal(f"row_condition has {ast.unparse(node)!r}, which is not a condition")


def _method(node: ast.Call, method: ast.Attribute, table: Table) -> exp.Expression:
    name = _column_name(method.value)
    if name is None or node.args or method.attr not in {"isnull", "isna", "notnull", "notna"}:
        raise Refusal(f"row_condition has {ast.unparse(node)!r}, which is not known")
    return _nullity({"column": name, "is_null": method.attr.startswith("is")}, table)


def _pairwise(left: ast.expr, op: ast.cmpop, right: ast.expr, table: Table) -> exp.Expression:
    operator = _OPERATORS.get(type(op))
    first, second = _column_name(left), _column_name(right)
    if operator is None:
        raise Refusal(f"row_condition compares by {type(op).__name__}")
    if first is not None and second is not None:
        return _two_columns(first, operator, second, table)
    if first is not None:
        return _compared(first, operator, _value(right), table)
    if second is not None:
        return _compared(second, _TURNED.get(operator, operator), _value(left), table)
    raise Refusal("row_condition compares no column")


def _two_columns(first: str, operator: str, second: str, table: Table) -> exp.Expression:
    sides = {"this": column(table.field(first).name), "expression": column(table.field(second).name)}
    if operator == "!=":
        return _unless(exp.EQ(**sides))
    kinds: dict[str, type[exp.Expression]] = {**_ORDER, "==": exp.EQ}
    if operator not in kinds:
        raise Refusal(f"row_condition compares two columns by {operator}")
    return kinds[operator](**sides)


def _column_name(node: ast.expr) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "__column__":
        return str(ast.literal_eval(node.args[0]))
    return None


def _value(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except (ValueError, SyntaxError):
        raise Refusal(f"row_condition has {ast.unparse(node)!r}, which is not a value") from None
