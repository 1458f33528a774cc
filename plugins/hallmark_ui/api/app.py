"""The FastAPI app below ``/hallmark``."""

from __future__ import annotations

from fastapi import FastAPI

from hallmark import __version__
from hallmark_ui.api import examples, intake, problems, questions, tokens, ui
from hallmark_ui.api.catalog import Opened
from hallmark_ui.api.health import router as health
from hallmark_ui.api.marquez import columns, datasets, entries, jobs, lineage, overview, runs
from hallmark_ui.api.rawpath import RawPath

__all__ = ["create_app"]

VERSION_1 = "/api/v1"
_ROUTERS = (
    intake.router,
    lineage.router,
    columns.router,
    questions.router,
    entries.router,
    datasets.router,
    # Before the jobs: /jobs/runs/{run} is no job.
    runs.router,
    jobs.router,
    overview.router,
    tokens.router,
    *ui.ROUTERS,
)
_ABOUT = """
Lineage in and out: producers send OpenLineage events, clients of Marquez find what they know, and some questions more
are answered. Every route asks for a login of Airflow (cookie or bearer JWT) or a machine's token
(`Authorization: Bearer hmk_…`); only this description is open, as Airflow's own is.
"""


def create_app() -> FastAPI:
    """Return the app with all routers."""
    app = FastAPI(
        title="Hallmark",
        version=__version__,
        description=_ABOUT,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        redirect_slashes=False,
    )
    app.state.catalog = Opened()
    app.add_middleware(RawPath)
    problems.install(app)
    app.include_router(health, prefix="/api")
    for router in _ROUTERS:
        app.include_router(router, prefix=VERSION_1)
    examples.install(app)
    return app
