"""The FastAPI app below ``/hallmark``."""

from __future__ import annotations

from fastapi import FastAPI

from hallmark import __version__
from hallmark_ui.api.health import router as health

__all__ = ["create_app"]


def create_app() -> FastAPI:
    """Return the app with all routers."""
    app = FastAPI(title="Hallmark", version=__version__, docs_url=None, redoc_url=None, openapi_url="/api/openapi.json")
    app.include_router(health, prefix="/api")
    return app
