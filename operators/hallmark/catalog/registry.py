"""Reading what the catalog knows of models: their versions, who trained them on what, and which alias points where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select

from hallmark.catalog.queries import columns_for
from hallmark.catalog.tables import model_aliases, models, receipts
from hallmark.catalog.values import ModelDetail, ModelSummary, ModelVersion
from hallmark.receipt import Receipt

__all__ = ["model_detail", "model_summaries"]

_Rows = Sequence[RowMapping]


def model_summaries(connection: Connection) -> list[ModelSummary]:
    """Return all models by name."""
    of_model: defaultdict[str, list[RowMapping]] = defaultdict(list)
    for row in _rows(connection, None):
        of_model[row["model"]].append(row)
    aliases = _aliases(connection)
    return [ModelSummary(**_summary(rows, aliases[name])) for name, rows in sorted(of_model.items())]


def model_detail(connection: Connection, name: str) -> ModelDetail | None:
    """Return one model with all its versions, newest first."""
    rows = _rows(connection, name)
    if not rows:
        return None
    aliases = _aliases(connection)[name]
    versions = tuple(_version(row, aliases) for row in rows)
    return ModelDetail(**_summary(rows, aliases), versions=versions)


def _rows(connection: Connection, name: str | None) -> _Rows:
    # The training's whole receipt is read for one model only: it says what the version was trained on.
    body = () if name is None else (receipts.c.body,)
    query = select(*columns_for(models, ModelVersion), *body)
    if name is not None:
        query = query.join(receipts, receipts.c.id == models.c.receipt_id).where(models.c.model == name)
    version = models.c.version
    newest = (models.c.trained_at.desc(), func.length(version).desc(), version.desc())
    return connection.execute(query.order_by(*newest)).mappings().all()


def _aliases(connection: Connection) -> defaultdict[str, dict[str, str]]:
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for row in connection.execute(select(model_aliases).order_by(model_aliases.c.alias)):
        found[row.model][row.alias] = row.version
    return found


def _summary(rows: _Rows, aliases: Mapping[str, str]) -> dict[str, Any]:
    newest = rows[0]
    return {
        "name": newest["model"],
        "latest_version": newest["version"],
        "versions_count": len(rows),
        "aliases": aliases,
        **{name: newest[name] for name in ("state", "trained_at")},
        "metrics": _metrics(newest),
    }


def _version(row: RowMapping, aliases: Mapping[str, str]) -> ModelVersion:
    facts = {name: value for name, value in row.items() if name != "body"}
    return ModelVersion(
        **{**facts, "metrics": _metrics(row)},
        aliases=tuple(alias for alias, version in aliases.items() if version == row["version"]),
        trained_on=Receipt.from_dict(row["body"]).inputs,
    )


def _metrics(row: RowMapping) -> dict[str, float]:
    return {name: float(value) for name, value in row["metrics"].items()}
