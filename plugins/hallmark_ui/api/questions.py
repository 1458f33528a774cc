"""What Marquez has no answer to: what depends on a column, what broke it, how a version came to be, what changed."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query
from sqlalchemy import Connection

from hallmark.errors import LineageError
from hallmark.lineage import graph
from hallmark.lineage.browse import runs
from hallmark_ui.api.access import needs
from hallmark_ui.api.nodes import found, or_absent, told_version
from hallmark_ui.api.parameters import ReadDep, absent
from hallmark_ui.api.problems import REFUSALS
from hallmark_ui.api.told import Told

__all__ = ["router"]

READ = needs("lineage:read")

router = APIRouter(tags=["questions"], responses=REFUSALS)

NodeName = Annotated[
    str,
    Query(
        alias="node",
        min_length=1,
        max_length=4000,
        description="`flights/features`, `shop.load_orders`, `dataset:<namespace>:<name>`; `.column` and `@version` "
        "may stand behind it.",
        examples=["flights/features@41"],
    ),
]
RunIdQuery = Annotated[str, Query(min_length=1, max_length=200, examples=["01939b6f-8f3c-7c5e-9a34-1f1c62a1f7b5"])]
Answer = Told


def _answers(example: dict[str, Any]) -> dict[int | str, dict[str, Any]]:
    return {200: {"content": {"application/json": {"example": example}}}}


@router.get(
    "/impact",
    dependencies=[READ],
    summary="What depends on a column",
    responses=_answers(
        {
            "start": {"id": "dataset:file:/lake/shop/orders", "column": "customer"},
            "columns": [
                {"dataset": "dataset:file:/lake/shop/report", "column": "customer", "how": "direct", "distance": 1}
            ],
            "datasets": [],
            "models": [],
            "jobs": [],
            "owners": {"sales": 2},
            "truncated": False,
        }
    ),
)
def get_impact(read: ReadDep, node: NodeName, column: Annotated[str | None, Query(max_length=1000)] = None) -> Answer:
    """Return everything downstream of a column: directly, because it decides, or possibly.

    The column stands behind the dataset's name, or in `column`.
    """

    def work(connection: Connection) -> Answer:
        dataset = found(connection, node)
        chosen = column or dataset.column
        if dataset.kind != "dataset" or chosen is None:
            raise HTTPException(400, "Name a dataset and its column: node=flights/clean&column=distance.")
        with or_absent():
            return graph.impact(connection, dataset, chosen).to_dict()

    return read(work)


@router.get(
    "/cause",
    dependencies=[READ],
    summary="What broke it",
    responses=_answers(
        {
            "cause": {
                "job": {"id": "job:production:shop.clean", "state": "FAIL"},
                "at": "2026-11-23T06:00:00+00:00",
                "error": None,
                "assertions": [{"dataset": "dataset:file:/lake/shop/orders", "assertion": "not_null", "column": "id"}],
                "path": [],
            }
        }
    ),
)
def get_cause(read: ReadDep, node: NodeName) -> Answer:
    """Return the nearest job upstream that failed, or whose checks did; `cause` is null if all is well."""

    def work(connection: Connection) -> Answer:
        cause = graph.root_cause(connection, found(connection, node))
        return {"cause": cause.to_dict() if cause else None}

    return read(work)


@router.get(
    "/why",
    dependencies=[READ],
    summary="How a version came to be",
    responses=_answers(
        {"dataset": "flights/features", "version": "41", "starts": ["…"], "links": [], "truncated": False}
    ),
)
def get_why(read: ReadDep, node: NodeName, version: Annotated[str | None, Query(max_length=500)] = None) -> Answer:
    """Return what a version was made from and by, back to its sources; the newest version, if none is named."""

    def work(connection: Connection) -> Answer:
        dataset = found(connection, node)
        if dataset.kind != "dataset":
            raise HTTPException(400, f"{dataset.id} is a job; name a dataset or a model.")
        asked = told_version(connection, dataset, version) if version else None
        with or_absent():
            return graph.why(connection, dataset, asked).to_dict()

    return read(work)


@router.get(
    "/runs/diff",
    dependencies=[READ],
    summary="What changed between two runs",
    responses=_answers(
        {
            "job": {"id": "job:production:shop.clean"},
            "run_a": "…",
            "run_b": "…",
            "changes": [{"what": "rows", "name": "shop/orders", "before": 1200, "after": 17}],
        }
    ),
)
def get_diff(read: ReadDep, a: RunIdQuery, b: RunIdQuery) -> Answer:
    """Return what changed from run `a` of a job to its run `b`: versions, code, parameters, rows, checks and more."""

    def work(connection: Connection) -> Answer:
        for asked in (a, b):
            if runs.run(connection, asked) is None:
                raise absent("run", asked)
        try:
            return graph.diff(connection, a, b).to_dict()
        except LineageError as error:
            raise HTTPException(400, str(error)) from error

    return read(work)
