"""Hallmark: pipelines on Airflow that publish only what passed.

The public names are imported when first used, so that a DAG file pays for nothing it does not name.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_PUBLIC = {
    "CleanOperator": "hallmark.stages.clean",
    "Column": "hallmark.dataset",
    "Dataset": "hallmark.dataset",
    "DeliverLineageOperator": "hallmark.stages.maintenance",
    "DeployOperator": "hallmark.stages.deploy",
    "EvaluateOperator": "hallmark.stages.evaluate",
    "ExtractOperator": "hallmark.stages.extract",
    "GateOperator": "hallmark.stages.gate",
    "HallmarkError": "hallmark.errors",
    "LineageOperator": "hallmark.stages.lineage",
    "PruneLineageOperator": "hallmark.stages.maintenance",
    "ScoreOperator": "hallmark.stages.score",
    "StageOperator": "hallmark.stages.base",
    "TrainOperator": "hallmark.stages.train",
    "TransformOperator": "hallmark.stages.transform",
    "dataset_asset": "hallmark.stages.assets",
    "gate": "hallmark.quality.decorator",
    "model_asset": "hallmark.stages.assets",
}
__all__ = ["__version__", *_PUBLIC]

if TYPE_CHECKING:
    from hallmark.dataset import Column as Column
    from hallmark.dataset import Dataset as Dataset
    from hallmark.errors import HallmarkError as HallmarkError
    from hallmark.quality.decorator import gate as gate
    from hallmark.stages.assets import dataset_asset as dataset_asset
    from hallmark.stages.assets import model_asset as model_asset
    from hallmark.stages.base import StageOperator as StageOperator
    from hallmark.stages.clean import CleanOperator as CleanOperator
    from hallmark.stages.deploy import DeployOperator as DeployOperator
    from hallmark.stages.evaluate import EvaluateOperator as EvaluateOperator
    from hallmark.stages.extract import ExtractOperator as ExtractOperator
    from hallmark.stages.gate import GateOperator as GateOperator
    from hallmark.stages.lineage import LineageOperator as LineageOperator
    from hallmark.stages.maintenance import DeliverLineageOperator as DeliverLineageOperator
    from hallmark.stages.maintenance import PruneLineageOperator as PruneLineageOperator
    from hallmark.stages.score import ScoreOperator as ScoreOperator
    from hallmark.stages.train import TrainOperator as TrainOperator
    from hallmark.stages.transform import TransformOperator as TransformOperator


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'hallmark' has no attribute {name!r}")
    value = getattr(importlib.import_module(_PUBLIC[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
