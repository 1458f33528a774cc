"""EvaluateOperator: a model's figures on rows it has not seen, beside the champion's, through a gate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from hallmark.dataset import Dataset
from hallmark.receipt import ColumnLineage, edges_from
from hallmark.stages.dataset_stage import DatasetStageOperator
from hallmark.stages.inputs import DatasetInput, Input
from hallmark.stages.job import Job, Work
from hallmark.stages.model_input import ModelInput
from hallmark.storage.snapshot import Selection

if TYPE_CHECKING:
    from hallmark.ml.model import Model

__all__ = ["EvaluateOperator", "evaluation_dataset"]


def evaluation_dataset(model: str, suite: str | None = None) -> Dataset:
    """Return the dataset that holds a model's evaluations, partitioned like what it was measured on."""
    return Dataset(
        f"{model}/evaluation",
        suite=suite,
        description=f"Figures of {model} on rows it has not seen, over all and by slice.",
        tags=("evaluation",),
    )


class EvaluateOperator(DatasetStageOperator):
    """Measure a model version and publish its figures, if they pass the suite, for a deployment to decide on.

    The figures are a dataset ``<model>/evaluation``: one row over all (``slice`` is ``overall``) and one for each value
    of each slice column. The suite looks at those rows; critical expectations that fail stop the pipeline here.

    Args:
        model: the model's name in the registry; templated.
        on: the dataset to measure on.
        partition: which partition of it; templated. All, if None.
        version: which version of the model; templated. By default the one that this DAG run trained, else the newest.
        suite: path of the suite over the figures, relative to the DAG file.
        slices: columns whose values make slices.
        metric: the figure that model and champion are compared by.
        must_beat: alias of the model to compare with.
        output: the dataset of figures, if not ``<model>/evaluation``.
        kwargs: those of :class:`~hallmark.stages.dataset_stage.DatasetStageOperator`.

    Example:
        >>> EvaluateOperator(
        ...     task_id="evaluate",
        ...     model="flight_delay",
        ...     on=features,
        ...     partition="{{ ds }}",
        ...     suite="suites/flight_delay_evaluation.yml",
        ...     slices=["carrier", "origin"],
        ... )
    """

    kind = "evaluate"
    reads: ClassVar[Sequence[str]] = ("on", "model")
    template_fields: Sequence[str] = ("model", "version", *DatasetStageOperator.template_fields)
    ui_color = "#fff8e1"

    def __init__(
        self,
        *,
        model: str,
        on: Dataset,
        version: str | None = None,
        suite: str | None = None,
        slices: Sequence[str] = (),
        metric: str = "roc_auc",
        must_beat: str = "champion",
        output: Dataset | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(output=output or evaluation_dataset(model, suite), **kwargs)
        self.model = model
        self.on = on
        self.version = version
        self.slices = tuple(slices)
        self.metric = metric
        self.must_beat = must_beat
        self.declare_assets(reads=[on, model], writes=[self.output_dataset])

    def inputs(self) -> Mapping[str, Input]:
        return {
            "rows": DatasetInput(self.promised(self.on), Selection(equals=self.partition)),
            "model": ModelInput(self.model, self.version),
            "champion": ModelInput(self.model, alias=self.must_beat, optional=True),
        }

    def work(self, job: Job) -> Work:
        import pyarrow as pa

        from hallmark.engines.duckdb import rows_of
        from hallmark.ml.evaluation import evaluate
        from hallmark.ml.registry import Registry

        registry = Registry(job.settings)
        model = registry.load(registry.version(self.model, job.input("model").version))
        champion = self._champion(job, registry)
        rivals = champion.spec.feature_names if champion else []
        names = dict.fromkeys([*model.spec.feature_names, *rivals, model.spec.target, *self.slices])
        figures = evaluate(model, champion, job.frame("rows", list(names)), metric=self.metric, slices=self.slices)
        job.connection.register("hallmark_figures", pa.Table.from_pylist(figures, schema=_schema(figures[0])))
        overall = {k: float(v) for k, v in figures[0].items() if isinstance(v, (int, float))}
        query = rows_of("hallmark_figures")
        return Work(query, columns=_lineage(job, model, list(figures[0])), metrics=overall)

    def _champion(self, job: Job, registry: Any) -> Model | None:
        rival = job.inputs.get("champion")
        if rival is None or rival.version == job.input("model").version:
            return None
        loaded: Model = registry.load(registry.version(self.model, rival.version))
        return loaded


def _schema(row: Mapping[str, Any]) -> Any:
    """Return one schema for all evaluations, whichever figures are null in this one."""
    import pyarrow as pa

    kinds = {"slice": pa.string(), "model_version": pa.string(), "champion_version": pa.string()}
    counts = {"rows": pa.int64(), "positives": pa.int64()}
    return pa.schema([(name, kinds.get(name) or counts.get(name) or pa.float64()) for name in row])


def _lineage(job: Job, model: Model, columns: Sequence[str]) -> ColumnLineage:
    """Say that the figures sum up the target and the model's predictions, which the features decide."""
    rows, made = job.input("rows"), job.input("model")
    measured = (
        *edges_from(rows, [model.spec.target], "AGGREGATION", "measured"),
        *edges_from(rows, model.spec.feature_names, "AGGREGATION", "scored, then measured"),
        *edges_from(made, [_score(model)], "AGGREGATION", "measured"),
    )
    constants = {"slice", "model_version", "champion_version"}
    return ColumnLineage({name: () if name in constants else measured for name in columns})


def _score(model: Model) -> str:
    return "probability" if model.spec.task == "classification" else model.spec.target
