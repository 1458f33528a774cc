"""Nothing lost: events wait in the catalog, or on this machine's disk, until every backend has them.

    emit ──> catalog ──> outbox ──> deliver ──> Marquez, DataHub, Kafka, a file …
      └────> spool ───────┘

An event is kept first. If the catalog answers, the store keeps it and, in the same transaction, a row for each backend;
if it does not, the event becomes a file in the spool. Delivery is somebody else's: a command, or the maintenance DAG.

The names are imported when first used: an operator's process pays for what it asks alone.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

_PUBLIC = {
    "Backlog": "hallmark.lineage.outbox.waiting",
    "Delivered": "hallmark.lineage.outbox.delivery",
    "Pruned": "hallmark.lineage.outbox.retention",
    "Spool": "hallmark.lineage.outbox.spool",
    "backlog": "hallmark.lineage.outbox.waiting",
    "deliver": "hallmark.lineage.outbox.delivery",
    "enqueue": "hallmark.lineage.outbox.queueing",
    "prune": "hallmark.lineage.outbox.retention",
}
__all__ = ["Backlog", "Delivered", "Pruned", "Spool", "backlog", "deliver", "enqueue", "prune"]

if TYPE_CHECKING:
    from hallmark.lineage.outbox.delivery import Delivered, deliver
    from hallmark.lineage.outbox.queueing import enqueue
    from hallmark.lineage.outbox.retention import Pruned, prune
    from hallmark.lineage.outbox.spool import Spool
    from hallmark.lineage.outbox.waiting import Backlog, backlog


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'hallmark.lineage.outbox' has no attribute {name!r}")
    value = getattr(importlib.import_module(_PUBLIC[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
