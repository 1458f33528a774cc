"""What all lists of the pages share."""

from __future__ import annotations

from typing import Annotated, Generic, TypeVar

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, Field

from hallmark.catalog.pages import Window
from hallmark.catalog.pages.receipts import Wanted
from hallmark_ui.api.parameters import moment
from hallmark_ui.api.problems import REFUSALS
from hallmark_ui.api.ui.tagged import Tagged

__all__ = ["Listing", "ReceiptId", "Several", "WantedDep", "WindowDep", "router_of"]

MOST = 200
_LONGEST = 4000
_MOST_VALUES = 100

T = TypeVar("T")


class Listing(BaseModel, Generic[T]):
    """A page of a list."""

    items: list[T]
    total: int = Field(description="How many there are; counted to 10,000.", examples=[120])
    more: bool = Field(description="Whether there are more than were counted.")
    next_cursor: str | None = Field(None, description="Where the next page begins; null on the last one.")


def router_of(tag: str) -> APIRouter:
    """Return a router whose answers carry tags."""
    return APIRouter(tags=[tag], responses=REFUSALS, route_class=Tagged)


def _window(
    limit: Annotated[int, Query(ge=1, le=MOST, description="How many at most.")] = 50,
    cursor: Annotated[str | None, Query(max_length=_LONGEST, description="`next_cursor` of the page before.")] = None,
) -> Window:
    return Window(limit, cursor or None)


WindowDep = Annotated[Window, Depends(_window)]
Several = Annotated[list[str], Query(default_factory=list, max_length=_MOST_VALUES, description="May be repeated.")]
ReceiptId = Annotated[str, Path(max_length=200, examples=["01939b6f-8f3c-7c5e-9a34-1f1c62a1f7b5"])]
Time = Annotated[str | None, Query(max_length=100, examples=["2026-01-31T06:00:00Z"])]


def _wanted(
    dag_id: Several,
    task_id: Several,
    run_id: Several,
    dataset: Several,
    state: Several,
    kind: Several,
    principal: Several,
    since: Time = None,
    until: Time = None,
) -> Wanted:
    return Wanted(
        dag_ids=dag_id,
        task_ids=task_id,
        run_ids=run_id,
        datasets=dataset,
        states=state,
        kinds=kind,
        principals=principal,
        since=moment(since, "since"),
        until=moment(until, "until"),
    )


WantedDep = Annotated[Wanted, Depends(_wanted)]
