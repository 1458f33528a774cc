"""A stage's receipt in the shape that Airflow's OpenLineage provider asks operators for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hallmark.dataset import DatasetVersion
from hallmark.receipt import GATE, Receipt

__all__ = ["declared_lineage", "lineage_of"]


def declared_lineage(inputs: Iterable[DatasetVersion], output: DatasetVersion | None) -> Any:
    """Return what a stage is about to read and write, before it has resolved any version."""
    from airflow.providers.openlineage.extractors import OperatorLineage
    from openlineage.client.event_v2 import OutputDataset

    from hallmark.lineage.facets import inputs_of

    written = [OutputDataset(d.namespace, d.name, facets=d.facets) for d in inputs_of([output] if output else [])]
    return OperatorLineage(inputs=inputs_of(inputs), outputs=written)


def lineage_of(receipt: Receipt) -> Any:
    """Return what a stage read and wrote; for a refused or failed run, what it would have written and why not."""
    from airflow.providers.openlineage.extractors import OperatorLineage

    from hallmark.lineage.facets import checked_of, inputs_of, job_facets_of, outputs_of, run_facets_of

    if receipt.run.kind == GATE:
        # A gate on its own writes nothing: what it found is told of what it read.
        return OperatorLineage(
            inputs=checked_of(receipt), run_facets=run_facets_of(receipt), job_facets=job_facets_of(receipt)
        )
    outputs = [receipt.output] if receipt.output is not None and receipt.state != "skipped" else []
    return OperatorLineage(
        inputs=inputs_of(receipt.inputs),
        outputs=outputs_of(receipt, outputs),
        run_facets=run_facets_of(receipt),
        job_facets=job_facets_of(receipt),
    )
