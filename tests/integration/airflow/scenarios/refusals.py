"""Stages that cannot do what they are asked, and surroundings that fail a stage that could."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from playing import Player

PASSWORD = "hunter2-is-a-secret"
FILES = {
    "good.csv": "parcel_id,depot,sender\n1,north,Ada Quillfeather\n2,south,Bo Marrowstone\n3,harbour,Ada Quillfeather"
    "\n",
    "best.csv": "parcel_id,depot,sender\n1,north,Ada Quillfeather\n2,harbour,Ada Quillfeather\n",
    "malformed.csv": 'parcel_id,depot\n1,north\n2,"south\n3,harbour\n4,north,too,many\n',
    "empty.csv": "",
    "header.csv": "parcel_id,depot\n",
    "missing.csv": "parcel_id,depo\n1,north\n",
    "added.csv": "parcel_id,depot,colour\n1,north,red\n",
    "retyped.csv": "parcel_id,depot\n1,north\ntwo,south\n",
}


def play(player: Player) -> None:
    """Play it."""
    feed = player.folder / "feed"
    feed.mkdir()
    for name, text in FILES.items():
        (feed / name).write_text(text)
    sqlite3.connect(player.folder / "operations.db").close()
    player.run("stock")
    player.run("refusals")
    player.run("native_refusals")
    player.run("standing", "published", {"file": "best.csv"})
    player.run("standing", "refused", {"file": "good.csv"})
    _with_broken_surroundings(player)


def _with_broken_surroundings(player: Player) -> None:
    server = f"postgresql+psycopg://hallmark:{PASSWORD}@127.0.0.1:9/catalog"
    with player.surroundings(AIRFLOW__HALLMARK__CATALOG_URL=server):
        player.run("stock", "catalog_out_of_reach")
    with player.surroundings(AIRFLOW__HALLMARK__CATALOG_CONN_ID="nowhere"):
        player.run("stock", "catalog_connection_unknown")
    with player.surroundings(AIRFLOW__HALLMARK__SAMPLE_ROWS="a few"):
        player.run("stock", "option_wrong")
    sealed = player.folder / "sealed"
    sealed.mkdir(mode=0o555)
    with player.surroundings(AIRFLOW__HALLMARK__LAKE_ROOT=str(sealed)):
        player.run("stock", "lake_read_only")
    table = player.folder / "lake" / "refused" / "stock"
    _seal(table, 0o555)
    player.run("stock", "table_read_only")
    _seal(table, 0o755)


def _seal(folder: Path, mode: int) -> None:
    for root, _folders, _files in os.walk(folder):
        Path(root).chmod(mode)
