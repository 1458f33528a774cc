"""Parameters that several routes share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, TypeVar

from fastapi import Depends, HTTPException, Path, Query
from sqlalchemy import Connection

from hallmark.lineage.browse import Window
from hallmark_ui.api.catalog import CatalogDep

__all__ = [
    "MAX_LIMIT",
    "DatasetName",
    "Depth",
    "FieldName",
    "JobName",
    "Limit",
    "NamespaceName",
    "NodeId",
    "ReadDep",
    "RunId",
    "TagName",
    "WindowDep",
    "WriteDep",
    "absent",
    "moment",
]

MAX_LIMIT = 1000
_MAX_OFFSET = 2**31 - 1
_LONGEST = 4000

T = TypeVar("T")

NamespaceName = Annotated[str, Path(max_length=_LONGEST, examples=["postgres://db:5432"])]
DatasetName = Annotated[str, Path(max_length=_LONGEST, examples=["shop.public.orders"])]
JobName = Annotated[str, Path(max_length=_LONGEST, examples=["shop.clean"])]
FieldName = Annotated[str, Path(max_length=_LONGEST, examples=["customer"])]
TagName = Annotated[str, Path(max_length=200, examples=["PII"])]
RunId = Annotated[str, Path(max_length=200, examples=["01939b6f-8f3c-7c5e-9a34-1f1c62a1f7b5"])]
Limit = Annotated[int, Query(ge=0, le=MAX_LIMIT, description="How many at most.")]
Offset = Annotated[int, Query(ge=0, le=_MAX_OFFSET, description="How many to leave out from the beginning.")]
Cursor = Annotated[
    str | None, Query(max_length=_LONGEST, description="Go on where a page ended: its `nextCursor`. Wins over offset.")
]
NodeId = Annotated[
    str,
    Query(
        alias="nodeId",
        max_length=_LONGEST,
        description="`dataset:<namespace>:<name>`, `job:<namespace>:<name>`, `datasetField:<namespace>:<name>:<field>`",
        examples=["dataset:postgres://db:5432:shop.public.orders"],
    ),
]
Depth = Annotated[
    int,
    Query(ge=0, le=_MAX_OFFSET, description="How many steps, counting datasets and jobs; more than 20 counts as 20."),
]


def _window(limit: Limit = 100, offset: Offset = 0, cursor: Cursor = None) -> Window:
    return Window(limit, offset, cursor)


WindowDep = Annotated[Window, Depends(_window)]


class Reading:
    """Runs work that reads, in one transaction of the catalog."""

    def __init__(self, catalog: CatalogDep) -> None:
        self._catalog = catalog

    def __call__(self, work: Callable[[Connection], T]) -> T:
        """Run it.

        Raises:
            CatalogError: the catalog is out of reach.
        """
        return self._catalog().database.read(work)


class Writing:
    """Runs work that writes, in one transaction of the catalog."""

    def __init__(self, catalog: CatalogDep) -> None:
        self._catalog = catalog

    def __call__(self, work: Callable[[Connection], T]) -> T:
        """Run it.

        Raises:
            CatalogError: the catalog is out of reach.
        """
        return self._catalog().database.write(work)


ReadDep = Annotated[Reading, Depends(Reading)]
WriteDep = Annotated[Writing, Depends(Writing)]


def absent(what: str, name: str, namespace: str | None = None) -> HTTPException:
    """Return the answer to a name that nothing has."""
    within = "" if namespace is None else f" in the namespace {namespace[:200]!r}"
    return HTTPException(404, f"There is no {what} {name[:200]!r}{within}.")


def moment(text: str | None, parameter: str) -> datetime | None:
    """Return a parameter's time, in UTC if it names no zone; None for what is empty.

    Raises:
        HTTPException: it is no time.
    """
    if not text:
        return None
    try:
        # A plus sign that was not encoded arrives as a blank.
        told = datetime.fromisoformat(text.strip().replace(" ", "+") if "T" in text else text)
        return (told if told.tzinfo else told.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise HTTPException(400, f"{parameter} is no time: write it as 2026-01-31T06:00:00Z.") from None
