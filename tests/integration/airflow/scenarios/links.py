"""Stages that end in each way, and what Airflow's API tells of their links afterwards."""

from __future__ import annotations

import json
from typing import Any

import parcels
from playing import Player

MARQUEZ = "https://ann:hunter2@marquez.example/pages/"


def play(player: Player) -> None:
    """Play it."""
    feed = player.folder / "feed"
    feed.mkdir()
    (feed / "good.csv").write_text("parcel_id,depot\n1,north\n2,south\n")
    for name in ("bad.csv", "mended.csv"):
        (feed / name).write_text("parcel_id,depot\n1,north\n2,moon\n")
    parcels.deliver(feed, "2024-01")
    with player.surroundings(AIRFLOW__HALLMARK__MARQUEZ_URL=MARQUEZ):
        run = player.run("links")
    (player.folder / "links.json").write_text(json.dumps(_links(run)))


def _links(run: dict[str, Any]) -> dict[str, dict[str, str | None]]:
    """Ask the API server for the links of each task instance, a mapped one's label being ``task[index]``."""
    from airflow.api_fastapi.app import create_app, get_auth_manager
    from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
    from starlette.testclient import TestClient

    with TestClient(create_app("core")) as client:
        login = get_auth_manager().generate_jwt(SimpleAuthManagerUser(username="ann", role="admin"))
        client.headers["Authorization"] = f"Bearer {login}"
        return {label: _of(client, run["run_id"], *_task(label)) for label in run["tasks"]}


def _of(client: Any, run_id: str, task_id: str, map_index: int) -> dict[str, str | None]:
    path = f"/api/v2/dags/links/dagRuns/{run_id}/taskInstances/{task_id}/links"
    answer = client.get(path, params={"map_index": map_index}).raise_for_status()
    links: dict[str, str | None] = answer.json()["extra_links"]
    return links


def _task(label: str) -> tuple[str, int]:
    task_id, bracket, index = label.removesuffix("]").partition("[")
    return task_id, int(index) if bracket else -1
