"""Names in paths, whatever is in them.

A dataset may be called ``a.b/c`` in the namespace ``postgres://host:5432``; a client writes both percent-encoded into
the path. Servers decode a path before anybody routes on it, and then nothing tells a name's slashes from the path's.
So the routes match the path as it was sent, and a name is decoded when it is taken out of it.
"""

from __future__ import annotations

from urllib.parse import quote, unquote

from starlette.types import ASGIApp, Receive, Scope, Send

from hallmark_ui.api.problems import problem

__all__ = ["RawPath"]

# What encodes to a NUL, which no database holds; a name that has one is nobody's.
_NUL = b"%00"


class RawPath:
    """Let the routes of an app see the path as it was sent.

    Args:
        app: what comes behind it; its routes take names by ``{name:name}``, or ``{rest:names}`` with slashes as sent.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http":
            if _NUL in scope.get("raw_path", b"") or _NUL in scope["query_string"]:
                await problem(400, "A name or a value has a NUL in it.")(scope, receive, send)
                return
            scope = {**scope, "path": _as_sent(scope)}
        await self.app(scope, receive, send)


def _as_sent(scope: Scope) -> str:
    """Return the path with what stands below the mount point as it was sent."""
    root: str = scope.get("root_path", "")
    raw = (scope.get("raw_path") or quote(scope["path"]).encode()).decode("latin-1")
    parts = raw.split("/")
    depth = len(root.split("/"))
    if unquote("/".join(parts[:depth])) != root:
        return str(scope["path"])
    return "/".join([root, *parts[depth:]])
