"""What an extract reads. A source is a small named tuple, so that Airflow renders its templates."""

from __future__ import annotations

from hallmark.sources.files import FileSource
from hallmark.sources.sql import SqlSource

__all__ = ["FileSource", "SqlSource"]
