from __future__ import annotations

import math
from typing import Any

import pytest
from sklearn import metrics

from hallmark.errors import SourceError, StageError
from hallmark.ml.evaluation import METRICS, OVERALL, better, evaluate
from hallmark.ml.model import Model


@pytest.fixture(scope="module")
def known(flights: Any) -> Any:
    return flights[flights["late"].notna() & flights["delay"].notna()]


def test_figures_of_a_classifier_are_those_of_scikit_learn(boosted: Model, flights: Any, known: Any) -> None:
    truth, scores = known["late"].astype(bool), boosted.scores(known)
    (row,) = evaluate(boosted, None, known, metric="roc_auc")
    assert row == {
        "slice": OVERALL,
        "rows": len(known),
        "positives": int(truth.sum()),
        "roc_auc": pytest.approx(metrics.roc_auc_score(truth, scores)),
        "average_precision": pytest.approx(metrics.average_precision_score(truth, scores)),
        "log_loss": pytest.approx(metrics.log_loss(truth, scores)),
        "brier": pytest.approx(metrics.brier_score_loss(truth, scores)),
        "accuracy": pytest.approx(metrics.accuracy_score(truth, scores >= 0.5)),
        "champion_roc_auc": None,
        "model_version": "",
        "champion_version": None,
    }


def test_figures_of_a_regressor_are_those_of_scikit_learn(regressor: Model, known: Any) -> None:
    truth, values = known["delay"], regressor.scores(known)
    (row,) = evaluate(regressor, None, known, metric="rmse")
    assert row["rmse"] == pytest.approx(metrics.root_mean_squared_error(truth, values))
    assert row["mae"] == pytest.approx(metrics.mean_absolute_error(truth, values))
    assert row["r2"] == pytest.approx(metrics.r2_score(truth, values))
    assert "positives" not in row and "roc_auc" not in row


def test_rows_without_a_label_are_not_measured(boosted: Model, flights: Any, known: Any) -> None:
    (row,) = evaluate(boosted, None, flights, metric="roc_auc")
    assert row["rows"] == flights["late"].notna().sum() < len(flights)


def test_each_value_of_a_slice_column_has_a_row_of_its_own(boosted: Model, known: Any) -> None:
    rows = {r["slice"]: r for r in evaluate(boosted, None, known, metric="roc_auc", slices=["carrier", "hour"])}
    assert list(rows)[:4] == [OVERALL, "carrier=B6", "carrier=DL", "carrier=UA"]
    chosen = known[known["carrier"] == "B6"]
    assert rows["carrier=B6"]["rows"] == len(chosen)
    assert rows["carrier=B6"]["roc_auc"] == pytest.approx(
        metrics.roc_auc_score(chosen["late"].astype(bool), boosted.scores(chosen))
    )
    # Nulls are no slice, and 24 hours of 400 flights are slices too small to say anything.
    assert len(rows) == 4


def test_the_smallest_slice_is_the_callers_to_say(boosted: Model, known: Any) -> None:
    rows = evaluate(boosted, None, known, metric="roc_auc", slices=["hour"], min_rows=10)
    counts = known["hour"].value_counts()
    assert [r["slice"] for r in rows[1:]] == [f"hour={hour}" for hour in sorted(counts[counts >= 10].index)]


def test_a_slice_of_one_class_has_no_rank_figures_but_the_others(boosted: Model, known: Any) -> None:
    one_class = known.assign(side=known["late"].map({True: "late", False: "punctual"}))
    _, late, punctual = evaluate(boosted, boosted, one_class, metric="roc_auc", slices=["side"])
    for row, label in ((late, True), (punctual, False)):
        assert (row["roc_auc"], row["average_precision"], row["champion_roc_auc"]) == (None, None, None)
        scores = boosted.scores(one_class[one_class["late"] == label])
        assert row["log_loss"] == pytest.approx(-sum(map(math.log, scores if label else 1 - scores)) / len(scores))
        assert row["brier"] == pytest.approx(((scores - label) ** 2).mean())
    assert (late["positives"], punctual["positives"]) == (late["rows"], 0)


def test_the_champion_is_measured_on_the_same_rows(boosted: Model, logistic: Model, known: Any) -> None:
    champion = Model(logistic.spec, logistic.estimator, "3")
    challenger = Model(boosted.spec, boosted.estimator, "4")
    rows = evaluate(challenger, champion, known, metric="log_loss", slices=["carrier"])
    assert {(r["model_version"], r["champion_version"]) for r in rows} == {("4", "3")}
    for row, chosen in ((rows[0], known), (rows[1], known[known["carrier"] == "B6"])):
        truth = chosen["late"].astype(bool)
        assert row["champion_log_loss"] == pytest.approx(metrics.log_loss(truth, logistic.scores(chosen)))
        assert row["log_loss"] == pytest.approx(metrics.log_loss(truth, boosted.scores(chosen)))


@pytest.mark.parametrize("metric", ["rmse", "gini"])
def test_a_metric_must_be_of_the_models_task(boosted: Model, known: Any, metric: str) -> None:
    with pytest.raises(StageError, match=f"'{metric}' does not measure classification; use one of roc_auc, average_"):
        evaluate(boosted, None, known, metric=metric)


def test_an_absent_slice_column_is_named(boosted: Model, known: Any) -> None:
    with pytest.raises(StageError, match="the data has no slice column 'origin', 'dest'"):
        evaluate(boosted, None, known, metric="roc_auc", slices=["origin", "carrier", "dest"])


def test_rows_without_any_label_cannot_be_measured_on(boosted: Model, known: Any) -> None:
    for frame in (known.assign(late=None), known.iloc[:0]):
        with pytest.raises(SourceError, match="no row has a value in the target 'late'; check the partition"):
            evaluate(boosted, None, frame, metric="roc_auc")


@pytest.mark.parametrize("metric", sorted(METRICS))
def test_the_better_one_is_better_by_more_than_the_margin(metric: str) -> None:
    sign = 1 if metric in {"roc_auc", "average_precision", "accuracy", "r2"} else -1
    champion = 0.5
    assert better(metric, champion + sign * 0.25, champion)
    assert not better(metric, champion - sign * 0.25, champion)
    assert not better(metric, champion, champion)
    assert better(metric, champion + sign * 0.25, champion, margin=0.125)
    assert not better(metric, champion + sign * 0.25, champion, margin=0.25)
    assert better(metric, champion, champion, margin=-0.125)
