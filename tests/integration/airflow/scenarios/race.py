"""One of two processes that write the same dataset at the same time."""

from __future__ import annotations

import os

from playing import Player


def play(player: Player) -> None:
    """Play it."""
    feed = player.folder / "feed"
    feed.mkdir()
    (feed / "racer.csv").write_text(f"racer\n{os.environ['RACER']}\n")
    player.run("same_partition")
    player.run("own_partition")
