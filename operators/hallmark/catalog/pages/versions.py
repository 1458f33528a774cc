"""A dataset's versions: the timeline, and one of them with its columns and their figures."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, RowMapping, Select, func, select

from hallmark.catalog.pages.datasets import fields_of
from hallmark.catalog.pages.paging import Order, Page, Window, page
from hallmark.catalog.pages.values import VersionItem, VersionPage
from hallmark.catalog.tables import receipts, versions

__all__ = ["latest", "previous", "version_page", "versions_page"]

_OF_VERSION = ("version", "partition", "rows", "bytes", "files", "published_at", "receipt_id")
_OF_RECEIPT = (
    "dag_id",
    "task_id",
    "run_id",
    "map_index",
    "principal",
    "gate_success",
    "checks_passed",
    "checks_failed",
    "quarantined",
)
_FIGURES = ("columns", "has_profile")
# Of two that were published at the same moment the higher number is the later one; it has more digits.
_ORDERS = (
    Order("published_at", versions.c.published_at, True),
    Order("digits", func.length(versions.c.version), True),
    Order("version", versions.c.version, True),
)


def versions_page(connection: Connection, dataset: str, partition: str | None, window: Window) -> Page[VersionItem]:
    """Return one page of a dataset's versions, of one partition if it is named, the newest first.

    Raises:
        NoSuchPage: the cursor is none of this list.
    """
    query = _items(dataset)
    if partition is not None:
        query = query.where(versions.c.partition == partition)
    return page(connection, query, _ORDERS, window, lambda row: VersionItem(**_facts(row)))


def version_page(connection: Connection, dataset: str, version: str) -> VersionPage | None:
    """Return one version with its columns and their figures, None if there is none."""
    query = _items(dataset).add_columns(versions.c.columns.label("schema"), versions.c.profile)
    row = connection.execute(query.where(versions.c.version == version)).mappings().one_or_none()
    if row is None:
        return None
    return VersionPage(**_facts(row), schema=fields_of(row["schema"]), profile=row["profile"])


def latest(connection: Connection, dataset: str) -> str | None:
    """Return the version that was published last."""
    query = select(versions.c.version).where(versions.c.dataset == dataset)
    return connection.scalar(query.order_by(*(order.clause for order in _ORDERS)).limit(1))


def previous(connection: Connection, dataset: str, version: str) -> str | None:
    """Return the version before one; of a partition that was published before, the one of that partition."""
    row = connection.execute(_items(dataset).where(versions.c.version == version)).mappings().one_or_none()
    if row is None:
        return None
    query = select(versions.c.version).where(versions.c.dataset == dataset, versions.c.version != version)
    earlier = query.where(versions.c.published_at <= row["published_at"])
    newest = earlier.order_by(*(order.clause for order in _ORDERS)).limit(1)
    same = connection.scalar(newest.where(versions.c.partition.is_not_distinct_from(row["partition"])))
    return same or connection.scalar(newest)


def _items(dataset: str) -> Select[Any]:
    return (
        select(
            *(versions.c[name] for name in _OF_VERSION),
            func.coalesce(func.json_array_length(versions.c.columns), 0).label("columns"),
            versions.c.profile.is_not(None).label("has_profile"),
            *(receipts.c[name] for name in _OF_RECEIPT),
        )
        .join(receipts, receipts.c.id == versions.c.receipt_id)
        .where(versions.c.dataset == dataset)
    )


def _facts(row: RowMapping) -> dict[str, Any]:
    return {name: row[name] for name in (*_OF_VERSION, *_OF_RECEIPT, *_FIGURES)}
