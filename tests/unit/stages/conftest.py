from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from laboratory import Laboratory


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Laboratory]:
    """A lake and a catalog of the test's own."""
    made = Laboratory(tmp_path)
    yield made
    made.catalog.database.engine.dispose()
