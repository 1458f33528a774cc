"""The plugin's API. Airflow puts no login before a plugin's app: every route asks for its user or its token itself."""

from __future__ import annotations

# Before any route is made: their paths name these convertors.
from hallmark_ui.api import names

__all__ = ["names"]
