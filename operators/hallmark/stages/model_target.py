"""Models as a stage's output: a new registered version, or an alias moved to one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

from hallmark.dataset import Dataset, DatasetVersion
from hallmark.errors import StageError
from hallmark.receipt import ColumnLineage, Receipt
from hallmark.stages.job import Draft, Job, Work
from hallmark.stages.targets import NOTHING_PUBLISHED
from hallmark.stages.verdict import judged

if TYPE_CHECKING:
    import pandas as pd

    from hallmark.ml.model import Model
    from hallmark.ml.registry import Registered, Registry

__all__ = ["AliasTarget", "ModelTarget", "Trained", "model_version"]

# The evaluation's figures as one row to check.
FIGURES = "hallmark_figures"


@dataclass(frozen=True)
class Trained:
    """What a training stage's work gives: the model, its parameters, and a few rows as an example."""

    model: Model
    params: Mapping[str, Any]
    example: pd.DataFrame


def model_version(job: Job | None, name: str, version: str = "") -> DatasetVersion:
    """Return a model as lineage names it: a dataset in the namespace of its registry."""
    from hallmark.config import settings
    from hallmark.lineage.naming import model_identity

    chosen = job.settings if job else settings()
    namespace, location = model_identity(chosen.mlflow_tracking_uri, chosen.namespace, name)
    return DatasetVersion(name, namespace, location, version, "model")


@dataclass(frozen=True)
class ModelTarget:
    """The next version of a registered model.

    Args:
        model: its name in the registry.
        suite: absolute path of a suite over the training's figures (one row), or None.
        suite_parameters: values of the suite's ``$PARAMETER`` entries.
        owner, description: for the catalog and the lineage.
    """

    model: str
    suite: str | None = None
    suite_parameters: Mapping[str, Any] = field(default_factory=dict)
    owner: str | None = None
    description: str | None = None

    dataset: Dataset | None = None

    subject: ClassVar[str] = "model"
    aftermath: ClassVar[str] = NOTHING_PUBLISHED

    @property
    def name(self) -> str:
        return self.model

    def declared(self, job: Job | None) -> DatasetVersion:
        return replace(model_version(job, self.model), owner=self.owner, description=self.description)

    def open(self, job: Job) -> Registry:
        return _registry(job)

    def adopt(self, job: Job, receipt: Receipt) -> DatasetVersion | None:
        from hallmark.ml.registry import RECEIPT

        found = _registry(job).by_tag(self.model, RECEIPT, receipt.id)
        return None if found is None or receipt.output is None else replace(receipt.output, version=found.version)

    def write(self, job: Job, work: Work, base: Registry) -> Draft:
        from hallmark.ml.model import columns_of_model

        trained = work.content
        if not isinstance(trained, Trained):
            raise StageError("the stage's work gave no model", "return Work(content=Trained(...)) from work()")
        candidate = base.log(
            self.model,
            trained.model,
            params=trained.params,
            metrics=work.metrics,
            inputs=list(job.inputs.values()),
            tags=self._tags(job),
            example=trained.example,
        )
        job.mlflow_run = candidate.run_id
        output = replace(
            self.declared(job), columns=columns_of_model(trained.model.spec), rows=int(work.metrics.get("rows", 0))
        )
        return Draft(output, candidate, columns=work.columns or ColumnLineage(), metrics=work.metrics)

    def audit(self, job: Job, draft: Draft) -> Draft:
        if not self.suite:
            return draft
        import pyarrow as pa

        from hallmark.quality.gate import audit
        from hallmark.quality.suite import load_suite

        figures = pa.table({name: [float(value)] for name, value in draft.metrics.items()})
        suite = load_suite(self.suite)
        job.connection.register(FIGURES, figures)
        found = audit(
            job.connection, FIGURES, suite, samples=job.settings.sample_rows, parameters=self.suite_parameters
        )
        return judged(draft, found, job.settings.sample_rows)

    def publish(self, job: Job, draft: Draft, base: Registry) -> DatasetVersion:
        registered = base.register(self.model, draft.content, self._tags(job), self.description)
        return replace(draft.output, version=registered.version)

    def discard(self, job: Job, draft: Draft) -> None:
        from hallmark.ml.registry import RECEIPT

        registry = _registry(job)
        if registry.by_tag(self.model, RECEIPT, job.receipt.id) is None:
            registry.discard(self.model, draft.content)

    def _tags(self, job: Job) -> dict[str, str]:
        from hallmark.ml.registry import DESCRIPTION, OWNER, RECEIPT, RUN

        about = {OWNER: self.owner, DESCRIPTION: self.description}
        known = {tag: text for tag, text in about.items() if text}
        return {RECEIPT: job.receipt.id, RUN: f"{job.run.dag_id}/{job.run.run_id}", **known}


@dataclass(frozen=True)
class AliasTarget:
    """An alias of a registered model, moved in one step to a version that exists already."""

    model: str
    alias: str

    dataset: Dataset | None = None

    subject: ClassVar[str] = "model"
    aftermath: ClassVar[str] = NOTHING_PUBLISHED

    @property
    def name(self) -> str:
        return self.model

    def declared(self, job: Job | None) -> DatasetVersion:
        return model_version(job, self.model)

    def open(self, job: Job) -> Registry:
        return _registry(job)

    def adopt(self, job: Job, receipt: Receipt) -> DatasetVersion | None:
        pointed = _registry(job).by_alias(self.model, self.alias)
        if pointed is None or receipt.output is None or pointed.version != receipt.output.version:
            return None
        self._tell_catalog(job, pointed.version, receipt.id)
        return receipt.output

    def write(self, job: Job, work: Work, base: Registry) -> Draft:
        chosen: Registered = work.content
        from hallmark.ml.model import columns_of_model
        from hallmark.ml.registry import DESCRIPTION, OWNER

        # Loading it is the check that a reader of the alias would make.
        spec = base.load(chosen).spec
        output = replace(
            model_version(job, self.model, chosen.version),
            columns=columns_of_model(spec),
            owner=chosen.tags.get(OWNER),
            description=chosen.tags.get(DESCRIPTION),
        )
        return Draft(output, chosen, columns=work.columns or ColumnLineage(), metrics=work.metrics)

    def audit(self, job: Job, draft: Draft) -> Draft:
        return draft

    def publish(self, job: Job, draft: Draft, base: Registry) -> DatasetVersion:
        base.set_alias(self.model, self.alias, draft.output.version)
        self._tell_catalog(job, draft.output.version, job.receipt.id)
        return draft.output

    def discard(self, job: Job, draft: Draft) -> None:
        """Nothing was written: the version exists and stays."""

    def _tell_catalog(self, job: Job, version: str, receipt: str) -> None:
        job.catalog.set_alias(self.model, self.alias, version, receipt)


def _registry(job: Job) -> Registry:
    from hallmark.ml.registry import Registry

    return Registry(job.settings)
