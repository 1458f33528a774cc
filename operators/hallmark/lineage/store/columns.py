"""A columnLineage facet as rows: one set of edges under one number, kept once however many runs repeat it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import msgspec

from hallmark.catalog.lineage_tables import number_of, number_of_json
from hallmark.lineage.events.shape import clean_text, mappings
from hallmark.lineage.store.names import identity

__all__ = ["ColumnEdge", "ColumnSet", "column_set"]

# The databases index no more of two columns together.
_MAX_COLUMN = 600
_MAX_DESCRIPTION = 2000
# Stands for all columns of the output: the facet's edges of the dataset as a whole.
ALL_COLUMNS = ""
# What producers of the facet before 1-1-0 said in place of a list of transformations.
_FORMER = {"IDENTITY": ("DIRECT", "IDENTITY", False), "MASKED": ("DIRECT", "TRANSFORMATION", True)}


class ColumnEdge(NamedTuple):
    """One edge; without an output column it stands for all rows."""

    output_column: str
    namespace: str
    name: str
    input_column: str
    type: str
    subtype: str
    masking: bool
    description: str | None


@dataclass(frozen=True)
class ColumnSet:
    """The edges of one facet, with the number that stands for exactly these."""

    id: int
    edges: tuple[ColumnEdge, ...]

    @cached_property
    def rows(self) -> tuple[dict[str, Any], ...]:
        """The edges as rows of their table."""
        return tuple(
            {
                "columns_id": self.id,
                "output_column": edge.output_column,
                "dataset_id": number_of(edge.namespace, edge.name),
                "input_column": edge.input_column,
                "type": edge.type,
                "subtype": edge.subtype,
                "masking": edge.masking,
                "description": edge.description,
            }
            for edge in self.edges
        )

    @cached_property
    def inputs(self) -> frozenset[tuple[str, str]]:
        """The datasets that edges come from."""
        return frozenset((edge.namespace, edge.name) for edge in self.edges)


def column_set(facet: Any) -> ColumnSet | None:
    """Return a facet's edges, None where it has none.

    Edges that name no dataset or column, or a column too long to be indexed, are left out.
    """
    return _read(msgspec.json.encode(facet)) if isinstance(facet, dict) else None


# Every run of a job tells the same.
@lru_cache(maxsize=1024)
def _read(facet: bytes) -> ColumnSet | None:
    told = {edge[:6]: edge for edge in _edges(msgspec.json.decode(facet))}
    if not told:
        return None
    edges = tuple(told[key] for key in sorted(told))
    return ColumnSet(number_of_json(edges), edges)


def _edges(facet: Mapping[str, Any]) -> Iterator[ColumnEdge]:
    fields = facet.get("fields")
    for output, told in (fields if isinstance(fields, dict) else {}).items():
        if isinstance(told, dict) and output:
            former = _FORMER.get(str(told.get("transformationType")))
            for one in mappings(told.get("inputFields")):
                yield from _of_input(output, one, former, told.get("transformationDescription"))
    for one in mappings(facet.get("dataset")):
        yield from _of_input(ALL_COLUMNS, one, None, None)


def _of_input(
    output: str, told: Mapping[str, Any], former: tuple[str, str, bool] | None, description: Any
) -> Iterator[ColumnEdge]:
    parts = [told.get(key) for key in ("namespace", "name", "field")]
    if not all(isinstance(part, str) and part for part in parts):
        return
    namespace, name, column = (clean_text(str(part)) for part in parts)
    output = clean_text(output)
    if max(len(output.encode()), len(column.encode())) > _MAX_COLUMN:
        return
    place = (output, *identity(namespace, name), column)
    if transformations := list(mappings(told.get("transformations"))):
        for one in transformations:
            type_, subtype = _word(one.get("type"), "DIRECT"), _word(one.get("subtype"), "")
            yield ColumnEdge(*place, type_, subtype, bool(one.get("masking")), _text(one.get("description")))
    else:
        type_, subtype, masking = former or ("DIRECT", "", False)
        yield ColumnEdge(*place, type_, subtype, masking, _text(description))


def _word(value: Any, default: str) -> str:
    return clean_text(value.upper())[:40] if isinstance(value, str) else default


def _text(value: Any) -> str | None:
    return clean_text(value)[:_MAX_DESCRIPTION] if isinstance(value, str) and value else None
