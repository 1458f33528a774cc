from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hallmark.errors import RegistryError, StageError
from hallmark.ml.families import FAMILIES, family_of
from hallmark.ml.model import Model

SKLEARN = FAMILIES["sklearn"]
FOREST = "sklearn.ensemble.RandomForestClassifier"


@pytest.fixture
def saved(tmp_path: Path) -> Callable[..., Path]:
    """Call ``saved(model)`` for the folder that holds it."""

    def save(model: Model) -> Path:
        SKLEARN.save(model.estimator, tmp_path / "model", {})
        return tmp_path / "model"

    return save


@pytest.mark.parametrize("name", ["boosted", "logistic", "regressor"])
def test_a_model_that_was_saved_gives_the_same_scores(
    name: str, saved: Callable[..., Path], flights: Any, request: pytest.FixtureRequest
) -> None:
    model: Model = request.getfixturevalue(name)
    loaded = Model(model.spec, SKLEARN.load(saved(model)))
    assert (loaded.scores(flights) == model.scores(flights)).all()


def test_a_saved_model_holds_no_pickle_and_names_what_it_needs(saved: Callable[..., Path], boosted: Model) -> None:
    folder = saved(boosted)
    assert not [f for f in folder.rglob("*") if f.suffix in {".pkl", ".pickle", ".joblib", ".cloudpickle"}]
    required = (folder / "requirements.txt").read_text().split()
    assert [line.split("==")[0] for line in required if not line.startswith("mlflow")] == [
        "scikit-learn",
        "skops",
        "pandas",
        "numpy",
    ]


def test_estimators_of_other_libraries_are_refused_with_those_that_are_known() -> None:
    assert family_of("sklearn.linear_model.Ridge") is SKLEARN
    with pytest.raises(StageError, match="estimators of 'lightgbm' are not supported; use one of sklearn"):
        family_of("lightgbm.LGBMClassifier")


def test_a_model_that_could_not_be_loaded_safely_is_not_saved(fitted: Callable[..., Model], tmp_path: Path) -> None:
    forest = fitted(FOREST, n_estimators=2)
    with pytest.raises(StageError, match=r"the model holds sklearn\.tree\._tree\.Tree, which cannot be loaded safely"):
        SKLEARN.save(forest.estimator, tmp_path / "model", {})
    assert not (tmp_path / "model").exists()


def test_a_file_with_an_untrusted_type_is_refused_and_nothing_of_it_is_built(
    saved: Callable[..., Path], boosted: Model, tmp_path: Path
) -> None:
    from skops import io

    folder, evidence = saved(boosted), tmp_path / "evidence"
    io.dump(partial(Path.touch, evidence), folder / "model.skops")
    with pytest.raises(RegistryError, match=r"its file holds untrusted types \(.*pathlib.*\); do not use it"):
        SKLEARN.load(folder)
    assert not evidence.exists()


def test_a_type_renamed_in_the_file_is_refused(saved: Callable[..., Path], boosted: Model) -> None:
    folder = saved(boosted)
    content = read(folder / "model.skops")
    schema = content["schema.json"].decode().replace('"HistGradientBoostingClassifier"', '"system"')
    schema = schema.replace('"sklearn.ensemble._hist_gradient_boosting.gradient_boosting"', '"os"')
    write(folder / "model.skops", {**content, "schema.json": schema.encode()})
    with pytest.raises(RegistryError, match=r"untrusted types \(os\.system\)"):
        SKLEARN.load(folder)


def test_a_folder_with_a_pickle_instead_of_a_model_is_refused_unread(
    saved: Callable[..., Path], boosted: Model
) -> None:
    folder = saved(boosted)
    shutil.move(folder / "model.skops", folder / "model.pkl")
    with pytest.raises(RegistryError, match=r"its files hold no model\.skops; train it again"):
        SKLEARN.load(folder)


DAMAGES: dict[str, Callable[[Any], Any]] = {
    "a child outside": lambda nodes: nodes["left"].__setitem__(0, len(nodes)),
    "the other child far outside": lambda nodes: nodes["right"].__setitem__(0, 2**32 - 1),
    "a child that is its own parent": lambda nodes: nodes["left"].__setitem__(0, 0),
    "a way back": lambda nodes: nodes["right"].__setitem__(inner(nodes)[-1], 0),
    "a column outside": lambda nodes: nodes["feature_idx"].__setitem__(0, 99),
    "a column before the first": lambda nodes: nodes["feature_idx"].__setitem__(0, -1),
    "a leaf that is none": lambda nodes: nodes["is_leaf"].__setitem__(len(nodes) - 1, 0),
    "a set of categories that is not there": lambda nodes: (
        nodes["is_categorical"].__setitem__(0, 1),
        nodes["bitset_idx"].__setitem__(0, 7),
    ),
}


def inner(nodes: Any) -> Any:
    return np.flatnonzero(nodes["is_leaf"] == 0)


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", ["boosted", "regressor"])
def test_a_tree_that_points_outside_itself_is_refused(
    damage: str, name: str, saved: Callable[..., Path], request: pytest.FixtureRequest
) -> None:
    folder = saved(request.getfixturevalue(name))
    content = read(folder / "model.skops")
    for file, nodes in arrays_of_nodes(content).items():
        DAMAGES[damage](nodes)
        content[file] = as_npy(nodes)
    write(folder / "model.skops", content)
    with pytest.raises(RegistryError, match="its file holds a tree that points outside itself; do not use it"):
        SKLEARN.load(folder)


def test_one_damaged_tree_among_many_is_found(saved: Callable[..., Path], boosted: Model) -> None:
    folder = saved(boosted)
    content = read(folder / "model.skops")
    file, nodes = list(arrays_of_nodes(content).items())[-1]
    nodes["right"][0] = len(nodes) + 5
    write(folder / "model.skops", {**content, file: as_npy(nodes)})
    with pytest.raises(RegistryError, match="points outside itself"):
        SKLEARN.load(folder)


def read(file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write(file: Path, content: dict[str, bytes]) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)


def arrays_of_nodes(content: dict[str, bytes]) -> dict[str, Any]:
    """Return the arrays of a skops file that are a tree's nodes, by their names in the file."""
    import io

    assert json.loads(content["schema.json"])["__module__"].startswith("sklearn.")
    arrays = {n: np.load(io.BytesIO(d), allow_pickle=False) for n, d in content.items() if n.endswith(".npy")}
    return {n: a.copy() for n, a in arrays.items() if a.dtype.names and "is_leaf" in a.dtype.names}


def as_npy(array: Any) -> bytes:
    import io

    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=False)
    return stream.getvalue()
