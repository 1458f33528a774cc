"""Answers with a tag, so that a page that asks again is told in few bytes that nothing changed (RFC 9110, 13.1.2)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.responses import StreamingResponse

__all__ = ["Tagged"]

# The browser may keep an answer, and has to ask before it shows it again; who is logged in decides what it is.
_HEADERS = {"Cache-Control": "private, no-cache", "Vary": "Cookie, Authorization"}


class Tagged(APIRoute):
    """A route whose answers to GET carry a tag of their content."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers a request."""
        handle = super().get_route_handler()

        async def tagged(request: Request) -> Response:
            return _tagged(request, await handle(request))

        return tagged


def _tagged(request: Request, response: Response) -> Response:
    if request.method != "GET" or response.status_code != 200 or isinstance(response, StreamingResponse):
        return response
    tag = f'W/"{hashlib.blake2b(response.body, digest_size=12).hexdigest()}"'
    headers = {**_HEADERS, "ETag": tag}
    if tag in _wanted(request.headers.get("if-none-match", "")):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return response


def _wanted(header: str) -> set[str]:
    """Return the tags that the client has, as weak ones."""
    given = (each.strip() for each in header.split(","))
    return {each if each.startswith("W/") else f"W/{each}" for each in given if each}
