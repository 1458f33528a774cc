"""Receipts as OpenLineage facets: what was read and written, column by column, and how it was checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

import attr
from openlineage.client.event_v2 import InputDataset, OutputDataset
from openlineage.client.facet_v2 import (
    DatasetFacet,
    JobFacet,
    RunFacet,
    column_lineage_dataset,
    data_quality_assertions_dataset,
    data_quality_metrics_dataset,
    dataset_type_dataset,
    dataset_version_dataset,
    documentation_dataset,
    input_statistics_input_dataset,
    output_statistics_output_dataset,
    ownership_dataset,
    schema_dataset,
    source_code_location_job,
    sql_job,
    storage_dataset,
    symlinks_dataset,
    tags_dataset,
)

from hallmark import __version__
from hallmark.config import installation
from hallmark.dataset import DatasetVersion, Kind
from hallmark.lineage.naming import hallmark_identity
from hallmark.receipt import CodeVersion, ColumnEdge, ColumnLineage, Receipt, plain

__all__ = [
    "PRODUCER",
    "HallmarkReceiptRunFacet",
    "checked_of",
    "column_facets",
    "inputs_of",
    "job_facets_of",
    "outputs_of",
    "run_facets_of",
]

PRODUCER = f"urn:hallmark:airflow-provider-hallmark:{__version__}"
RECEIPT_SCHEMA = "urn:hallmark:schema:1-0-0:HallmarkReceiptRunFacet"

_TYPES: Mapping[Kind, str] = {"dataset": "TABLE", "model": "MODEL", "file": "FILE", "query": "TABLE"}
# A source's name is its own, not Hallmark's.
_OWN_NAMES = frozenset({"dataset", "model"})
# OpenLineage knows what blocks a pipeline and what does not.
_SEVERITIES = {"critical": "error", "warning": "warn", "info": "info"}


@attr.define
class HallmarkReceiptRunFacet(RunFacet):  # type: ignore[misc]
    """The receipt of a stage's run; its JSON schema is ``schemas/HallmarkReceiptRunFacet.json`` in this package."""

    receipt: dict[str, Any] = attr.field(factory=dict)
    _additional_skip_redact: ClassVar[list[str]] = ["receipt"]

    @staticmethod
    def _get_schema() -> str:
        return RECEIPT_SCHEMA


def inputs_of(versions: Iterable[DatasetVersion]) -> list[InputDataset]:
    """Return what was read, each at its version with its statistics."""
    return [InputDataset(v.namespace, v.location, facets=_dataset_facets(v), inputFacets=_read(v)) for v in versions]


def outputs_of(receipt: Receipt, outputs: Sequence[DatasetVersion]) -> list[OutputDataset]:
    """Return what was written (or refused), with the columns' lineage, the gate's assertions and the metrics."""
    return [
        OutputDataset(
            v.namespace,
            v.location,
            facets={**_dataset_facets(v), **column_facets(receipt.columns), **_quality(receipt)},
            outputFacets=_written(v) if receipt.state == "published" else {},
        )
        for v in outputs
    ]


def checked_of(receipt: Receipt) -> list[InputDataset]:
    """Return what a gate on its own read, with the assertions it made of it."""
    return [
        InputDataset(v.namespace, v.location, facets={**_dataset_facets(v), **_quality(receipt)}, inputFacets=_read(v))
        for v in receipt.inputs
    ]


def run_facets_of(receipt: Receipt) -> dict[str, RunFacet]:
    """Return the receipt as a run facet. What other facets tell (columns, lineage, profile, SQL) is left out."""
    content = receipt.to_dict()
    for key in ("columns", "profile", "sql", "dialect"):
        content.pop(key, None)
    for version in (*content.get("inputs", ()), content.get("output") or {}):
        version.pop("columns", None)
    facet = HallmarkReceiptRunFacet(receipt=content, producer=PRODUCER)  # type: ignore[call-arg]
    return {"hallmark_receipt": facet}


def job_facets_of(receipt: Receipt) -> dict[str, JobFacet]:
    """Return where the code lies, and the SQL if there is any. Airflow's provider adds jobType, owner and docs."""
    facets: dict[str, JobFacet] = {}
    if receipt.code is not None:
        facets["sourceCodeLocation"] = _code(receipt.code)
    if receipt.sql:
        facets["sql"] = sql_job.SQLJobFacet(query=receipt.sql, dialect=receipt.dialect or "duckdb")
    return facets


def _dataset_facets(version: DatasetVersion) -> dict[str, DatasetFacet]:
    facets: dict[str, DatasetFacet] = {
        "datasetType": dataset_type_dataset.DatasetTypeDatasetFacet(datasetType=_TYPES[version.kind])
    }
    if version.columns:
        fields = [schema_dataset.SchemaDatasetFacetFields(c.name, c.type, c.description) for c in version.columns]
        facets["schema"] = schema_dataset.SchemaDatasetFacet(fields=fields)
    if version.version:
        facets["version"] = dataset_version_dataset.DatasetVersionDatasetFacet(datasetVersion=version.version)
    if version.owner:
        owner = ownership_dataset.Owner(name=version.owner, type="OWNER")
        facets["ownership"] = ownership_dataset.OwnershipDatasetFacet(owners=[owner])
    if version.description:
        facets["documentation"] = documentation_dataset.DocumentationDatasetFacet(description=version.description)
    if version.kind == "dataset":
        facets["storage"] = storage_dataset.StorageDatasetFacet(storageLayer="delta", fileFormat="parquet")
    if version.kind in _OWN_NAMES:
        facets["symlinks"] = _own_name(version)
    tags = [
        tags_dataset.TagsDatasetFacetFields("classification", c.classification, "hallmark", c.name)
        for c in version.columns
        if c.classification
    ]
    if tags:
        facets["tags"] = tags_dataset.TagsDatasetFacet(tags=tags)
    return facets


def _own_name(version: DatasetVersion) -> symlinks_dataset.SymlinksDatasetFacet:
    """Return Hallmark's own name of a dataset or a model, for those who know it by that."""
    namespace, name = hallmark_identity(installation(), version.name)
    own = symlinks_dataset.Identifier(namespace, name, _TYPES[version.kind])
    return symlinks_dataset.SymlinksDatasetFacet(identifiers=[own])


def _read(version: DatasetVersion) -> dict[str, Any]:
    statistics = input_statistics_input_dataset.InputStatisticsInputDatasetFacet(
        rowCount=version.rows, size=version.bytes, fileCount=version.files
    )
    known = (version.rows, version.bytes, version.files) != (None, None, None)
    return {"inputStatistics": statistics} if known else {}


def _written(version: DatasetVersion) -> dict[str, Any]:
    return {
        "outputStatistics": output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(
            rowCount=version.rows, size=version.bytes, fileCount=version.files
        )
    }


def column_facets(columns: ColumnLineage) -> dict[str, DatasetFacet]:
    """Return the facet of an output's column lineage; none if nothing is known of it."""
    if not columns.fields and not columns.dataset:
        return {}
    fields = {name: column_lineage_dataset.Fields(inputFields=_edges(edges)) for name, edges in columns.fields.items()}
    facet = column_lineage_dataset.ColumnLineageDatasetFacet(fields=fields, dataset=_edges(columns.dataset))
    return {"columnLineage": facet}


def _edges(edges: Sequence[ColumnEdge]) -> list[column_lineage_dataset.InputField]:
    """Group edges by their source column: one input field with its transformations."""
    grouped: dict[tuple[str, str, str], list[column_lineage_dataset.Transformation]] = {}
    for e in edges:
        transformation = column_lineage_dataset.Transformation(e.type, e.subtype, e.description, e.masking)
        grouped.setdefault((e.namespace, e.location, e.column), []).append(transformation)
    return [column_lineage_dataset.InputField(*source, transformations=t) for source, t in grouped.items()]


def _quality(receipt: Receipt) -> dict[str, Any]:
    facets: dict[str, Any] = {}
    if receipt.gate is not None:
        assertions = [_assertion(r) for r in receipt.gate["results"]]
        facets["dataQualityAssertions"] = data_quality_assertions_dataset.DataQualityAssertionsDatasetFacet(
            assertions=assertions
        )
    if receipt.profile is not None:
        facets["dataQualityMetrics"] = _metrics(receipt.profile)
    return facets


def _assertion(result: Mapping[str, Any]) -> data_quality_assertions_dataset.Assertion:
    config, found = result["expectation_config"], result["result"]
    kwargs = config["kwargs"]
    actual = found.get("observed_value", found.get("unexpected_count"))
    return data_quality_assertions_dataset.Assertion(
        assertion=config["type"],
        success=result["success"],
        column=kwargs.get("column"),
        severity=_SEVERITIES[config["severity"]],
        description=_notes((config.get("meta") or {}).get("notes")),
        actual=None if actual is None else str(actual),
        params=plain({k: v for k, v in kwargs.items() if k != "column"}),
    )


def _notes(notes: Any) -> str | None:
    """Return a suite's notes as one text: GX has them as a text, as several, or with their format."""
    content = notes.get("content") if isinstance(notes, Mapping) else notes
    return "\n".join(map(str, content)) if isinstance(content, (list, tuple)) else content and str(content)


def _metrics(profile: Mapping[str, Any]) -> data_quality_metrics_dataset.DataQualityMetricsDatasetFacet:
    column_metrics = {
        name: data_quality_metrics_dataset.ColumnMetrics(
            nullCount=c["nulls"],
            distinctCount=c["distinct"],
            count=profile["rows"] - c["nulls"],
            sum=_number(c.get("sum")),
            min=_number(c.get("min")),
            max=_number(c.get("max")),
            quantiles=c.get("quantiles") or None,
        )
        for name, c in profile["columns"].items()
    }
    return data_quality_metrics_dataset.DataQualityMetricsDatasetFacet(
        rowCount=profile["rows"], columnMetrics=column_metrics
    )


def _number(figure: Any) -> float | None:
    """Return a figure if the facet has a place for it: the ends of dates are texts."""
    return float(figure) if isinstance(figure, (int, float)) and not isinstance(figure, bool) else None


def _code(code: CodeVersion) -> source_code_location_job.SourceCodeLocationJobFacet:
    return source_code_location_job.SourceCodeLocationJobFacet(
        type="git" if code.commit else "file",
        url=code.repository or f"file://{code.file}",
        repoUrl=code.repository,
        path=code.path or code.file,
        version=f"{code.commit}-dirty" if code.commit and code.dirty else code.commit or f"sha256:{code.sha256}",
    )
