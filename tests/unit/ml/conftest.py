"""Rows to learn from, and models that learned from them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hallmark.dataset import Column
from hallmark.ml.model import Model

BOOSTED = "sklearn.ensemble.HistGradientBoostingClassifier"
LOGISTIC = "sklearn.linear_model.LogisticRegression"
REGRESSOR = "sklearn.ensemble.HistGradientBoostingRegressor"

FEATURES = (
    Column("distance", "DOUBLE"),
    Column("carrier", "VARCHAR"),
    Column("hour", "BIGINT"),
    Column("winter", "BOOLEAN"),
)
LATE = Column("late", "BOOLEAN")
DELAY = Column("delay", "DOUBLE")


@pytest.fixture(scope="session")
def flights() -> Any:
    """400 flights with nulls in every column, in the types that the engine gives."""
    import numpy as np
    import pandas as pd

    random = np.random.default_rng(7)
    rows = 400
    distance, carrier = random.uniform(100, 3000, rows), random.choice(["UA", "B6", "DL"], rows)
    delay = distance / 100 + 10 * (carrier == "B6") + random.normal(0, 5, rows)
    frame = pd.DataFrame(
        {
            "distance": distance,
            "carrier": pd.Series(carrier, dtype=object),
            "hour": pd.array(random.integers(0, 24, rows), dtype="Int64"),
            "winter": pd.Series(random.integers(0, 2, rows).astype(bool), dtype=object),
            "delay": delay,
            "late": pd.Series(delay > 18, dtype=object),
        }
    )
    for number, column in enumerate(frame.columns):
        frame.loc[number * 10 : number * 10 + 9, column] = None
    return frame


@pytest.fixture(scope="session")
def fitted(flights: Any) -> Callable[..., Model]:
    """Call ``fitted(estimator, **params)`` for a model that learned from the flights."""
    from hallmark.ml.training import fit

    def learned(estimator: str, **params: Any) -> Model:
        target = DELAY if estimator == REGRESSOR else LATE
        return fit(flights, columns=FEATURES, target=target, estimator=estimator, params=params, keys=("flight",))

    return learned


@pytest.fixture(scope="session")
def boosted(fitted: Callable[..., Model]) -> Model:
    return fitted(BOOSTED, max_iter=20)


@pytest.fixture(scope="session")
def logistic(fitted: Callable[..., Model]) -> Model:
    return fitted(LOGISTIC)


@pytest.fixture(scope="session")
def regressor(fitted: Callable[..., Model]) -> Model:
    return fitted(REGRESSOR, max_iter=20)
