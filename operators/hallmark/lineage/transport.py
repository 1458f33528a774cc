"""OpenLineage events into the catalog: a transport for Airflow's ``[openlineage] transport`` setting.

{"type": "hallmark.lineage.transport.CatalogTransport"}
"""

from __future__ import annotations

import json
import logging
from typing import Any

from openlineage.client.serde import Serde
from openlineage.client.transport.transport import Config, Transport

__all__ = ["CatalogTransport"]

log = logging.getLogger(__name__)


class CatalogTransport(Transport):  # type: ignore[misc]
    """Keep every event in the catalog that ``[hallmark]`` names; the same event twice is kept once.

    While the catalog is out of reach, events wait in ``[hallmark] lineage_spool`` on this machine's disk. A task is
    never failed, and hardly held up.
    """

    kind = "hallmark_catalog"
    config_class = Config

    def __init__(self, config: Config) -> None:
        self.config = config

    def emit(self, event: Any) -> None:
        """Keep one event; what keeps it from being kept is logged."""
        try:
            self._keep(event)
        except Exception as error:
            from hallmark.errors import reason
            from hallmark.lineage.redaction import redacted

            log.warning("a lineage event is lost: %s", redacted(reason(error)))

    @staticmethod
    def _keep(event: Any) -> None:
        from hallmark.config import settings
        from hallmark.lineage.outbox.emitting import Keeper

        text = Serde.to_json(event)
        run = json.loads(text).get("run") or {}
        Keeper(settings()).keep(text, run.get("runId"))
