"""Tasks that are not Hallmark's, beside some that are: what they read and wrote ends in one graph."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from typing import Any

import parcels
from airflow.listeners import hookimpl
from playing import Player


class Apart:
    """A listener that gives each task a collector of its own, as each has where every task has a process."""

    @hookimpl
    def on_task_instance_running(self, previous_state: Any, task_instance: Any) -> None:
        """Forget what an earlier task's hooks told."""
        from airflow.sdk.lineage import get_hook_lineage_collector

        get_hook_lineage_collector.cache_clear()


def play(player: Player) -> None:
    """Play it."""
    from airflow.sdk.listener import get_listener_manager

    get_listener_manager().add_listener(Apart())  # type: ignore[no-untyped-call]
    parcels.deliver(player.folder / "feed", "2024-01", rows=40)
    with sqlite3.connect(player.folder / "ledger.db") as connection:
        connection.executescript(
            "CREATE TABLE parcels (parcel_id INT, depot TEXT); CREATE TABLE depots (depot TEXT, parcels INT);"
            "INSERT INTO parcels VALUES (1, 'north'), (2, 'south');"
        )
    for dag in ("assets", "sql", "hooks", "hallmark_stages", "declared", "again"):
        player.run(dag)
    for day in (1, 2, 3):
        player.run("daily", f"day {day}", logical_date=datetime(2024, 1, day, tzinfo=UTC))
