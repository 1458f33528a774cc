"""OpenLineage events from any producer: read, bounded, and free of credentials."""

from __future__ import annotations

from hallmark.lineage.events.reading import MAX_BYTES, Event, read_event

__all__ = ["MAX_BYTES", "Event", "read_event"]
