"""A trained model as a value: what it predicts from what, and the calls that a stage makes on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from hallmark.dataset import Column

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

__all__ = ["Model", "ModelSpec", "Task", "columns_of_model", "is_number", "is_text", "prepared"]

Task = Literal["classification", "regression"]
_TEXT = ("VARCHAR",)
_NUMERIC = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "FLOAT", "DOUBLE", "DECIMAL", "BOOLEAN")


def is_number(kind: str) -> bool:
    """Tell whether a column of this SQL type can be learned from as a number."""
    return kind.startswith(_NUMERIC) and not kind.endswith("]")


def is_text(kind: str) -> bool:
    """Tell whether a column of this SQL type can be learned from as a text."""
    return kind.startswith(_TEXT) and not kind.endswith("]")


@dataclass(frozen=True)
class ModelSpec:
    """What a model is, apart from its parameters.

    Args:
        family: which of :data:`hallmark.ml.families.FAMILIES` saves and loads it.
        estimator: the estimator's import path.
        target: the column it predicts.
        features: name and SQL type of the columns it predicts from, in order.
        task: binary classification or regression.
        keys: columns that name a row and are no features.
    """

    family: str
    estimator: str
    target: str
    features: tuple[tuple[str, str], ...]
    task: Task
    keys: tuple[str, ...] = ()

    @property
    def feature_names(self) -> list[str]:
        return [name for name, _ in self.features]

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> ModelSpec:
        features = tuple((str(name), str(kind)) for name, kind in content["features"])
        return cls(**{**content, "features": features, "keys": tuple(content.get("keys") or ())})


@dataclass(frozen=True)
class Model:
    """A model in memory: ``estimator`` follows scikit-learn's protocol."""

    spec: ModelSpec
    estimator: Any
    version: str = ""

    def scores(self, frame: pd.DataFrame) -> np.ndarray[Any, Any]:
        """Return one figure a row: the probability of the target being true, or the predicted value."""
        features = prepared(frame, self.spec.features)
        if self.spec.task == "classification":
            positive: np.ndarray[Any, Any] = self.estimator.predict_proba(features)[:, 1]
            return positive
        predicted: np.ndarray[Any, Any] = self.estimator.predict(features)
        return predicted


def prepared(frame: pd.DataFrame, features: Sequence[tuple[str, str]]) -> pd.DataFrame:
    """Return the features as estimators take them: numbers as doubles with NaN for null, texts as objects."""
    import numpy as np
    import pandas as pd

    return pd.DataFrame(
        {
            name: frame[name].astype(object).where(frame[name].notna(), np.nan)
            if is_text(kind)
            else pd.Series(frame[name]).to_numpy(dtype="float64", na_value=np.nan)
            for name, kind in features
        },
        index=frame.index,
    )


def columns_of_model(spec: ModelSpec) -> tuple[Column, ...]:
    """Return what a model gives, as lineage shows it: the prediction and, for a class, its probability."""
    if spec.task == "classification":
        return (
            Column("probability", "DOUBLE", description=f"Probability that {spec.target} is true."),
            Column(spec.target, "BOOLEAN", description="Whether the probability is at least the threshold."),
        )
    return (Column(spec.target, "DOUBLE", description=f"Predicted {spec.target}."),)
