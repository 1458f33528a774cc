"""ExtractOperator: from a source into the lake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hallmark.sources.base import Source
from hallmark.stages.dataset_stage import DatasetStageOperator
from hallmark.stages.inputs import Input, SourceInput
from hallmark.stages.job import Job, Work

__all__ = ["ExtractOperator"]


class ExtractOperator(DatasetStageOperator):
    """Read a source and publish what passes as a dataset's partition.

    Args:
        source: a :class:`~hallmark.sources.FileSource` or :class:`~hallmark.sources.SqlSource`; templated.
        partition: which partition to replace; templated; None for a dataset without partitions.
        kwargs: those of :class:`~hallmark.stages.dataset_stage.DatasetStageOperator`, ``on_failed_rows`` among them.

    Example:
        >>> ExtractOperator(
        ...     task_id="extract",
        ...     source=FileSource("/feed/{{ ds }}/flights.csv"),
        ...     output=Dataset("flights/raw", suite="suites/flights_raw.yml"),
        ...     partition="{{ ds }}",
        ... )
    """

    kind = "extract"
    template_fields: Sequence[str] = ("source", *DatasetStageOperator.template_fields)
    template_ext: Sequence[str] = (".sql",)
    ui_color = "#e3f2fd"

    def __init__(
        self,
        *,
        source: Source,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.source = source
        self.declare_assets(writes=[self.output_dataset])

    def inputs(self) -> Mapping[str, Input]:
        return {"source": SourceInput(self.source, self.promised(self.output_dataset), by_table=True)}

    def work(self, job: Job) -> Work:
        from hallmark.engines.duckdb import rows_of

        mounted = job.mounted["source"]
        return Work(
            rows_of("source", [c.name for c in mounted.answer.columns]),
            sql=getattr(self.source, "sql", None),
            dialect=mounted.dialect,
            columns=mounted.columns,
        )
