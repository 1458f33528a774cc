"""A registered model as an input: by version, by alias, or the one that this DAG run trained."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hallmark.dataset import DatasetVersion
from hallmark.errors import RegistryError, StageError
from hallmark.stages.job import Job
from hallmark.stages.model_target import model_version

if TYPE_CHECKING:
    from hallmark.ml.registry import Registered

__all__ = ["ModelInput"]


@dataclass(frozen=True)
class ModelInput:
    """One version of a model.

    Args:
        model: its name in the registry.
        version: its number; if None, the version that this DAG run trained, else the newest.
        alias: the version that an alias points at; wins over ``version``.
        optional: whether the model may have no such version.
    """

    model: str
    version: str | None = None
    alias: str | None = None
    optional: bool = False

    def declared(self, job: Job | None) -> DatasetVersion:
        return model_version(job, self.model)

    def resolve(self, job: Job, name: str) -> DatasetVersion | None:
        for what, given in (("model", self.model), ("version", self.version), ("alias", self.alias)):
            if given is not None and not str(given).strip():
                raise StageError(f"the {what} rendered to nothing", "check its template")
        found = self._find(job)
        if found is None:
            if self.optional:
                return None
            wanted = f"no version with the alias {self.alias!r}" if self.alias else "no version"
            raise RegistryError(f"the registry has {wanted}", "train and deploy the model first", dataset=self.model)
        from hallmark.ml.registry import DESCRIPTION, OWNER

        declared = model_version(job, self.model, found.version)
        return replace(declared, owner=found.tags.get(OWNER), description=found.tags.get(DESCRIPTION))

    def _find(self, job: Job) -> Registered | None:
        from hallmark.ml.registry import RUN, Registry

        registry = Registry(job.settings)
        if self.alias:
            return registry.by_alias(self.model, self.alias)
        if self.version:
            return registry.version(self.model, self.version)
        newest_first = registry.versions(self.model)
        here = f"{job.run.dag_id}/{job.run.run_id}"
        return next((v for v in newest_first if v.tags.get(RUN) == here), next(iter(newest_first), None))
