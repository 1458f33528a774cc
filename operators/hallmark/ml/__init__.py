"""Training, evaluation and the registry of models: MLflow keeps them, scikit-learn is the first family."""

from __future__ import annotations

import os

# Idle threads of OpenMP sleep instead of spinning: on a worker whose cores are shared with other tasks, spinning makes
# scikit-learn's boosting ten times slower. It is read when the library is loaded, so it is set before that.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
