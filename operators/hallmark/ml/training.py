"""Fit an estimator on rows of a dataset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from hallmark.dataset import Column
from hallmark.errors import SourceError, StageError, reason
from hallmark.ml.families import family_of
from hallmark.ml.model import Model, ModelSpec, Task, is_number, is_text, prepared

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["choose_features", "fit"]


def choose_features(
    columns: Sequence[Column], target: str, features: Sequence[str] | None, keys: Sequence[str]
) -> list[Column]:
    """Return the columns to learn from: those named, else all numbers and texts but the target and the keys.

    Raises:
        StageError: the target or a feature is absent, or of a type that cannot be learned from.
    """
    have = {c.name: c for c in columns}
    missing = [name for name in (target, *(features or ())) if name not in have]
    if missing:
        raise StageError(f"the data has no column {', '.join(map(repr, missing))}", f"use some of {', '.join(have)}")
    named = list(features) if features is not None else [n for n in have if n != target and n not in keys]
    if target in named:
        raise StageError(f"the target {target!r} is among the features", "take it out")
    chosen = [have[n] for n in named]
    usable = [c for c in chosen if is_number(c.type) or is_text(c.type)]
    unusable = [f"{c.name} ({c.type})" for c in chosen if c not in usable]
    if unusable and features is not None:
        raise StageError(f"cannot learn from {', '.join(unusable)}", "derive numbers or texts from them first")
    if not usable:
        raise StageError("no column is left to learn from", "name them in features=")
    return usable


def fit(
    frame: pd.DataFrame,
    *,
    columns: Sequence[Column],
    target: Column,
    estimator: str,
    params: Mapping[str, Any],
    keys: Sequence[str] = (),
) -> Model:
    """Fit an estimator and return the model.

    Args:
        frame: rows with the feature columns and the target.
        columns: the features.
        target: BOOLEAN for binary classification, a number for regression.
        estimator: import path, for example ``sklearn.ensemble.HistGradientBoostingClassifier``.
        params: its constructor's arguments.
        keys: columns that name a row.

    Raises:
        SourceError: there are no rows, or the target has one class only.
        StageError: the estimator does not exist, refuses its parameters or the data, or does not predict the target.
    """
    family = family_of(estimator)
    known = frame[frame[target.name].notna()]
    if known.empty:
        raise SourceError(f"no row has a value in the target {target.name!r}", "check the partitions to train on")
    text = [c.name for c in columns if is_text(c.type)]
    numeric = [c.name for c in columns if c.name not in text]
    built = family.build(estimator, params, numeric, text)
    task = _task(built, target)
    labels = known[target.name]
    if task == "classification":
        labels = labels.astype(bool)
        if labels.nunique() < 2:
            raise SourceError(f"the target {target.name!r} has one class only", "train on more partitions")
    features = tuple((c.name, c.type) for c in columns)
    try:
        built.fit(prepared(known, features), labels)
    except ValueError as error:
        # Its parameters too are looked at only now.
        raise StageError(
            f"{estimator} cannot be fitted ({reason(error)})", "see the estimator's documentation"
        ) from error
    return Model(ModelSpec(family.name, estimator, target.name, features, task, tuple(keys)), built)


def _task(estimator: Any, target: Column) -> Task:
    from sklearn.base import is_classifier, is_regressor

    name = type(estimator[-1]).__name__
    if is_classifier(estimator):
        if target.type != "BOOLEAN":
            raise StageError(
                f"the target {target.name!r} is {target.type}; classification here is of BOOLEAN targets",
                "derive a BOOLEAN column first",
            )
        if not hasattr(estimator, "predict_proba"):
            raise StageError(f"{name} gives no probabilities", "use a classifier with predict_proba")
        return "classification"
    if not is_regressor(estimator):
        raise StageError(f"{name} is no classifier and no regressor", "use an estimator that predicts the target")
    if not is_number(target.type):
        raise StageError(
            f"the target {target.name!r} is {target.type}; regression is of numbers", "derive a number first"
        )
    return "regression"
