"""Questions to the lineage graph: what lies around a node, what depends on it, and how it came to be.

    from hallmark.catalog import open_catalog
    from hallmark.lineage import graph

    database = open_catalog().database
    node = database.read(lambda connection: graph.find(connection, "flights/features@41"))
    database.read(lambda connection: graph.why(connection, node))

Each function takes a connection to the catalog's database and answers with values that have ``to_dict``.
"""

from __future__ import annotations

from hallmark.lineage.graph.causes import root_cause
from hallmark.lineage.graph.details import Details, FieldOf, details
from hallmark.lineage.graph.differences import diff
from hallmark.lineage.graph.finding import find
from hallmark.lineage.graph.impacts import columns_of, impact
from hallmark.lineage.graph.occurrences import events
from hallmark.lineage.graph.provenance import why
from hallmark.lineage.graph.searching import search
from hallmark.lineage.graph.traversal import graph
from hallmark.lineage.graph.values import (
    ALL_ROWS,
    Assertion,
    Cause,
    Chain,
    Change,
    ColumnFlow,
    Difference,
    Edge,
    EventPage,
    Graph,
    Impact,
    ImpactedColumn,
    ImpactedNode,
    Link,
    Node,
    Suite,
)

__all__ = [
    "ALL_ROWS",
    "Assertion",
    "Cause",
    "Chain",
    "Change",
    "ColumnFlow",
    "Details",
    "Difference",
    "Edge",
    "EventPage",
    "FieldOf",
    "Graph",
    "Impact",
    "ImpactedColumn",
    "ImpactedNode",
    "Link",
    "Node",
    "Suite",
    "columns_of",
    "details",
    "diff",
    "events",
    "find",
    "graph",
    "impact",
    "root_cause",
    "search",
    "why",
]
