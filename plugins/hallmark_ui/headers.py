"""What each answer of ours tells a browser: to trust its type, and to do no more with it than it is for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starlette.types import Send

__all__ = ["API", "FILES", "telling"]

_TRUSTED = {"x-content-type-options": "nosniff", "cross-origin-resource-policy": "same-origin"}
# An answer of the API that is opened by itself is text: it loads nothing, is in no frame, and sends nothing.
API = {
    **_TRUSTED,
    "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}
# A page's policy is its host's, which is Airflow. A file's own holds for the worker that it is, which imports other
# files of the build, and for a picture that is opened by itself, which may have a style.
FILES = {
    **_TRUSTED,
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
}


def telling(send: Send, headers: Callable[[int], Mapping[str, str]]) -> Send:
    """Return what sends an answer with headers in place of those of the same names.

    Args:
        send: sends a message of the answer.
        headers: by the answer's status.
    """

    async def told(message: Any) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = _merged(message["headers"], headers(message["status"]))
        await send(message)

    return told


def _merged(headers: list[tuple[bytes, bytes]], own: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    kept = [(name, value) for name, value in headers if name.decode("latin-1").lower() not in own]
    return [*kept, *((name.encode(), value.encode()) for name, value in own.items())]
