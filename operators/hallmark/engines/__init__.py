"""Who runs the SQL: DuckDB, in the process of the task."""

from __future__ import annotations

__all__: list[str] = []
