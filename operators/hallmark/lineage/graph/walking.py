"""Breadth first, level by level: each level's steps are looked up at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

__all__ = ["Reached", "Way", "walk"]

Way = Literal["up", "down"]
K = TypeVar("K", bound=tuple[Any, ...])


@dataclass
class Reached(Generic[K]):
    """Nodes in the order in which they were reached, at most ``limit``, and the edges along which they were.

    Edges are in the direction of the data, whichever way they were walked.
    """

    limit: int
    nodes: dict[K, None] = field(default_factory=dict)
    edges: dict[tuple[K, K], None] = field(default_factory=dict)
    truncated: bool = False

    def take(self, edge: tuple[K, K], end: K) -> bool:
        """Note an edge and the node at its far end; return whether there was room."""
        if end not in self.nodes and len(self.nodes) >= self.limit:
            self.truncated = True
            return False
        self.nodes.setdefault(end)
        self.edges.setdefault(edge)
        return True


def walk(reached: Reached[K], start: K, way: Way, depth: int, step: Callable[[list[K]], Iterable[tuple[K, K]]]) -> None:
    """Note what lies up to so many steps from a node in one direction.

    Args:
        reached: where it is noted.
        start: where to begin; noted already.
        way: which way ``step`` leads.
        depth: how many steps.
        step: yields, for nodes, pairs of one of them and one that a step leads to.
    """
    frontier, seen = [start], {start}
    for _ in range(depth):
        found = set()
        for begin, end in sorted(step(frontier)):
            if reached.take((begin, end) if way == "down" else (end, begin), end):
                found.add(end)
        frontier = sorted(found - seen)
        seen |= found
        if not frontier:
            return
