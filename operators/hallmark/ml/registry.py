"""The model registry: MLflow's tracking store and registry, with versions that carry the receipt that made them.

A candidate is logged first (a run and a model that no reader looks for) and registered when its gate passed.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from hallmark.config import Settings
from hallmark.dataset import DatasetVersion
from hallmark.errors import RegistryError, reason
from hallmark.ml.families import FAMILIES
from hallmark.ml.model import Model, ModelSpec, prepared

if TYPE_CHECKING:
    import pandas as pd
    from mlflow import MlflowClient
    from mlflow.entities.model_registry import ModelVersion

__all__ = ["Candidate", "Registered", "Registry"]

# Tags of a version: what made it, who answers for it, and the checksum of its files.
RECEIPT, RUN, CHECKSUM = "hallmark.receipt", "hallmark.run", "hallmark.sha256"
OWNER, DESCRIPTION = "hallmark.owner", "hallmark.description"
_SPEC = "hallmark"


@dataclass(frozen=True)
class Candidate:
    """A model that is logged and not registered: MLflow's ids, and the checksum of its files."""

    run_id: str
    model_id: str
    checksum: str


@dataclass(frozen=True)
class Registered:
    """A registered version: its number, its run in MLflow, its tags and the aliases that point at it."""

    model: str
    version: str
    run_id: str | None
    source: str
    tags: Mapping[str, str]
    aliases: tuple[str, ...]


class Registry:
    """One MLflow, as ``[hallmark] mlflow_tracking_uri`` names it.

    Every call raises RegistryError when MLflow is out of reach (after its client's own retries with backoff) or
    refuses.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client: MlflowClient | None = None

    def log(
        self,
        name: str,
        model: Model,
        *,
        params: Mapping[str, Any],
        metrics: Mapping[str, float],
        inputs: Sequence[DatasetVersion],
        tags: Mapping[str, str],
        example: pd.DataFrame,
    ) -> Candidate:
        """Log a run with its parameters, metrics and dataset versions, and the model with signature and example."""
        with self._reached(name) as client:
            from mlflow.entities import Metric, Param, RunTag

            run = client.create_run(self._experiment(client, name), tags=dict(tags), run_name=tags.get(RUN))
            run_id = run.info.run_id
            with _failed_unless_done(client, run_id):
                now = run.info.start_time
                client.log_batch(
                    run_id,
                    metrics=[Metric(k, float(v), now, 0) for k, v in metrics.items()],
                    params=[Param(k, str(v)) for k, v in params.items()],
                    tags=[RunTag("mlflow.note.content", f"Trained by Hallmark, receipt {tags[RECEIPT]}")],
                )
                client.log_inputs(run_id, [_dataset_input(v) for v in inputs])
                logged = client.create_logged_model(
                    run.info.experiment_id, name=name, source_run_id=run_id, tags=dict(tags), model_type="hallmark"
                )
                checksum = _upload(client, logged.model_id, model, example)
                client.finalize_logged_model(logged.model_id, "READY")
                client.set_terminated(run_id, "FINISHED")
            return Candidate(run_id, logged.model_id, checksum)

    def register(self, name: str, candidate: Candidate, tags: Mapping[str, str], description: str | None) -> Registered:
        """Make a candidate the newest version of a model."""
        with self._reached(name) as client:
            self._ensure_model(client, name)
            version = client.create_model_version(
                name,
                source=f"models:/{candidate.model_id}",
                run_id=candidate.run_id,
                model_id=candidate.model_id,
                tags={**tags, CHECKSUM: candidate.checksum},
                description=description,
            )
            return _registered(version)

    def discard(self, name: str, candidate: Candidate) -> None:
        """Remove a candidate that is not to be registered; its run stays and is marked as failed."""
        with self._reached(name) as client:
            client.delete_logged_model(candidate.model_id)
            client.set_terminated(candidate.run_id, "FAILED")

    def versions(self, name: str) -> list[Registered]:
        """Return all versions of a model, newest first; none if it was never registered."""
        with self._reached(name) as client:
            quoted = name.replace("'", "\\'")
            found = client.search_model_versions(f"name='{quoted}'")
            # A search leaves aliases out.
            aliases = self._aliases(client, name) if found else {}
            known = [_registered(v, aliases.get(str(v.version), ())) for v in found]
            return sorted(known, key=lambda v: int(v.version), reverse=True)

    def version(self, name: str, version: str) -> Registered:
        """Return one version.

        Raises:
            RegistryError: the model has no such version.
        """
        for known in self.versions(name):
            if known.version == str(version):
                return known
        raise RegistryError(f"the registry has no version {version}", "train the model first", dataset=name)

    def by_alias(self, name: str, alias: str) -> Registered | None:
        """Return the version an alias points at, or None."""
        return next((v for v in self.versions(name) if alias in v.aliases), None)

    def by_tag(self, name: str, tag: str, value: str) -> Registered | None:
        """Return the newest version that carries a tag with this value, or None."""
        return next((v for v in self.versions(name) if v.tags.get(tag) == value), None)

    def set_alias(self, name: str, alias: str, version: str) -> None:
        """Point an alias at a version, in one step."""
        with self._reached(name) as client:
            client.set_registered_model_alias(name, alias, version)

    def load(self, registered: Registered) -> Model:
        """Load a version without unpickling anything.

        Raises:
            RegistryError: its files are gone, were changed since they were registered, or hold untrusted types.
        """
        with self._reached(registered.model), tempfile.TemporaryDirectory(prefix="hallmark-model-") as folder:
            import mlflow

            path = Path(mlflow.artifacts.download_artifacts(artifact_uri=registered.source, dst_path=folder))
            if registered.tags.get(CHECKSUM) not in {None, _checksum(path)}:
                raise RegistryError(
                    f"the files of version {registered.version} are not the ones that were registered",
                    "do not use it: restore them, or deploy another version",
                )
            metadata = _written_spec(path)
            if metadata is None:
                raise RegistryError(
                    f"version {registered.version} was not made by Hallmark", "deploy one that a TrainOperator made"
                )
            spec = ModelSpec.from_dict(metadata)
            if spec.family not in FAMILIES:
                raise RegistryError(
                    f"version {registered.version} is of the family {spec.family!r}, which is not known here",
                    f"use one of {', '.join(FAMILIES)}",
                )
            return Model(spec, FAMILIES[spec.family].load(path), registered.version)

    @contextmanager
    def _reached(self, name: str) -> Iterator[MlflowClient]:
        """Give the client, and turn what it raises into an error that names the model."""
        try:
            yield self._connected()
        except RegistryError as error:
            raise error.located("", name) from error.__cause__
        except Exception as error:
            if not _is_registrys(error):
                raise
            raise RegistryError(
                f"the model registry failed: {_without_credentials(reason(error), self._settings.mlflow_tracking_uri)}",
                "check [hallmark] mlflow_tracking_uri and that MLflow runs, then retry the task",
                dataset=name,
            ) from error

    def _connected(self) -> MlflowClient:
        if self._client is None:
            # MLflow's own defaults wait for minutes; a task is retried by Airflow after this.
            os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")
            os.environ.setdefault("MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR", "1")
            os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "30")
            os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
            os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")
            os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
            import mlflow

            uri = self._settings.mlflow_tracking_uri
            _make_folder(uri)
            mlflow.set_tracking_uri(uri)
            self._client = mlflow.MlflowClient(uri)
        return self._client

    def _experiment(self, client: MlflowClient, name: str) -> str:
        from mlflow.exceptions import MlflowException

        known = client.get_experiment_by_name(name)
        if known is not None:
            return str(known.experiment_id)
        try:
            return str(client.create_experiment(name, artifact_location=self._artifact_location(name)))
        except MlflowException:
            # Another task made it meanwhile.
            made = client.get_experiment_by_name(name)
            if made is None:
                raise
            return str(made.experiment_id)

    def _artifact_location(self, name: str) -> str | None:
        """Say where a model's files go: to where a server keeps them, else below the artifact root."""
        if urlsplit(self._settings.mlflow_tracking_uri).scheme in {"http", "https", "databricks"}:
            return None
        root = self._settings.mlflow_artifact_root
        return f"{root.rstrip('/')}/{name}" if "://" in root else str(Path(root).absolute() / name)

    def _ensure_model(self, client: MlflowClient, name: str) -> None:
        from mlflow.exceptions import MlflowException

        try:
            client.create_registered_model(name)
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise

    def _aliases(self, client: MlflowClient, name: str) -> dict[str, tuple[str, ...]]:
        by_version: dict[str, tuple[str, ...]] = {}
        for alias, version in client.get_registered_model(name).aliases.items():
            by_version[str(version)] = (*by_version.get(str(version), ()), alias)
        return by_version


@contextmanager
def _failed_unless_done(client: MlflowClient, run_id: str) -> Iterator[None]:
    """Leave no run behind that looks as if it were still running."""
    try:
        yield
    except BaseException:
        client.set_terminated(run_id, "FAILED")
        raise


def _upload(client: MlflowClient, model_id: str, model: Model, example: pd.DataFrame) -> str:
    """Save a model, hand its files to MLflow and return their checksum."""
    with tempfile.TemporaryDirectory(prefix="hallmark-model-") as folder:
        target = Path(folder) / "model"
        _save(model, target, example)
        client.log_model_artifacts(model_id, str(target))
        return _checksum(target)


def _save(model: Model, folder: Path, example: pd.DataFrame) -> None:
    from mlflow.models import Model as MlflowModel
    from mlflow.models import infer_signature

    features = prepared(example, model.spec.features)
    signature = infer_signature(features, model.scores(example))
    metadata = MlflowModel(metadata={_SPEC: model.spec.to_dict()})
    extras = {"signature": signature, "input_example": features, "mlflow_model": metadata}
    FAMILIES[model.spec.family].save(model.estimator, folder, extras)


def _dataset_input(version: DatasetVersion) -> Any:
    from mlflow.entities import Dataset, DatasetInput, InputTag

    schema = json.dumps({"mlflow_colspec": [{"name": c.name, "type": c.type} for c in version.columns]})
    source = json.dumps({"uri": f"{version.namespace}:{version.location}", "version": version.version})
    profile = json.dumps({"num_rows": version.rows})
    dataset = Dataset(version.name, version.version[:36] or "none", "delta", source, schema, profile)
    return DatasetInput(dataset, [InputTag("mlflow.data.context", "training")])


def _registered(version: ModelVersion, aliases: Sequence[str] = ()) -> Registered:
    return Registered(
        version.name, str(version.version), version.run_id, version.source, dict(version.tags or {}), tuple(aliases)
    )


def _checksum(folder: Path) -> str:
    """Return the SHA-256 of what the model predicts from what, and of its files in order of their names.

    MLflow adds files, and entries of the file ``MLmodel``, of its own on upload.
    """
    digest = hashlib.sha256(json.dumps(_written_spec(folder), sort_keys=True).encode())
    for file in sorted(
        p for p in folder.iterdir() if p.suffix in {".skops", ".ubj", ".txt"} and p.name != "requirements.txt"
    ):
        digest.update(file.name.encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _written_spec(folder: Path) -> Mapping[str, Any] | None:
    """Return what the file ``MLmodel`` says of a model that Hallmark made, None of any other model."""
    from mlflow.exceptions import MlflowException
    from mlflow.models import Model as MlflowModel
    from yaml import YAMLError

    try:
        metadata: Mapping[str, Any] = MlflowModel.load(str(folder)).metadata or {}
    except (MlflowException, YAMLError) as error:
        raise RegistryError(
            f"its file MLmodel cannot be read ({type(error).__name__})", "restore it, or deploy another version"
        ) from error
    return metadata.get(_SPEC)


def _make_folder(uri: str) -> None:
    if uri.startswith("sqlite:///"):
        Path(uri.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)


def _is_registrys(error: Exception) -> bool:
    """Tell MLflow's and its database's complaints from a mistake of ours."""
    module = type(error).__module__
    return isinstance(error, OSError) or module.startswith(("mlflow", "sqlalchemy", "requests", "urllib3", "sqlite3"))


def _without_credentials(text: str, uri: str) -> str:
    import re

    return re.sub(r"(?<=://)[^/\s]*@", "", text.replace(uri, "[hallmark] mlflow_tracking_uri"))
