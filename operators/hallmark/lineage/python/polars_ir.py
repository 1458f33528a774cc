"""The logical plan of a Polars LazyFrame, as its node traverser shows it. All that depends on Polars' version is here.

The traverser is the view on the plan that Polars keeps for execution engines other than its own (cudf-polars). It has a
version, names its nodes and fields, and refuses what it cannot show; wherever it refuses, the trace of that part ends.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hallmark.lineage.python.values import Untraceable

__all__ = ["Asked", "Join", "Node", "Plan"]

# Traversers (of Polars 2.0 and 2.1) whose order of expressions was checked: operands stand right before what uses them.
_ORDERED = frozenset({15, 16})
_PYTHON = frozenset({"anonymousfunction", "fold"})


@dataclass(frozen=True)
class Node:
    """One step of the plan.

    Args:
        kind: its name; ``opaque`` if it is not shown.
        body: its fields, by name.
        columns: the columns it gives, in order.
        inputs: the steps it reads.
    """

    kind: str
    body: Any
    columns: tuple[str, ...]
    inputs: tuple[int, ...]


@dataclass(frozen=True)
class Asked:
    """An expression that a step evaluates, and the name of what it gives."""

    node: int
    name: str


@dataclass(frozen=True)
class Join:
    """How a join makes its columns: its kind, what is added to a name that is there twice, and whether keys merge."""

    how: str
    suffix: str
    coalesce: bool
    by: tuple[tuple[str, str], ...] = ()


class Plan:
    """A LazyFrame's plan as it was written: no optimisation has changed it."""

    def __init__(self, frame: Any) -> None:
        import polars as pl

        plain = frame._ldf.with_optimizations(pl.QueryOptFlags.none()._pyoptflags)
        self._nodes = plain.visit()
        self.root: int = self._nodes.get_node()
        self._ordered = self._nodes.version()[0] in _ORDERED

    def step(self, number: int) -> Node:
        """Return a step of the plan."""
        self._nodes.set_node(number)
        columns, inputs = tuple(self._nodes.get_schema()), tuple(self._nodes.get_inputs())
        try:
            body = self._nodes.view_current_node()
        except NotImplementedError as refusal:
            return Node("opaque", str(refusal).partition(" { ")[0], columns, inputs)
        return Node(type(body).__name__, body, columns, inputs)

    def stand_at(self, node: Node) -> None:
        """Have expressions read the columns that the step is given, for the types they give."""
        if node.inputs:
            self._nodes.set_node(node.inputs[0])

    def expression(self, number: int) -> Any:
        """Return an expression, or None if it is a Python function.

        Raises:
            Untraceable: it is something else that is not shown.
        """
        try:
            return self._nodes.view_expression(number)
        except NotImplementedError as refusal:
            if str(refusal) in _PYTHON and self._ordered:
                return None
            raise Untraceable(f"the expression {refusal}") from None

    def columns_between(self, first: int, last: int) -> list[str]:
        """Return the columns that the expressions between two numbers name: the arguments of a Python function."""
        shown = (self.expression(number) for number in range(first + 1, last))
        return [str(one.name) for one in shown if type(one).__name__ == "Column"]

    def parts_of(self, number: int) -> tuple[str, ...]:
        """Return the names of a structure's fields, empty if they cannot be told."""
        import polars as pl

        try:
            return tuple(field.name for field in getattr(self._nodes.get_dtype(number), "fields", ()))
        except pl.exceptions.PolarsError:
            return ()


def asked(expressions: Sequence[Any]) -> list[Asked]:
    """Return the expressions that a step holds."""
    return [Asked(one.node, one.output_name) for one in expressions]


def join(body: Any) -> Join:
    """Read a join's options: ``(how, nulls_equal, slice, suffix, coalesce, order)``."""
    if getattr(body, "predicate", None) is not None:
        raise Untraceable("a join by a condition")
    how, _, _, suffix, coalesce, _ = body.options
    if isinstance(how, str):
        return Join(how, str(suffix), bool(coalesce))
    if how[0] != "AsOf":
        raise Untraceable(f"the join {how[0]}")
    return Join("AsOf", str(suffix), bool(coalesce), tuple(zip(how[4] or (), how[5] or (), strict=True)))


def subset(body: Any) -> list[str] | None:
    """Return the columns that ``unique`` compares, None for all: ``(keep, subset, order, slice)``."""
    found: list[str] | None = body.options[1]
    return found


def window_of(body: Any) -> str | None:
    """Return the index column of a dynamic or rolling GROUP BY."""
    options = body.options.dynamic or body.options.rolling
    return None if options is None else str(options.index_column)


def function_of(body: Any) -> tuple[str, tuple[Any, ...]]:
    """Return name and arguments of a function: of an expression (``round``, ``BooleanFunction.Any``) or of a step."""
    data = getattr(body, "function_data", None) or body.function
    return str(data[0]), tuple(data[1:])


def reads(node: Node) -> Any:
    """Return by what a step that reads rows is known again, None if it is no such step."""
    reader = _READERS.get(node.kind)
    return None if reader is None else (node.kind, reader(node.body))


def added(node: Node) -> set[str]:
    """Return the columns that a scan of files adds: the rows' numbers and the files' paths."""
    options = getattr(node.body, "file_options", None)
    index, paths = (getattr(options, name, None) for name in ("row_index", "include_file_paths"))
    return {str(name) for name in (index[0] if index else None, paths) if name is not None}


def _frame(body: Any) -> Any:
    """Name a DataFrame by where its values lie in memory: Polars hands on the values, not the object."""
    import polars as pl

    frame = pl.DataFrame._from_pydf(body.df)
    places = tuple((one.name, _places(one)) for one in frame.get_columns())
    return (frame.height, places) if places and all(found for _, found in places) else object()


def _places(column: Any) -> tuple[int, ...]:
    import polars as pl

    if column.n_chunks() != 1 or not len(column):
        return ()
    buffers = column.to_arrow(compat_level=pl.CompatLevel.newest()).buffers()
    return tuple(one.address for one in buffers if one is not None)


# What tells a source from all others; a scan function is one object a source.
_READERS: Mapping[str, Any] = {
    "PythonScan": lambda body: id(body.options[0]),
    "Scan": lambda body: (body.scan_type[0], tuple(map(str, body.paths))),
    "DataFrameScan": _frame,
}
