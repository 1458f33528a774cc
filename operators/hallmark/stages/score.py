"""ScoreOperator: predictions of a deployed model as a dataset."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from hallmark.dataset import Dataset
from hallmark.errors import StageError
from hallmark.receipt import ColumnLineage, edges_from
from hallmark.stages.dataset_stage import DatasetStageOperator
from hallmark.stages.inputs import DatasetInput, Input
from hallmark.stages.job import Job, Work
from hallmark.stages.model_input import ModelInput
from hallmark.storage.snapshot import Selection

if TYPE_CHECKING:
    import pyarrow as pa

    from hallmark.ml.model import Model

__all__ = ["ScoreOperator"]

BATCH = 100_000
VERSION = "model_version"


class ScoreOperator(DatasetStageOperator):
    """Predict the rows of a dataset's partition with the version that an alias points at.

    The output has the kept columns, then ``probability`` and the target (for a class) or the target (for a number),
    then ``model_version``.

    Args:
        input: the dataset with the features.
        model: the model's name in the registry; templated.
        alias: which version; templated.
        version: a version's number instead; templated.
        keep: columns of the input to carry along; by default the model's keys.
        threshold: probability (0 to 1) from which the target counts as true.
        kwargs: those of :class:`~hallmark.stages.dataset_stage.DatasetStageOperator`.

    Example:
        >>> ScoreOperator(
        ...     task_id="score",
        ...     input=features,
        ...     model="flight_delay",
        ...     output=predictions,
        ...     partition="{{ ds }}",
        ... )
    """

    kind = "score"
    reads: ClassVar[Sequence[str]] = ("input", "model")
    template_fields: Sequence[str] = ("model", "alias", "version", *DatasetStageOperator.template_fields)
    ui_color = "#f3e5f5"

    def __init__(
        self,
        *,
        input: Dataset,
        model: str,
        alias: str = "champion",
        version: str | None = None,
        keep: Sequence[str] | None = None,
        threshold: float = 0.5,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.input = input
        self.model = model
        self.alias = alias
        self.version = version
        self.keep = keep
        self.threshold = threshold
        self.declare_assets(reads=[input, model], writes=[self.output_dataset])

    def inputs(self) -> Mapping[str, Input]:
        alias = self.alias if self.version is None else None
        rows = DatasetInput(self.promised(self.input), Selection(equals=self.partition))
        return {"rows": rows, "model": ModelInput(self.model, self.version, alias)}

    def work(self, job: Job) -> Work:
        import pyarrow as pa

        from hallmark.engines.duckdb import rows_of
        from hallmark.ml.registry import Registry

        registry = Registry(job.settings)
        model = registry.load(registry.version(self.model, job.input("model").version))
        kept = self._kept(job, model)
        job.connection.register("hallmark_scored", pa.Table.from_batches(self._scored(job, model, kept)))
        query = rows_of("hallmark_scored")
        return Work(query, columns=_lineage(job, model, kept))

    def _kept(self, job: Job, model: Model) -> list[str]:
        have = {c.name for c in job.input("rows").columns}
        absent = [f for f in model.spec.feature_names if f not in have]
        if absent:
            raise StageError(
                f"the model needs {', '.join(map(repr, absent))}, which {self.input} does not have",
                "score the dataset that the model was trained on, or train it again",
            )
        return list(self.keep if self.keep is not None else model.spec.keys)

    def _scored(self, job: Job, model: Model, kept: Sequence[str]) -> Iterator[pa.RecordBatch]:
        names = list(dict.fromkeys([*kept, *model.spec.feature_names]))
        for batch in job.batches("rows", names, BATCH):
            yield _predicted(model, batch, kept, self.threshold)


def _predicted(model: Model, batch: pa.RecordBatch, kept: Sequence[str], threshold: float) -> pa.RecordBatch:
    import pyarrow as pa

    scores = model.scores(batch.to_pandas())
    columns = {name: batch.column(name) for name in kept}
    if model.spec.task == "classification":
        columns["probability"] = pa.array(scores, pa.float64())
        columns[model.spec.target] = pa.array(scores >= threshold, pa.bool_())
    else:
        columns[model.spec.target] = pa.array(scores, pa.float64())
    columns[VERSION] = pa.array([model.version] * len(scores), pa.string())
    return pa.RecordBatch.from_pydict(columns)


def _lineage(job: Job, model: Model, kept: Sequence[str]) -> ColumnLineage:
    from hallmark.ml.model import columns_of_model

    rows, made = job.input("rows"), job.input("model")
    fields = {name: edges_from(rows, [name], "IDENTITY", "", masking=False) for name in kept}
    predicted = f"predicted by {model.spec.estimator.rpartition('.')[2]}"
    features = edges_from(rows, model.spec.feature_names, "TRANSFORMATION", predicted)
    for column in columns_of_model(model.spec):
        own = edges_from(made, [column.name], "TRANSFORMATION", predicted, masking=False)
        fields[column.name] = (*features, *own)
    fields[VERSION] = ()
    return ColumnLineage(fields)
