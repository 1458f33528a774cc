"""Training, evaluation and the registry of models: MLflow keeps them, scikit-learn is the first family."""

from __future__ import annotations
