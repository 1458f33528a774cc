"""What can be checked, opened as a table: files, Delta tables, frames, DuckDB relations, databases, Spark."""

from __future__ import annotations

from hallmark.quality.data.opening import opened

__all__ = ["opened"]
