"""OpenLineage events into the catalog: a transport for Airflow's ``[openlineage] transport`` setting.

{"type": "hallmark.lineage.transport.CatalogTransport"}
"""

from __future__ import annotations

import json
from typing import Any

from openlineage.client.serde import Serde
from openlineage.client.transport.transport import Config, Transport

__all__ = ["CatalogTransport"]


class CatalogTransport(Transport):  # type: ignore[misc]
    """Keep every event in the catalog that ``[hallmark]`` names; the same event twice is kept once.

    Raises:
        CatalogError: from :meth:`emit`, when the catalog is out of reach. Airflow's provider logs it and goes on.
    """

    kind = "hallmark_catalog"
    config_class = Config

    def __init__(self, config: Config) -> None:
        self.config = config

    def emit(self, event: Any) -> None:
        """Store one event."""
        from hallmark.catalog import open_catalog

        open_catalog(patience=1.0).append_event(json.loads(Serde.to_json(event)))
