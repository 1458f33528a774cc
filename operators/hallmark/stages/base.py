"""StageOperator: the five steps as an Airflow operator. A subclass says what it reads and writes, and does the work."""

from __future__ import annotations

import re
import warnings
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowSkipException

from hallmark.dataset import Dataset, resolve_path
from hallmark.errors import HallmarkError, StageError
from hallmark.receipt import CodeVersion, Receipt, StageRun
from hallmark.stages.assets import dataset_asset, event_extra, model_asset
from hallmark.stages.inputs import Input, declared_by
from hallmark.stages.job import Job, Work
from hallmark.stages.lifecycle import located, run_stage
from hallmark.stages.links import LINKS_OF_STAGES
from hallmark.stages.targets import Target

if TYPE_CHECKING:
    from airflow.sdk import Asset, Context
    from airflow.sdk.definitions.mappedoperator import OperatorPartial

    from hallmark.contracts import Contract

__all__ = ["StageOperator"]

_SECRET = re.compile(r"password|passwd|secret|token|api_?key|credential|salt", re.IGNORECASE)


class StageOperator(BaseOperator):
    """Base of all stages: resolve, work, audit, publish, record.

    A subclass implements :meth:`inputs`, :meth:`target` and :meth:`work`. It calls :meth:`declare_assets` at the end
    of its constructor, and names the constructor's arguments that hold datasets in ``reads`` and ``writes``, so that
    Airflow knows the assets of a mapped stage too.

    Args:
        partition: which partition is written; templated.
        suite_parameters: values of the suite's ``$PARAMETER`` entries; templated.
        kwargs: what every Airflow operator takes.
    """

    kind: ClassVar[str] = "stage"
    reads: ClassVar[Sequence[str]] = ()
    writes: ClassVar[Sequence[str]] = ()
    template_fields: Sequence[str] = ("partition", "suite_parameters")
    operator_extra_links = LINKS_OF_STAGES
    ui_color = "#eef4ff"
    ui_fgcolor = "#1f2937"

    def __init__(
        self,
        *,
        partition: str | None = None,
        suite_parameters: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.partition = partition
        self.partitioned = partition is not None
        self.suite_parameters = {} if suite_parameters is None else suite_parameters
        self.receipt: Receipt | None = None
        self.mlflow_run: str | None = None
        self.written: list[Dataset | str] = []

    def inputs(self) -> Mapping[str, Input]:
        """Name what the stage reads; each becomes a view of that name in the engine."""
        raise StageError(f"{type(self).__name__} does not say what it reads", "implement inputs()")

    def target(self) -> Target:
        """Say where the output goes."""
        raise StageError(f"{type(self).__name__} does not say what it writes", "implement target()")

    def work(self, job: Job) -> Work:
        """Do step two: return the query whose rows are the output, or another target's content."""
        raise StageError(f"{type(self).__name__} does no work", "implement work()")

    def outcome(self, receipt: Receipt) -> dict[str, Any]:
        """Return what goes to XCom: enough for a neighbouring task to find the version."""
        output = receipt.output
        return {
            "name": output.name if output else None,
            "version": output.version if output else None,
            "partition": output.partition if output else None,
            "rows": receipt.rows_out,
            "receipt": receipt.id,
            "state": receipt.state,
            "metrics": dict(receipt.metrics),
            "message": receipt.message,
        }

    def declare_assets(self, *, reads: Any = (), writes: Any = ()) -> None:
        """Set inlets and outlets from the datasets that the stage reads and writes."""
        self.written = [d for d in _flat(writes) if isinstance(d, (Dataset, str))]
        self.inlets = _extended(self.inlets, _assets(reads))
        self.outlets = _extended(self.outlets, _assets(writes))
        self.doc_md = self.doc_md or self._documentation()

    @classmethod
    def partial(cls, **kwargs: Any) -> OperatorPartial:  # type: ignore[override]
        """Map the stage over arguments; assets come from the datasets that are the same for all."""
        reads, writes = ([kwargs[n] for n in names if n in kwargs] for names in (cls.reads, cls.writes))
        kwargs["inlets"] = _extended(kwargs.get("inlets"), _assets(reads))
        kwargs["outlets"] = _extended(kwargs.get("outlets"), _assets(writes))
        return super().partial(**kwargs)

    def execute(self, context: Context) -> dict[str, Any]:
        """Run the five steps.

        Raises:
            HallmarkError: with stage, dataset, what was found and what to do; nothing was published.
        """
        # A native template renders to a number, or to None, which must not come to mean "no partition".
        self.partition = str(self.partition) if self.partitioned else None
        try:
            receipt = self._run(context)
        except HallmarkError as error:
            # Its message was composed to be read; that of a library underneath may quote a password or a person.
            raise located(error, self.task_id, self.target()) from None
        if receipt.state == "skipped":
            return self.skipped(receipt)
        self._announce(context, receipt)
        return self.outcome(receipt)

    def skipped(self, receipt: Receipt) -> dict[str, Any]:
        """End a run that had nothing to do.

        Raises:
            AirflowSkipException: always, here; a stage for which that is a good end returns instead.
        """
        raise AirflowSkipException(receipt.message)

    def parameters(self) -> dict[str, Any]:
        """Return the rendered arguments for the receipt, secrets replaced."""
        return {name: _shown(name, getattr(self, name, None)) for name in self.template_fields}

    def code(self) -> CodeVersion | None:
        """Say which version of the DAG file runs."""
        from hallmark.lineage.code import code_version

        return code_version(self.dag.fileloc)

    def promised(self, dataset: Dataset) -> Dataset:
        """Return a dataset with what its contract's file says filled in.

        Raises:
            ContractError: the file cannot be read, or contradicts the DAG file.
        """
        contract = self.contract_of(dataset)
        return dataset if contract is None else replace(contract.dataset(dataset), contract=dataset.contract)

    def contract_of(self, dataset: Dataset) -> Contract | None:
        """Read a dataset's contract, whose path is relative to the DAG file; None without one."""
        if dataset.contract is None:
            return None
        from hallmark.contracts import load_contract

        return load_contract(resolve_path(dataset.contract, self._folder()))

    def suite_path(self, dataset: Dataset) -> str | None:
        """Return a dataset's suite as an absolute path: relative ones are below the DAG file's folder."""
        return resolve_path(dataset.suite, self._folder()) if dataset.suite else None

    def get_openlineage_facets_on_start(self) -> Any:
        """Tell Airflow's OpenLineage provider what is about to be read and written."""
        from hallmark.stages.openlineage import declared_lineage

        inputs = [version for given in self.inputs().values() for version in declared_by(given, database_url)]
        return declared_lineage(inputs, self.target().declared(None))

    def get_openlineage_facets_on_complete(self, task_instance: Any) -> Any:
        """Tell the provider what was read and written, at which versions, and how it was checked."""
        from hallmark.stages.openlineage import lineage_of

        return lineage_of(self.receipt) if self.receipt else self.get_openlineage_facets_on_start()

    def get_openlineage_facets_on_failure(self, task_instance: Any) -> Any:
        """Tell the provider what was refused, with the assertions that failed."""
        return self.get_openlineage_facets_on_complete(task_instance)

    def __repr__(self) -> str:
        written = ", ".join(map(str, self.written))
        part = f" [{self.partition}]" if self.partition else ""
        return f"<{type(self).__name__} {self.task_id}: {written}{part}>"

    def _run(self, context: Context) -> Receipt:
        from hallmark.catalog import open_catalog
        from hallmark.config import settings
        from hallmark.engines.duckdb import connect

        chosen = settings()
        url = database_url(chosen.catalog_conn_id) if chosen.catalog_conn_id else None
        catalog = open_catalog(chosen, url)
        with connect() as connection, warnings.catch_warnings():
            # To name a type skops asks every loaded module for it, and each old name that Airflow keeps would warn.
            warnings.filterwarnings("ignore", module=r"skops\.io")
            job = Job(self._stage_run(context), chosen, catalog, connection, database_url, _principal(context))
            try:
                return run_stage(self, job)
            finally:
                self.receipt, self.mlflow_run = job.receipt, job.mlflow_run

    def _announce(self, context: Context, receipt: Receipt) -> None:
        events, extra = context["outlet_events"], event_extra(receipt)
        for asset in _assets(self.written):
            events[asset].extra = {**events[asset].extra, **extra}

    def _folder(self) -> str:
        return str(Path(self.dag.fileloc).parent)

    def _stage_run(self, context: Context) -> StageRun:
        ti, dag_run = context["ti"], context["dag_run"]
        logical_date = getattr(dag_run, "logical_date", None)
        return StageRun(
            dag_id=ti.dag_id,
            task_id=ti.task_id,
            run_id=ti.run_id,
            map_index=ti.map_index if ti.map_index is not None else -1,
            try_number=ti.try_number,
            operator=type(self).__name__,
            kind=self.kind,
            logical_date=logical_date.isoformat() if logical_date else None,
        )

    def _documentation(self) -> str:
        datasets = [d for d in self.written if isinstance(d, Dataset)]
        lines = [f"**{self.kind.capitalize()}** stage of Hallmark."]
        for dataset in datasets:
            about = f": {dataset.description}" if dataset.description else ""
            lines.append(f"Writes [{dataset}](/assets?name_pattern={dataset}){about}")
            lines.append(f"Gate: `{dataset.suite}`" if dataset.suite else "No suite.")
        return "\n\n".join(lines)


def database_url(conn_id: str) -> str:
    """Return an Airflow connection as a SQLAlchemy URL.

    Raises:
        StageError: Airflow knows no such connection.
    """
    from airflow.sdk import BaseHook
    from airflow.sdk.exceptions import AirflowNotFoundException

    try:
        connection = BaseHook.get_connection(conn_id)
    except AirflowNotFoundException as error:
        raise StageError(
            f"Airflow has no connection {conn_id!r}", f"add it, for example as AIRFLOW_CONN_{conn_id.upper()}"
        ) from error
    if connection.conn_type == "sqlite":
        # Airflow encodes the file's path as if it were a host or a schema, which SQLAlchemy takes as it is.
        return f"sqlite:///{connection.host or connection.schema or ''}"
    scheme, _, rest = connection.get_uri().partition("://")
    drivers = {"postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql"}
    return f"{drivers.get(scheme, scheme)}://{rest}"


def _principal(context: Context) -> str:
    """Say who caused the run: the user who triggered it, or Airflow itself."""
    return getattr(context["dag_run"], "triggering_user_name", None) or "airflow"


def _flat(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return [item for v in value.values() for item in _flat(v)]
    if isinstance(value, (list, tuple)):
        return [item for v in value for item in _flat(v)]
    return [value]


def _assets(datasets_and_models: Any) -> list[Asset]:
    """Return the assets of datasets, and of models given by name."""
    known = [v for v in _flat(datasets_and_models) if isinstance(v, (Dataset, str))]
    return [dataset_asset(v) if isinstance(v, Dataset) else model_asset(v) for v in known]


def _extended(given: Any, more: list[Asset]) -> list[Any]:
    have = list(given) if isinstance(given, Collection) else ([given] if given else [])
    return [*have, *(a for a in more if a not in have)]


def _shown(name: str, value: Any) -> Any:
    if _SECRET.search(name):
        return "***"
    if isinstance(value, Mapping):
        return {str(k): _shown(str(k), v) for k, v in value.items()}
    if hasattr(value, "_asdict"):
        return {"type": type(value).__name__, **_shown(name, value._asdict())}
    if isinstance(value, (list, tuple, set)):
        return [_shown(name, v) for v in value]
    return value if value is None or isinstance(value, (str, int, float, bool)) else repr(value)
