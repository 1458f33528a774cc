"""DatasetStageOperator: a stage whose output is a dataset."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from hallmark.dataset import Dataset
from hallmark.stages.base import StageOperator
from hallmark.stages.dataset_target import DatasetTarget, FailedRows

__all__ = ["DatasetStageOperator"]


class DatasetStageOperator(StageOperator):
    """Base of the stages that publish a dataset; a subclass adds :meth:`inputs` and :meth:`work`.

    Args:
        output: the dataset to publish.
        on_failed_rows: what becomes of rows that fail a critical row-level expectation: ``fail`` refuses the output,
            ``quarantine`` sets them apart in ``<dataset>__quarantine`` and publishes the others.
        max_quarantined: share of rows (0 to 1) that may go to quarantine before the stage fails.
        may_be_empty: whether an output without rows may be published.
        kwargs: ``partition`` and ``suite_parameters`` (both templated), and what every Airflow operator takes.
    """

    writes: ClassVar[Sequence[str]] = ("output",)

    def __init__(
        self,
        *,
        output: Dataset,
        on_failed_rows: FailedRows = "fail",
        max_quarantined: float = 0.05,
        may_be_empty: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.output_dataset = output
        self.on_failed_rows = on_failed_rows
        self.max_quarantined = max_quarantined
        self.may_be_empty = may_be_empty

    def target(self) -> DatasetTarget:
        """Return the dataset's partition with its suite."""
        dataset = self.promised(self.output_dataset)
        return DatasetTarget(
            dataset,
            self.partition,
            self.suite_path(dataset),
            self.on_failed_rows,
            self.max_quarantined,
            self.suite_parameters,
            self.may_be_empty,
            self.contract_of(dataset),
        )
