"""What authors do with stages, one DAG after another."""

from __future__ import annotations

import csv
import sqlite3
from pathlib import Path

import parcels
from playing import Player


def play(player: Player) -> None:
    """Play it."""
    feed = player.folder / "feed"
    for month in ("2024-01", "2024-02", "2024-03"):
        parcels.deliver(feed, month, rows=40)
    _fill(player.folder / "operations.db", feed / "2024-01" / "parcels.csv")
    player.run("handover", conf={"month": "2024-02"})
    player.run("mapped", conf={"depot": "south"})
    player.run("templated", conf={"month": "2024-03", "depot": "harbour", "most": 20})
    player.run("native")
    player.run("late_feed")
    (feed / "again.csv").write_text("parcel_id\n1\n2\n3\n")
    player.run("again", "first")
    (feed / "again.csv").write_text("parcel_id\n1\n2\n")
    player.run("again", "second")
    (feed / "bad.csv").write_text("parcel_id,depot\n1,north\n2,nowhere\n")
    player.run("gates")


def _fill(database: Path, file: Path) -> None:
    with file.open(newline="") as stream, sqlite3.connect(database) as connection:
        header, *rows = csv.reader(stream)
        connection.execute(
            "CREATE TABLE parcels (parcel_id INT, depot TEXT, sender TEXT, weight_kg REAL, km INT, f, l)"
        )
        connection.executemany(f"INSERT INTO parcels VALUES ({', '.join('?' * len(header))})", rows)
