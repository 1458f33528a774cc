"""What the demonstration leaves behind is found by AIRFLOW_HOME alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from hallmark.config import settings
from hallmark.demo.airflow import environment, keep_options

GENERATED = """\
[core]
dags_folder = /elsewhere
namespace = kept

[hallmark]
# Where datasets live.
lake_root =\x20
namespace =\x20
catalog_url =\x20

[logging]
namespace = kept
"""


def test_the_options_are_in_airflows_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "airflow" / "airflow.cfg"
    file.parent.mkdir()
    file.write_text(GENERATED)
    keep_options(file, environment(tmp_path, tmp_path, 8080))
    monkeypatch.setenv("AIRFLOW_HOME", str(file.parent))
    assert settings().lake_root == str(tmp_path / "lake")
    assert settings().catalog_url == f"sqlite:///{tmp_path / 'catalog.db'}"
    assert settings().namespace == "hallmark-demo"
    assert file.read_text().count("namespace = kept") == 2
