"""What an expression does to the columns in it, read from the syntax alone.

Two tables say it: which arguments only decide (the condition of a CASE, the ordering of a window), and which functions
aggregate or hide a value. Everything else transforms.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from typing import Any

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect

from hallmark.lineage.sql.flows import (
    AGGREGATION,
    CONDITIONAL,
    IDENTITY,
    SORT,
    TRANSFORMATION,
    WINDOW,
    Step,
)
from hallmark.lineage.sql.parsing import text_of

__all__ = ["aggregates", "conjuncts", "default_name", "is_aggregate", "leaves", "taken"]

_DECIDING: dict[type[exp.Expression], dict[str, str]] = {
    exp.Case: {"this": CONDITIONAL},
    exp.If: {"this": CONDITIONAL},
    exp.Nvl2: {"this": CONDITIONAL},
    exp.Nullif: {"expression": CONDITIONAL},
    # sum(x) FILTER (WHERE c) says what sum(CASE WHEN c THEN x END) says.
    exp.Filter: {"expression": CONDITIONAL},
    exp.Window: {"partition_by": WINDOW, "order": WINDOW, "spec": WINDOW},
    # Inside a function: list(x ORDER BY y); arg_max(x, y) is first(x ORDER BY y DESC).
    exp.Order: {"expressions": SORT},
    exp.ArgMax: {"expression": SORT},
    exp.ArgMin: {"expression": SORT},
    exp.HavingMax: {"expression": SORT},
    exp.Elt: {"this": CONDITIONAL},
}
# Functions whose arguments are told apart by their place: decode(x, when, then, when, then, else), elt(n, a, b).
_DECIDING_AT: dict[type[exp.Expression], Callable[[exp.Expression], Container[int]]] = {
    exp.DecodeCase: lambda node: {0, *range(1, len(node.expressions) - 1, 2)},
    exp.Anonymous: lambda node: {0} if node.name.lower() == "choose" else (),
}
_UNCHANGING = (exp.Alias, exp.Aliases, exp.Paren)
# Window functions that hand on one row's value, which sqlglot files under aggregates.
_PICKING = (exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue, exp.NthValue)
_ORDERED_SET = (exp.PercentileCont, exp.PercentileDisc, exp.Mode)
# Aggregates that sqlglot knows only as some function: DuckDB's, then those of the others.
_AGGREGATE_NAMES = frozenset(
    """
    arbitrary arg_max_null arg_max_nulls_last arg_min_null arg_min_nulls_last bitstring_agg combine_aggr count_star
    decimal_average entropy favg fsum geomean geometric_mean histogram histogram_exact kahan_sum kurtosis_pop lttb mad
    mean product reservoir_quantile sem sum_no_overflow sumkahan variant_group_object
    array_agg array_concat_agg array_union_agg array_unique_agg bit_and bit_or bit_xor bitmap_agg
    bitmap_construct_agg bitmap_or_agg bitmap_union bool_and bool_or booland_agg boolor_agg boolxor_agg checksum
    checksum_agg collect_list collect_set corr count_min_sketch covar_pop covar_samp every
    group_concat histogram_numeric hll hll_accumulate hll_union_agg json_agg json_agg_strict
    json_array_agg json_arrayagg json_group_array json_group_object json_object_agg json_objectagg jsonb_agg
    jsonb_object_agg kurtosis listagg logical_and logical_or map_agg map_union map_union_sum
    multimap_agg numeric_histogram object_agg percentile percentile_approx percentile_cont
    percentile_disc qdigest_agg range_agg range_intersect_agg reduce_agg regr_avgx regr_avgy regr_count regr_intercept
    regr_r2 regr_slope regr_sxx regr_sxy regr_syy set_agg set_union skewness some stdevp string_agg tdigest_agg total
    try_avg try_sum varp xmlagg
    """.split()  # noqa: SIM905
)
_MASKING = (
    *(exp.Count, exp.CountIf, exp.ApproxDistinct, exp.RegrCount, exp.Hll, exp.HashAgg),
    *(exp.MD5, exp.MD5Digest, exp.MD5NumberLower64, exp.MD5NumberUpper64),
    *(exp.SHA, exp.SHA1Digest, exp.SHA2, exp.SHA2Digest, exp.FarmFingerprint, exp.StandardHash),
)
_MASKING_NAMES = frozenset(
    """
    count_star hash hmac md5_number md5_number_lower md5_number_upper murmurhash3 murmur_hash md5 sha sha1 sha224 sha256
    sha384 sha512 xxhash32 xxhash64 xxh3 cityhash64 siphash64 crc32
    """.split()  # noqa: SIM905
)
# Arguments that name a field and read nothing.
_LABELS: dict[type[exp.Expression], frozenset[str]] = {
    exp.PropertyEQ: frozenset({"this"}),
    exp.Kwarg: frozenset({"this"}),
    # Which columns a row is grouped by, whatever they hold.
    exp.Grouping: frozenset({"this", "expressions"}),
    exp.GroupingId: frozenset({"this", "expressions"}),
    exp.Lambda: frozenset({"expressions"}),
    exp.Comprehension: frozenset({"expression", "position"}),
}
# What takes a field out of a structure, and where it names the field: s['x'], (s).x, struct_extract(s, 'x').
_TAKING: dict[type[exp.Expression], Callable[[Any], exp.Expression]] = {
    exp.Bracket: lambda node: node.expressions[0],
    exp.Dot: lambda node: node.expression,
    exp.StructExtract: lambda node: node.expression,
}


def leaves(root: exp.Expression) -> Iterator[tuple[exp.Expression, Step]]:
    """Yield what an expression reads, each with the step its value takes to the expression's result.

    Leaves are columns, fields taken out of them, positional columns, ``COLUMNS(...)``, subqueries and ``EXISTS``; what
    lies inside a subquery is not looked at. The walk keeps its own stack: machine-written SQL chains thousands of
    operators.
    """
    pending = [(root, Step(IDENTITY, root), frozenset[str]())]
    while pending:
        node, step, bound = pending.pop()
        if _is_leaf(node):
            column = taken(node)[0] if type(node) in _TAKING else node
            if not (isinstance(column, exp.Column) and column.parts[0].name.lower() in bound):
                yield node, step
            continue
        below = step.deeper(*_effect(node))
        bound |= _variables(node)
        pending.extend(reversed([(child, _step(below, node, child), bound) for child in _arguments(node)]))


def taken(node: exp.Expression) -> tuple[exp.Expression, str]:
    """Return the structure that a node takes a field out of, and the field's name; no name if it takes none."""
    key = _TAKING[type(node)](node) if type(node) in _TAKING else None
    if isinstance(key, exp.Identifier) or (isinstance(key, exp.Literal) and key.is_string):
        return node.this.unnest(), key.name
    return node, ""


def conjuncts(condition: exp.Expression) -> list[exp.Expression]:
    """Return the conditions that AND joins, so that each column is described by its own."""
    return list(condition.flatten()) if isinstance(condition, exp.And) else [condition]


def aggregates(expression: exp.Expression) -> bool:
    """Tell whether an expression aggregates or looks over a window, its subqueries aside."""
    inside = expression.walk(prune=lambda node: isinstance(node, exp.Query))
    return any(isinstance(node, exp.Window) or is_aggregate(node) for node in inside)


def default_name(node: exp.Expression, dialect: Dialect) -> str:
    """Return a name for a result that has none, near to what DuckDB calls it."""
    if isinstance(node, exp.Dot):
        return str(node.name)
    if isinstance(node, exp.Count) and isinstance(node.this, exp.Star):
        return "count_star()"
    return text_of(node, dialect)


def is_aggregate(node: exp.Expression) -> bool:
    """Tell whether this node itself is an aggregate function."""
    if isinstance(node, exp.Anonymous):
        return str(node.name).lower() in _AGGREGATE_NAMES
    return isinstance(node, exp.AggFunc | exp.WithinGroup) and not isinstance(node, _PICKING)


def _is_leaf(node: exp.Expression) -> bool:
    if isinstance(node, exp.Exists):
        return isinstance(node.this, exp.Query)
    if type(node) in _TAKING:
        return type(taken(node)[0]) is exp.Column
    return isinstance(node, exp.Column | exp.Query | exp.Columns | exp.PositionalColumn)


def _effect(node: exp.Expression) -> tuple[str, bool]:
    if isinstance(node, _UNCHANGING):
        return IDENTITY, False
    masking = isinstance(node, _MASKING) or (isinstance(node, exp.Anonymous) and node.name.lower() in _MASKING_NAMES)
    return (AGGREGATION if is_aggregate(node) else TRANSFORMATION), masking


def _arguments(node: exp.Expression) -> Iterator[exp.Expression]:
    structure, name = taken(node)
    if name and isinstance(structure, exp.Struct):
        fields = [one for one in structure.expressions if one.alias_or_name.lower() == name.lower()]
        if len(fields) == 1:
            yield fields[0].expression if isinstance(fields[0], exp.PropertyEQ) else fields[0]
            return
    labels = _LABELS.get(type(node), frozenset())
    for child in node.iter_expressions():
        if child.arg_key not in labels:
            yield child
    if isinstance(node, exp.Window) and node.args.get("alias"):
        yield from _named_window(node)


def _named_window(window: exp.Window) -> Iterator[exp.Expression]:
    """Yield partition and order of the WINDOW clause's entry that ``OVER name`` refers to, and of what that extends."""
    select = window.find_ancestor(exp.Select)
    defined = {w.this.name.lower(): w for w in (select.args.get("windows") or [] if select else [])}
    name = window.args["alias"].name.lower()
    while name in defined:
        entry = defined.pop(name)
        yield from (child for child in entry.iter_expressions() if child.arg_key in _DECIDING[exp.Window])
        name = entry.args["alias"].name.lower() if entry.args.get("alias") else ""


def _step(below: Step, node: exp.Expression, child: exp.Expression) -> Step:
    role = _DECIDING.get(type(node), {}).get(str(child.arg_key))
    if child.arg_key == "expressions" and child.index in _deciding_places(node):
        role = CONDITIONAL
    if role is None or _orders_the_value(node):
        return below
    return below.deciding(role, child.this if isinstance(child, exp.Where) else child)


def _deciding_places(node: exp.Expression) -> Container[int | None]:
    places = _DECIDING_AT.get(type(node))
    return places(node) if places else ()


def _orders_the_value(node: exp.Expression) -> bool:
    """In ``percentile_cont(0.5) WITHIN GROUP (ORDER BY x)`` the ordering is the argument."""
    group = node.parent
    return isinstance(node, exp.Order) and isinstance(group, exp.WithinGroup) and isinstance(group.this, _ORDERED_SET)


def _variables(node: exp.Expression) -> frozenset[str]:
    """Names that a lambda or a list comprehension binds inside itself."""
    if isinstance(node, exp.Lambda):
        return frozenset(variable.name.lower() for variable in node.expressions)
    if isinstance(node, exp.Comprehension):
        named = (node.args.get("expression"), node.args.get("position"))
        return frozenset(variable.name.lower() for variable in named if variable is not None)
    return frozenset()
