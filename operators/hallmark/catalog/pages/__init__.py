"""What the pages ask the catalog: lists that go on page by page, and all that one page shows, in few queries each.

Each function takes a connection and answers with values that have ``to_dict``. Whatever is listed is what a
:class:`~hallmark.catalog.pages.reach.Reach` lets through: the DAGs that somebody may read.
"""

from __future__ import annotations

from hallmark.catalog.pages.paging import NoSuchPage, Page, Window
from hallmark.catalog.pages.reach import EVERYTHING, Reach

__all__ = ["EVERYTHING", "NoSuchPage", "Page", "Reach", "Window"]
