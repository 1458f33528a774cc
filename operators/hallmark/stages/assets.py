"""Datasets and models as Airflow assets, and what an asset event tells of a version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hallmark.dataset import Dataset
from hallmark.receipt import Receipt

if TYPE_CHECKING:
    from airflow.sdk import Asset

__all__ = ["SCHEME", "dataset_asset", "event_extra", "model_asset", "sanitize_uri", "to_openlineage"]

SCHEME = "hallmark"


def dataset_asset(dataset: Dataset) -> Asset:
    """Return the asset of a dataset, to schedule on: ``DAG(schedule=[dataset_asset(flights)])``."""
    extra = {"owner": dataset.owner, "description": dataset.description, "tags": list(dataset.tags)}
    return _asset("dataset", dataset.name, {k: v for k, v in extra.items() if v})


def model_asset(model: str) -> Asset:
    """Return the asset of a registered model."""
    return _asset("model", model, {})


def event_extra(receipt: Receipt) -> dict[str, Any]:
    """Return what an asset event carries of the version behind it, for consumers and the UI."""
    output = receipt.output
    if output is None:
        return {}
    extra: dict[str, Any] = {"version": output.version, "rows": output.rows, "receipt": receipt.id}
    if output.partition is not None:
        extra["partition"] = output.partition
    if receipt.gate is not None:
        counts = receipt.gate["statistics"]
        extra["gate"] = "passed" if receipt.gate["success"] else "passed with warnings"
        extra["checks_passed"] = counts["successful_expectations"]
        extra["checks_failed"] = counts["unsuccessful_expectations"]
    if receipt.quarantined:
        extra["quarantined"] = receipt.quarantined
    if receipt.metrics:
        extra["metrics"] = dict(receipt.metrics)
    return extra


def _asset(kind: str, name: str, extra: dict[str, Any]) -> Asset:
    from airflow.sdk import Asset

    return Asset(name=name, uri=f"{SCHEME}://{kind}/{name}", group=kind, extra=extra)


def sanitize_uri(uri: Any) -> Any:
    """Check a ``hallmark://dataset/<name>`` or ``hallmark://model/<name>`` URI for Airflow.

    Raises:
        ValueError: it is neither.
    """
    if uri.netloc not in {"dataset", "model"} or not uri.path.strip("/"):
        raise ValueError("a Hallmark asset is hallmark://dataset/<name> or hallmark://model/<name>")
    return uri


def to_openlineage(asset: Asset, lineage_context: Any) -> Any:
    """Name an asset in lineage as the stages do, for tasks that only declare it as inlet or outlet."""
    from urllib.parse import unquote, urlsplit

    from openlineage.client.event_v2 import Dataset as OpenLineageDataset

    from hallmark.config import settings
    from hallmark.lineage.naming import model_identity, table_identity
    from hallmark.storage.paths import table_of

    parts, chosen = urlsplit(asset.uri), settings()
    name = unquote(parts.path.strip("/"))
    if parts.netloc == "model":
        namespace, location = model_identity(chosen.mlflow_tracking_uri, chosen.namespace, name)
    else:
        namespace, location = table_identity(table_of(name, chosen).uri)
    return OpenLineageDataset(namespace=namespace, name=location)
