"""The registry over a real MLflow: its store is made once, which takes seconds, and copied for each test."""

from __future__ import annotations

import json
import pickle
import shutil
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
import yaml

from hallmark.config import Settings, settings
from hallmark.dataset import Column, DatasetVersion
from hallmark.errors import RegistryError, StageError
from hallmark.ml.model import Model
from hallmark.ml.registry import CHECKSUM, OWNER, RECEIPT, RUN, Candidate, Registered, Registry

NAME = "flight_delay"
TAGS = {RECEIPT: "receipt-1", RUN: "flights/train[-1]/manual", OWNER: "ml-engineering"}
READ = DatasetVersion(
    "flights/features",
    "file",
    "/lake/flights/features",
    "12",
    partition="2013-01",
    columns=(Column("distance", "DOUBLE"),),
    rows=400,
)


@pytest.fixture(scope="module")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("store")
    Registry(replace(settings(), mlflow_tracking_uri=f"sqlite:///{folder}/mlflow.db")).versions("nothing")
    return folder / "mlflow.db"


@pytest.fixture
def chosen(empty_store: Path, tmp_path: Path) -> Settings:
    """The options of a test's own MLflow."""
    shutil.copy(empty_store, tmp_path / "mlflow.db")
    return replace(
        settings(),
        mlflow_tracking_uri=f"sqlite:///{tmp_path}/mlflow.db",
        mlflow_artifact_root=str(tmp_path / "models"),
    )


@pytest.fixture
def registry(chosen: Settings) -> Registry:
    return Registry(chosen)


@pytest.fixture
def log(registry: Registry, boosted: Model, flights: Any) -> Callable[..., Candidate]:
    """Call ``log()`` for a candidate."""

    def logged(model: Model = boosted, **tags: str) -> Candidate:
        return registry.log(
            NAME,
            model,
            params={"max_iter": 20, "estimator": model.spec.estimator},
            metrics={"rows": 400.0, "seconds": 0.5},
            inputs=[READ],
            tags={**TAGS, **tags},
            example=flights.head(5),
        )

    return logged


@pytest.fixture
def client(chosen: Settings) -> Any:
    """MLflow's own client, to look at what was written."""
    import mlflow

    return mlflow.MlflowClient(chosen.mlflow_tracking_uri)


def folder_of(chosen: Settings) -> Path:
    """Return the folder of the only model's files."""
    (file,) = Path(chosen.mlflow_artifact_root).rglob("MLmodel")
    return file.parent


class TestLog:
    def test_a_run_has_parameters_metrics_tags_and_the_versions_it_read(
        self, log: Callable[..., Candidate], client: Any
    ) -> None:
        candidate = log()
        run = client.get_run(candidate.run_id)
        assert run.info.status == "FINISHED" and run.info.run_name == TAGS[RUN]
        assert run.data.params == {"max_iter": "20", "estimator": "sklearn.ensemble.HistGradientBoostingClassifier"}
        assert run.data.metrics == {"rows": 400.0, "seconds": 0.5}
        assert TAGS.items() <= run.data.tags.items()
        (used,) = run.inputs.dataset_inputs
        assert (used.dataset.name, used.dataset.digest) == ("flights/features", "12")
        assert json.loads(used.dataset.source) == {"uri": "file:/lake/flights/features", "version": "12"}
        assert json.loads(used.dataset.profile) == {"num_rows": 400}
        assert used.tags[0].value == "training"

    def test_a_model_has_its_signature_and_an_example(
        self, log: Callable[..., Candidate], chosen: Settings, flights: Any
    ) -> None:
        from mlflow.models import Model as MlflowModel

        log()
        logged = MlflowModel.load(str(folder_of(chosen)))
        assert logged.signature.inputs.input_names() == ["distance", "carrier", "hour", "winter"]
        assert [str(t) for t in logged.signature.inputs.input_types()][1] == "DataType.string"
        example = logged.load_input_example(str(folder_of(chosen)))
        assert list(example.columns) == ["distance", "carrier", "hour", "winter"] and len(example) == 5
        assert logged.metadata["hallmark"]["target"] == "late"

    def test_a_candidate_is_no_version_that_a_reader_could_find(
        self, log: Callable[..., Candidate], registry: Registry
    ) -> None:
        log()
        assert registry.versions(NAME) == []

    def test_a_model_that_cannot_be_saved_leaves_no_run_that_seems_to_run(
        self, log: Callable[..., Candidate], client: Any, fitted: Callable[..., Model]
    ) -> None:
        with pytest.raises(StageError, match="cannot be loaded safely"):
            log(fitted("sklearn.ensemble.RandomForestClassifier", n_estimators=2))
        experiment = client.get_experiment_by_name(NAME).experiment_id
        assert [r.info.status for r in client.search_runs([experiment])] == ["FAILED"]

    def test_a_candidate_that_is_discarded_is_gone_and_its_run_failed(
        self, log: Callable[..., Candidate], registry: Registry, client: Any
    ) -> None:
        candidate = log()
        registry.discard(NAME, candidate)
        assert client.get_run(candidate.run_id).info.status == "FAILED"
        experiment = client.get_experiment_by_name(NAME).experiment_id
        assert client.search_logged_models([experiment]) == []


class TestVersions:
    def test_what_was_registered_is_found_newest_first_with_its_tags_and_aliases(
        self, log: Callable[..., Candidate], registry: Registry, client: Any
    ) -> None:
        candidate = log()
        first = registry.register(NAME, candidate, TAGS, "Probability of a late arrival.")
        second = registry.register(NAME, candidate, {**TAGS, RECEIPT: "receipt-2"}, None)
        registry.set_alias(NAME, "champion", first.version)
        registry.set_alias(NAME, "pilot", first.version)
        newest, oldest = registry.versions(NAME)
        assert (newest.version, oldest.version) == ("2", "1") == (second.version, first.version)
        assert newest.tags == {**TAGS, RECEIPT: "receipt-2", CHECKSUM: candidate.checksum}
        assert (newest.aliases, sorted(oldest.aliases)) == ((), ["champion", "pilot"])
        assert oldest.run_id == candidate.run_id
        assert client.get_model_version(NAME, "1").description == "Probability of a late arrival."

    def test_versions_sort_as_numbers(self, log: Callable[..., Candidate], registry: Registry) -> None:
        candidate = log()
        for _ in range(11):
            registry.register(NAME, candidate, TAGS, None)
        assert [v.version for v in registry.versions(NAME)] == [str(n) for n in range(11, 0, -1)]
        registry.set_alias(NAME, "champion", "9")
        registry.set_alias(NAME, "champion", "10")
        found = registry.by_alias(NAME, "champion")
        assert found is not None and found.version == "10"
        assert registry.version(NAME, "9").aliases == ()

    def test_a_version_is_found_by_the_receipt_that_made_it(
        self, log: Callable[..., Candidate], registry: Registry
    ) -> None:
        candidate = log()
        for number in (1, 2, 3):
            registry.register(NAME, candidate, {**TAGS, RECEIPT: f"receipt-{min(number, 2)}"}, None)
        found = registry.by_tag(NAME, RECEIPT, "receipt-2")
        assert found is not None and found.version == "3"
        assert registry.by_tag(NAME, RECEIPT, "receipt-9") is None

    def test_a_model_that_nobody_registered_has_no_versions(self, registry: Registry) -> None:
        assert registry.versions("it's \\ unknown") == []
        assert registry.by_alias("unknown", "champion") is None
        with pytest.raises(RegistryError) as raised:
            registry.version("unknown", "3")
        assert str(raised.value) == "model unknown: the registry has no version 3; train the model first"

    def test_an_alias_cannot_point_at_what_is_not_there(
        self, log: Callable[..., Candidate], registry: Registry
    ) -> None:
        registry.register(NAME, log(), TAGS, None)
        with pytest.raises(
            RegistryError, match=r"model flight_delay: the model registry failed: .*version=7\) not found"
        ):
            registry.set_alias(NAME, "champion", "7")


class TestLoad:
    @pytest.fixture
    def registered(self, log: Callable[..., Candidate], registry: Registry) -> Registered:
        registry.register(NAME, log(), TAGS, None)
        return registry.version(NAME, "1")

    def refusal(self, registry: Registry, registered: Registered) -> str:
        with pytest.raises(RegistryError) as raised:
            registry.load(registered)
        assert str(raised.value).startswith("model flight_delay: ")
        return str(raised.value)

    def test_a_version_gives_the_scores_of_the_model_that_was_logged(
        self, registry: Registry, registered: Registered, boosted: Model, flights: Any
    ) -> None:
        loaded = registry.load(registered)
        assert (loaded.spec, loaded.version) == (boosted.spec, "1")
        assert (loaded.scores(flights) == boosted.scores(flights)).all()

    def test_another_process_finds_it_too(self, chosen: Settings, registered: Registered, flights: Any) -> None:
        other = Registry(chosen)
        assert other.load(other.version(NAME, "1")).scores(flights.head(3)).shape == (3,)

    def test_a_file_that_was_changed_is_refused(
        self, registry: Registry, registered: Registered, chosen: Settings, logistic: Model, tmp_path: Path
    ) -> None:
        from skops import io

        # A whole and harmless model, but not the one that passed the gate.
        io.dump(logistic.estimator, folder_of(chosen) / "model.skops")
        assert "the files of version 1 are not the ones that were registered; do not use it" in self.refusal(
            registry, registered
        )

    def test_a_model_that_now_says_it_predicts_from_other_columns_is_refused(
        self, registry: Registry, registered: Registered, chosen: Settings
    ) -> None:
        file = folder_of(chosen) / "MLmodel"
        file.write_text(file.read_text().replace("hour", "minute"))
        assert "are not the ones that were registered" in self.refusal(registry, registered)

    @pytest.mark.parametrize("gone", ["folder", "model.skops", "MLmodel"])
    def test_files_that_are_gone_are_told(
        self, registry: Registry, registered: Registered, chosen: Settings, gone: str
    ) -> None:
        folder = folder_of(chosen)
        if gone == "folder":
            shutil.rmtree(folder)
        else:
            (folder / gone).unlink()
        self.refusal(registry, registered)

    def test_an_mlmodel_that_is_no_yaml_is_told(
        self, registry: Registry, registered: Registered, chosen: Settings
    ) -> None:
        (folder_of(chosen) / "MLmodel").write_text("flavors: [")
        assert "its file MLmodel cannot be read (ParserError); restore it, or deploy another version" in self.refusal(
            registry, registered
        )

    def test_a_pickled_model_is_never_unpickled(
        self, registry: Registry, client: Any, tmp_path: Path, chosen: Settings
    ) -> None:
        evidence = tmp_path / "evidence"
        folder = tmp_path / "theirs"
        folder.mkdir()
        (folder / "model.pkl").write_bytes(pickle.dumps(Touching(evidence)))
        spec = {
            "family": "sklearn",
            "estimator": "x",
            "target": "late",
            "features": [["a", "DOUBLE"]],
            "task": "classification",
        }
        flavors = {
            "python_function": {"loader_module": "mlflow.sklearn", "model_path": "model.pkl"},
            "sklearn": {"pickled_model": "model.pkl", "serialization_format": "cloudpickle"},
        }
        (folder / "MLmodel").write_text(yaml.safe_dump({"flavors": flavors, "metadata": {"hallmark": spec}}))
        client.create_registered_model(NAME)
        client.create_model_version(NAME, source=str(folder))
        with pytest.raises(RegistryError, match=r"its files hold no model\.skops"):
            registry.load(registry.version(NAME, "1"))
        assert not evidence.exists()
        # It would have been, had anything unpickled it.
        pickle.loads((folder / "model.pkl").read_bytes())
        assert evidence.exists()

    @pytest.mark.parametrize(
        ("metadata", "message"),
        [
            ({}, "version 1 was not made by Hallmark; deploy one that a TrainOperator made"),
            (
                {
                    "hallmark": {
                        "family": "xgboost",
                        "estimator": "x",
                        "target": "y",
                        "features": [],
                        "task": "regression",
                    }
                },
                "version 1 is of the family 'xgboost', which is not known here; use one of sklearn",
            ),
        ],
    )
    def test_a_model_of_other_making_is_refused(
        self, registry: Registry, client: Any, tmp_path: Path, metadata: dict[str, Any], message: str
    ) -> None:
        (tmp_path / "theirs").mkdir()
        (tmp_path / "theirs" / "MLmodel").write_text(yaml.safe_dump({"flavors": {}, "metadata": metadata}))
        client.create_registered_model(NAME)
        client.create_model_version(NAME, source=str(tmp_path / "theirs"))
        assert message in self.refusal(registry, registry.version(NAME, "1"))


class Touching:
    """What leaves a file behind when it is unpickled."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.file,)


class TestReach:
    def test_a_registry_out_of_reach_says_so_in_seconds_without_its_password(self, chosen: Settings) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        registry = Registry(replace(chosen, mlflow_tracking_uri=f"http://ada:hunter2@127.0.0.1:{port}"))
        began = perf_counter()
        with pytest.raises(RegistryError) as raised:
            registry.versions(NAME)
        assert perf_counter() - began < 10
        message = str(raised.value)
        assert message.startswith("model flight_delay: the model registry failed: ")
        assert message.endswith("; check [hallmark] mlflow_tracking_uri and that MLflow runs, then retry the task")
        assert "Connection refused" in message and "hunter2" not in message and "ada" not in message

    def test_a_store_of_an_unknown_kind_is_refused_without_its_password(self, chosen: Settings) -> None:
        with pytest.raises(RegistryError) as raised:
            Registry(replace(chosen, mlflow_tracking_uri="nowhere://ada:hunter2@host/x")).versions(NAME)
        assert "hunter2" not in str(raised.value)

    def test_a_mistake_of_ours_is_not_blamed_on_the_registry(self, registry: Registry, boosted: Model) -> None:
        with pytest.raises(KeyError):
            registry.log(NAME, boosted, params={}, metrics={}, inputs=[], tags={}, example=None)  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        ("uri", "root", "location"),
        [
            ("sqlite:///x.db", "/models", "/models/flight_delay"),
            ("postgresql://h/db", "/models", "/models/flight_delay"),
            ("postgresql://h/db", "s3://bucket/models/", "s3://bucket/models/flight_delay"),
            ("https://mlflow.example", "/models", None),
        ],
    )
    def test_files_go_to_the_artifact_root_unless_a_server_keeps_them(
        self, chosen: Settings, uri: str, root: str, location: str | None
    ) -> None:
        registry = Registry(replace(chosen, mlflow_tracking_uri=uri, mlflow_artifact_root=root))
        assert registry._artifact_location(NAME) == location
