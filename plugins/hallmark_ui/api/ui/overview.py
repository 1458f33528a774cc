"""Who is logged in, and what wants attention."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Query

from hallmark.catalog.pages import overview
from hallmark_ui.api.ui.listing import router_of
from hallmark_ui.api.ui.models import May, Me, MyDags, OverviewView
from hallmark_ui.api.ui.people import PagesDep

__all__ = ["router"]

router = router_of("overview")


@router.get("/me", summary="Who is logged in")
def get_me(pages: PagesDep) -> Me:
    """Return who is logged in, and what they may do for one DAG at least; each thing's own page says it of that."""
    viewer, reach = pages.viewer, pages.viewer.reach
    may_edit = bool(viewer.editable)
    return Me(
        name=viewer.name,
        may=May(
            review=may_edit,
            see_rows=may_edit,
            see_personal=viewer.administers,
            manage_tokens=viewer.administers,
        ),
        dags=MyDags(all=reach.but and not reach.dags, readable=len(viewer.readable), editable=len(viewer.editable)),
    )


@router.get("/overview", summary="What wants attention now")
def get_overview(
    pages: PagesDep,
    days: Annotated[int, Query(ge=1, le=90, description="How many days the trend goes back.")] = 14,
) -> OverviewView:
    """Return what failed, is stale, lost or waits; gates day by day; and freshness against the contracts."""
    now = datetime.now(UTC)
    found = pages(lambda connection, reach: overview.overview(connection, reach, now, days))
    return OverviewView(**vars(found), at_day=now.date())
