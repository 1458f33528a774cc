"""Datasets to look through, and what one dataset's page begins with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    Text,
    and_,
    cast,
    exists,
    func,
    or_,
    select,
)

from hallmark.catalog.pages import gates, quarantine
from hallmark.catalog.pages.code import code_url
from hallmark.catalog.pages.paging import Order, Page, Window, page, stamp
from hallmark.catalog.pages.reach import Reach
from hallmark.catalog.pages.values import Count, DatasetItem, DatasetPage, Field, Suite
from hallmark.catalog.tables import datasets, from_json, receipts, versions
from hallmark.dataset import PERSONAL

__all__ = [
    "Sensitive",
    "Wanted",
    "aside",
    "dataset_page",
    "datasets_page",
    "facets",
    "fields_of",
    "place",
    "sensitive",
]

Fresh = Literal["fresh", "stale", "unpromised"]
Gated = Literal["passed", "failed", "none"]
Sort = Literal["name", "published", "gate", "owner"]

_ASIDE = "__quarantine"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which datasets: those that fit one value of everything that is named.

    Args:
        search: a part of the name, the description, the owner or a tag.
        owners, tags, classifications: an empty text stands for none.
        freshness: ``unpromised``: no contract says how old it may be.
        gate: what the last check came to.
        quarantine: whether to list the quarantines of datasets too.
    """

    search: str | None = None
    owners: Sequence[str] = ()
    tags: Sequence[str] = ()
    classifications: Sequence[str] = ()
    freshness: Fresh | None = None
    gate: Gated | None = None
    quarantine: bool = False


@dataclass(frozen=True)
class Sensitive:
    """Whose rows they are, and which columns are personal."""

    dag_id: str | None
    personal: frozenset[str]


def datasets_page(
    connection: Connection,
    wanted: Wanted,
    window: Window,
    reach: Reach,
    now: datetime,
    sort: Sort = "name",
    down: bool = False,
) -> Page[DatasetItem]:
    """Return one page of the datasets within reach.

    Raises:
        NoSuchPage: the cursor is none of this list.
    """
    # Names first: what stands beside them is looked up for one page, and not for all that are sorted.
    query = select(datasets.c.name).where(reach.where(datasets.c.dag_id), *_conditions(connection, wanted, now))
    orders = [Order(sort, _SORTS[sort], down)] if sort != "name" else []
    found = page(connection, query, [*orders, Order("name", datasets.c.name, down)], window, _name)
    rows = connection.execute(_items().where(datasets.c.name.in_(found.items))).mappings()
    items = {row["name"]: DatasetItem(**_facts(row, now)) for row in rows}
    return Page([items[name] for name in found.items], found.total, found.more, found.next_cursor)


def facets(connection: Connection, reach: Reach) -> dict[str, list[Count]]:
    """Return the owners, tags, classifications and DAGs that datasets within reach have, the frequent ones first."""
    seen = and_(reach.where(datasets.c.dag_id), ~aside(datasets.c.name))
    columns = (
        datasets.c.owner,
        datasets.c.classification,
        datasets.c.dag_id,
        cast(datasets.c.tags, Text).label("tags"),
    )
    # All at once: each count of its own would read all datasets again.
    owners, classes, dags, lists = (Counter[str | None]() for _ in columns)
    for owner, classification, dag, tags, number in connection.execute(
        select(*columns, func.count()).where(seen).group_by(*columns)
    ):
        owners[owner] += number
        classes[classification] += number
        dags[dag] += number
        lists[tags] += number
    tagged = Counter[str | None]()
    for text, number in lists.items():
        tagged.update(dict.fromkeys(from_json(text) or () if text else (), number))
    found = {"owners": owners, "classifications": classes, "dags": dags, "tags": tagged}
    return {name: _frequent_first(counts) for name, counts in found.items()}


def dataset_page(connection: Connection, name: str, reach: Reach, now: datetime) -> DatasetPage | None:
    """Return one dataset, None if there is none within reach."""
    more = (datasets.c[column] for column in ("namespace", "location", "suite", "contract", "schema"))
    query = _items().add_columns(*more, datasets.c.primary_key, datasets.c.unique_columns)
    row = connection.execute(query.where(datasets.c.name == name)).mappings().one_or_none()
    if row is None or not reach.sees(row["dag_id"]):
        return None
    return DatasetPage(
        **_facts(row, now),
        **{key: row[key] for key in ("namespace", "location", "contract")},
        suite=_suite(connection, row),
        primary_key=row["primary_key"] or (),
        unique=row["unique_columns"] or (),
        schema=fields_of(row["schema"]),
        **_totals(connection, name),
        gate=gates.run(connection, row["last_gate_receipt_id"]) if row["last_gate_receipt_id"] else None,
        waiting=quarantine.waiting(connection, reach, dataset=name),
    )


def place(connection: Connection, name: str, reach: Reach) -> tuple[str, str] | None:
    """Return namespace and location of a dataset in lineage, None if there is none within reach."""
    query = select(datasets.c.dag_id, datasets.c.namespace, datasets.c.location).where(datasets.c.name == name)
    row = connection.execute(query).one_or_none()
    return (row.namespace, row.location) if row is not None and reach.sees(row.dag_id) else None


def sensitive(connection: Connection, name: str, reach: Reach) -> Sensitive | None:
    """Return what has to be known of a dataset before its rows are shown, None if there is none within reach.

    A column counts as personal if the contract says so, or did of the newest version.
    """
    newest = and_(versions.c.dataset == datasets.c.name, versions.c.version == datasets.c.latest_version)
    query = select(datasets.c.dag_id, datasets.c.schema, versions.c.columns).select_from(
        datasets.outerjoin(versions, newest)
    )
    row = connection.execute(query.where(datasets.c.name == name)).one_or_none()
    if row is None or not reach.sees(row.dag_id):
        return None
    listed = (*fields_of(row.schema), *fields_of(row.columns))
    return Sensitive(row.dag_id, frozenset(field.name for field in listed if field.personal))


def fields_of(stored: Sequence[Mapping[str, Any]] | None) -> list[Field]:
    """Return columns as they stand in JSON."""
    known = ("name", "type", "nullable", "description", "classification")
    return [
        Field(**{k: c[k] for k in known if k in c}, personal=c.get("classification") == PERSONAL) for c in stored or ()
    ]


def aside(name: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition that a name is one of a dataset's quarantine."""
    return name.endswith(_ASIDE, autoescape=True)


_SORTS: Mapping[Sort, ColumnElement[Any]] = {
    "published": stamp(datasets.c.last_published_at),
    "gate": stamp(datasets.c.last_gate_at),
    "owner": func.coalesce(datasets.c.owner, ""),
}
_PLAIN = (
    "name",
    "owner",
    "description",
    "classification",
    "latest_version",
    "last_published_at",
    "partition_by",
    "fresh_until",
    "last_gate_success",
    "last_gate_at",
    "last_gate_receipt_id",
    "dag_id",
)


def _items() -> Select[Any]:
    newest = and_(versions.c.dataset == datasets.c.name, versions.c.version == datasets.c.latest_version)
    source = datasets.outerjoin(versions, newest).outerjoin(receipts, receipts.c.id == datasets.c.last_gate_receipt_id)
    return select(
        *(datasets.c[name] for name in (*_PLAIN, "tags", "freshness")),
        func.coalesce(func.json_array_length(datasets.c.schema), 0).label("columns"),
        *(versions.c[name] for name in ("rows", "bytes", "partition")),
        *(receipts.c[name] for name in ("checks_passed", "checks_failed")),
        (receipts.c.state == "published").label("last_gate_published"),
    ).select_from(source)


def _name(row: RowMapping) -> str:
    return str(row["name"])


def _facts(row: RowMapping, now: datetime) -> dict[str, Any]:
    until = row["fresh_until"]
    figures = ("rows", "bytes", "partition", "columns", "checks_passed", "checks_failed", "last_gate_published")
    return {
        **{name: row[name] for name in (*_PLAIN, *figures)},
        "tags": row["tags"] or (),
        "freshness_seconds": row["freshness"],
        "stale": None if row["freshness"] is None or until is None else until < now,
    }


def _conditions(connection: Connection, wanted: Wanted, now: datetime) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.search:
        # The tags as the text that their JSON is: taking them out of it one by one costs ten times as much.
        texts = (datasets.c.name, datasets.c.description, datasets.c.owner, cast(datasets.c.tags, Text))
        found.append(or_(*(text.icontains(wanted.search, autoescape=True) for text in texts)))
    for column, values in ((datasets.c.owner, wanted.owners), (datasets.c.classification, wanted.classifications)):
        if values:
            found.append(_among(column, values))
    if wanted.tags:
        tag = _tags(connection)
        found.append(exists(select(1).select_from(tag).where(tag.c.value.in_(list(wanted.tags)))))
    if wanted.freshness:
        found.append(_fresh(wanted.freshness, now))
    if wanted.gate:
        held = {"passed": True, "failed": False, "none": None}[wanted.gate]
        found.append(datasets.c.last_gate_success.is_(held))
    if not wanted.quarantine:
        found.append(~aside(datasets.c.name))
    return found


def _among(column: ColumnElement[Any], values: Sequence[str]) -> ColumnElement[bool]:
    within = column.in_([value for value in values if value])
    return or_(within, column.is_(None)) if "" in values else within


def _fresh(wanted: Fresh, now: datetime) -> ColumnElement[bool]:
    until = datasets.c.fresh_until
    return {
        "fresh": until >= now,
        "stale": until < now,
        "unpromised": datasets.c.freshness.is_(None),
    }[wanted]


def _tags(connection: Connection) -> Any:
    """Return a dataset's tags as rows: each database has a function of its own for that."""
    each = {"sqlite": func.json_each, "postgresql": func.json_array_elements_text}[connection.dialect.name]
    return each(datasets.c.tags).table_valued("value", name="tag", joins_implicitly=True)


def _frequent_first(counts: Mapping[str | None, int]) -> list[Count]:
    order = sorted(counts.items(), key=lambda counted: (-counted[1], counted[0] or ""))
    return [Count(value=value, count=number) for value, number in order]


def _totals(connection: Connection, name: str) -> dict[str, Any]:
    """Add up the newest version of every partition."""
    version = versions.c.version
    place = func.row_number().over(
        partition_by=versions.c.partition,
        order_by=(versions.c.published_at.desc(), func.length(version).desc(), version.desc()),
    )
    figures = (versions.c.partition, versions.c.rows, versions.c.bytes)
    every = select(*figures, place.label("place")).where(versions.c.dataset == name).subquery()
    # PostgreSQL adds up BIGINT to NUMERIC, which would arrive as a Decimal.
    sums = (cast(func.sum(every.c[figure]), BigInteger).label(f"total_{figure}") for figure in ("rows", "bytes"))
    query = select(func.count(every.c.partition).label("partitions"), *sums).where(every.c.place == 1)
    number = select(func.count()).where(versions.c.dataset == name)
    return {**connection.execute(query).mappings().one(), "versions": connection.scalar(number) or 0}


def _suite(connection: Connection, row: RowMapping) -> Suite | None:
    if row["suite"] is None:
        return None
    return Suite(path=row["suite"], url=code_url(connection, row["last_gate_receipt_id"], row["suite"]))
