"""The catalog: the database behind the pages, the command line and the audit.

    from hallmark.catalog import open_catalog

    catalog = open_catalog()
    catalog.record(receipt, dataset)
    catalog.dataset("flights/clean").versions[0]

The names are imported when first used: SQLAlchemy costs a process nothing until it asks the catalog something.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

_PUBLIC = {
    "Catalog": "hallmark.catalog.face",
    "DatasetDetail": "hallmark.catalog.values",
    "DatasetSummary": "hallmark.catalog.values",
    "Event": "hallmark.catalog.values",
    "Gate": "hallmark.catalog.values",
    "GateResult": "hallmark.catalog.values",
    "ModelDetail": "hallmark.catalog.values",
    "ModelSummary": "hallmark.catalog.values",
    "ModelVersion": "hallmark.catalog.values",
    "PublishedVersion": "hallmark.catalog.values",
    "RunSummary": "hallmark.catalog.values",
    "catalog_url": "hallmark.catalog.address",
    "current_revision": "hallmark.catalog.migrate",
    "head_revision": "hallmark.catalog.migrate",
    "open_catalog": "hallmark.catalog.face",
    "upgrade": "hallmark.catalog.migrate",
}
__all__ = [
    "Catalog",
    "DatasetDetail",
    "DatasetSummary",
    "Event",
    "Gate",
    "GateResult",
    "ModelDetail",
    "ModelSummary",
    "ModelVersion",
    "PublishedVersion",
    "RunSummary",
    "catalog_url",
    "current_revision",
    "head_revision",
    "open_catalog",
    "upgrade",
]

if TYPE_CHECKING:
    from hallmark.catalog.address import catalog_url
    from hallmark.catalog.face import Catalog, open_catalog
    from hallmark.catalog.migrate import current_revision, head_revision, upgrade
    from hallmark.catalog.values import (
        DatasetDetail,
        DatasetSummary,
        Event,
        Gate,
        GateResult,
        ModelDetail,
        ModelSummary,
        ModelVersion,
        PublishedVersion,
        RunSummary,
    )


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'hallmark.catalog' has no attribute {name!r}")
    value = getattr(importlib.import_module(_PUBLIC[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
