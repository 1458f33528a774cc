"""What lists and pages of models are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hallmark.catalog.pages.values import Field, GateRun, ReceiptItem
from hallmark.catalog.values import Answer

__all__ = [
    "Against",
    "Comparison",
    "Line",
    "Listed",
    "MetricPair",
    "ModelItem",
    "ModelPage",
    "ModelVersionItem",
    "ModelVersionPage",
    "TrainedOn",
]


@dataclass(frozen=True, kw_only=True)
class ModelVersionItem(Answer):
    """A version: when and by whom it was trained, and what the last stage found that judged it."""

    version: str
    trained_at: datetime
    trained_by: str
    judged_at: datetime
    judged_by: str
    state: str
    gate_success: bool | None
    metrics: Mapping[str, Any]
    aliases: Sequence[str]
    dag_id: str
    task_id: str
    run_id: str
    receipt_id: str


@dataclass(frozen=True, kw_only=True)
class ModelItem(Answer):
    """A model as a list shows it.

    Args:
        champion: the version with that alias.
        challenger: the newest version, if it is not the champion.
        state, gate_success: of the newest version.
        attention: what is amiss with it; None if nothing is.
        dag_id: the DAG that trained the newest version.
    """

    name: str
    owner: str | None
    description: str | None
    versions: int
    aliases: Mapping[str, str]
    champion: ModelVersionItem | None
    challenger: ModelVersionItem | None
    state: str
    gate_success: bool | None
    attention: str | None
    dag_id: str


@dataclass(frozen=True, kw_only=True)
class TrainedOn(Answer):
    """A version that a model was trained on; ``before``: of the partitions that sort before that one."""

    name: str
    kind: str
    version: str
    partition: str | None = None
    before: str | None = None
    rows: int | None = None


@dataclass(frozen=True, kw_only=True)
class Listed(ModelVersionItem):
    """A version in a model's list, with what it was trained on."""

    trained_on: Sequence[TrainedOn]


@dataclass(frozen=True, kw_only=True)
class ModelPage(ModelItem):
    """A model with its newest versions."""

    listed: Sequence[Listed]


@dataclass(frozen=True, kw_only=True)
class MetricPair(Answer):
    """A figure of a version beside the champion's; ``better`` is None where nobody knows which way is better."""

    name: str
    mine: float | None
    champion: float | None
    better: bool | None


@dataclass(frozen=True, kw_only=True)
class Against(Answer):
    """A version beside the champion, as far as both were measured."""

    version: str | None
    metrics: Sequence[MetricPair]


@dataclass(frozen=True, kw_only=True)
class ModelVersionPage(Listed):
    """A model card: what was trained, how, on what, with which result.

    Args:
        columns: what it predicts.
        inputs: columns of what it was trained on.
        against: the champion's figures beside its own; None if it is the champion, or there is none.
        receipts: of its training, its evaluations and its deployments, the newest first.
    """

    model: str
    owner: str | None
    description: str | None
    namespace: str
    location: str
    columns: Sequence[Field]
    inputs: Sequence[Field]
    parameters: Mapping[str, Any]
    code: Mapping[str, Any] | None
    code_url: str | None
    environment: Mapping[str, str]
    seconds: Mapping[str, float]
    gate: GateRun | None
    against: Against | None
    receipts: Sequence[ReceiptItem]


@dataclass(frozen=True, kw_only=True)
class Line(Answer):
    """One thing of each version compared; ``best`` is the place of the best one."""

    name: str
    values: Sequence[Any]
    best: int | None = None


@dataclass(frozen=True, kw_only=True)
class Comparison(Answer):
    """Versions side by side; of parameters and packages those that differ."""

    model: str
    versions: Sequence[ModelVersionItem]
    metrics: Sequence[Line]
    parameters: Sequence[Line]
    trained_on: Sequence[Line]
    environment: Sequence[Line]
