"""A catalog that is told events and asked questions of lineage, for tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from hallmark.catalog import Catalog
from hallmark.lineage import graph as lineage
from hallmark.lineage.graph import Node
from hallmark.lineage.store import ingest

__all__ = ["Store", "labels"]

T = TypeVar("T")


@dataclass(frozen=True)
class Store:
    """A catalog that is told events and asked questions."""

    catalog: Catalog

    def tell(self, *events: Mapping[str, Any]) -> None:
        """Store events, none of which may be refused."""
        assert ingest(self.catalog.database, events).refused == ()

    def ask(self, question: Callable[..., T], *arguments: Any, **options: Any) -> T:
        return self.catalog.database.read(lambda connection: question(connection, *arguments, **options))

    def find(self, text: str) -> Node:
        return self.ask(lineage.find, text)

    def graph(self, text: str, **options: Any) -> lineage.Graph:
        return self.ask(lineage.graph, self.find(text), **options)

    def impact(self, dataset: str, column: str) -> lineage.Impact:
        return self.ask(lineage.impact, self.find(dataset), column)

    def why(self, text: str) -> lineage.Chain:
        return self.ask(lineage.why, self.find(text))

    def cause(self, text: str) -> lineage.Cause | None:
        return self.ask(lineage.root_cause, self.find(text))


def labels(nodes: Iterable[Node]) -> list[str]:
    return [node.label for node in nodes]
