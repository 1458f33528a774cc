"""The lineage store: OpenLineage events from any producer, merged into one graph, the same in any order of arrival.

from hallmark.catalog import open_catalog
from hallmark.lineage.store import ingest

ingest(open_catalog().database, events)
"""

from __future__ import annotations

from hallmark.lineage.store.ingest import Ingested, Refusal, ingest

__all__ = ["Ingested", "Refusal", "ingest"]
