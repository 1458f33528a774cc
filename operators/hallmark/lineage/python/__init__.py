"""Column lineage of transformations written in Python: declared by their author, or read from what a function returns.

A lazy frame carries its plan: a DuckDB relation and an Ibis expression are SQL, a Polars LazyFrame has a logical plan.
What was computed already (a DataFrame, an Arrow table) does not tell where its columns are from.
"""

from __future__ import annotations

from hallmark.lineage.python.declaring import declared_lineage
from hallmark.lineage.python.tracing import lineage_of, traced
from hallmark.lineage.python.values import Given, Traced

__all__ = ["Given", "Traced", "declared_lineage", "lineage_of", "traced"]
