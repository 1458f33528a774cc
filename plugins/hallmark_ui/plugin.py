"""What Airflow loads: the plugin with its API and its pages."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any, ClassVar

from airflow.plugins_manager import AirflowPlugin

from hallmark_ui.headers import API, telling
from hallmark_ui.static import PREFIX, Place, StaticApp, react_apps

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["PLACES", "HallmarkPlugin", "served"]

# A place is told to Airflow once its module is there: see web/README.md.
PLACES = (
    Place("Hallmark", "main.tsx", "nav", "hallmark"),
    Place("Quality", "tabs/quality.tsx", "dag", "quality"),
    Place("Quality", "tabs/quality.tsx", "dag_run", "run-quality"),
    Place("Quality", "tabs/quality.tsx", "task_instance", "task-quality"),
    Place("Lineage", "tabs/lineage.tsx", "dag", "lineage"),
    Place("Lineage", "tabs/lineage.tsx", "dag_run", "run-lineage"),
    Place("Lineage", "tabs/lineage.tsx", "task_instance", "task-lineage"),
    Place("Hallmark panel", "tabs/dashboard.tsx", "dashboard", "hallmark-panel"),
    # Above every page of Airflow's, for want of a place on an asset's alone: it shows something there only.
    Place("Hallmark badges", "tabs/asset.tsx", "base", "hallmark-badges"),
)


def served() -> ASGIApp:
    """Return the API for a server that goes on as long as its process."""
    from hallmark_ui.api.app import create_app

    app = create_app()
    # What a server is made of is never garbage: to look through it takes Python half a second, and nobody is answered.
    gc.freeze()
    return app


class LazyApp:
    """The API, built at its first request: Airflow loads plugins in every process, also where nobody asks for pages."""

    def __init__(self) -> None:
        self._app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if self._app is None:
            self._app = served()
        await self._app(scope, receive, telling(send, lambda _status: API))


class HallmarkPlugin(AirflowPlugin):  # type: ignore[misc]
    """Hallmark in the Airflow UI."""

    name = "hallmark"
    fastapi_apps: ClassVar[list[dict[str, Any]]] = [  # type: ignore[misc]
        # Before the API, whose prefix it shares.
        {"app": StaticApp(), "url_prefix": PREFIX, "name": "Hallmark pages"},
        {"app": LazyApp(), "url_prefix": "/hallmark", "name": "Hallmark"},
    ]
    react_apps: ClassVar[list[dict[str, Any]]] = react_apps(PLACES)  # type: ignore[misc]
