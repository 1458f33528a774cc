"""Dataset naming, facets, column lineage from SQL, the event store and the graph."""

from __future__ import annotations

__all__: list[str] = []
