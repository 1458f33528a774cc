"""TransformOperator: SQL or a Python function over datasets, with every column's lineage."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from hallmark.dataset import Dataset
from hallmark.errors import StageError
from hallmark.stages.dataset_stage import DatasetStageOperator
from hallmark.stages.inputs import DatasetInput, Input
from hallmark.stages.job import Job, Work
from hallmark.storage.snapshot import Selection

__all__ = ["TransformOperator"]


class TransformOperator(DatasetStageOperator):
    """Run one SELECT, or one Python function, over datasets and publish its rows.

    A function gets the inputs as keyword arguments of their names, each in the form its parameter is annotated with:
    ``pyarrow.Table`` (also without an annotation), ``pyarrow.RecordBatchReader``, ``polars.LazyFrame``,
    ``polars.DataFrame``, ``duckdb.DuckDBPyRelation``, ``ibis.Table`` or ``pandas.DataFrame``. It returns the output's
    rows in any of these forms. Lineage is read from a lazy frame's plan; for the others, ``columns`` states it.

    Args:
        inputs: datasets by the table name that the SQL gives them, or by the function's parameter. Of a partitioned
            one the stage's partition is read; name it in ``whole`` to read all of it.
        sql: the SELECT in DuckDB's dialect, or the path of a ``.sql`` file beside the DAG; templated.
        function: instead of ``sql``, a function, or its import path, so that nothing is imported while the DAG is
            parsed.
        arguments: what the function gets beside the inputs; templated.
        columns: for the function's output columns, what reaches them: a list of ``"input.column"``, or of mappings
            with ``input``, ``column``, ``type``, ``subtype``, ``description``, ``masking``; ``"*"`` for all rows.
        whole: names of inputs that are read with all their partitions.
        partition: templated; None for datasets without partitions.
        kwargs: those of :class:`~hallmark.stages.dataset_stage.DatasetStageOperator`, ``on_failed_rows`` among them.

    Raises:
        StageError: it has both or neither of ``sql`` and ``function``, or ``arguments`` or ``columns`` with ``sql``.

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
    template_fields: Sequence[str] = ("sql", "arguments", *DatasetStageOperator.template_fields)
    template_ext: Sequence[str] = (".sql",)
    template_fields_renderers: ClassVar[dict[str, str]] = {"sql": "sql", "arguments": "json"}
    ui_color = "#ede7f6"

    def __init__(
        self,
        *,
        inputs: Mapping[str, Dataset],
        sql: str | None = None,
        function: Callable[..., Any] | str | None = None,
        arguments: Mapping[str, Any] | None = None,
        columns: Mapping[str, Sequence[Any]] | None = None,
        whole: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.datasets = dict(inputs)
        self.sql = sql
        self.function = function
        self.arguments = {} if arguments is None else arguments
        self.columns = columns
        self.whole = tuple(whole)
        self._require_one_way()
        self.declare_assets(reads=inputs, writes=[self.output_dataset])

    def inputs(self) -> Mapping[str, Input]:
        return {
            name: DatasetInput(self.promised(dataset), self._selection(name)) for name, dataset in self.datasets.items()
        }

    def work(self, job: Job) -> Work:
        if self.function is not None:
            from hallmark.stages.function import Function

            return Function(self.function, self.arguments, self.columns).work(job)
        from hallmark.lineage.sql import parse_query

        sql = self.sql or ""
        if not sql.strip():
            raise StageError("the SQL rendered to nothing", "check its template")
        return Work(parse_query(sql, "duckdb"), sql=sql)

    def parameters(self) -> dict[str, Any]:
        """Return the rendered arguments for the receipt: the SQL, or the function with its file's checksum."""
        shown = super().parameters()
        if self.function is None:
            shown.pop("arguments")
            return shown
        from hallmark.stages.function import origin_of

        shown.pop("sql")
        return {"function": origin_of(self.function), **shown}

    def _require_one_way(self) -> None:
        if (self.sql is None) == (self.function is None):
            given = "neither sql= nor function=" if self.sql is None else "both sql= and function="
            raise StageError(f"the stage has {given}", "give one of them", stage=self.task_id)
        if self.function is None and (self.arguments or self.columns is not None):
            raise StageError(
                "the stage has arguments= or columns= without function=",
                "leave them out: SQL is templated, and its lineage is read from it",
                stage=self.task_id,
            )

    def _selection(self, name: str) -> Selection:
        return Selection() if name in self.whole else Selection(equals=self.partition)
