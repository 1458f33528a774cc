"""Where to look once the demonstration has run: the pages that tell its story, in its order."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote, urlencode

from hallmark.catalog import Catalog
from hallmark.demo.story import MODEL

__all__ = ["pages"]

FEATURES, COLUMN = "flights/features", "arr_delay"
REFUSED = "flights/raw"
# Tasks from the feed's file to the features.
DEPTH = "3"


def pages(catalog: Catalog, airflow: str) -> Iterator[tuple[str, str]]:
    """Yield what a page shows and its address; what is not there to be shown is left out.

    Args:
        catalog: of the demonstration.
        airflow: address of its Airflow.
    """
    home = f"{airflow}/plugin/hallmark"
    yield "Overview", f"{home}/overview"
    for receipt in catalog.receipts(REFUSED, state="refused", limit=1):
        yield "Why April was red", f"{home}/quality/{receipt.id}"
        yield "What was kept out", f"{home}/reviews/quarantine/{quote(REFUSED, safe='')}/{receipt.id}"
    dataset = catalog.dataset(FEATURES, limit=1)
    if dataset is not None:
        node = f"dataset:{dataset.namespace}:{dataset.location}"
        asked = {"node": node, "selected": node, "columns": "true", "column": COLUMN, "depth": DEPTH}
        yield f"Where {FEATURES}.{COLUMN} comes from", f"{home}/lineage?{urlencode(asked)}"
    model = catalog.model(MODEL)
    if model is not None and "champion" in model.aliases:
        yield "The champion", f"{home}/models/{MODEL}/versions/{model.aliases['champion']}"
