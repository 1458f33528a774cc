from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from hallmark.dataset import Column
from hallmark.errors import SourceError, StageError
from hallmark.ml.model import Model, ModelSpec, columns_of_model, prepared
from hallmark.ml.training import choose_features, fit

BOOSTED = "sklearn.ensemble.HistGradientBoostingClassifier"
COLUMNS = (
    Column("id", "BIGINT"),
    Column("distance", "DOUBLE"),
    Column("price", "DECIMAL(10,2)"),
    Column("carrier", "VARCHAR"),
    Column("winter", "BOOLEAN"),
    Column("day", "DATE"),
    Column("stops", "VARCHAR[]"),
    Column("legs", "BIGINT[]"),
    Column("late", "BOOLEAN"),
)
FEATURES = (
    Column("distance", "DOUBLE"),
    Column("carrier", "VARCHAR"),
    Column("hour", "BIGINT"),
    Column("winter", "BOOLEAN"),
)
LATE = Column("late", "BOOLEAN")


def refused(kind: type[Exception], frame: Any, **changes: Any) -> str:
    arguments: dict[str, Any] = {"columns": FEATURES, "target": LATE, "estimator": BOOSTED, "params": {}}
    with pytest.raises(kind) as raised:
        fit(frame, **{**arguments, **changes})
    return str(raised.value)


class TestChooseFeatures:
    def test_numbers_and_texts_are_learned_from_but_the_target_and_the_keys(self) -> None:
        chosen = choose_features(COLUMNS, "late", None, ["id"])
        assert [c.name for c in chosen] == ["distance", "price", "carrier", "winter"]

    def test_those_that_are_named_are_taken_in_their_order(self) -> None:
        assert [c.name for c in choose_features(COLUMNS, "late", ["carrier", "id"], ["id"])] == ["carrier", "id"]

    @pytest.mark.parametrize(
        ("target", "features", "message"),
        [
            ("delay", None, "the data has no column 'delay'; use some of id, distance"),
            ("late", ["distanse", "x"], "the data has no column 'distanse', 'x'"),
            ("late", ["late", "id"], "the target 'late' is among the features; take it out"),
            ("late", ["day", "id"], r"cannot learn from day \(DATE\); derive numbers or texts"),
            ("late", ["stops", "legs"], r"cannot learn from stops \(VARCHAR\[\]\), legs \(BIGINT\[\]\)"),
        ],
    )
    def test_what_cannot_be_learned_from_is_named(self, target: str, features: list[str] | None, message: str) -> None:
        with pytest.raises(StageError, match=message):
            choose_features(COLUMNS, target, features, [])

    def test_nothing_left_to_learn_from_is_refused(self) -> None:
        with pytest.raises(StageError, match="no column is left to learn from; name them in features="):
            choose_features(COLUMNS[-4:], "late", None, [])


class TestPrepared:
    def test_nulls_of_every_kind_become_nan_and_numbers_doubles(self) -> None:
        frame = pd.DataFrame(
            {
                "nullable": pd.array([1, None, 3], dtype="Int64"),
                "objects": pd.Series([1, None, Decimal("3.5")], dtype=object),
                "boolean": pd.array([True, None, False], dtype="boolean"),
                "truth": pd.Series([True, None, False], dtype=object),
                "plain": [1, 2, 3],
            }
        ).set_axis([7, 8, 9])
        made = prepared(frame, [(name, "BIGINT") for name in frame.columns])
        assert set(map(str, made.dtypes)) == {"float64"} and list(made.index) == [7, 8, 9]
        expected = {
            "nullable": [1, np.nan, 3],
            "objects": [1, np.nan, 3.5],
            "boolean": [1, np.nan, 0],
            "truth": [1, np.nan, 0],
            "plain": [1, 2, 3],
        }
        pd.testing.assert_frame_equal(made, pd.DataFrame(expected, index=[7, 8, 9], dtype=float))

    @pytest.mark.parametrize("dtype", [object, "str", "string", "category"])
    def test_texts_become_objects_with_nan_for_null(self, dtype: Any) -> None:
        frame = pd.DataFrame({"carrier": pd.Series(["UA", None, "B6"], dtype=dtype)})
        made = prepared(frame, [("carrier", "VARCHAR")])["carrier"]
        assert made.dtype == object and [made[0], made[2]] == ["UA", "B6"]
        assert isinstance(made[1], float) and np.isnan(made[1])

    def test_features_are_taken_by_name_in_the_models_order(self) -> None:
        frame = pd.DataFrame({"x": [1], "b": [2], "a": [3]})
        assert prepared(frame, [("a", "BIGINT"), ("b", "BIGINT")]).to_dict("list") == {"a": [3.0], "b": [2.0]}


class TestFit:
    def test_a_classifier_gives_probabilities_of_what_is_true(self, boosted: Model, flights: Any) -> None:
        scores = boosted.scores(flights)
        truth = flights["late"].fillna(False).astype(bool)
        assert scores.shape == (400,) and 0 <= scores.min() <= scores.max() <= 1
        assert scores[truth].mean() > scores[~truth].mean() + 0.3
        assert boosted.spec == ModelSpec(
            "sklearn", BOOSTED, "late", tuple((c.name, c.type) for c in FEATURES), "classification", ("flight",)
        )

    def test_an_estimator_that_takes_no_nulls_has_them_filled_in(self, logistic: Model, flights: Any) -> None:
        scores = logistic.scores(flights)
        assert flights[["distance", "carrier", "hour", "winter"]].isna().any().all()
        assert np.isfinite(scores).all()
        truth = flights["late"].fillna(False).astype(bool)
        assert scores[truth].mean() > scores[~truth].mean() + 0.3

    def test_a_regressor_gives_values(self, regressor: Model, flights: Any) -> None:
        known = flights[flights["delay"].notna()]
        assert np.corrcoef(regressor.scores(known), known["delay"])[0, 1] > 0.8
        assert regressor.spec.task == "regression"

    @pytest.mark.parametrize("model", ["boosted", "logistic"])
    def test_texts_it_has_not_seen_do_not_stop_it(
        self, model: str, flights: Any, request: pytest.FixtureRequest
    ) -> None:
        unseen = flights.assign(carrier="ZZ")
        assert np.isfinite(request.getfixturevalue(model).scores(unseen)).all()

    def test_rows_without_a_label_are_left_out(self, flights: Any) -> None:
        labelled = flights[flights["late"].notna()]
        arguments: dict[str, Any] = {
            "columns": FEATURES,
            "target": LATE,
            "estimator": BOOSTED,
            "params": {"max_iter": 3},
        }
        assert (fit(flights, **arguments).scores(flights) == fit(labelled, **arguments).scores(flights)).all()

    @pytest.mark.parametrize(
        ("estimator", "message"),
        [
            ("xgboost.XGBClassifier", "estimators of 'xgboost' are not supported; use one of sklearn"),
            ("sklearn.ensemble.Nothing", "there is no estimator 'sklearn.ensemble.Nothing'; give its full import"),
            ("sklearn.nowhere.Forest", "there is no estimator 'sklearn.nowhere.Forest'"),
            ("sklearn", "there is no estimator 'sklearn'"),
            ("sklearn.ensemble", "ensemble refuses its parameters"),
            ("sklearn.preprocessing.StandardScaler", "StandardScaler is no classifier and no regressor"),
            ("sklearn.svm.LinearSVC", "LinearSVC gives no probabilities; use a classifier with predict_proba"),
        ],
    )
    def test_an_estimator_that_will_not_do_is_refused_before_it_is_fitted(
        self, flights: Any, estimator: str, message: str
    ) -> None:
        assert message in refused(StageError, flights, estimator=estimator)

    @pytest.mark.parametrize("params", [{"depth": 3}, {"max_iter": "many"}, {"max_iter": 0}])
    def test_parameters_that_it_refuses_are_told(self, flights: Any, params: dict[str, Any]) -> None:
        assert next(iter(params)) in refused(StageError, flights, params=params)

    def test_a_target_must_suit_the_estimator(self, flights: Any) -> None:
        assert "the target 'delay' is DOUBLE; classification here is of BOOLEAN targets" in refused(
            StageError, flights, target=Column("delay", "DOUBLE")
        )
        assert "the target 'carrier' is VARCHAR; regression is of numbers" in refused(
            StageError,
            flights,
            target=Column("carrier", "VARCHAR"),
            columns=FEATURES[:1],
            estimator="sklearn.linear_model.LinearRegression",
        )

    def test_labels_of_one_class_teach_nothing(self, flights: Any) -> None:
        assert refused(SourceError, flights.assign(late=True)) == (
            "the target 'late' has one class only; train on more partitions"
        )

    def test_a_target_without_values_is_refused(self, flights: Any) -> None:
        for frame in (flights.assign(late=None), flights.iloc[:0]):
            assert refused(SourceError, frame) == (
                "no row has a value in the target 'late'; check the partitions to train on"
            )

    def test_data_that_it_refuses_is_told(self, flights: Any) -> None:
        infinite = flights.assign(distance=np.inf)
        message = refused(StageError, infinite, estimator="sklearn.linear_model.LogisticRegression")
        assert message.startswith("sklearn.linear_model.LogisticRegression cannot be fitted (Input X contains infinity")
        assert "\n" not in message


class TestSpec:
    def test_a_spec_survives_being_written(self, boosted: Model) -> None:
        import json

        assert ModelSpec.from_dict(json.loads(json.dumps(boosted.spec.to_dict()))) == boosted.spec

    def test_lineage_shows_what_a_model_gives(self, boosted: Model, regressor: Model) -> None:
        assert [(c.name, c.type) for c in columns_of_model(boosted.spec)] == [
            ("probability", "DOUBLE"),
            ("late", "BOOLEAN"),
        ]
        assert [(c.name, c.type) for c in columns_of_model(regressor.spec)] == [("delay", "DOUBLE")]
