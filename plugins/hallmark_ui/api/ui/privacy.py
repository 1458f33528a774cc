"""What is left out for who may not see rows: the samples of values that a receipt keeps of its gate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["without_samples"]

# As Great Expectations names lists of values, and Hallmark lists of rows.
_SAMPLES = frozenset(
    {
        "partial_unexpected_list",
        "partial_unexpected_counts",
        "partial_unexpected_index_list",
        "unexpected_list",
        "unexpected_index_list",
        "unexpected_index_query",
        "failed_rows",
    }
)


def without_samples(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a receipt without what its gate quotes of rows."""
    gate = body.get("gate")
    if not gate:
        return dict(body)
    results = [{k: _bare(v) for k, v in result.items()} for result in gate.get("results") or ()]
    return {**body, "gate": {**gate, "results": results}}


def _bare(value: Any) -> Any:
    return {k: v for k, v in value.items() if k not in _SAMPLES} if isinstance(value, Mapping) else value
