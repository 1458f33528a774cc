"""What a request carries, read no further than it may be long: packed or not."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Coroutine, Mapping
from typing import Annotated, Any, TypeVar

from fastapi import Depends, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect

from hallmark.lineage.events import MAX_BYTES

__all__ = ["BodyDep", "as_json", "described", "json_of", "read_body"]

M = TypeVar("M", bound=BaseModel)

# zlib's word for gzip with its header.
_GZIP = 31
# A body may be several packed files one after the other; each costs time however little is in it.
_MOST_FILES = 1000


async def read_body(request: Request) -> bytes:
    """Return a request's body, unpacked.

    Raises:
        HTTPException: 413, it is longer than :data:`MAX_BYTES`, packed or unpacked; 415, it is packed in a way that is
            not known; 400, it cannot be unpacked or never arrived.
    """
    packing = request.headers.get("content-encoding", "identity").strip().lower()
    if packing not in _UNPACKING:
        raise HTTPException(415, f"The body is packed as {packing[:50]!r}; send it as it is, or with gzip.")
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:20]) > MAX_BYTES:
        raise _too_long()
    unpack, body = _UNPACKING[packing](), bytearray()
    packed = 0
    try:
        async for chunk in request.stream():
            packed += len(chunk)
            body += unpack(chunk, MAX_BYTES + 1 - len(body))
            if packed > MAX_BYTES or len(body) > MAX_BYTES:
                raise _too_long()
        unpack.end()
    except zlib.error:
        raise HTTPException(400, "The body is said to be gzip, and cannot be unpacked.") from None
    except ClientDisconnect:
        raise HTTPException(400, "The body ended before it was complete.") from None
    return bytes(body)


BodyDep = Annotated[bytes, Depends(read_body)]


def as_json(body: bytes | str) -> Any:
    """Return what a text of JSON says.

    Raises:
        ValueError: it is no JSON as RFC 8259 has it, or nested too deep to be read.
    """
    try:
        return json.loads(body, parse_constant=_no_number)
    except RecursionError:
        raise ValueError("it is nested too deep") from None


def json_of(model: type[M]) -> Callable[[bytes], Coroutine[Any, Any, M]]:
    """Return the dependency that reads a body of some model, after those who may not send one were turned away."""

    async def read(body: BodyDep) -> M:
        try:
            given = as_json(body or b"{}")
        except ValueError as error:
            raise HTTPException(400, f"The body is not JSON: {error}.") from None
        try:
            return model.model_validate(given)
        except ValidationError as error:
            told = error.errors(include_input=False, include_url=False, include_context=False)
            raise RequestValidationError([{**one, "loc": ("body", *one["loc"])} for one in told]) from None

    return read


def described(model: type[BaseModel], example: dict[str, Any]) -> dict[str, Any]:
    """Describe a body for the documentation, which cannot see what is read by hand."""
    schema = model.model_json_schema(by_alias=True)
    told = _inlined(schema, schema.pop("$defs", {}))
    return {"requestBody": {"content": {"application/json": {"schema": told, "example": example}}}}


def _inlined(schema: Any, definitions: Mapping[str, Any]) -> Any:
    """Put definitions in the place of their references, which lead nowhere from within a larger document."""
    if isinstance(schema, list):
        return [_inlined(each, definitions) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    return {name: _inlined(each, definitions) for name, each in schema.items()}


class _AsItIs:
    def __call__(self, chunk: bytes, most: int) -> bytes:
        return chunk[:most]

    def end(self) -> None:
        """Nothing is left over."""


class _Gunzip:
    """Unpacks no more than it is asked for, however much a few bytes would become."""

    def __init__(self) -> None:
        self._one = zlib.decompressobj(_GZIP)
        self._files = 1
        self._begun = False

    def __call__(self, chunk: bytes, most: int) -> bytes:
        unpacked = bytearray()
        while chunk and most > len(unpacked):
            if self._one.eof:
                self._next()
            unpacked += self._one.decompress(chunk, most - len(unpacked))
            self._begun = True
            chunk = self._one.unused_data if self._one.eof else self._one.unconsumed_tail
        return bytes(unpacked)

    def _next(self) -> None:
        self._one = zlib.decompressobj(_GZIP)
        self._files += 1
        if self._files > _MOST_FILES:
            raise zlib.error("it is too many files")

    def end(self) -> None:
        if self._begun and not self._one.eof:
            raise zlib.error("it ended too early")


_UNPACKING: dict[str, Callable[[], Any]] = {"identity": _AsItIs, "": _AsItIs, "gzip": _Gunzip, "x-gzip": _Gunzip}


def _too_long() -> HTTPException:
    return HTTPException(413, f"The body is longer than {MAX_BYTES // 1024**2} MiB; send less at a time.")


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number of JSON")
