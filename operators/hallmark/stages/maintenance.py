"""Keeping the lineage store well: what waits is delivered, what is old goes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

    from hallmark.catalog.engine import Database

__all__ = ["DeliverLineageOperator", "PruneLineageOperator"]


class DeliverLineageOperator(BaseOperator):
    """Empty the worker's spool, and send the events that wait to the backends of ``[hallmark] lineage_backends``.

    A backend that is out of reach does not fail the task: its events wait, and the log and the result say so.

    Args:
        backend: only to this one; templated.
        seconds: after which no other event is sent.
        kwargs: those of :class:`airflow.sdk.BaseOperator`.

    Example:
        >>> with DAG("deliver_lineage", schedule="* * * * *", catchup=False, max_active_runs=1):
        ...     DeliverLineageOperator(task_id="deliver")
    """

    template_fields: Sequence[str] = ("backend",)
    ui_color = "#e8eaf6"

    def __init__(self, *, backend: str | None = None, seconds: float = 45.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.backend = backend
        self.seconds = seconds

    def execute(self, context: Context) -> dict[str, Any]:
        """Deliver, and return what came of it.

        Raises:
            CatalogError: the catalog is out of reach.
            ConfigError: ``[hallmark] lineage_backends`` cannot be read, or has no such backend.
        """
        from hallmark.lineage.outbox import deliver
        from hallmark.receipt import plain

        done = deliver(_database(), backend=self.backend or None, budget_seconds=self.seconds)
        for one in done.backends:
            self.log.info("%s: %s sent, %s wait%s", one.backend, one.sent, one.left, one.trouble and f"; {one.trouble}")
        return {"sent": done.sent, "parked": done.parked, "left": done.left, **plain(done)}


class PruneLineageOperator(BaseOperator):
    """Delete events and runs that are old; the graph of today, jobs and datasets stay.

    Args:
        older_than: an age, for example ``90d``, ``12w`` or ``36h``; templated.
        kwargs: those of :class:`airflow.sdk.BaseOperator`.

    Example:
        >>> with DAG("prune_lineage", schedule="@daily", catchup=False):
        ...     PruneLineageOperator(task_id="prune", older_than="90d")
    """

    template_fields: Sequence[str] = ("older_than",)
    ui_color = "#e8eaf6"

    def __init__(self, *, older_than: str = "90d", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.older_than = older_than

    def execute(self, context: Context) -> dict[str, Any]:
        """Prune, and return what went.

        Raises:
            CatalogError: the catalog is out of reach.
            LineageError: the age cannot be read.
        """
        from hallmark.lineage.outbox import prune
        from hallmark.lineage.outbox.retention import age_of
        from hallmark.receipt import plain

        gone: dict[str, Any] = plain(prune(_database(), age_of(self.older_than)))
        self.log.info("deleted: %s", gone)
        return gone


def _database() -> Database:
    from hallmark.catalog import open_catalog
    from hallmark.config import settings
    from hallmark.stages.base import database_url

    chosen = settings()
    url = database_url(chosen.catalog_conn_id) if chosen.catalog_conn_id else None
    return open_catalog(chosen, url).database
