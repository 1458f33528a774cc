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
        input: Dataset,  # noqa: A002 - the word a DAG's author expects
        steps: Sequence[Step],
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.input = input
        self.steps = tuple(steps)
        self.declare_assets(reads=[input], writes=[self.output_dataset])

    def inputs(self) -> Mapping[str, Input]:
        return {"source": DatasetInput(self.input, Selection(equals=self.partition))}

    def work(self, job: Job) -> Work:
        from hallmark.cleaning import compile_steps

        columns = [c for c in job.input("source").columns if c.name != self.input.partition_by or self.partition is None]
        query, _ = compile_steps(self.steps, "source", columns)
        return Work(query)

    def parameters(self) -> dict[str, Any]:
        return {**super().parameters(), "steps": [step.describe() for step in self.steps]}
