"""Looking through the lineage store: lists, page by page, and one thing at a time by its name.

Every function takes a connection of the catalog's database and answers in the values of
:mod:`hallmark.lineage.browse.values`. What hangs together over several steps is asked of :mod:`hallmark.lineage.graph`.
"""

from __future__ import annotations

from hallmark.lineage.browse.paging import Window
from hallmark.lineage.browse.values import (
    ColumnInput,
    Dataset,
    Job,
    Named,
    Namespace,
    Page,
    Run,
    RunIo,
    Source,
    Tag,
    Version,
)

__all__ = [
    "ColumnInput",
    "Dataset",
    "Job",
    "Named",
    "Namespace",
    "Page",
    "Run",
    "RunIo",
    "Source",
    "Tag",
    "Version",
    "Window",
]
