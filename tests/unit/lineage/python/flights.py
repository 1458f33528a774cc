"""Two inputs of a transformation, as frames and as versions."""

from __future__ import annotations

from typing import Any

import polars as pl

from hallmark.dataset import Column, DatasetVersion
from hallmark.lineage.python import Given, Traced, traced
from hallmark.receipt import ColumnEdge, ColumnLineage

COLUMNS = {"f": ("k", "a", "b", "c"), "w": ("k", "d", "c")}
VERSIONS = {
    name: DatasetVersion(name, "file", name, "1", columns=tuple(Column(c, "BIGINT") for c in columns))
    for name, columns in COLUMNS.items()
}


def lazy(rows: int = 4) -> dict[str, pl.LazyFrame]:
    """Return both inputs with small numbers in them."""
    return {
        name: pl.LazyFrame({c: [(i * (n + 2)) % 5 for i in range(rows)] for n, c in enumerate(columns)})
        for name, columns in COLUMNS.items()
    }


def given(frames: dict[str, pl.LazyFrame]) -> dict[str, Given]:
    return {name: Given(VERSIONS[name], frame) for name, frame in frames.items()}


def trace(make: Any) -> Traced:
    """Trace what a function makes of both inputs."""
    frames = lazy()
    return traced(make(frames["f"], frames["w"]), given(frames))


def words(edges: tuple[ColumnEdge, ...]) -> set[str]:
    """Return edges as short text: ``f.a SUM``, with an exclamation mark where the value is masked."""
    return {f"{e.location}.{e.column} {e.subtype}{'!' if e.masking else ''}" for e in edges}


def told(lineage: ColumnLineage) -> dict[str, set[str]]:
    return {**{name: words(edges) for name, edges in lineage.fields.items()}, "*": words(lineage.dataset)}
