"""Spark frames, in a process that has pyspark; needs the folder that ``make test`` installs it into, and Java."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SPARK = Path(sys.prefix) / "spark"
MISSING = [
    name for name, there in (("pyspark", (SPARK / "pyspark").is_dir()), ("Java", shutil.which("java"))) if not there
]


@pytest.mark.skipif(bool(MISSING) and not os.environ.get("CI"), reason=f"needs {' and '.join(MISSING)}")
def test_spark_frames_have_the_verdicts_of_all_other_data() -> None:
    assert not MISSING
    places = [SPARK, Path(__file__).parent]
    command = [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", "tests/spark/spark_frames.py"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, places))}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=400)
    assert done.returncode == 0, done.stdout + done.stderr
