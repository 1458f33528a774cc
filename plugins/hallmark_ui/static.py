"""The built pages: where Airflow's UI loads them from.

They are open to everybody, as Airflow's own static files are: nothing of a user's is in them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hallmark_ui.headers import FILES, telling

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["BUILD", "PREFIX", "Place", "StaticApp", "react_apps"]

BUILD = Path(__file__).parent / "dist"
MANIFEST = "manifest.json"
PREFIX = "/hallmark/static"
# Addresses are relative to the page's <base>: Airflow may live below a prefix of its host.
_BELOW_BASE = PREFIX.removeprefix("/")
# The registry of a machine may call a module text/plain, and a browser refuses that.
_MEDIA_TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".map": "application/json",
}
_HASHED = re.compile(r"-[\w-]{8}\.\w+$")
_FOREVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"


@dataclass(frozen=True)
class Place:
    """A place in Airflow's UI that shows one of our components.

    Args:
        name: the tab's or the menu's label; one component a name, wherever it is shown.
        entry: the module below ``web/src`` that publishes the component under that name.
        destination: as Airflow calls the place.
        route: last part of its address, unique among all plugins.
    """

    name: str
    entry: str
    destination: str
    route: str


def react_apps(places: tuple[Place, ...], build: Path = BUILD) -> list[dict[str, Any]]:
    """Return what Airflow is told of the places whose component has been built; none without a build."""
    manifest = _manifest(build)
    return [_react_app(place, manifest[f"src/{place.entry}"]) for place in places if f"src/{place.entry}" in manifest]


def _react_app(place: Place, built: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": place.name,
        "bundle_url": f"{_BELOW_BASE}/{built['file']}",
        "destination": place.destination,
        "url_route": place.route,
        "icon": f"{_BELOW_BASE}/icon.svg",
        "icon_dark_mode": f"{_BELOW_BASE}/icon-dark.svg",
        "nav_top_level": True,
    }


@cache
def _manifest(build: Path) -> Mapping[str, Any]:
    """Return what Vite wrote of its build: file by source."""
    file = build / MANIFEST
    found: Mapping[str, Any] = json.loads(file.read_text()) if file.is_file() else {}
    return found


class StaticApp:
    """The files of the build: names with a hash are kept by browsers for ever, the others are asked for again."""

    def __init__(self, build: Path = BUILD) -> None:
        self._build = build
        self._files: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if self._files is None:
            self._files = _files(self._build)
        path = scope.get("path", "")
        await self._files(scope, receive, telling(send, lambda status: _headers(path, status)))


def _files(build: Path) -> ASGIApp:
    from starlette.applications import Starlette
    from starlette.responses import PlainTextResponse
    from starlette.routing import Mount
    from starlette.staticfiles import StaticFiles

    if not build.is_dir():
        return PlainTextResponse("The pages are not built: run make ui.\n", 404)
    return Starlette(routes=[Mount("/", StaticFiles(directory=build))])


def _headers(path: str, status: int) -> Mapping[str, str]:
    """Return what is told of a file, beyond what is told of all: how long to keep it, and what it is."""
    if status not in (200, 304):
        return FILES
    keep = {"cache-control": _FOREVER if _HASHED.search(path) else _ASK_AGAIN}
    media_type = _MEDIA_TYPES.get(Path(path).suffix)
    return {**FILES, **keep, **({"content-type": f"{media_type}; charset=utf-8"} if media_type else {})}
