"""Measure a model on rows it has not seen: over all and by slice, beside the champion."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hallmark.errors import SourceError, StageError
from hallmark.ml.model import Model, Task

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["METRICS", "OVERALL", "Metric", "better", "evaluate"]

OVERALL = "overall"


@dataclass(frozen=True)
class Metric:
    """A figure: truth and scores in, a number out. ``greater_is_better`` says who wins."""

    name: str
    task: Task
    greater_is_better: bool
    measure: Callable[[Any, Any], float]


def _from_sklearn(name: str, **arguments: Any) -> Callable[[Any, Any], float]:
    def measure(truth: Any, scores: Any) -> float:
        from sklearn import metrics

        return float(getattr(metrics, name)(truth, scores, **arguments))

    return measure


def _accuracy(truth: Any, scores: Any) -> float:
    return float(((scores >= 0.5) == truth).mean())


METRICS: dict[str, Metric] = {
    m.name: m
    for m in (
        Metric("roc_auc", "classification", True, _from_sklearn("roc_auc_score")),
        Metric("average_precision", "classification", True, _from_sklearn("average_precision_score")),
        Metric("log_loss", "classification", False, _from_sklearn("log_loss", labels=[False, True])),
        Metric("brier", "classification", False, _from_sklearn("brier_score_loss")),
        Metric("accuracy", "classification", True, _accuracy),
        Metric("rmse", "regression", False, _from_sklearn("root_mean_squared_error")),
        Metric("mae", "regression", False, _from_sklearn("mean_absolute_error")),
        Metric("r2", "regression", True, _from_sklearn("r2_score")),
    )
}


def better(metric: str, challenger: float, champion: float, margin: float = 0.0) -> bool:
    """Return whether the challenger beats the champion by more than ``margin``."""
    gain = challenger - champion
    return (gain if METRICS[metric].greater_is_better else -gain) > margin


def evaluate(
    model: Model,
    champion: Model | None,
    frame: pd.DataFrame,
    *,
    metric: str,
    slices: Sequence[str] = (),
    min_rows: int = 50,
) -> list[dict[str, Any]]:
    """Return one row of figures over all, then one for each value of each slice column.

    Args:
        model: the challenger.
        champion: measured on the same rows by ``metric`` alone, if there is one.
        frame: rows with the features, the target and the slice columns.
        metric: the figure the two are compared by.
        slices: columns whose values make slices.
        min_rows: smaller slices are left out: their figures say nothing.

    Raises:
        StageError: an unknown metric, one of another task, or a slice column that is absent.
        SourceError: no row has a value in the target.
    """
    _check(model, metric, frame, slices)
    known = frame[frame[model.spec.target].notna()]
    if known.empty:
        raise SourceError(
            f"no row has a value in the target {model.spec.target!r}", "check the partition to measure on"
        )
    truth = known[model.spec.target].to_numpy(dtype=bool if model.spec.task == "classification" else float)
    scores = model.scores(known)
    champion_scores = champion.scores(known) if champion else None
    rows = []
    for name, chosen in _slices(known, slices, min_rows):
        figures = _figures(model.spec.task, truth[chosen], scores[chosen])
        rival = (
            _measured(METRICS[metric], truth[chosen], champion_scores[chosen]) if champion_scores is not None else None
        )
        rows.append(
            {
                "slice": name,
                "rows": int(chosen.sum()),
                **_positives(model.spec.task, truth[chosen]),
                **figures,
                f"champion_{metric}": rival,
                "model_version": model.version,
                "champion_version": champion.version if champion else None,
            }
        )
    return rows


def _check(model: Model, metric: str, frame: pd.DataFrame, slices: Sequence[str]) -> None:
    if metric not in METRICS or METRICS[metric].task != model.spec.task:
        fitting = [m.name for m in METRICS.values() if m.task == model.spec.task]
        raise StageError(f"{metric!r} does not measure {model.spec.task}", f"use one of {', '.join(fitting)}")
    absent = [s for s in slices if s not in frame.columns]
    if absent:
        raise StageError(f"the data has no slice column {', '.join(map(repr, absent))}", "name columns of the dataset")


def _slices(frame: pd.DataFrame, columns: Sequence[str], min_rows: int) -> Iterator[tuple[str, Any]]:
    import numpy as np

    yield OVERALL, np.ones(len(frame), dtype=bool)
    for column in columns:
        counts = frame[column].value_counts()
        for value in sorted(counts[counts >= min_rows].index):
            yield f"{column}={value}", (frame[column] == value).to_numpy(dtype=bool, na_value=False)


def _positives(task: Task, truth: Any) -> dict[str, int]:
    return {"positives": int(truth.sum())} if task == "classification" else {}


def _figures(task: Task, truth: Any, scores: Any) -> Mapping[str, float | None]:
    return {m.name: _measured(m, truth, scores) for m in METRICS.values() if m.task == task}


def _measured(metric: Metric, truth: Any, scores: Any) -> float | None:
    one_class = metric.task == "classification" and len(set(truth.tolist())) < 2
    return None if one_class and metric.name in {"roc_auc", "average_precision"} else metric.measure(truth, scores)
