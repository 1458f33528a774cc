"""The catalog that requests are answered from: opened by the first, kept for the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request

from hallmark.catalog import Catalog, open_catalog
from hallmark.catalog.rest import Rest

__all__ = ["CatalogDep", "Opened", "Opener"]

# Seconds a request waits for a database that does not answer.
_PATIENCE = 2.0
# Seconds during which others are told at once that it did not: each of them would hold one of the server's few threads.
_REST = 5.0

Opener = Callable[[], Catalog]


class Opened:
    """A catalog that is opened when it is first asked for, and again as long as that fails."""

    def __init__(self) -> None:
        self._catalog: Catalog | None = None
        self._rest = Rest(_REST)

    def __call__(self) -> Catalog:
        """Return the catalog.

        Raises:
            CatalogError: it is out of reach, or not migrated.
        """
        if self._catalog is None:
            self._catalog = open_catalog(patience=_PATIENCE, rest=self._rest)
        return self._catalog


def _opener(request: Request) -> Opener:
    opener: Opener = request.app.state.catalog
    return opener


# Not opened yet: who is not admitted costs the database nothing, and opening it may block.
CatalogDep = Annotated[Opener, Depends(_opener)]
