"""All expectations that are compiled; each module registers its own."""

from __future__ import annotations

from hallmark.quality.compiler.expectations import (
    aggregates,
    distribution,
    keys,
    order,
    parsed,
    queries,
    rows,
    sets,
    several,
    shape,
    text,
    types,
)
from hallmark.quality.compiler.registry import REGISTRY

__all__ = ["REGISTRY"]
