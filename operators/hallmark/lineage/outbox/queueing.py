"""Putting events into the outbox, in the transaction that stores them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict

from hallmark.lineage.outbox.backends import configured

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["Stored", "enqueue"]


class Stored(TypedDict):
    """What the outbox needs to know of an event: which it is, and of which run, None for an event without one."""

    event_id: str
    run_id: str | None


def enqueue(connection: Connection, rows: Sequence[Stored]) -> int:
    """Let events that have just been stored be delivered to every configured backend.

    Args:
        connection: of the transaction that stores them: both happen or none.
        rows: the events that are new, in the order in which they are to be sent.

    Returns:
        How many rows the outbox has more; 0 if no backend is configured.

    Raises:
        ConfigError: ``[hallmark] lineage_backends`` cannot be read.
    """
    backends = configured()
    if not backends or not rows:
        return 0
    from hallmark.catalog import outbox

    return outbox.append(connection, [backend.name for backend in backends], rows)
