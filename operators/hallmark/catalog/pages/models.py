"""Models: who is champion, who challenges it, how versions compare."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, and_, func, or_, select, true

from hallmark.catalog.pages import gates
from hallmark.catalog.pages.code import url_of
from hallmark.catalog.pages.datasets import fields_of
from hallmark.catalog.pages.model_values import (
    Against,
    Comparison,
    Line,
    Listed,
    MetricPair,
    ModelItem,
    ModelPage,
    ModelVersionItem,
    ModelVersionPage,
    TrainedOn,
)
from hallmark.catalog.pages.paging import Order, Page, Window, page
from hallmark.catalog.pages.reach import Reach
from hallmark.catalog.pages.receipts import ITEM, item_of, unindexed
from hallmark.catalog.pages.values import ReceiptItem
from hallmark.catalog.tables import model_aliases, models, receipts

__all__ = ["attention", "comparison", "model_page", "model_version_page", "models_page"]

Row = Mapping[str, Any] | RowMapping

CHAMPION = "champion"
_MOST_VERSIONS = 100
_RIVAL = "champion_"
# Of the figures that hallmark.ml.evaluation measures, those of which less is better; the catalog lies below it.
_LESS_IS_BETTER = frozenset({"log_loss", "brier", "rmse", "mae"})
_MORE_IS_BETTER = frozenset({"roc_auc", "average_precision", "accuracy", "r2"})
# How a deployment ends that leaves the champion where it is: see hallmark.stages.deploy.
_LOST = "% stays the %"


def models_page(
    connection: Connection, window: Window, reach: Reach, *, search: str | None = None, owners: Sequence[str] = ()
) -> Page[ModelItem]:
    """Return one page of the models within reach, by name.

    Raises:
        NoSuchPage: the cursor is none of this list.
    """
    query = select(models.c.model, func.count().label("versions")).where(reach.where(models.c.dag_id))
    if search:
        query = query.where(models.c.model.icontains(search, autoescape=True))
    if owners:
        query = query.where(models.c.owner.in_(list(owners)))
    found = page(connection, query.group_by(models.c.model), [Order("model", models.c.model)], window, _pair)
    items = _items(connection, dict(found.items))
    return Page(items, found.total, found.more, found.next_cursor)


def attention(connection: Connection, reach: Reach, most: int) -> tuple[list[tuple[ModelItem, datetime]], int]:
    """Return the models that something is amiss with, since when, the latest first; and how many there are."""
    newest = {row["model"]: row for row in connection.execute(_newest()).mappings() if reach.sees(row["dag_id"])}
    lost = _lost(connection, list(newest))
    since = {
        name: lost.get(name) or row["judged_at"]
        for name, row in newest.items()
        if row["gate_success"] is False or name in lost
    }
    latest = sorted(since, key=lambda name: since[name], reverse=True)[:most]
    items = {item.name: item for item in _items(connection, dict.fromkeys(latest, 0))}
    return [(items[name], since[name]) for name in latest], len(since)


def model_page(connection: Connection, name: str, reach: Reach) -> ModelPage | None:
    """Return one model with its newest versions, None if there is none within reach."""
    number = connection.scalar(select(func.count()).where(models.c.model == name, reach.where(models.c.dag_id)))
    if not number:
        return None
    (item,) = _items(connection, {name: number})
    rows = _rows(connection, models.c.model == name, trained_on=True, most=_MOST_VERSIONS)
    return ModelPage(**vars(item), listed=[_listed(row, item.aliases) for row in rows])


def model_version_page(connection: Connection, name: str, version: str, reach: Reach) -> ModelVersionPage | None:
    """Return one version's card, None if there is none within reach."""
    this = and_(models.c.model == name, models.c.version == version)
    query = select(models, receipts.c.body).join(receipts, receipts.c.id == models.c.receipt_id).where(this)
    row = connection.execute(query).mappings().one_or_none()
    if row is None or not reach.sees(row["dag_id"]):
        return None
    aliases, body = _aliases(connection, [name])[name], row["body"]
    listed = _listed({**row, "inputs": body.get("inputs")}, aliases)
    return ModelVersionPage(
        **vars(listed),
        **{key: row[key] for key in ("model", "owner", "description", "namespace", "location")},
        columns=fields_of((body.get("output") or {}).get("columns")),
        inputs=[field for read in body.get("inputs") or () for field in fields_of(read.get("columns"))],
        parameters=body.get("parameters") or {},
        environment=body.get("environment") or {},
        seconds=body.get("seconds") or {},
        code=body.get("code"),
        code_url=url_of(body.get("code")),
        gate=gates.run(connection, row["judged_by"]) or gates.run(connection, row["receipt_id"]),
        against=_against(connection, row, aliases.get(CHAMPION)),
        receipts=_receipts(connection, row, reach),
    )


def comparison(connection: Connection, name: str, versions: Sequence[str], reach: Reach) -> Comparison | None:
    """Return versions of a model side by side, None if one of them is not within reach."""
    pages = [model_version_page(connection, name, version, reach) for version in versions]
    known = [each for each in pages if each is not None]
    if len(known) < len(pages):
        return None
    items = [ModelVersionItem(**{k: getattr(p, k) for k in ModelVersionItem.__dataclass_fields__}) for p in known]
    read = [{t.name: f"{t.version} [{t.partition}]" if t.partition else t.version for t in p.trained_on} for p in known]
    return Comparison(
        model=name,
        versions=items,
        metrics=[_best(line) for line in _lines([p.metrics for p in known])],
        parameters=[line for line in _lines([p.parameters for p in known]) if _differs(line)],
        trained_on=list(_lines(read)),
        environment=[line for line in _lines([p.environment for p in known]) if _differs(line)],
    )


_ITEM = ("version", "judged_at", "judged_by", "state", "gate_success", "dag_id", "run_id", "receipt_id", "trained_at")


def _pair(row: RowMapping) -> tuple[str, int]:
    return row["model"], row["versions"]


def _order() -> tuple[ColumnElement[Any], ...]:
    return models.c.trained_at.desc(), func.length(models.c.version).desc(), models.c.version.desc()


def _newest(names: Sequence[str] | None = None) -> Select[Any]:
    """Select the newest version of every model, or of some; of several of one moment the last row is the newest."""
    of = true() if names is None else models.c.model.in_(names)
    last = select(models.c.model, func.max(models.c.trained_at).label("at")).where(of).group_by(models.c.model)
    at = last.subquery()
    this = and_(at.c.model == models.c.model, at.c.at == models.c.trained_at)
    return select(models).join(at, this).order_by(func.length(models.c.version), models.c.version)


def _items(connection: Connection, named: Mapping[str, int]) -> list[ModelItem]:
    """Return models with their newest version and their champion."""
    names = list(named)
    aliases, lost = _aliases(connection, names), _lost(connection, names)
    newest = {row["model"]: row for row in connection.execute(_newest(names)).mappings()}
    champions = [
        and_(models.c.model == n, models.c.version == aliases[n][CHAMPION]) for n in names if CHAMPION in aliases[n]
    ]
    chosen = {row["model"]: row for row in _rows(connection, or_(*champions))} if champions else {}
    return [_item(name, named[name], newest[name], chosen.get(name), aliases[name], name in lost) for name in names]


def _item(
    name: str, versions: int, newest: RowMapping, champion: RowMapping | None, aliases: Mapping[str, str], lost: bool
) -> ModelItem:
    is_champion = champion is not None and champion["version"] == newest["version"]
    return ModelItem(
        name=name,
        owner=newest["owner"],
        description=newest["description"],
        versions=versions,
        aliases=aliases,
        champion=_version(champion, aliases) if champion else None,
        challenger=None if is_champion else _version(newest, aliases),
        state=newest["state"],
        gate_success=newest["gate_success"],
        attention=_amiss(newest, lost),
        dag_id=newest["dag_id"],
    )


def _amiss(newest: RowMapping, lost: bool) -> str | None:
    if newest["gate_success"] is False:
        return f"the gate of version {newest['version']} failed"
    return f"version {newest['version']} did not beat the champion" if lost else None


def _lost(connection: Connection, names: Sequence[str]) -> dict[str, datetime]:
    """Return the models whose last deployment left the champion in its place, and when that was."""
    model = select(models.c.model).distinct().where(models.c.model.in_(names)).subquery()
    last = (
        select(receipts.c.id)
        .where(receipts.c.output_name == model.c.model, unindexed(receipts.c.kind) == "deploy")
        .where(unindexed(receipts.c.state) != "running")
        .order_by(receipts.c.started_at.desc())
        .limit(1)
    )
    ids = list(connection.scalars(select(last.scalar_subquery()).select_from(model)))
    query = select(receipts.c.output_name, receipts.c.started_at).where(receipts.c.id.in_(filter(None, ids)))
    lost = query.where(unindexed(receipts.c.state) == "skipped", receipts.c.message.like(_LOST))
    return {row.output_name: row.started_at for row in connection.execute(lost)}


def _aliases(connection: Connection, names: Sequence[str]) -> defaultdict[str, dict[str, str]]:
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    query = select(model_aliases).where(model_aliases.c.model.in_(names)).order_by(model_aliases.c.alias)
    for row in connection.execute(query):
        found[row.model][row.alias] = row.version
    return found


def _rows(
    connection: Connection, which: ColumnElement[bool], *, trained_on: bool = False, most: int | None = None
) -> Sequence[RowMapping]:
    query = select(models)
    if trained_on:
        # Of the receipt only what was read: the whole of a hundred would be many megabytes.
        read = receipts.c.body["inputs"].label("inputs")
        query = query.add_columns(read).join(receipts, receipts.c.id == models.c.receipt_id)
    return connection.execute(query.where(which).order_by(*_order()).limit(most)).mappings().all()


def _version(row: Row, aliases: Mapping[str, str]) -> ModelVersionItem:
    return ModelVersionItem(**_facts(row, aliases))


def _facts(row: Row, aliases: Mapping[str, str]) -> dict[str, Any]:
    return {
        **{name: row[name] for name in _ITEM},
        "task_id": row["stage"],
        "trained_by": row["principal"],
        "metrics": row["metrics"],
        "aliases": [alias for alias, version in aliases.items() if version == row["version"]],
    }


def _listed(row: Row, aliases: Mapping[str, str]) -> Listed:
    known = TrainedOn.__dataclass_fields__
    told = ({"kind": "dataset", **each} for each in row["inputs"] or ())
    read = [TrainedOn(**{k: v for k, v in each.items() if k in known}) for each in told]
    return Listed(**_facts(row, aliases), trained_on=read)


def _against(connection: Connection, row: RowMapping, champion: str | None) -> Against | None:
    """Compare with the champion on the same rows where an evaluation did, else by what either was measured at."""
    if champion is None or champion == row["version"]:
        return None
    this = and_(models.c.model == row["model"], models.c.version == champion)
    theirs: Mapping[str, Any] = connection.scalar(select(models.c.metrics).where(this)) or {}
    mine: Mapping[str, Any] = row["metrics"]
    names = [name for name in mine if not name.startswith(_RIVAL)]
    pairs = [(name, _number(mine[name]), _number(mine.get(f"{_RIVAL}{name}", theirs.get(name)))) for name in names]
    listed = [MetricPair(name=n, mine=a, champion=b, better=_better(n, a, b)) for n, a, b in pairs if b is not None]
    return Against(version=champion, metrics=listed)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _better(name: str, mine: float | None, theirs: float | None) -> bool | None:
    if mine is None or theirs is None or name not in _LESS_IS_BETTER | _MORE_IS_BETTER:
        return None
    return mine < theirs if name in _LESS_IS_BETTER else mine > theirs


def _receipts(connection: Connection, row: RowMapping, reach: Reach) -> list[ReceiptItem]:
    """Return the receipts that tell of a version: those that wrote it, and those that last judged it."""
    written = and_(receipts.c.output_name == row["model"], receipts.c.output_version == row["version"])
    named = receipts.c.id.in_([row["receipt_id"], row["judged_by"]])
    query = select(*(receipts.c[name] for name in ITEM)).where(or_(written, named), reach.where(receipts.c.dag_id))
    newest = query.order_by(receipts.c.started_at.desc(), receipts.c.id.desc()).limit(_MOST_VERSIONS)
    return [item_of(each) for each in connection.execute(newest).mappings()]


def _lines(of: Sequence[Mapping[str, Any]]) -> Iterable[Line]:
    for name in dict.fromkeys(name for each in of for name in each):
        yield Line(name=name, values=[each.get(name) for each in of])


def _differs(line: Line) -> bool:
    return any(value != line.values[0] for value in line.values)


def _best(line: Line) -> Line:
    if line.name not in _LESS_IS_BETTER | _MORE_IS_BETTER:
        return line
    known = [(value, at) for at, value in enumerate(map(_number, line.values)) if value is not None]
    if not known:
        return line
    _, at = min(known) if line.name in _LESS_IS_BETTER else max(known, key=lambda pair: (pair[0], -pair[1]))
    return Line(name=line.name, values=line.values, best=at)
