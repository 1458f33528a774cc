"""What waits for somebody's decision: rows in quarantine, to be released or discarded, and Airflow's questions."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import Depends, HTTPException, Query
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from hallmark.catalog import Catalog
from hallmark.catalog.pages import Page, Reach, Window, datasets, quarantine
from hallmark.catalog.pages.values import Batch
from hallmark.errors import CatalogError, GateError, HallmarkError
from hallmark.receipt import Receipt
from hallmark_ui.api.bodies import described, json_of
from hallmark_ui.api.catalog import CatalogDep
from hallmark_ui.api.parameters import DatasetName, absent
from hallmark_ui.api.ui import lake
from hallmark_ui.api.ui.listing import ReceiptId, Several, WindowDep, router_of
from hallmark_ui.api.ui.models import BatchRow, BatchRows, BatchView, Review, ReviewKind, Reviews, Verdict, Verdicts
from hallmark_ui.api.ui.people import Pages, PagesDep, Viewer
from hallmark_ui.api.ui.questions import MOST, open_questions
from hallmark_ui.api.ui.rows import IN_THE_LAKE, Personal, allowed, columns_of, in_the_lake, masked

__all__ = ["KINDS", "Listed", "router"]

log = logging.getLogger("hallmark.api")

router = router_of("reviews")

ACTIONS = ("release", "discard")
_RELEASABLE = ("open", "released")
_MOST_OFFSET = 10_000


@dataclass(frozen=True)
class Listed:
    """What waits, of one kind."""

    items: Sequence[Review]
    total: int
    more: bool = False
    next_cursor: str | None = None


@dataclass(frozen=True)
class _Wanted:
    names: Sequence[str]
    standings: Sequence[str]
    window: Window


@dataclass(frozen=True)
class KindOfReview:
    """A kind of thing that waits: what it is called, what can be decided, and how it is listed."""

    title: str
    actions: Sequence[str]
    listed: Callable[[Pages, _Wanted], Listed]


class BatchIn(BaseModel):
    """A batch, named by its dataset and the receipt of the run that set it apart."""

    dataset: str = Field(min_length=1, max_length=4000, examples=["flights/clean"])
    receipt_id: str = Field(min_length=1, max_length=200)


class DecisionIn(BaseModel):
    """What is decided, and why."""

    batches: list[BatchIn] = Field(min_length=1, max_length=50)
    reason: str = Field(min_length=1, max_length=2000, pattern=r"\S")


@router.get("/reviews", summary="What waits for a decision")
def get_reviews(
    pages: PagesDep,
    window: WindowDep,
    dataset: Several,
    standing: Several,
    kind: Literal["quarantine", "question"] | None = None,
) -> Reviews:
    """List what waits, of all kinds or of one. The pages after the first have batches in quarantine alone."""
    wanted = _Wanted(dataset, standing, window)
    found = {name: each.listed(pages, wanted) for name, each in KINDS.items()}
    narrowed = bool(dataset or standing)
    shown = [each for name, each in found.items() if kind in (None, name) and not (narrowed and name == "question")]
    if window.cursor and kind != "question":
        shown = [found["quarantine"]]
    cursors = (each.next_cursor for each in shown)
    return Reviews(
        kinds=[
            ReviewKind(
                kind=name, title=KINDS[name].title, actions=KINDS[name].actions, count=each.total, more=each.more
            )
            for name, each in found.items()
        ],
        items=[item for each in shown for item in each.items],
        total=sum(each.total for each in shown),
        more=any(each.more for each in shown),
        next_cursor=next((cursor for cursor in cursors if cursor), None),
    )


@router.get("/reviews/quarantine/{dataset:name}/{receipt:name}", summary="A batch's rows", responses=IN_THE_LAKE)
def get_batch(
    pages: PagesDep,
    catalog: CatalogDep,
    dataset: DatasetName,
    receipt: ReceiptId,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=_MOST_OFFSET)] = 0,
    personal: Personal = False,
) -> BatchRows:
    """Return rows of a batch with the expectations that each failed, for who may see rows."""
    about = pages(lambda connection, reach: datasets.sensitive(connection, dataset, reach))
    if about is None:
        raise absent("dataset", dataset)
    allowed(pages.viewer, about.dag_id, personal=personal)
    with in_the_lake():
        found = lake.batch_of(catalog(), dataset, receipt)
        if found is None:
            raise absent("batch in quarantine", receipt)
        declared, batch = found
        read = lake.rows_of(declared, batch, offset, limit)
    names = [n for n in (read[0] if read else ()) if n != lake.FAILED and not n.startswith("quarantine_")]
    columns = columns_of([(name, None) for name in names], about.personal, shown=personal)
    return BatchRows(
        batch=_view(pages.viewer, batch),
        columns=columns,
        items=[
            BatchRow(values=masked([row[n] for n in names], columns), failed=row.get(lake.FAILED) or []) for row in read
        ],
        offset=offset,
        total=batch.rows,
        masked=any(column.masked for column in columns),
    )


def _decide_route(action: str, decide: Callable[..., Receipt], told: str) -> None:
    @router.post(
        f"/reviews/quarantine/{action}",
        summary=told,
        name=f"{action}_batches",
        operation_id=f"{action}_batches",
        openapi_extra=described(
            DecisionIn, {"batches": [{"dataset": "flights/clean", "receipt_id": "…"}], "reason": "mended by the source"}
        ),
    )
    def post_decision(
        pages: PagesDep,
        catalog: CatalogDep,
        decision: Annotated[DecisionIn, Depends(json_of(DecisionIn))],
    ) -> Verdicts:
        """Decide on batches, one after the other: what becomes of one does not change what becomes of the next."""
        _permitted(pages, decision.batches)
        log.info("%s: %s of %d batches: %s", pages.viewer.name, action, len(decision.batches), decision.reason)
        by = (decision.reason, pages.viewer.name)
        return Verdicts(results=[_verdict(catalog(), each, decide, by) for each in decision.batches])


_decide_route("release", lake.release, "Hold batches against their suite again and publish them")
_decide_route("discard", lake.discard, "Take batches out of quarantine for good")


def _permitted(pages: Pages, batches: Sequence[BatchIn]) -> None:
    """Let somebody decide on all of these batches, or on none."""

    def work(connection: Connection, reach: Reach) -> dict[str, datasets.Sensitive | None]:
        return {name: datasets.sensitive(connection, name, reach) for name in {each.dataset for each in batches}}

    for name, about in pages(work).items():
        if about is None:
            raise absent("dataset", name)
        if not pages.viewer.edits(about.dag_id):
            raise HTTPException(403, f"Who may change the task instances of the DAG {about.dag_id} decides on this.")


def _verdict(catalog: Catalog, named: BatchIn, decide: Callable[..., Receipt], by: tuple[str, str]) -> Verdict:
    def verdict(state: str, detail: str, made: Receipt | None = None) -> Verdict:
        done = state in {"published", "skipped"}
        return Verdict(**named.model_dump(), done=done, state=state, made=made.id if made else None, detail=detail)

    try:
        found = lake.batch_of(catalog, named.dataset, named.receipt_id)
        if found is None:
            return verdict("failed", "There is no such batch in quarantine; somebody may have decided on it already.")
        made = decide(catalog, *found, *by)
    except CatalogError:
        raise
    except GateError as error:
        return verdict("refused", str(error))
    except HallmarkError as error:
        return verdict("failed", str(error))
    return verdict(made.state, made.message or (made.output.label if made.output else ""), made)


def _quarantined(pages: Pages, wanted: _Wanted) -> Listed:
    def work(connection: Connection, reach: Reach) -> Page[Batch]:
        return quarantine.batches_page(connection, wanted.window, reach, names=wanted.names, standings=wanted.standings)

    found = pages(work)
    editable: dict[str, bool] = {}
    items = [_review(pages.viewer, batch, editable) for batch in found.items]
    return Listed(items, found.total, found.more, found.next_cursor)


def _asked(pages: Pages, _wanted: _Wanted) -> Listed:
    found = open_questions(pages)
    return Listed(found, len(found), len(found) == MOST)


# Another kind of thing to decide on is one more entry here.
KINDS: Mapping[Literal["quarantine", "question"], KindOfReview] = {
    "question": KindOfReview("Questions from Airflow", (), _asked),
    "quarantine": KindOfReview("Rows in quarantine", ACTIONS, _quarantined),
}


def _review(viewer: Viewer, batch: Batch, editable: dict[str, bool]) -> Review:
    if batch.dag_id not in editable:
        editable[batch.dag_id] = viewer.edits(batch.dag_id)
    same = ("owner", "dag_id", "task_id", "run_id", "map_index", "standing", "rows", "partition", "receipt_id")
    part = f" [{batch.partition}]" if batch.partition else ""
    return Review(
        kind="quarantine",
        id=f"{batch.dataset}:{batch.receipt_id}",
        title=f"{batch.rows:,} rows of {batch.dataset}{part}",
        name=batch.dataset,
        since=batch.set_apart_at,
        detail=batch.message,
        **{name: getattr(batch, name) for name in same},
        actions=list(_actions(batch.standing, editable[batch.dag_id])),
        url=None,
    )


def _view(viewer: Viewer, batch: Any) -> BatchView:
    same = ("dataset", "partition", "rows", "failed", "dag_id", "task_id", "run_id", "set_apart_at", "standing")
    return BatchView(
        **{name: getattr(batch, name) for name in same},
        receipt_id=batch.receipt,
        actions=list(_actions(batch.standing, viewer.edits(batch.dag_id))),
        why_not=lake.why_not(batch),
    )


def _actions(standing: str, editable: bool) -> Iterator[str]:
    if editable and standing in _RELEASABLE:
        yield "release"
    if editable:
        yield "discard"
