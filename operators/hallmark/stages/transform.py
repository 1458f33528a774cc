"""TransformOperator: SQL over datasets, with every column's lineage read from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from hallmark.dataset import Dataset
from hallmark.errors import StageError
from hallmark.stages.dataset_stage import DatasetStageOperator
from hallmark.stages.inputs import DatasetInput, Input
from hallmark.stages.job import Job, Work
from hallmark.storage.snapshot import Selection

__all__ = ["TransformOperator"]


class TransformOperator(DatasetStageOperator):
    """Run one SELECT over datasets and publish its rows.

    Args:
        inputs: datasets by the table name that the SQL gives them. Of a partitioned one the stage's partition
            is read; name it in ``whole`` to read all of it.
        sql: the SELECT in DuckDB's dialect, or the path of a ``.sql`` file beside the DAG; templated.
        whole: names of inputs that are read with all their partitions.
        partition: templated; None for datasets without partitions.
        kwargs: those of :class:`~hallmark.stages.dataset_stage.DatasetStageOperator`, ``on_failed_rows`` among them.

    Example:
        >>> TransformOperator(
        ...     task_id="features",
        ...     inputs={"f": clean, "w": weather},
        ...     output=features,
        ...     sql="sql/features.sql",
        ...     partition="{{ ds }}",
        ... )
    """

    kind = "transform"
    reads: ClassVar[Sequence[str]] = ("inputs",)
    template_fields: Sequence[str] = ("sql", *DatasetStageOperator.template_fields)
    template_ext: Sequence[str] = (".sql",)
    template_fields_renderers: ClassVar[dict[str, str]] = {"sql": "sql"}
    ui_color = "#ede7f6"

    def __init__(
        self,
        *,
        inputs: Mapping[str, Dataset],
        sql: str,
        whole: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.datasets = dict(inputs)
        self.sql = sql
        self.whole = tuple(whole)
        self.declare_assets(reads=inputs, writes=[self.output_dataset])

    def inputs(self) -> Mapping[str, Input]:
        return {
            name: DatasetInput(self.promised(dataset), self._selection(name)) for name, dataset in self.datasets.items()
        }

    def work(self, job: Job) -> Work:
        from hallmark.lineage.sql import parse_query

        if not self.sql.strip():
            raise StageError("the SQL rendered to nothing", "check its template")
        return Work(parse_query(self.sql, "duckdb"), sql=self.sql)

    def _selection(self, name: str) -> Selection:
        return Selection() if name in self.whole else Selection(equals=self.partition)
