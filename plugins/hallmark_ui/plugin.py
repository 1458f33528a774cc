"""What Airflow loads: the plugin with its API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from airflow.plugins_manager import AirflowPlugin

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["HallmarkPlugin"]


class LazyApp:
    """The API, built at its first request: Airflow loads plugins in every process, also where nobody asks for pages."""

    def __init__(self) -> None:
        self._app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if self._app is None:
            from hallmark_ui.api.app import create_app

            self._app = create_app()
        await self._app(scope, receive, send)


class HallmarkPlugin(AirflowPlugin):  # type: ignore[misc]
    """Hallmark in the Airflow UI."""

    name = "hallmark"
    fastapi_apps: ClassVar[list[dict[str, Any]]] = [  # type: ignore[misc]
        {"app": LazyApp(), "url_prefix": "/hallmark", "name": "Hallmark"},
    ]
