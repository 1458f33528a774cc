"""Families of estimators: how each is built, saved and loaded, never by unpickling.

A family is registered under the first part of its estimators' import path.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hallmark.errors import RegistryError, StageError

__all__ = ["FAMILIES", "Family", "family_of"]

# What skops may build beyond its own defaults. Each was reviewed: they hold numbers, or call what is itself checked.
_TRUSTED = frozenset(
    {
        "functools.partial",
        "numpy.dtype",
        "sklearn._loss.link.Interval",
        "sklearn._loss.link.LogitLink",
        "sklearn._loss.link.IdentityLink",
        "sklearn._loss.loss.HalfBinomialLoss",
        "sklearn._loss.loss.HalfSquaredError",
        "sklearn.compose._column_transformer._RemainderColsList",
        "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
        "sklearn.utils.validation.check_array",
    }
)


@dataclass(frozen=True)
class Family:
    """How one library's estimators are handled.

    Args:
        name: as registered.
        build: import path, parameters, numeric and textual columns → an unfitted estimator.
        save: estimator, folder, further arguments of MLflow's ``save_model``.
        load: folder → estimator.
    """

    name: str
    build: Callable[[str, Mapping[str, Any], Sequence[str], Sequence[str]], Any]
    save: Callable[[Any, Path, dict[str, Any]], None]
    load: Callable[[Path], Any]


def family_of(estimator: str) -> Family:
    """Return the family of an estimator's import path.

    Raises:
        StageError: no family is registered for it.
    """
    name = estimator.split(".", 1)[0]
    if name not in FAMILIES:
        raise StageError(f"estimators of {name!r} are not supported", f"use one of {', '.join(FAMILIES)}")
    return FAMILIES[name]


def _build_sklearn(path: str, params: Mapping[str, Any], numeric: Sequence[str], text: Sequence[str]) -> Any:
    """Put an estimator behind an encoder for text, and behind imputing and scaling if it cannot take nulls."""
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler
    from sklearn.utils import get_tags

    estimator = _imported(path, params)
    takes_nulls = bool(get_tags(estimator).input_tags.allow_nan)
    if takes_nulls:
        encoder: Any = OrdinalEncoder(
            handle_unknown="use_encoded_value", unknown_value=float("nan"), encoded_missing_value=float("nan")
        )
        numbers: Any = "passthrough"
    else:
        encoder = OneHotEncoder(handle_unknown="ignore", min_frequency=20)
        numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    parts = [("text", encoder, list(text)), ("numbers", numbers, list(numeric))]
    prepare = ColumnTransformer([p for p in parts if p[2]], verbose_feature_names_out=False)
    return make_pipeline(prepare, estimator)


def _imported(path: str, params: Mapping[str, Any]) -> Any:
    module, _, name = path.rpartition(".")
    try:
        cls = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise StageError(f"there is no estimator {path!r}", "give its full import path") from error
    try:
        return cls(**params)
    except TypeError as error:
        raise StageError(f"{name} refuses its parameters ({error})", "see the estimator's documentation") from error


def _save_sklearn(estimator: Any, folder: Path, extras: dict[str, Any]) -> None:
    import mlflow.sklearn
    from skops import io

    unknown = [t for t in io.get_untrusted_types(data=io.dumps(estimator)) if t not in _TRUSTED]
    if unknown:
        raise StageError(
            f"the model holds {', '.join(unknown)}, which cannot be loaded safely",
            "use an estimator without them, such as gradient boosting by histograms or a linear one",
        )
    mlflow.sklearn.save_model(
        estimator,
        str(folder),
        serialization_format="skops",
        skops_trusted_types=sorted(_TRUSTED),
        pip_requirements=_requirements("scikit-learn", "skops", "pandas", "numpy"),
        **extras,
    )


def _load_sklearn(folder: Path) -> Any:
    from skops import io

    file = folder / "model.skops"
    if not file.is_file():
        raise RegistryError("its files hold no model.skops", "train it again with this version")
    unknown = [t for t in io.get_untrusted_types(file=file) if t not in _TRUSTED]
    if unknown:
        raise RegistryError(f"its file holds untrusted types ({', '.join(unknown)})", "do not use it; train it again")
    estimator = io.load(file, trusted=sorted(_TRUSTED))
    _refuse_broken_trees(estimator)
    return estimator


def _refuse_broken_trees(estimator: Any) -> None:
    """Refuse trees whose nodes point outside or back: scikit-learn follows them without looking."""
    trees = [tree for rounds in getattr(estimator[-1], "_predictors", ()) for tree in rounds]
    if not all(_sound(tree, int(estimator[-1].n_features_in_)) for tree in trees):
        raise RegistryError("its file holds a tree that points outside itself", "do not use it; train it again")


def _sound(tree: Any, width: int) -> bool:
    """Tell whether every inner node has two children after it and looks at a column (and a set) that there is."""
    import numpy as np

    nodes, sets = tree.nodes, min(len(tree.raw_left_cat_bitsets), len(tree.binned_left_cat_bitsets))
    at = np.flatnonzero(nodes["is_leaf"] == 0)
    inner = nodes[at]
    children = np.stack([inner["left"], inner["right"]]).astype(np.int64)
    in_order = (children > at) & (children < len(nodes))
    columns = (inner["feature_idx"] >= 0) & (inner["feature_idx"] < width)
    categories = (inner["is_categorical"] == 0) | (inner["bitset_idx"] < sets)
    return bool(len(nodes) and in_order.all() and columns.all() and categories.all())


def _requirements(*packages: str) -> list[str]:
    from importlib.metadata import version

    return [f"{package}=={version(package)}" for package in packages]


FAMILIES: dict[str, Family] = {"sklearn": Family("sklearn", _build_sklearn, _save_sklearn, _load_sklearn)}
