"""Write the examples of the API's description: ``python tests/unit/ui/example_answers.py``.

Each route is asked once, of a catalog with the tests' scene in it; what it answers is kept, its lists cut short.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parent)]

MOST_ITEMS, LONGEST = 1, 120
RUN = "00000000-0000-4000-8000-00000000000b"
RAW = "/namespaces/file/datasets/%2Flake%2Fraw"
LOAD = "/namespaces/shop/jobs/load"
CLEAN = "/catalog/datasets/flights%2Fclean"
MODEL = "/models/flight_delay"
# What writes comes last, in an order in which it can.
ASKED: dict[str, str | tuple[str, Any]] = {
    "GET /api/v1/me": "/me",
    "GET /api/v1/overview": "/overview?days=2",
    "GET /api/v1/catalog/datasets": "/catalog/datasets?search=clean",
    "GET /api/v1/catalog/facets": "/catalog/facets",
    "GET /api/v1/catalog/datasets/{dataset}": CLEAN,
    "GET /api/v1/catalog/datasets/{dataset}/versions": f"{CLEAN}/versions",
    "GET /api/v1/catalog/datasets/{dataset}/versions/{version}": f"{CLEAN}/versions/2",
    "GET /api/v1/catalog/datasets/{dataset}/drift": f"{CLEAN}/drift",
    "GET /api/v1/catalog/datasets/{dataset}/checks": f"{CLEAN}/checks",
    "GET /api/v1/catalog/datasets/{dataset}/usage": f"{CLEAN}/usage",
    "GET /api/v1/gates": "/gates?dataset=flights/clean",
    "GET /api/v1/gates/{receipt}": "/gates/{monday}",
    "GET /api/v1/graph": "/graph?node=report&up=1",
    "GET /api/v1/models": "/models",
    "GET /api/v1/models/{model}": MODEL,
    "GET /api/v1/models/{model}/comparison": f"{MODEL}/comparison?version=1&version=2",
    "GET /api/v1/models/{model}/versions/{version}": f"{MODEL}/versions/2",
    "GET /api/v1/reviews": "/reviews",
    "GET /api/v1/receipts": "/receipts?dataset=flights/clean",
    "GET /api/v1/receipts/{receipt}": "/receipts/{monday}",
    "GET /api/v1/receipts/{receipt}/chain": "/receipts/{monday}/chain",
    "GET /api/v1/tabs/task": "/tabs/task?dag_id=flights&run_id=monday&task_id=clean",
    "GET /api/v1/tabs/run": "/tabs/run?dag_id=flights&run_id=monday",
    "GET /api/v1/tabs/dag": "/tabs/dag?dag_id=flights",
    "GET /api/v1/lineage": "/lineage?nodeId=dataset:file:/lake/clean&depth=1",
    "GET /api/v1/column-lineage": "/column-lineage?nodeId=dataset:file:/lake/clean",
    "GET /api/v1/impact": "/impact?node=file:/lake/raw.amount",
    "GET /api/v1/cause": "/cause?node=file:/lake/report",
    "GET /api/v1/why": "/why?node=file:/lake/clean",
    "GET /api/v1/runs/diff": "/runs/diff?a=00000000-0000-4000-8000-00000000000a&b=" + RUN,
    "GET /api/v1/events": "/events?limit=1",
    "GET /api/v1/events/lineage": "/events/lineage?limit=1",
    "GET /api/v1/events/{namespace}": "/events/shop?limit=1",
    "GET /api/v1/search": "/search?q=lake",
    "GET /api/v1/stats/lineage-events": "/stats/lineage-events?period=DAY",
    "GET /api/v1/stats/{what}": "/stats/jobs?period=DAY",
    "GET /api/v1/jobs": "/jobs?limit=1",
    "GET /api/v1/jobs/runs/{run}": f"/jobs/runs/{RUN}",
    "GET /api/v1/jobs/runs/{run}/facets": "/jobs/runs/00000000-0000-4000-8000-00000000001f/facets?type=run",
    "GET /api/v1/namespaces": "/namespaces",
    "GET /api/v1/namespaces/{namespace}": "/namespaces/shop",
    "GET /api/v1/namespaces/{namespace}/datasets": "/namespaces/file/datasets?limit=1",
    "GET /api/v1/namespaces/{namespace}/datasets/{dataset}": RAW,
    "GET /api/v1/namespaces/{namespace}/datasets/{dataset}/versions": f"{RAW}/versions?limit=1",
    "GET /api/v1/namespaces/{namespace}/datasets/{dataset}/versions/{version}": f"{RAW}/versions/v0",
    "GET /api/v1/namespaces/{namespace}/jobs": "/namespaces/shop/jobs?limit=1",
    "GET /api/v1/namespaces/{namespace}/jobs/{job}": LOAD,
    "GET /api/v1/namespaces/{namespace}/jobs/{job}/runs": f"{LOAD}/runs?limit=1",
    "POST /api/v1/lineage": ("/lineage", "event"),
    "PUT /api/v1/namespaces/{namespace}": ("/namespaces/shop", {"ownerName": "sales"}),
    "PUT /api/v1/sources/{source}": ("/sources/shop", {"type": "POSTGRESQL", "connectionUrl": "postgres://shop:5432"}),
    "GET /api/v1/sources/{source}": "/sources/shop",
    "GET /api/v1/sources": "/sources",
    "PUT /api/v1/tags/{tag}": ("/tags/PII", {"description": "of persons"}),
    "GET /api/v1/tags": "/tags",
    "POST /api/v1/namespaces/{namespace}/datasets/{dataset}/tags/{tag}": (f"{RAW}/tags/PII", None),
    "DELETE /api/v1/namespaces/{namespace}/datasets/{dataset}/tags/{tag}": (f"{RAW}/tags/PII", None),
    "POST /api/v1/namespaces/{namespace}/datasets/{dataset}/fields/{field}/tags/{tag}": (
        f"{RAW}/fields/amount/tags/PII",
        None,
    ),
    "DELETE /api/v1/namespaces/{namespace}/datasets/{dataset}/fields/{field}/tags/{tag}": (
        f"{RAW}/fields/amount/tags/PII",
        None,
    ),
    "POST /api/v1/namespaces/{namespace}/jobs/{job}/tags/{tag}": (f"{LOAD}/tags/nightly", None),
    "DELETE /api/v1/namespaces/{namespace}/jobs/{job}/tags/{tag}": (f"{LOAD}/tags/nightly", None),
    "PUT /api/v1/namespaces/{namespace}/datasets/{dataset}": (
        RAW,
        {"type": "DB_TABLE", "physicalName": "/lake/raw", "sourceName": "shop", "fields": [{"name": "id"}]},
    ),
    "PUT /api/v1/namespaces/{namespace}/jobs/{job}": (
        LOAD,
        {"type": "BATCH", "inputs": [], "outputs": [{"namespace": "file", "name": "/lake/raw"}]},
    ),
    "POST /api/v1/namespaces/{namespace}/jobs/{job}/runs": (f"{LOAD}/runs", {}),
    "POST /api/v1/jobs/runs/{run}/start": (f"/jobs/runs/{RUN}/start", None),
    "POST /api/v1/jobs/runs/{run}/complete": (f"/jobs/runs/{RUN}/complete", None),
    "POST /api/v1/jobs/runs/{run}/fail": (f"/jobs/runs/{RUN}/fail", None),
    "POST /api/v1/jobs/runs/{run}/abort": (f"/jobs/runs/{RUN}/abort", None),
    "DELETE /api/v1/namespaces/{namespace}/datasets/{dataset}": (RAW, None),
    "DELETE /api/v1/namespaces/{namespace}/jobs/{job}": (LOAD, None),
    "POST /api/v1/tokens": ("/tokens", {"name": "spark-cluster", "scopes": ["lineage:write"]}),
    "GET /api/v1/tokens": "/tokens",
    "DELETE /api/v1/tokens/{token}": ("/tokens/spark-cluster", None),
}
# What only an Airflow with a lake answers.
WRITTEN: dict[str, Any] = {
    "GET /api/health": {"status": "healthy", "version": "0.1.0", "catalog": "at revision 0003"},
    "GET /api/v1/catalog/datasets/{dataset}/rows": {
        "version": "41",
        "partition": None,
        "columns": [
            {"name": "carrier", "type": "VARCHAR", "personal": False, "masked": False},
            {"name": "email", "type": "VARCHAR", "personal": True, "masked": True},
        ],
        "rows": [["AA", "[masked]"]],
        "masked": True,
    },
    "GET /api/v1/models/{model}/versions/{version}/slices": {
        "dataset": "flight_delay/evaluation",
        "columns": ["slice", "rows", "roc_auc", "model_version"],
        "rows": [{"slice": "carrier=AA", "rows": 812, "roc_auc": 0.71, "model_version": "3"}],
    },
    "GET /api/v1/reviews/quarantine/{dataset}/{receipt}": {
        "batch": {
            "dataset": "flights/clean",
            "receipt_id": "01939b6f-8f3c-7c5e-9a34-1f1c62a1f7b5",
            "partition": "2026-03-01",
            "rows": 4,
            "failed": {"arr_delay is never null": 4},
            "dag_id": "flights",
            "task_id": "clean",
            "run_id": "monday",
            "set_apart_at": "2026-03-02T06:00:30Z",
            "standing": "open",
            "actions": ["release", "discard"],
            "why_not": None,
        },
        "columns": [{"name": "arr_delay", "type": "DOUBLE", "personal": False, "masked": False}],
        "items": [{"values": [None], "failed": ["arr_delay is never null"]}],
        "offset": 0,
        "total": 4,
        "masked": False,
    },
    **{
        f"POST /api/v1/reviews/quarantine/{action}": {
            "results": [
                {
                    "dataset": "flights/clean",
                    "receipt_id": "01939b6f-8f3c-7c5e-9a34-1f1c62a1f7b5",
                    "done": True,
                    "state": state,
                    "made": "01939c11-02d0-7d11-8a3e-2f7d1f2f7a10",
                    "detail": detail,
                }
            ]
        }
        for action, state, detail in (
            ("release", "published", "flights/clean@42"),
            ("discard", "skipped", "4 rows taken out of quarantine"),
        )
    },
}


def short(value: Any) -> Any:
    """Return an answer with its lists and texts cut short."""
    if isinstance(value, dict):
        return {name: short(each) for name, each in value.items()}
    if isinstance(value, list):
        return [short(each) for each in value[:MOST_ITEMS]]
    return value[:LONGEST] if isinstance(value, str) else value


def answers(folder: Path) -> dict[str, Any]:
    """Ask each route, and return what they answer."""
    from api_shop import client, event, shop
    from pages_scene import airflow, fill, id_of, login

    from hallmark.catalog import open_catalog, upgrade
    from hallmark.lineage.store import ingest
    from hallmark_ui.api.app import create_app

    url = f"sqlite:///{folder}/catalog.db"
    upgrade(url)
    catalog, app = open_catalog(url=url), create_app()
    fill(catalog)
    ingest(catalog.database, shop())
    app.state.catalog = lambda: catalog
    found: dict[str, Any] = dict(WRITTEN)
    monday = id_of("flights", "clean", "monday", 10)
    with airflow(folder) as manager, client(app, login(manager, "ada", "ADMIN")) as opened:
        for route, asked in ASKED.items():
            address, body = (asked, None) if isinstance(asked, str) else asked
            sent = event("ship", 77) if body == "event" else body
            answer = opened.request(route.split()[0], address.replace("{monday}", monday), json=sent)
            if not answer.is_success:
                raise SystemExit(f"{route}: {answer.status_code} {answer.text}")
            found[route] = short(answer.json())
    # What it was is nobody's business, and looks like one that leaked.
    found["POST /api/v1/tokens"]["token"] = "hmk_…"
    return found


def main() -> None:
    logging.disable(logging.INFO)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["AIRFLOW_HOME"] = folder
        from hallmark_ui.api.examples import FILE

        found = answers(Path(folder))
        FILE.write_text(json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
        sys.stdout.write(f"wrote {len(found)} examples, {FILE.stat().st_size:,} bytes\n")


if __name__ == "__main__":
    main()
