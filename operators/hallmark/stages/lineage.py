"""LineageOperator: lineage declared by hand, for a system that Airflow only triggers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator, XComArg

from hallmark.dataset import Dataset
from hallmark.errors import StageError
from hallmark.stages.assets import dataset_asset
from hallmark.stages.declaration import Declaration, declare, is_asset, texts
from hallmark.stages.job import log
from hallmark.stages.links import LINKS_OF_JOBS

if TYPE_CHECKING:
    from airflow.sdk import Asset, Context
    from airflow.sdk.definitions.mappedoperator import OperatorPartial

__all__ = ["DECLARED", "LineageOperator", "checked", "declaration_of", "declared_lineage_of", "with_assets"]

DECLARED: tuple[str, ...] = ("inputs", "outputs", "columns")
TEMPLATE = ("{{", "{%")


class LineageOperator(BaseOperator):
    """Declare what a system outside Airflow reads and writes, so that the graph has no hole where it works.

    It does nothing else: no data is read or written, no gate is held, and no version is published. The datasets and
    assets it is given become its inlets and outlets, so a DAG that is scheduled on an outlet runs.

    Args:
        inputs: what is read: a :class:`~hallmark.Dataset`, an Airflow asset, a (namespace, name) pair, a URI such as
            ``postgres://host:5432/shop.public.orders``, or a list of them; templated.
        outputs: what is written, likewise; templated.
        columns: ``{"output.column": ["input.column", …]}``, with the last part of a name (the table, the file) or the
            whole of it before the dot; where there is one output or one input, its column's name alone will do. The
            sources are templated.
        description: what the system does, for the catalog and the lineage.
        kwargs: what every Airflow operator takes.

    Raises:
        StageError: nothing is declared, one of them cannot be named, or a column's path names no output or no input;
            at the construction, or if there is a template in it at the run.

    Example:
        >>> LineageOperator(
        ...     task_id="nightly_load",
        ...     inputs=Dataset("shop/orders"),
        ...     outputs="postgres://warehouse:5432/dwh.public.revenue",
        ...     columns={"total": ["amount"]},
        ... )
    """

    template_fields: Sequence[str] = DECLARED
    operator_extra_links = LINKS_OF_JOBS
    ui_color = "#eef4ff"
    ui_fgcolor = "#1f2937"

    def __init__(
        self,
        *,
        inputs: Any = (),
        outputs: Any = (),
        columns: Mapping[str, Sequence[str]] | None = None,
        description: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.inputs = inputs
        self.outputs = outputs
        self.columns = columns
        self.description = description
        self.doc_md = self.doc_md or description
        checked(self.task_id, inputs, outputs, columns)
        self.inlets = with_assets(self.inlets, inputs)
        self.outlets = with_assets(self.outlets, outputs)

    @classmethod
    def partial(cls, **kwargs: Any) -> OperatorPartial:  # type: ignore[override]
        """Map the task over arguments; inlets and outlets come from what is the same for all."""
        kwargs["inlets"] = with_assets(kwargs.get("inlets"), kwargs.get("inputs"))
        kwargs["outlets"] = with_assets(kwargs.get("outlets"), kwargs.get("outputs"))
        return super().partial(**kwargs)

    def execute(self, context: Context) -> None:
        """Check what was declared, now that its templates are rendered; the events are Airflow's to send."""
        declared = declaration_of(self)
        log.info("lineage  %s -> %s", *(_told(side) for side in (declared.inputs, declared.outputs)))

    def get_openlineage_facets_on_start(self) -> Any:
        """Tell Airflow's OpenLineage provider what is declared."""
        return declared_lineage_of(self)

    def get_openlineage_facets_on_complete(self, task_instance: Any) -> Any:
        """Tell the provider what is declared."""
        return declared_lineage_of(self)


def checked(task_id: str, inputs: Any, outputs: Any, columns: Any) -> None:
    """Check what is declared, as far as it is known before the run.

    Raises:
        StageError: it cannot be meant.
    """
    if _rendered_later(inputs) or _rendered_later(outputs) or _rendered_later(columns):
        return
    try:
        declare(inputs, outputs, columns)
    except StageError as error:
        raise error.located(task_id, None) from None


def with_assets(given: Any, declared: Any) -> list[Any]:
    """Return inlets or outlets together with the assets of what is declared."""
    have = [] if given is None else list(given) if isinstance(given, (list, tuple)) else [given]
    return [*have, *(asset for asset in _assets_of(declared) if asset not in have)]


def _assets_of(declared: Any) -> list[Asset]:
    """Return the assets among what is declared: those of datasets, and assets themselves."""
    several = declared if isinstance(declared, (list, tuple)) else [declared]
    return [dataset_asset(v) if isinstance(v, Dataset) else v for v in several if isinstance(v, Dataset) or is_asset(v)]


def declared_lineage_of(operator: Any) -> Any:
    """Return what an operator's ``inputs``, ``outputs`` and ``columns`` declare, as Airflow's provider asks for it."""
    from airflow.providers.openlineage.extractors import OperatorLineage
    from openlineage.client.event_v2 import InputDataset, OutputDataset

    declared = declaration_of(operator)
    inputs = [InputDataset(*one.identity(), facets=one.facets()) for one in declared.inputs]
    outputs = [
        OutputDataset(*one.identity(), facets={**one.facets(), **_lineage(declared, number)})
        for number, one in enumerate(declared.outputs)
    ]
    return OperatorLineage(inputs=inputs, outputs=outputs)


def declaration_of(operator: Any) -> Declaration:
    """Return what an operator declares, its templates rendered.

    Raises:
        StageError: it cannot be meant.
    """
    try:
        return declare(operator.inputs, operator.outputs, operator.columns)
    except StageError as error:
        raise error.located(operator.task_id, None) from None


def _lineage(declared: Declaration, output: int) -> dict[str, Any]:
    from openlineage.client.facet_v2 import column_lineage_dataset as facet

    columns = declared.columns.get(output)
    if not columns:
        return {}
    # What happens to a value on its way nobody said; that it gets there is known.
    how = facet.Transformation("DIRECT", "TRANSFORMATION", "declared by the DAG's author")
    fields = {
        column: facet.Fields([facet.InputField(*one.identity(), name, [how]) for one, name in sources])
        for column, sources in columns.items()
    }
    return {"columnLineage": facet.ColumnLineageDatasetFacet(fields=fields)}


def _rendered_later(value: Any) -> bool:
    if isinstance(value, XComArg):
        return True
    if isinstance(value, (list, tuple)) and any(isinstance(item, XComArg) for item in value):
        return True
    return any(mark in text for text in texts(value) for mark in TEMPLATE)


def _told(side: Sequence[Any]) -> str:
    return ", ".join(" ".join(one.identity()) for one in side) or "nothing"
