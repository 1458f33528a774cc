"""Rows that are shown: to whom, and with which columns masked."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

from fastapi import HTTPException, Query

from hallmark.errors import CatalogError, HallmarkError
from hallmark_ui.api.problems import refusal
from hallmark_ui.api.ui.lake import MASK
from hallmark_ui.api.ui.models import MayHere, RowsColumn
from hallmark_ui.api.ui.people import Viewer

__all__ = ["IN_THE_LAKE", "Personal", "allowed", "columns_of", "in_the_lake", "masked", "may_here"]

log = logging.getLogger("hallmark.api")

IN_THE_LAKE: dict[int | str, dict[str, Any]] = {
    409: refusal("The lake cannot be read from the API server, or has changed.")
}
Personal = Annotated[bool, Query(description="Show values of personal columns too; for administrators.")]


def may_here(viewer: Viewer, dag_id: str | None) -> MayHere:
    """Return what somebody may do with what a DAG publishes."""
    edits = viewer.edits(dag_id)
    return MayHere(see_rows=edits, see_personal=edits and viewer.administers, review=edits)


def allowed(viewer: Viewer, dag_id: str | None, *, personal: bool) -> None:
    """Let somebody see rows that a DAG published.

    Raises:
        HTTPException: 403, they may not.
    """
    may = may_here(viewer, dag_id)
    if not may.see_rows:
        raise HTTPException(403, f"Rows are for those who may change the task instances of the DAG {dag_id}.")
    if personal:
        if not may.see_personal:
            raise HTTPException(403, "Values of personal columns are for administrators.")
        log.warning("%s looks at personal columns of what the DAG %s publishes", viewer.name, dag_id)


def columns_of(named: Iterable[tuple[str, str | None]], personal: Collection[str], *, shown: bool) -> list[RowsColumn]:
    """Return columns, those masked that are personal unless these are to be shown."""
    hidden = {name.lower() for name in personal}
    marked = ((name, kind, name.lower() in hidden) for name, kind in named)
    return [RowsColumn(name=name, type=kind, personal=is_, masked=is_ and not shown) for name, kind, is_ in marked]


def masked(row: Sequence[Any], columns: Sequence[RowsColumn]) -> list[Any]:
    """Return a row with values masked where there are some."""
    return [MASK if c.masked and value is not None else value for value, c in zip(row, columns, strict=True)]


@contextmanager
def in_the_lake() -> Iterator[None]:
    """Answer 409 where the lake cannot be read: the API server may have no way to it."""
    try:
        yield
    except CatalogError:
        raise
    except HallmarkError as error:
        raise HTTPException(409, str(error)) from error
    except ImportError as error:
        raise HTTPException(
            409, f"The API server cannot read the lake: {error.name} is not installed there."
        ) from error
