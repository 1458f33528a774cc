"""Column lineage of a Polars plan: each of its steps turns the columns of those it reads into its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp

from hallmark.errors import StageError
from hallmark.lineage.python import polars_ir as ir
from hallmark.lineage.python.polars_expressions import Columns, Expressions, Influences, Value, reason_of, single
from hallmark.lineage.python.values import Given, Traced, Untraceable
from hallmark.lineage.sql.flows import (
    AGGREGATION,
    FILTER,
    GROUP_BY,
    IDENTITY,
    JOIN,
    SORT,
    TRANSFORMATION,
    Flow,
    Origin,
    Step,
    absorb,
    edges,
    through,
)
from hallmark.lineage.sql.scopes import Field
from hallmark.receipt import ColumnLineage

__all__ = ["trace"]

_DESCRIBED = 200
# What another version of Polars, which names or shapes a part otherwise, makes of an attribute or a tuple.
_SHAPE = (AttributeError, TypeError, ValueError, IndexError, KeyError, NotImplementedError)


@dataclass
class Result:
    """What a step gives: its columns, None where one is not told, and what decides over all rows."""

    columns: dict[str, Field | None]
    rows: Influences = field(default_factory=dict)

    @property
    def named(self) -> list[Field]:
        """The columns that are told."""
        return [one for one in self.columns.values() if one is not None]


def trace(frame: Any, inputs: Mapping[str, Given]) -> Traced:
    """Trace a LazyFrame.

    Args:
        frame: the LazyFrame; it is not run.
        inputs: what it may read; an input without a LazyFrame of its own is not found in it.

    Raises:
        StageError: an input's frame does more than read.
    """
    try:
        reader = _Reader(ir.Plan(frame), _sources(inputs))
        found = reader.result(reader.plan.root)
    except (*_SHAPE, RecursionError) as error:
        told = "a plan nested too deeply" if isinstance(error, RecursionError) else reason_of(error)
        return Traced(missing=tuple(frame.collect_schema()), reasons=(told,))
    fields = {name: edges(one.flows.values(), _text) for name, one in found.columns.items() if one is not None}
    missing = tuple(name for name, one in found.columns.items() if one is None)
    return Traced(ColumnLineage(fields, edges(found.rows.values(), _text)), missing, tuple(reader.reasons))


def _sources(inputs: Mapping[str, Given]) -> list[tuple[Any, Given]]:
    return [(_source(name, given), given) for name, given in inputs.items() if _is_lazy(given.frame)]


def _is_lazy(frame: Any) -> bool:
    return type(frame).__name__ == "LazyFrame" and type(frame).__module__.startswith("polars.")


def _source(name: str, given: Given) -> Any:
    plan = ir.Plan(given.frame)
    key = ir.reads(plan.step(plan.root))
    if key is None:
        raise StageError(
            f"the frame of input {name!r} does more than read", "give the LazyFrame of the scan, or frame.lazy()"
        )
    return key


def _text(expression: exp.Expression) -> str:
    text = str(expression.name)
    return text if len(text) <= _DESCRIBED else f"{text[: _DESCRIBED - 1]}…"


class _Reader:
    """Reads a plan from its sources on, and notes where it cannot."""

    def __init__(self, plan: ir.Plan, sources: Sequence[tuple[Any, Given]]) -> None:
        self.plan = plan
        self.sources = sources
        self.expressions = Expressions(plan)
        self.reasons: dict[str, None] = {}

    def result(self, number: int) -> Result:
        """Return what a step gives. Its inputs are read first, as the plan was made."""
        node = self.plan.step(number)
        inputs = [self.result(one) for one in node.inputs]
        self.plan.stand_at(node)
        try:
            return _checked(node, _step_of(node)(self, node, inputs))
        except (Untraceable, *_SHAPE) as error:
            self.note(error)
            return Result(dict.fromkeys(node.columns))

    def note(self, error: Exception) -> None:
        """Keep why a part is not told."""
        self.reasons.setdefault(f"cannot follow {reason_of(error)}")

    def values(self, asked: Iterable[ir.Asked], columns: Columns) -> dict[str, Value | None]:
        """Return what each expression gives, None where it is not told."""
        found: dict[str, Value | None] = {}
        for one in asked:
            try:
                found[one.name] = self.expressions.value(one.node, columns)
            except (Untraceable, *_SHAPE) as error:
                self.note(error)
                found[one.name] = None
        return found

    def decide(self, rows: Influences, subtype: str, asked: Iterable[ir.Asked], columns: Columns) -> None:
        """Add what decides over all rows by these expressions."""
        for one in asked:
            try:
                for value in self.expressions.conditions(one.node, columns):
                    absorb(rows, value.flows, Step(subtype, exp.var(value.text)))
            except (Untraceable, *_SHAPE) as error:
                self.note(error)

    def decide_by(self, rows: Influences, subtype: str, names: Iterable[str], columns: Columns) -> None:
        """Add what decides over all rows by these columns."""
        for name in names:
            known = columns.get(name)
            if known is None:
                self.note(Untraceable(f"column {name!r}, which decides over the rows"))
            else:
                absorb(rows, known.flows, Step(subtype, exp.column(name)))


def _step_of(node: ir.Node) -> Callable[[_Reader, ir.Node, list[Result]], Result]:
    if node.kind not in _STEPS:
        raise Untraceable(f"the step {node.body if node.kind == 'opaque' else node.kind}")
    return _STEPS[node.kind]


def _checked(node: ir.Node, found: Result) -> Result:
    """Hold the columns against those that Polars says there are: another version may name or order them otherwise."""
    if tuple(found.columns) != node.columns:
        raise Untraceable(f"the columns of the step {node.kind}")
    return found


def _scan(reader: _Reader, node: ir.Node, _: list[Result]) -> Result:
    key = ir.reads(node)
    known = {(given.version.namespace, given.version.location): given for one, given in reader.sources if one == key}
    if len(known) != 1:
        raise Untraceable("a source that is no input" if not known else "a source that is more than one input")
    (given,) = known.values()
    have = {column.name for column in given.version.columns}
    origin = (given.version.namespace, given.version.location)
    found: dict[str, Field | None] = {
        name: _stored(Origin(*origin, name)) if not have or name in have else None for name in node.columns
    }
    return Result(found | {name: Field(name, {}) for name in ir.added(node)})


def _stored(origin: Origin) -> Field:
    return Field(origin.column, {(origin, IDENTITY): Flow(origin)})


def _same(_: _Reader, __: ir.Node, inputs: list[Result]) -> Result:
    return inputs[0]


def _projection(_: _Reader, node: ir.Node, inputs: list[Result]) -> Result:
    return Result({name: inputs[0].columns[name] for name in node.columns}, inputs[0].rows)


def _select(reader: _Reader, node: ir.Node, inputs: list[Result]) -> Result:
    values = reader.values(ir.asked(node.body.expr), inputs[0].columns)
    rows = dict(inputs[0].rows)
    for value in values.values():
        if value is not None:
            absorb(rows, value.length, Step(FILTER, exp.var(value.text)))
    return Result(_fields(values), rows)


def _with_columns(reader: _Reader, node: ir.Node, inputs: list[Result]) -> Result:
    values = reader.values(ir.asked(node.body.exprs), inputs[0].columns)
    return Result({**inputs[0].columns, **_fields(values)}, inputs[0].rows)


def _fields(values: Mapping[str, Value | None]) -> dict[str, Field | None]:
    return {name: None if one is None else Field(name, one.flows, one.parts) for name, one in values.items()}


def _filter(reader: _Reader, node: ir.Node, inputs: list[Result]) -> Result:
    rows = dict(inputs[0].rows)
    reader.decide(rows, FILTER, ir.asked([node.body.predicate]), inputs[0].columns)
    return Result(inputs[0].columns, rows)


def _sort(reader: _Reader, node: ir.Node, inputs: list[Result]) -> Result:
    rows = dict(inputs[0].rows)
    reader.decide(rows, SORT, ir.asked(node.body.by_column), inputs[0].columns)
    return Result(inputs[0].columns, rows)


def _unique(reader: _Reader, node: ir.Node, inputs: list[Result]) -> Result:
    rows, columns = dict(inputs[0].rows), inputs[0].columns
    reader.decide_by(rows, GROUP_BY, ir.subset(node.body) or columns, columns)
    return Result(columns, rows)


def _group_by(reader: _Reader, node: ir.Node, inputs: list[Result]) -> Result:
    columns, rows = inputs[0].columns, dict(inputs[0].rows)
    keys = ir.asked(node.body.keys)
    found = reader.values(keys, columns)
    for value in found.values():
        if value is not None:
            absorb(rows, value.flows, Step(GROUP_BY, exp.var(value.text)))
    made = _fields(found)
    index = ir.window_of(node.body)
    if index is not None:
        reader.decide_by(rows, GROUP_BY, [index], columns)
        made |= _windows(node, index, columns)
    for name, one in reader.values(ir.asked(node.body.aggs), columns).items():
        made[name] = None if one is None else Field(name, through(one.flows, Step(AGGREGATION, exp.var(one.text))))
    return Result(made, rows)


def _windows(node: ir.Node, index: str, columns: Columns) -> dict[str, Field | None]:
    """The index column, and the boundaries of its windows if they were asked for, in the order of the step."""
    known = columns.get(index)
    flows = None if known is None else through(known.flows, Step(TRANSFORMATION, exp.var(f"window of {index}")))
    names = [name for name in node.columns if name in {index, "_lower_boundary", "_upper_boundary"}]
    return {name: None if flows is None else Field(name, flows) for name in names}


def _join(reader: _Reader, node: ir.Node, inputs: list[Result]) -> Result:
    left, right = inputs
    rows = dict(left.rows)
    absorb(rows, right.rows)
    options = ir.join(node.body)
    keys = (ir.asked(node.body.left_on), ir.asked(node.body.right_on))
    for side, result in zip(keys, inputs, strict=True):
        reader.decide(rows, JOIN, side, result.columns)
    for one, other in options.by:
        reader.decide_by(rows, JOIN, [one], left.columns)
        reader.decide_by(rows, JOIN, [other], right.columns)
    pairs = [(one.name, other.name) for one, other in zip(*keys, strict=True)]
    return Result(_joined(left.columns, right.columns, options, pairs), rows)


def _joined(left: Columns, right: Columns, options: ir.Join, pairs: list[tuple[str, str]]) -> dict[str, Field | None]:
    """Name the columns as Polars does: a pair of keys that merges stands where the side stands that is kept."""
    if options.how in {"Semi", "Anti"}:
        return dict(left)
    # A join to the nearest merges keys of one name alone: others differ in their values.
    merged = [pair for pair in pairs if options.coalesce and (options.how != "AsOf" or pair[0] == pair[1])]
    dropped_left = {one for one, _ in merged} if options.how == "Right" else set()
    dropped_right = {other for _, other in merged} if options.how != "Right" else set()
    dropped_right |= {other for _, other in options.by}
    made = {name: one for name, one in left.items() if name not in dropped_left}
    kept = list(made)
    if options.how == "Full":
        made |= {one: _coalesced(left[one], right[other], one) for one, other in merged}
    for name, one in right.items():
        if name not in dropped_right:
            given = f"{name}{options.suffix}" if name in kept else name
            made[given] = one and one.renamed(given)
    return made


def _coalesced(left: Field | None, right: Field | None, name: str) -> Field | None:
    return _merged(name, [left, right], Step(TRANSFORMATION, exp.var(f"coalesce of both {name}")))


def _merged(name: str, columns: Iterable[Field | None], step: Step = Step()) -> Field | None:  # noqa: B008
    flows: Influences = {}
    for one in columns:
        if one is None:
            return None
        absorb(flows, one.flows, step)
    return Field(name, flows)


def _union(_: _Reader, node: ir.Node, inputs: list[Result]) -> Result:
    return Result(
        {name: _merged(name, [one.columns[name] for one in inputs]) for name in node.columns}, _all_rows(inputs)
    )


def _side_by_side(_: _Reader, __: ir.Node, inputs: list[Result]) -> Result:
    return Result({name: one for each in inputs for name, one in each.columns.items()}, _all_rows(inputs))


def _merge_sorted(reader: _Reader, node: ir.Node, inputs: list[Result]) -> Result:
    found = _union(reader, node, inputs)
    reader.decide_by(found.rows, SORT, node.body.key, found.columns)
    return found


def _all_rows(inputs: Iterable[Result]) -> Influences:
    rows: Influences = {}
    for one in inputs:
        absorb(rows, one.rows)
    return rows


def _mapped(reader: _Reader, node: ir.Node, inputs: list[Result]) -> Result:
    name, arguments = ir.function_of(node.body)
    if name not in _FUNCTIONS:
        raise Untraceable(f"the step {name}")
    return _FUNCTIONS[name](reader, node, inputs[0], arguments)


def _explode(reader: _Reader, _: ir.Node, given: Result, arguments: Sequence[Any]) -> Result:
    names, rows = list(arguments[0]), dict(given.rows)
    # A list's length is how often the other columns' values are repeated.
    reader.decide_by(rows, FILTER, names, given.columns)
    opened = {name: _after(given.columns[name], f"explode({name})") for name in names}
    return Result({**given.columns, **opened}, rows)


def _unpivot(_: _Reader, node: ir.Node, given: Result, arguments: Sequence[Any]) -> Result:
    index, on, variable, value = arguments
    names = list(on) if on else [name for name in given.columns if name not in (index or ())]
    made: dict[str, Field | None] = {name: given.columns[name] for name in index or ()}
    variable, value = variable or "variable", value or "value"
    made[variable] = Field(variable, {})
    made[value] = _merged(value, [given.columns[name] for name in names])
    return Result(made, given.rows)


def _row_index(_: _Reader, __: ir.Node, given: Result, arguments: Sequence[Any]) -> Result:
    return Result({str(arguments[0]): Field(str(arguments[0]), {}), **given.columns}, given.rows)


def _unnest(reader: _Reader, node: ir.Node, given: Result, arguments: Sequence[Any]) -> Result:
    if len(arguments[0]) != 1 or any(arguments[1:]):
        raise Untraceable("several structures taken apart at once, or their names kept")
    (name,) = arguments[0]
    whole = given.columns[name]
    opened = [one for one in node.columns if one not in given.columns or one == name]
    made: dict[str, Field | None] = {}
    for old, one in given.columns.items():
        made |= {new: _part(reader, whole, new) for new in opened} if old == name else {old: one}
    return Result(made, given.rows)


def _part(reader: _Reader, whole: Field | None, name: str) -> Field | None:
    if whole is None:
        return None
    try:
        return Field(name, single(whole.flows, whole.parts, name, f"{whole.name}.{name}"))
    except Untraceable as error:
        reader.note(error)
        return None


def _after(column: Field | None, text: str) -> Field | None:
    return None if column is None else Field(column.name, through(column.flows, Step(TRANSFORMATION, exp.var(text))))


_FUNCTIONS: dict[str, Callable[[_Reader, ir.Node, Result, Sequence[Any]], Result]] = {
    "explode": _explode,
    "unpivot": _unpivot,
    "row_index": _row_index,
    "unnest": _unnest,
    "rechunk": lambda _, __, given, ___: given,
    "hint_sorted": lambda _, __, given, ___: given,
}
_STEPS: dict[str, Callable[[_Reader, ir.Node, list[Result]], Result]] = {
    "PythonScan": _scan,
    "Scan": _scan,
    "DataFrameScan": _scan,
    "Cache": _same,
    "Slice": _same,
    "SimpleProjection": _projection,
    "Select": _select,
    "HStack": _with_columns,
    "Filter": _filter,
    "Sort": _sort,
    "Distinct": _unique,
    "GroupBy": _group_by,
    "Join": _join,
    "Union": _union,
    "HConcat": _side_by_side,
    "MergeSorted": _merge_sorted,
    "MapFunction": _mapped,
}
