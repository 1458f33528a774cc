"""What goes into a trace and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hallmark.dataset import DatasetVersion
from hallmark.receipt import ColumnLineage

__all__ = ["Given", "Traced", "Untraceable"]


@dataclass(frozen=True)
class Given:
    """An input as a function was given it.

    Args:
        version: which dataset it is.
        frame: the lazy frame that reads it, by which a Polars plan knows the input again; SQL knows it by its name.
    """

    version: DatasetVersion
    frame: Any = None


@dataclass(frozen=True)
class Traced:
    """What a frame tells of its columns.

    Args:
        lineage: the edges that are certain; a column that is not told has no entry.
        missing: the output columns that are not told.
        reasons: why not, for a reader.
    """

    lineage: ColumnLineage = field(default_factory=ColumnLineage)
    missing: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """What is missing and why, in one line; empty if nothing is."""
        which = f"columns {', '.join(self.missing)}" if self.missing else "what decides over the rows"
        return f"{which}: {'; '.join(self.reasons)}" if self.missing or self.reasons else ""


class Untraceable(Exception):
    """Raised inside a trace where it cannot go on; the message says at what."""
