"""Where producers of lineage send their events, over HTTP as every OpenLineage client does."""

from __future__ import annotations

import json
from io import StringIO
from itertools import islice
from typing import Any

from fastapi import APIRouter, status
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from hallmark.lineage.store import Ingested, ingest
from hallmark_ui.api.access import needs
from hallmark_ui.api.bodies import BodyDep, as_json
from hallmark_ui.api.catalog import CatalogDep, Opener
from hallmark_ui.api.problems import REFUSALS, problem, refusal

__all__ = ["router"]

MOST_EVENTS = 10_000

router = APIRouter(tags=["lineage"], responses=REFUSALS)


class Refused(BaseModel):
    """An event of a batch that was not stored."""

    position: int = Field(description="Its place in the batch, from 0.")
    reason: str


class Taken(BaseModel):
    """What became of the events."""

    read: int
    stored: int
    duplicate: int = Field(description="Known already: the same event sent twice is kept once.")
    refused: list[Refused] = Field(description="Not stored; the others are.")


_EXAMPLE = {
    "eventType": "COMPLETE",
    "eventTime": "2026-11-23T06:00:00Z",
    "run": {"runId": "01939b6f-8f3c-7c5e-9a34-1f1c62a1f7b5"},
    "job": {"namespace": "production", "name": "shop.clean"},
    "inputs": [{"namespace": "postgres://db:5432", "name": "shop.public.orders"}],
    "outputs": [{"namespace": "file", "name": "/lake/shop/orders"}],
    "producer": "https://example.com/my-producer",
    "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
}
_EVENT = {"type": "object", "description": "A run, job or dataset event of OpenLineage 2-0-2."}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"oneOf": [_EVENT, {"type": "array", "items": _EVENT, "maxItems": MOST_EVENTS}]},
                "example": _EXAMPLE,
            },
            "application/x-ndjson": {
                "schema": {"type": "string", "description": "One event a line."},
                "example": json.dumps(_EXAMPLE),
            },
        },
    }
}


@router.post(
    "/lineage",
    status_code=status.HTTP_201_CREATED,
    response_model=Taken,
    dependencies=[needs("lineage:write")],
    openapi_extra=_BODY,
    responses={413: refusal("Longer than 10 MiB, packed or unpacked.")},
    summary="Send OpenLineage events",
)
async def post_lineage(catalog: CatalogDep, body: BodyDep) -> Response:
    """Store one event, a JSON array of events, or one event a line (NDJSON); gzip is welcome.

    Events may arrive in any order and more than once. Of a batch the events that can be stored are stored; 422 is
    answered only when none could.
    """
    return await run_in_threadpool(_store, catalog, body)


def _store(catalog: Opener, body: bytes) -> Response:
    try:
        events = _events(body)
    except ValueError as error:
        return problem(400, f"The body is neither JSON nor lines of JSON: {error}.")
    if len(events) > MOST_EVENTS:
        return problem(413, f"The batch has more than {MOST_EVENTS} events; send up to so many at a time.")
    if not events:
        return problem(422, "There is no event in the body.")
    done = ingest(catalog().database, events)
    return _refusal(done, len(events)) if len(done.refused) == len(events) else _receipt(done)


def _events(body: bytes) -> list[Any]:
    """Return the events of a body: of an array, of lines, or the one it is."""
    text = body.decode("utf-8-sig")
    try:
        given = as_json(text)
    except ValueError:
        # Only a line feed ends a line: a text of JSON may hold other characters that look like the end of one.
        written = (line for line in StringIO(text, newline="\n") if line.strip())
        lines = list(islice(written, MOST_EVENTS + 1))
        if len(lines) < 2:
            raise
        return [as_json(line) for line in lines]
    return given if isinstance(given, list) else [given]


def _receipt(done: Ingested) -> Response:
    refused = [Refused(position=one.position, reason=one.reason) for one in done.refused]
    taken = Taken(read=done.read, stored=done.stored, duplicate=done.duplicate, refused=refused)
    return JSONResponse(taken.model_dump(), status.HTTP_201_CREATED)


def _refusal(done: Ingested, sent: int) -> Response:
    errors = [{"position": one.position, "reason": one.reason} for one in done.refused]
    return problem(422, done.refused[0].reason if sent == 1 else f"None of {sent} events can be stored.", errors)
