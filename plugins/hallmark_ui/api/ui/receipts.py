"""Receipts: every stage's runs, for a page or for a file; one whole; and the chain that it ends."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from itertools import chain
from typing import Annotated, Any, Literal

from fastapi import Query
from sqlalchemy import Connection
from starlette.responses import StreamingResponse

from hallmark.catalog.pages import Reach, receipts
from hallmark.catalog.pages.code import url_of
from hallmark.catalog.pages.values import ReceiptItem
from hallmark.errors import LineageError
from hallmark.lineage import graph
from hallmark.receipt import plain
from hallmark_ui.api.catalog import CatalogDep
from hallmark_ui.api.parameters import absent
from hallmark_ui.api.told import Told
from hallmark_ui.api.ui.listing import Listing, ReceiptId, WantedDep, WindowDep, router_of
from hallmark_ui.api.ui.models import ReceiptView
from hallmark_ui.api.ui.people import PagesDep
from hallmark_ui.api.ui.privacy import without_samples
from hallmark_ui.api.ui.rows import may_here

__all__ = ["router"]

router = router_of("receipts")

Ordered = Annotated[Literal["asc", "desc"], Query(alias="order")]
_COLUMNS = (*receipts.ITEM, "seconds")
# What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_EXPORTED: dict[str, Any] = {
    "content": {
        "text/csv": {
            "schema": {"type": "string"},
            "example": "id,dag_id,task_id\n01939b6f-8f3c-7c5e-9a34-1f1c62a1f7b5,flights,clean\n",
        },
        "application/json": {
            "schema": {"type": "array", "items": {"$ref": "#/components/schemas/ReceiptItem"}},
            "example": [],
        },
    }
}
_HIDDEN = ("rows", "receipts", "runs", "job", "code", "suite", "principal")


@router.get("/receipts", summary="Receipts")
def get_receipts(
    pages: PagesDep, window: WindowDep, wanted: WantedDep, order: Ordered = "desc"
) -> Listing[ReceiptItem]:
    """List the receipts of stages, the newest first."""
    down = order == "desc"
    return Listing[ReceiptItem](
        **vars(pages(lambda connection, reach: receipts.receipts_page(connection, wanted, window, reach, down)))
    )


@router.get(
    "/receipts/export", summary="Receipts as a file", response_class=StreamingResponse, responses={200: _EXPORTED}
)
def get_export(
    pages: PagesDep,
    catalog: CatalogDep,
    wanted: WantedDep,
    order: Ordered = "desc",
    format: Literal["csv", "json"] = "csv",
) -> StreamingResponse:
    """Return all receipts that fit, as CSV or as one JSON array, without their bodies."""
    found = receipts.each(catalog().database, wanted, pages.viewer.reach, order == "desc")
    # The first rows are read before the answer begins: it can still be refused then.
    read = chain([next(found)], found)
    write, kind = _FORMATS[format]
    headers = {"Content-Disposition": f'attachment; filename="receipts.{format}"', "Cache-Control": "private, no-store"}
    return StreamingResponse(write(read), media_type=kind, headers=headers)


@router.get("/receipts/{receipt:name}", summary="One receipt")
def get_receipt(pages: PagesDep, receipt: ReceiptId) -> ReceiptView:
    """Return a receipt whole; what it quotes of rows only for who may see rows."""
    item, body = pages(lambda connection, reach: _seen(connection, reach, receipt))
    may = may_here(pages.viewer, item.dag_id)
    output = body.get("output")
    return ReceiptView(
        **vars(item),
        body=body if may.see_rows else without_samples(body),
        code_url=url_of(body.get("code")),
        node=f"dataset:{output['namespace']}:{output['location']}" if output else None,
        may=may,
    )


@router.get("/receipts/{receipt:name}/chain", summary="How what a receipt tells of came to be")
def get_chain(pages: PagesDep, receipt: ReceiptId) -> Told:
    """Return what the version was made from and by, back to the sources.

    Of links that DAGs made which the user may not read, there are names and versions alone: `hidden`.
    """

    def work(connection: Connection, reach: Reach) -> dict[str, Any]:
        item, body = _seen(connection, reach, receipt)
        output = body.get("output")
        if item.state != "published" or not output or not output.get("version"):
            raise absent("published version of receipt", receipt)
        try:
            found = graph.why(connection, _node(output), output["version"])
        except LineageError as error:
            raise absent("chain of receipt", receipt) from error
        return _within(connection, reach, found.to_dict())

    return pages(work)


def _seen(connection: Connection, reach: Reach, receipt: str) -> tuple[ReceiptItem, dict[str, Any]]:
    found = receipts.receipt_body(connection, receipt)
    if found is None or not reach.sees(found[0].dag_id):
        raise absent("receipt", receipt)
    return found


def _node(output: Mapping[str, Any]) -> graph.Node:
    """Return the node of what a receipt wrote: it has a chain of receipts, be it that no event told of it."""
    namespace, name = output["namespace"], output["location"]
    return graph.Node(
        id=f"dataset:{namespace}:{name}", kind="dataset", namespace=namespace, name=name, hallmark=output["name"]
    )


def _within(connection: Connection, reach: Reach, found: dict[str, Any]) -> dict[str, Any]:
    """Leave out what DAGs did that are not within reach."""
    dags = receipts.dags_of(connection, [id for link in found["links"] for id in link["receipts"]])
    for link in found["links"]:
        link["hidden"] = not all(reach.sees(dags.get(id)) for id in link["receipts"])
        if link["hidden"]:
            link.update({name: [] if isinstance(link[name], list) else None for name in _HIDDEN})
    return found


def _csv(read: Iterator[list[ReceiptItem]]) -> Iterator[str]:
    yield _line(_COLUMNS)
    for some in read:
        yield "".join(_line(_cell(getattr(each, name)) for name in _COLUMNS) for each in some)


def _line(cells: Any) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()


def _cell(value: Any) -> Any:
    told = plain(value) if not hasattr(value, "isoformat") else value.isoformat()
    return f"'{told}" if isinstance(told, str) and told.startswith(_FORMULA) else told


def _json(read: Iterator[list[ReceiptItem]]) -> Iterator[str]:
    before = "["
    for some in read:
        for each in some:
            yield f"{before}{json.dumps(plain(asdict(each)))}"
            before = ",\n"
    yield "[]" if before == "[" else "]"


_FORMATS = {"csv": (_csv, "text/csv; charset=utf-8"), "json": (_json, "application/json")}
