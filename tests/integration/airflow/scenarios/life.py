"""A model's life: deployed, challenged, overtaken, challenged in vain; then nobody can read it any more."""

from __future__ import annotations

from pathlib import Path

import parcels
from playing import Player

WEAK = {"rounds": 1, "leaves": 2}
PASSWORD = "hunter2-is-a-secret"


def play(player: Player) -> None:
    """Play it."""
    for month in ("2024-01", "2024-02", "2024-03"):
        parcels.deliver(player.folder / "feed", month)
    player.run("parcels", "january", {"month": "2024-01"})
    player.run("parcels", "february", {"month": "2024-02", **WEAK})
    player.run("challenge", "measured", {"month": "2024-02", "rounds": 3, "leaves": 3})
    player.run("parcels", "march", {"month": "2024-03"})
    player.run("deploy", "stale", {"version": 2})
    player.run("deploy", "champion_again", {"version": 3})
    player.run("challenge_and_deploy", "weaker", {"month": "2024-03", **WEAK})
    with player.surroundings(
        AIRFLOW__HALLMARK__MLFLOW_TRACKING_URI=f"http://mlflow:{PASSWORD}@127.0.0.1:9",
        MLFLOW_HTTP_REQUEST_MAX_RETRIES="0",
    ):
        player.run("score", "registry_out_of_reach", {"month": "2024-03"})
    (damaged,) = _files_of(player.folder, "3")
    content = damaged.read_bytes()
    damaged.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    player.run("score", "model_changed", {"month": "2024-03"})
    damaged.unlink()
    player.run("score", "model_gone", {"month": "2024-03"})


def _files_of(folder: Path, version: str) -> list[Path]:
    """Return the file of one registered version: its model is named by the run that logged it."""
    import mlflow

    client = mlflow.MlflowClient(f"sqlite:///{folder / 'mlflow.db'}")
    model_id = client.get_model_version("parcel_late", version).source.removeprefix("models:/")
    return list((folder / "models").rglob(f"{model_id}/**/model.skops"))
