"""DeployOperator: an alias moves to a model version, if its evaluation says that it is better."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from hallmark.errors import RegistryError, StageError
from hallmark.receipt import Receipt
from hallmark.stages.base import StageOperator
from hallmark.stages.evaluate import evaluation_dataset
from hallmark.stages.inputs import DatasetInput, Input
from hallmark.stages.job import Job, Work
from hallmark.stages.lifecycle import NothingToDo
from hallmark.stages.model_input import ModelInput
from hallmark.stages.model_target import AliasTarget

__all__ = ["DeployOperator"]


class DeployOperator(StageOperator):
    """Point an alias at a version whose published evaluation beats the version it points at now.

    The task succeeds either way; when the champion stays, no asset event is sent and the log says by how much.

    Args:
        model: the model's name in the registry; templated.
        alias: which alias to move; templated.
        version: the candidate; templated. By default the one that this DAG run trained, else the newest.
        metric: the figure that decides, as in the evaluation.
        margin: by how much the candidate must be better.
        kwargs: what every Airflow operator takes.

    Example:
        >>> DeployOperator(task_id="deploy", model="flight_delay", alias="champion")
    """

    kind = "deploy"
    reads: ClassVar[Sequence[str]] = ("model",)
    writes: ClassVar[Sequence[str]] = ("model",)
    template_fields: Sequence[str] = ("model", "alias", "version", *StageOperator.template_fields)
    ui_color = "#e8f5e9"

    def __init__(
        self,
        *,
        model: str,
        alias: str = "champion",
        version: str | None = None,
        metric: str = "roc_auc",
        margin: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.model = model
        self.alias = alias
        self.version = version
        self.metric = metric
        self.margin = margin
        self.declare_assets(reads=[evaluation_dataset(model)], writes=[model])

    def inputs(self) -> Mapping[str, Input]:
        return {
            "candidate": ModelInput(self.model, self.version),
            "champion": ModelInput(self.model, alias=self.alias, optional=True),
            "evaluation": DatasetInput(evaluation_dataset(self.model)),
        }

    def target(self) -> AliasTarget:
        return AliasTarget(self.model, self.alias)

    def work(self, job: Job) -> Work:
        from hallmark.ml.registry import Registry

        candidate = job.input("candidate").version
        champion = job.inputs.get("champion")
        figures = self._evaluation(job, candidate)
        compared = (self.metric, f"champion_{self.metric}")
        metrics = {name: float(figures[name]) for name in compared if figures.get(name) is not None}
        if champion is not None:
            self._must_beat(champion.version, candidate, figures)
        return Work(metrics=metrics, content=Registry(job.settings).version(self.model, candidate))

    def skipped(self, receipt: Receipt) -> dict[str, Any]:
        """The champion stays: that is a good end. Of a task that succeeds Airflow tells every outlet's consumers."""
        self.outlets = []
        self.log.info("%s", receipt.message)
        return self.outcome(receipt)

    def _evaluation(self, job: Job, version: str) -> dict[str, Any]:
        from sqlglot import exp

        from hallmark.engines.duckdb import rows_of, sql_of
        from hallmark.ml.evaluation import OVERALL

        query = (
            rows_of("evaluation")
            .where(exp.column("slice", quoted=True).eq(exp.Literal.string(OVERALL)))
            .where(exp.column("model_version", quoted=True).eq(exp.Literal.string(version)))
        )
        rows = job.connection.sql(sql_of(query)).to_arrow_table().to_pylist()
        if not rows:
            raise RegistryError(f"version {version} has no published evaluation", "run an EvaluateOperator on it first")
        # A version may have been measured on several partitions: the newest one decides.
        newest: dict[str, Any] = max(rows, key=lambda row: row.get(evaluation_dataset(self.model).partition_by) or "")
        if self.metric not in newest:
            raise StageError(f"the evaluation has no figure {self.metric!r}", f"use one of {', '.join(newest)}")
        return newest

    def _must_beat(self, champion: str, candidate: str, figures: Mapping[str, Any]) -> None:
        from hallmark.ml.evaluation import better

        if champion == candidate:
            raise NothingToDo(f"version {candidate} is the {self.alias} already")
        if figures["champion_version"] != champion:
            raise StageError(
                f"version {candidate} was measured against version {figures['champion_version']}, "
                f"and the {self.alias} is version {champion} now",
                "run the evaluation again",
            )
        rival = figures.get(f"champion_{self.metric}")
        if rival is None:
            raise StageError(
                f"the evaluation does not compare with the {self.alias} by {self.metric!r}",
                "give EvaluateOperator the same metric",
            )
        mine, theirs = float(figures[self.metric]), float(rival)
        if not better(self.metric, mine, theirs, self.margin):
            raise NothingToDo(
                f"version {champion} stays the {self.alias}: "
                f"version {candidate} has {self.metric} {mine:.4f} against {theirs:.4f}"
            )
