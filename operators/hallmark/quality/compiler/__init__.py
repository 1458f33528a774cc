"""From expectations to SQL: a suite becomes as few scans of the data as can be, with Great Expectations' verdicts."""

from __future__ import annotations

from hallmark.quality.compiler.kinds import Field, Kind
from hallmark.quality.compiler.suite import Checked, check
from hallmark.quality.compiler.table import Engine, Table

__all__ = ["Checked", "Engine", "Field", "Kind", "Table", "check"]
