"""Dataset naming, facets, column lineage from SQL and from Python, the event store, the graph, and the outbox.

    {"type": "hallmark.lineage.CatalogTransport"}

in Airflow's ``[openlineage] transport`` keeps every event in the catalog. The names are imported when first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

_PUBLIC = {
    "CatalogTransport": "hallmark.lineage.transport",
    "deliver": "hallmark.lineage.outbox",
    "ingest": "hallmark.lineage.store",
}
__all__ = ["CatalogTransport", "deliver", "ingest"]

if TYPE_CHECKING:
    from hallmark.lineage.outbox import deliver
    from hallmark.lineage.store import ingest
    from hallmark.lineage.transport import CatalogTransport


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'hallmark.lineage' has no attribute {name!r}")
    value = getattr(importlib.import_module(_PUBLIC[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
