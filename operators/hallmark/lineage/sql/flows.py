"""How a source column reaches an output column: a flow, and how flows compose through nested expressions.

A flow has one subtype of OpenLineage's columnLineage facet 1-2-0. The subtype tells the type: IDENTITY, TRANSFORMATION
and AGGREGATION are DIRECT (the value goes in), all others INDIRECT (the value decides).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, TypeAlias

from sqlglot import exp

from hallmark.receipt import ColumnEdge

__all__ = [
    "AGGREGATION",
    "CONDITIONAL",
    "FILTER",
    "GROUP_BY",
    "IDENTITY",
    "JOIN",
    "SORT",
    "TRANSFORMATION",
    "WINDOW",
    "Flow",
    "Flows",
    "Origin",
    "Step",
    "absorb",
    "edges",
    "through",
]

IDENTITY, TRANSFORMATION, AGGREGATION = "IDENTITY", "TRANSFORMATION", "AGGREGATION"
JOIN, FILTER, GROUP_BY, SORT, WINDOW, CONDITIONAL = "JOIN", "FILTER", "GROUP_BY", "SORT", "WINDOW", "CONDITIONAL"

_STRENGTH = {IDENTITY: 0, TRANSFORMATION: 1, AGGREGATION: 2}


class Origin(NamedTuple):
    """A column of an input: the dataset in OpenLineage's words, and the column as stored."""

    namespace: str
    location: str
    column: str


class Flow(NamedTuple):
    """One way from a source column, ``made_by`` the expression that gave it its subtype."""

    origin: Origin
    subtype: str = IDENTITY
    made_by: exp.Expression | None = None
    masking: bool = False


class Step(NamedTuple):
    """What one expression does to the values that pass through it."""

    subtype: str = IDENTITY
    made_by: exp.Expression | None = None
    masking: bool = False

    @property
    def indirect(self) -> bool:
        """Whether the value only decides."""
        return self.subtype not in _STRENGTH

    def deeper(self, subtype: str, masking: bool) -> Step:
        """Return the step for an argument of an operation below: the strongest kind, or still indirect."""
        masked = self.masking or masking
        if self.indirect or _STRENGTH[self.subtype] >= _STRENGTH[subtype]:
            return self if masked == self.masking else self._replace(masking=masked)
        return Step(subtype, self.made_by, masked)

    def deciding(self, subtype: str, made_by: exp.Expression) -> Step:
        """Return the step for an argument that only decides; the outermost decision names the whole path."""
        return self if self.indirect else Step(subtype, made_by, self.masking)


# Keyed by origin and subtype, so that two paths of one kind are one edge. Never changed once handed on.
Flows: TypeAlias = Mapping[tuple[Origin, str], Flow]


def absorb(into: dict[tuple[Origin, str], Flow], flows: Flows, step: Step = Step()) -> None:  # noqa: B008
    """Add flows that pass through a step.

    Two paths of one kind from one column become one flow, which masks only if both do.
    """
    for flow in flows.values():
        passed = _composed(flow, step)
        key = (passed.origin, passed.subtype)
        known = into.get(key)
        if known is None or (known.masking and not passed.masking):
            into[key] = passed


def through(flows: Flows, step: Step) -> Flows:
    """Return flows as they are after a step."""
    if step.subtype == IDENTITY and not step.masking:
        return flows
    result: dict[tuple[Origin, str], Flow] = {}
    absorb(result, flows, step)
    return result


def _composed(flow: Flow, step: Step) -> Flow:
    masking = flow.masking or step.masking
    if step.indirect:
        return Flow(flow.origin, step.subtype, step.made_by, masking)
    # Among equals the outer expression describes the edge: it is the one a reader of the output looks for.
    weaker = flow.subtype not in _STRENGTH or _STRENGTH[step.subtype] < _STRENGTH[flow.subtype]
    if weaker or step.subtype == IDENTITY:
        return flow if masking == flow.masking else flow._replace(masking=masking)
    return Flow(flow.origin, step.subtype, step.made_by, masking)


def edges(flows: Iterable[Flow], text_of: Callable[[exp.Expression], str]) -> tuple[ColumnEdge, ...]:
    """Return flows as the receipt's edges, ``text_of`` giving the SQL of the expression behind one."""
    return tuple(
        ColumnEdge(
            namespace=flow.origin.namespace,
            location=flow.origin.location,
            column=flow.origin.column,
            type="DIRECT" if flow.subtype in _STRENGTH else "INDIRECT",
            subtype=flow.subtype,
            description="" if flow.made_by is None else text_of(flow.made_by),
            masking=flow.masking,
        )
        for flow in flows
    )
