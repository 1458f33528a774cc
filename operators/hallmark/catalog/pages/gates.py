"""Gate runs: the list, one run beside the one before it, and a dataset's expectations run by run."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, RowMapping, Select, Text, and_, cast, or_, select

from hallmark.catalog.pages.code import url_of
from hallmark.catalog.pages.paging import Order, Page, Window, page
from hallmark.catalog.pages.reach import Reach
from hallmark.catalog.pages.receipts import ITEM, Wanted, conditions
from hallmark.catalog.pages.values import (
    Cell,
    Earlier,
    GatePage,
    GateRun,
    Moment,
    Outcome,
    Samples,
    Strip,
    StripRow,
    StripRun,
    Suite,
)
from hallmark.catalog.tables import datasets, from_json, gate_results, receipts

__all__ = ["MOST_RUNS", "gate_page", "gates_page", "results", "run", "strip"]

MOST_RUNS = 100
_HISTORY = 10


def gates_page(
    connection: Connection, wanted: Wanted, success: bool | None, window: Window, reach: Reach
) -> Page[GateRun]:
    """Return one page of the gate runs within reach, the newest first.

    Args:
        connection: of the catalog.
        wanted: of which stages.
        success: whether every expectation held; None for both.
        window: which rows.
        reach: whose DAGs.

    Raises:
        NoSuchPage: the cursor is none of this list.
    """
    few = bool(wanted.run_ids or wanted.task_ids or wanted.datasets or wanted.dag_ids)
    query = _runs().where(_held(success, few=few), reach.where(receipts.c.dag_id), *conditions(wanted))
    orders = [Order("started_at", receipts.c.started_at, True), Order("id", receipts.c.id, True)]
    return page(connection, query, orders, window, _run)


def _held(success: bool | None, *, few: bool) -> ColumnElement[bool]:
    """Return the condition on a gate's success, of few receipts as an expression that no index has: see conditions."""
    column = receipts.c.gate_success
    if success is None:
        return column.is_not(None)
    return cast(column, Integer) == int(success) if few else column.is_(success)


def run(connection: Connection, receipt_id: str) -> GateRun | None:
    """Return the gate run of one receipt, None if there is none."""
    query = _runs().where(receipts.c.id == receipt_id, receipts.c.gate_success.is_not(None))
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else _run(row)


def results(connection: Connection, receipt_id: str) -> list[Outcome]:
    """Return what each expectation of a gate run came to, in the suite's order."""
    return [_outcome(key, row) for key, row in _results_of(connection, [receipt_id])[receipt_id].items()]


def gate_page(connection: Connection, receipt_id: str, reach: Reach) -> GatePage | None:
    """Return a gate run with each expectation beside what it came to before; None if there is none within reach."""
    found = run(connection, receipt_id)
    if found is None or not reach.sees(found.dag_id):
        return None
    body = connection.scalar(select(receipts.c.body).where(receipts.c.id == receipt_id)) or {}
    earlier = _beside(connection, found, before=True, most=_HISTORY - 1)
    later = _beside(connection, found, before=False, most=1)
    told = _results_of(connection, [*(each.receipt_id for each in earlier), receipt_id])
    previous = earlier[0].receipt_id if earlier else None
    before = told[previous] if previous else None
    line, suite = [*reversed(earlier), found], _suite(connection, found, body)
    listed = [
        replace(
            each,
            **_compared(each, before),
            history=_history(each.key, line, told),
            samples=_samples(body, each.position),
            **_source(body, suite, each.position),
        )
        for each in (_outcome(key, row) for key, row in told[receipt_id].items())
    ]
    return GatePage(
        **vars(found),
        suite=suite,
        previous=previous,
        next=later[0].receipt_id if later else None,
        results=listed,
    )


def strip(connection: Connection, dataset: str, runs: int, reach: Reach) -> Strip:
    """Return a dataset's expectations in its newest gate runs: a row an expectation, a column a run."""
    gated = (receipts.c.output_name == dataset, receipts.c.output_kind == "dataset")
    query = _runs().where(*gated, receipts.c.gate_success.is_not(None), reach.where(receipts.c.dag_id))
    newest = query.order_by(receipts.c.started_at.desc(), receipts.c.id.desc()).limit(min(runs, MOST_RUNS))
    line = [_run(row) for row in connection.execute(newest).mappings()][::-1]
    told = _results_of(connection, [each.receipt_id for each in line])
    by_key: dict[str, dict[str, RowMapping]] = defaultdict(dict)
    for receipt_id, rows in told.items():
        for key, row in rows.items():
            by_key[key][receipt_id] = row
    newest_first = [each.receipt_id for each in reversed(line)]
    places = {key: next(r for r in newest_first if r in cells) for key, cells in by_key.items()}
    order = sorted(by_key, key=lambda key: (newest_first.index(places[key]), by_key[key][places[key]]["position"]))
    return Strip(
        runs=[_strip_run(each) for each in line],
        rows=[_strip_row(key, by_key[key][places[key]], by_key[key], line) for key in order],
    )


def _key_of(expectation: str, kwargs: Mapping[str, Any]) -> str:
    """Tell an expectation from its suite's others: what it is, of which column, and with which arguments.

    Arguments that bound what is expected are left out, so that an expectation whose bounds move stays the same one.
    """
    same = {k: v for k, v in kwargs.items() if k not in _BOUNDS}
    return f"{expectation} {json.dumps(same, sort_keys=True, ensure_ascii=False)}"


_BOUNDS = frozenset({"min_value", "max_value", "mostly", "value", "value_set", "strict_min", "strict_max"})


def _runs() -> Select[Any]:
    return select(*(receipts.c[name] for name in ITEM))


def _run(row: RowMapping) -> GateRun:
    same = (
        "output_name",
        "output_kind",
        "state",
        "quarantined",
        "dag_id",
        "task_id",
        "run_id",
        "map_index",
        "try_number",
        "kind",
        "principal",
        "message",
    )
    return GateRun(
        **{name: row[name] for name in same},
        receipt_id=row["id"],
        version=row["output_version"] or None,
        partition=row["output_partition"],
        at=row["finished_at"] or row["started_at"],
        success=bool(row["gate_success"]),
        published=row["state"] == "published",
        checks_passed=row["checks_passed"] or 0,
        checks_failed=row["checks_failed"] or 0,
    )


def _outcome(key: str, row: RowMapping) -> Outcome:
    same = ("position", "expectation", "severity", "success", "meta", "element_count")
    figures = ("unexpected_count", "unexpected_percent", "exception")
    return Outcome(
        **{name: row[name] for name in (*same, *figures)},
        key=key,
        kwargs=from_json(row["said"]) or {},
        column=row["column_name"],
        observed=row["observed_value"],
    )


def _beside(connection: Connection, found: GateRun, *, before: bool, most: int) -> list[GateRun]:
    """Return the gate runs of the same task on the same dataset just before or after a run, the nearest first."""
    this = select(receipts.c.started_at).where(receipts.c.id == found.receipt_id).scalar_subquery()
    start, id = receipts.c.started_at, receipts.c.id
    way = or_(start < this, and_(start == this, id < found.receipt_id))
    if not before:
        way = or_(start > this, and_(start == this, id > found.receipt_id))
    same = (
        receipts.c.output_name == found.output_name,
        receipts.c.dag_id == found.dag_id,
        receipts.c.task_id == found.task_id,
        receipts.c.map_index == found.map_index,
        receipts.c.gate_success.is_not(None),
    )
    order = (start.desc(), id.desc()) if before else (start, id)
    query = _runs().where(*same, way).order_by(*order).limit(most)
    return [_run(row) for row in connection.execute(query).mappings()]


_RESULT = (
    "receipt_id",
    "position",
    "expectation",
    "column_name",
    "severity",
    "success",
    "element_count",
    "unexpected_count",
    "unexpected_percent",
    "observed_value",
    "meta",
    "exception",
)


def _results_of(connection: Connection, ids: Sequence[str]) -> dict[str, dict[str, RowMapping]]:
    """Return the results of some receipts by their keys; of several that are alike all but the first are numbered."""
    told: dict[str, dict[str, RowMapping]] = {id: {} for id in ids}
    # Runs of a suite say the same again and again: what they say is read once.
    said = cast(gate_results.c.kwargs, Text).label("said")
    query = select(*(gate_results.c[name] for name in _RESULT), said).where(gate_results.c.receipt_id.in_(ids))
    keys: dict[tuple[str, str], str] = {}
    for row in connection.execute(query.order_by(gate_results.c.position)).mappings():
        words = row["expectation"], row["said"]
        if words not in keys:
            keys[words] = _key_of(row["expectation"], from_json(row["said"]) or {})
        have, key, number = told[row["receipt_id"]], keys[words], 1
        while (key if number == 1 else f"{key} #{number}") in have:
            number += 1
        have[key if number == 1 else f"{key} #{number}"] = row
    return told


def _compared(each: Outcome, before: Mapping[str, RowMapping] | None) -> dict[str, Any]:
    """Say how an expectation changed since the run before."""
    if before is None:
        return {}
    row = before.get(each.key)
    if row is None:
        return {"change": "new"}
    changes = {(True, False): "broken", (False, True): "fixed"}
    earlier = Earlier(
        success=row["success"],
        observed=row["observed_value"],
        unexpected_count=row["unexpected_count"],
        unexpected_percent=row["unexpected_percent"],
    )
    return {"change": changes.get((row["success"], each.success), "same"), "before": earlier}


def _history(key: str, line: Iterable[GateRun], told: Mapping[str, Mapping[str, RowMapping]]) -> list[Moment]:
    known = [(each, told[each.receipt_id].get(key)) for each in line]
    return [
        Moment(receipt_id=each.receipt_id, at=each.at, success=row["success"]) for each, row in known if row is not None
    ]


def _told(body: Mapping[str, Any], position: int) -> Mapping[str, Any] | None:
    """Return what a receipt has of one expectation's result."""
    listed = (body.get("gate") or {}).get("results") or ()
    return listed[position] if position < len(listed) else None


def _source(body: Mapping[str, Any], suite: Suite | None, position: int) -> dict[str, Any]:
    """Say where an expectation stands in its suite's file: an older receipt, or a suite in JSON, does not tell."""
    line = ((_told(body, position) or {}).get("meta") or {}).get("line")
    if line is None or suite is None:
        return {}
    # What was changed and not committed may have moved it.
    moved = suite.url is None or (body.get("code") or {}).get("dirty")
    return {"line": line, "url": None if moved else f"{suite.url}#L{line}"}


def _samples(body: Mapping[str, Any], position: int) -> Samples | None:
    told = _told(body, position)
    if told is None:
        return None
    values = (told.get("result") or {}).get("partial_unexpected_list") or ()
    return Samples(values=values, rows=(told.get("meta") or {}).get("failed_rows") or ())


def _suite(connection: Connection, found: GateRun, body: Mapping[str, Any]) -> Suite | None:
    """Return where the suite is kept: an argument of the stage, or declared with the dataset."""
    path = (body.get("parameters") or {}).get("suite")
    if not isinstance(path, str):
        path = connection.scalar(select(datasets.c.suite).where(datasets.c.name == found.output_name))
    return None if path is None else Suite(path=path, url=url_of(body.get("code"), path))


def _strip_run(each: GateRun) -> StripRun:
    same = ("receipt_id", "at", "state", "dag_id", "run_id", "version", "partition")
    return StripRun(**{name: getattr(each, name) for name in same}, gate_success=each.success)


def _strip_row(key: str, newest: RowMapping, cells: Mapping[str, RowMapping], line: Sequence[GateRun]) -> StripRow:
    return StripRow(
        key=key,
        expectation=newest["expectation"],
        column=newest["column_name"],
        severity=newest["severity"],
        cells=[_cell(cells.get(each.receipt_id)) for each in line],
    )


def _cell(row: RowMapping | None) -> Cell | None:
    if row is None:
        return None
    return Cell(
        success=row["success"],
        observed=row["observed_value"],
        unexpected_count=row["unexpected_count"],
        unexpected_percent=row["unexpected_percent"],
        error=row["exception"],
    )
