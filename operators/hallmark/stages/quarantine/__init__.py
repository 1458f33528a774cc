"""Rows that were set apart: what is there, and what becomes of it. They are released through the gate or discarded."""

from __future__ import annotations

from hallmark.stages.quarantine.batches import Batch, Standing, batches, declared, rows
from hallmark.stages.quarantine.discard import discard
from hallmark.stages.quarantine.release import release
from hallmark.stages.quarantine.running import settle

__all__ = ["Batch", "Standing", "batches", "declared", "discard", "release", "rows", "settle"]
