"""Refusals in one form, whoever refuses: ``application/problem+json``, RFC 9457."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from hallmark.errors import CatalogError, LineageError

__all__ = ["REFUSALS", "Problem", "install", "problem", "refusal", "validation"]

log = logging.getLogger("hallmark.api")

MEDIA_TYPE = "application/problem+json"
# A refused batch may have as many reasons as events.
_MOST_ERRORS = 100


class Problem(BaseModel):
    """Why a request was refused (RFC 9457)."""

    type: str = "about:blank"
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["There is no job 'clean' in the namespace 'production'."])
    code: int = Field(examples=[404], description="As Marquez's pages read it.")
    message: str = Field(examples=["There is no job 'clean' in the namespace 'production'."])
    errors: list[dict[str, Any]] | None = None


def refusal(when: str) -> dict[str, Any]:
    """Describe a refusal, for a route's documentation."""
    told = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"model": Problem, "description": when, "content": told}


# What every route may answer, for its documentation.
REFUSALS: dict[int | str, dict[str, Any]] = {
    code: refusal(when)
    for code, when in {
        400: "The request is malformed.",
        401: "Neither a login of Airflow nor a token.",
        403: "The login or the token does not reach that far.",
        404: "There is nothing of that name.",
        422: "A parameter is out of its range, or the body is not what it should be.",
        503: "The catalog is out of reach.",
    }.items()
}


def problem(
    code: int, detail: str, errors: Sequence[Mapping[str, Any]] | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a refusal."""
    body: dict[str, Any] = {"type": "about:blank", "title": HTTPStatus(code).phrase, "status": code, "detail": detail}
    body |= {"code": code, "message": detail}
    if errors:
        body["errors"] = list(errors)[:_MOST_ERRORS]
    return JSONResponse(body, code, headers=dict(headers or {}), media_type=MEDIA_TYPE)


def validation(errors: Sequence[Mapping[str, Any]]) -> Response:
    """Return the refusal of parameters or a body that do not fit; what was sent is not repeated."""
    told = [{"where": ".".join(map(str, one["loc"])), "reason": str(one["msg"])} for one in errors]
    first = told[0] if told else {"where": "request", "reason": "it does not fit"}
    return problem(422, f"{first['where']}: {first['reason']}", told)


def install(app: FastAPI) -> None:
    """Let an app refuse in this form."""

    @app.exception_handler(HTTPException)
    async def _refused(_request: Request, error: HTTPException) -> Response:
        return problem(error.status_code, str(error.detail), headers=_headers(error))

    @app.exception_handler(RequestValidationError)
    async def _unfit(_request: Request, error: RequestValidationError) -> Response:
        return validation(error.errors())

    @app.exception_handler(LineageError)
    async def _nonsense(_request: Request, error: LineageError) -> Response:
        return problem(400, str(error))

    @app.exception_handler(CatalogError)
    async def _unreachable(_request: Request, error: Exception) -> Response:
        # The reason names hosts and users, and may be told to somebody who has not logged in.
        log.error("the catalog did not answer a request: %s", error)
        return problem(503, "The catalog is out of reach; an administrator finds the reason in the API server's log.")

    @app.exception_handler(Exception)
    async def _mistaken(_request: Request, _error: Exception) -> Response:
        return problem(500, "Hallmark made a mistake; an administrator finds it in the API server's log.")


def _headers(error: HTTPException) -> Mapping[str, str]:
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.UNAUTHORIZED:
        headers.setdefault("WWW-Authenticate", "Bearer")
    return headers
