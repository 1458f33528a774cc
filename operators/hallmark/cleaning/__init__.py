"""Cleaning steps: values that a DAG file names and a stage compiles to one SQL query.

Nothing heavy is imported with this package; sqlglot and DuckDB come in when steps are compiled.
"""

from __future__ import annotations

from hallmark.cleaning.compile import compile_steps, without_secrets
from hallmark.cleaning.conversion import Cast, Derive, Hash
from hallmark.cleaning.impute import Impute
from hallmark.cleaning.projection import Drop, Keep, Rename
from hallmark.cleaning.rows import DropDuplicates, DropNulls, Filter
from hallmark.cleaning.step import STEPS, Step
from hallmark.cleaning.substitution import Clip, Replace
from hallmark.cleaning.text import Lower, Trim, Upper

__all__ = [
    "STEPS",
    "Cast",
    "Clip",
    "Derive",
    "Drop",
    "DropDuplicates",
    "DropNulls",
    "Filter",
    "Hash",
    "Impute",
    "Keep",
    "Lower",
    "Rename",
    "Replace",
    "Step",
    "Trim",
    "Upper",
    "compile_steps",
    "without_secrets",
]
