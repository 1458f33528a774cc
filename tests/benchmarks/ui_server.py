"""The API of the pages, served as Airflow's API server does it: one process, a login for each request, packed answers.

    python ui_server.py CATALOG_URL FOLDER PORT DAGS_FILE

It tells a user's token in its first line, and ends when its input does.
"""

from __future__ import annotations

import logging
import sys
import threading
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / name) for name in ("unit/ui", ".")]


def main(url: str, folder: Path, port: int, dags: list[str]) -> None:
    from airflow.models.dag import DagModel
    from airflow.utils.session import create_session
    from pages_scene import airflow, login

    from hallmark.catalog import open_catalog
    from hallmark_ui.plugin import served

    app, catalog = served(), open_catalog(url=url)
    app.state.catalog = lambda: catalog
    # As Airflow packs what it answers.
    packed = Middleware(GZipMiddleware, minimum_size=1024, compresslevel=5)
    mounted = Starlette(routes=[Mount("/hallmark", app)], middleware=[packed])
    with airflow(folder) as manager:
        with create_session() as session:
            session.add_all(DagModel(dag_id=dag, bundle_name="dags", fileloc="/dags/x.py") for dag in dags)
        server = uvicorn.Server(uvicorn.Config(mounted, port=port, log_level="warning", access_log=False))
        threading.Thread(target=_until_input_ends, args=(server,), daemon=True).start()
        sys.stdout.write(login(manager, "root", "ADMIN") + "\n")
        sys.stdout.flush()
        server.run()


def _until_input_ends(server: uvicorn.Server) -> None:
    sys.stdin.read()
    server.should_exit = True


if __name__ == "__main__":
    logging.disable(logging.INFO)
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]).read_text(encoding="utf-8").split())
