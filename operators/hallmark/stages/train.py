"""TrainOperator: a new version of a model from rows of a dataset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from hallmark.dataset import Column, Dataset, DatasetVersion, resolve_path
from hallmark.receipt import ColumnLineage, edges_from
from hallmark.stages.base import StageOperator
from hallmark.stages.inputs import DatasetInput, Input
from hallmark.stages.job import Job, Work
from hallmark.stages.lifecycle import NothingToDo
from hallmark.stages.links import LINKS_OF_TRAINING
from hallmark.stages.model_target import ModelTarget, Trained
from hallmark.storage.snapshot import Selection

if TYPE_CHECKING:
    from hallmark.ml.model import Model

__all__ = ["TrainOperator"]

EXAMPLE_ROWS = 5


class TrainOperator(StageOperator):
    """Fit an estimator and register the result as the model's next version.

    Args:
        input: the dataset to learn from.
        model: the model's name in the registry.
        target: the column to predict: BOOLEAN for binary classification, a number for regression.
        estimator: import path, for example ``sklearn.ensemble.HistGradientBoostingClassifier``.
        hyperparameters: the estimator's arguments; templated.
        features: columns to learn from; by default all numbers and texts but the target and the keys.
        keys: columns that name a row and are no features.
        before: learn from the partitions that sort before this one; templated.
        partition: learn from this partition alone; templated. Without either, from all.
        suite: path of a suite over the training's figures (one row: ``rows``, ``features``, ``seconds`` …).
        when_empty: ``fail``, or ``skip`` when no partition sorts before ``before`` yet.
        owner, description: of the model, for catalog and lineage.
        kwargs: what every Airflow operator takes.

    Example:
        >>> TrainOperator(
        ...     task_id="train",
        ...     input=features,
        ...     model="flight_delay",
        ...     target="late",
        ...     estimator="sklearn.ensemble.HistGradientBoostingClassifier",
        ...     hyperparameters={"max_iter": 200},
        ...     before="{{ ds }}",
        ... )
    """

    kind = "train"
    reads: ClassVar[Sequence[str]] = ("input",)
    writes: ClassVar[Sequence[str]] = ("model",)
    template_fields: Sequence[str] = ("model", "hyperparameters", "before", *StageOperator.template_fields)
    operator_extra_links = LINKS_OF_TRAINING
    ui_color = "#fff3e0"

    def __init__(
        self,
        *,
        input: Dataset,
        model: str,
        target: str,
        estimator: str,
        hyperparameters: Mapping[str, Any] | None = None,
        features: Sequence[str] | None = None,
        keys: Sequence[str] = (),
        before: str | None = None,
        suite: str | None = None,
        when_empty: str = "fail",
        model_owner: str | None = None,
        description: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.input = input
        self.model = model
        self.target_column = target
        self.estimator = estimator
        self.hyperparameters = {} if hyperparameters is None else hyperparameters
        self.features = features
        self.keys = tuple(keys)
        self.before = before
        self.bounded = before is not None
        self.suite = suite
        self.when_empty = when_empty
        self.model_owner = model_owner
        self.description = description
        self.declare_assets(reads=[input], writes=[model])

    def inputs(self) -> Mapping[str, Input]:
        # A bound whose template rendered to None must not come to mean "all partitions", the future among them.
        selection = Selection(equals=self.partition, before=str(self.before) if self.bounded else None)
        return {"rows": DatasetInput(self.promised(self.input), selection, may_be_empty=self.when_empty == "skip")}

    def target(self) -> ModelTarget:
        suite = resolve_path(self.suite, self._folder()) if self.suite else None
        return ModelTarget(self.model, suite, self.suite_parameters, self.model_owner, self.description)

    def work(self, job: Job) -> Work:
        import time

        from hallmark.ml.training import choose_features, fit

        source = job.input("rows")
        if source.rows == 0:
            raise NothingToDo(f"{self.input} has no partition before {self.before} to learn from yet")
        target = next(
            (c for c in source.columns if c.name == self.target_column), Column(self.target_column, "UNKNOWN")
        )
        keys = (*self.keys, self.input.partition_by)
        columns = choose_features(source.columns, self.target_column, self.features, keys)
        frame = job.frame("rows", [*(c.name for c in columns), self.target_column])
        began = time.perf_counter()
        model = fit(
            frame, columns=columns, target=target, estimator=self.estimator, params=self.hyperparameters, keys=self.keys
        )
        metrics = {"rows": float(len(frame)), "features": float(len(columns)), "seconds": time.perf_counter() - began}
        trained = Trained(model, {"estimator": self.estimator, **self.hyperparameters}, frame.head(EXAMPLE_ROWS))
        return Work(columns=_lineage(model, source), metrics=metrics, content=trained)

    def parameters(self) -> dict[str, Any]:
        return {**super().parameters(), "estimator": self.estimator, "target": self.target_column}


def _lineage(model: Model, source: DatasetVersion) -> ColumnLineage:
    """Say that the label and every feature went into all that the model gives, and cannot be seen in it."""
    from hallmark.ml.model import columns_of_model

    learned = f"learned by {model.spec.estimator.rpartition('.')[2]}"
    edges = edges_from(source, (*model.spec.feature_names, model.spec.target), "TRANSFORMATION", learned)
    return ColumnLineage({c.name: edges for c in columns_of_model(model.spec)})
