"""CleanOperator: a list of cleaning steps over one dataset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from hallmark.dataset import Dataset
from hallmark.stages.dataset_stage import DatasetStageOperator
from hallmark.stages.inputs import DatasetInput, Input
from hallmark.stages.job import Job, Work
from hallmark.storage.snapshot import Selection

if TYPE_CHECKING:
    from airflow.sdk import Context

    from hallmark.cleaning import Step

__all__ = ["CleanOperator"]


class CleanOperator(DatasetStageOperator):
    """Run cleaning steps over a dataset's partition, as one SQL query.

    Args:
        input: the dataset to clean; its partition is the output's.
        steps: values of :mod:`hallmark.cleaning`, run in order.
        partition: templated; None for datasets without partitions.
        kwargs: those of :class:`~hallmark.stages.dataset_stage.DatasetStageOperator`, ``on_failed_rows`` among them.

    Example:
        >>> CleanOperator(
        ...     task_id="clean",
        ...     input=raw,
        ...     output=clean,
        ...     partition="{{ ds }}",
        ...     steps=[Trim("tailnum"), Impute("air_time", "median", by=["origin", "dest"])],
        ...     on_failed_rows="quarantine",
        ... )
    """

    kind = "clean"
    reads: ClassVar[Sequence[str]] = ("input",)
    ui_color = "#e0f7f4"

    def __init__(
        self,
        *,
        input: Dataset,
        steps: Sequence[Step],
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.input = input
        self.steps = tuple(steps)
        self.declare_assets(reads=[input], writes=[self.output_dataset])

    def inputs(self) -> Mapping[str, Input]:
        return {"source": DatasetInput(self.promised(self.input), Selection(equals=self.partition))}

    def work(self, job: Job) -> Work:
        from hallmark.cleaning import compile_steps, without_secrets
        from hallmark.lineage.sql import column_lineage

        read = job.input("source").columns
        columns = [c for c in read if self.partition is None or c.name != self.input.partition_by]
        query, _ = compile_steps(self.steps, "source", columns)
        # Lineage quotes expressions: a salt must not get into it.
        return Work(query, columns=column_lineage(without_secrets(query), job.inputs))

    def execute(self, context: Context) -> dict[str, Any]:
        """Render the texts inside the steps too; Airflow renders nothing but template fields of a mapped task."""
        self.steps = tuple(s.rendered(lambda text: self.render_template(text, context)) for s in self.steps)
        return super().execute(context)

    def parameters(self) -> dict[str, Any]:
        return {**super().parameters(), "steps": [step.describe() for step in self.steps]}
