"""The catalog that requests are answered from: opened by the first, kept for the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request

from hallmark.catalog import Catalog, open_catalog

__all__ = ["CatalogDep", "Opened", "Opener"]

# Seconds a request waits for a database that does not answer.
_PATIENCE = 2.0

Opener = Callable[[], Catalog]


class Opened:
    """A catalog that is opened when it is first asked for, and again as long as that fails."""

    def __init__(self) -> None:
        self._catalog: Catalog | None = None

    def __call__(self) -> Catalog:
        """Return the catalog.

        Raises:
            CatalogError: it is out of reach, or not migrated.
        """
        if self._catalog is None:
            self._catalog = open_catalog(patience=_PATIENCE)
        return self._catalog


def _opener(request: Request) -> Opener:
    opener: Opener = request.app.state.catalog
    return opener


# Not opened yet: who is not admitted costs the database nothing, and opening it may block.
CatalogDep = Annotated[Opener, Depends(_opener)]
