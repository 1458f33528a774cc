"""GateOperator: a gate on its own, for data that no stage of Hallmark made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import unquote, urlsplit

from hallmark.dataset import Dataset, resolve_path
from hallmark.errors import StageError
from hallmark.sources.base import Source
from hallmark.sources.files import FileSource
from hallmark.stages.base import StageOperator, database_url
from hallmark.stages.check_target import DATA, CheckTarget, TableInput
from hallmark.stages.inputs import DatasetInput, Input, SourceInput, declared_by
from hallmark.stages.job import Job, Work
from hallmark.storage.snapshot import Selection

if TYPE_CHECKING:
    from airflow.sdk import Asset

__all__ = ["GateOperator"]

# What a source is read as: no contract is known of data that somebody else makes.
UNKNOWN = Dataset("unknown")


class GateOperator(StageOperator):
    """Hold any table, file, dataset or Airflow asset against a suite; what comes after runs only if it passes.

    Args:
        suite: path of the suite, relative to the DAG file.
        data: a path or glob, a :class:`~hallmark.sources.FileSource` or :class:`~hallmark.sources.SqlSource`, a
            :class:`~hallmark.Dataset`, or an Airflow asset whose URI is a file's or a table's; templated.
        conn_id: Airflow connection of the database in which ``table``, or the asset's table, is.
        table: name of a table or view, checked in its database without moving a row; templated.
        partition: of a dataset: only this partition is checked; templated.
        personal: columns whose values are masked wherever people look.
        kwargs: those of :class:`~hallmark.StageOperator`.

    Example:
        >>> GateOperator(task_id="orders_are_good", conn_id="shop", table="public.orders", suite="suites/orders.yml")
    """

    kind = "gate"
    reads: ClassVar[Sequence[str]] = ("data",)
    template_fields: Sequence[str] = ("data", "table", *StageOperator.template_fields)
    ui_color = "#fff3e0"

    def __init__(
        self,
        *,
        suite: str,
        data: str | Source | Dataset | Asset | None = None,
        conn_id: str | None = None,
        table: str | None = None,
        personal: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.suite = suite
        self.data = data
        self.conn_id = conn_id
        self.table = table
        self.personal = tuple(personal)
        self.declare_assets(reads=[data] if isinstance(data, Dataset) else [])
        if hasattr(data, "uri"):
            self.inlets = [*self.inlets, data]

    def inputs(self) -> Mapping[str, Input]:
        return {DATA: self._input()}

    def target(self) -> CheckTarget:
        dataset = self.promised(self.data) if isinstance(self.data, Dataset) else None
        personal = (*self.personal, *(dataset.personal if dataset else ()))
        suite = resolve_path(self.suite, self._folder())
        return CheckTarget(self._input(), suite, self.suite_parameters, personal, dataset)

    def work(self, job: Job) -> Work:
        return Work()

    def get_openlineage_facets_on_start(self) -> Any:
        """Tell Airflow's OpenLineage provider what is about to be checked; nothing is written."""
        from hallmark.stages.openlineage import declared_lineage

        return declared_lineage(declared_by(self._input(), database_url), None)

    def _input(self) -> Input:
        if self.table is not None:
            return TableInput(self._connection(), self.table)
        if isinstance(self.data, Dataset):
            return DatasetInput(self.promised(self.data), Selection(equals=self.partition))
        if isinstance(self.data, str):
            return SourceInput(FileSource(self.data), UNKNOWN)
        if isinstance(self.data, Source):
            return SourceInput(self.data, UNKNOWN)
        uri = getattr(self.data, "uri", None)
        if uri is not None:
            return self._of_asset(str(uri))
        raise StageError("the gate was given nothing to check", "set data=, or conn_id= and table=")

    def _connection(self) -> str:
        if not self.conn_id:
            raise StageError(f"table {self.table!r} was given without a connection", "set conn_id=")
        return self.conn_id

    def _of_asset(self, uri: str) -> Input:
        parts = urlsplit(uri)
        path = unquote(parts.path)
        if parts.scheme in {"", "file"}:
            return SourceInput(FileSource(path), UNKNOWN)
        if parts.scheme == "hallmark":
            return DatasetInput(Dataset(path.strip("/")), Selection(equals=self.partition))
        if self.conn_id:
            # postgres://host/database/schema/table, as Airflow's database providers name a table.
            return TableInput(self.conn_id, ".".join(path.strip("/").split("/")[1:]))
        raise StageError(f"the asset {uri} is neither a file nor a dataset", "set conn_id= if it is a database's table")
