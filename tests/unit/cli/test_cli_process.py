"""The command line as a process: what it loads, what a pipe gets, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hallmark.catalog import Catalog

HEAVY = ("airflow", "pandas", "great_expectations", "mlflow", "numpy", "pyarrow", "duckdb", "sqlglot", "alembic")
COMMAND = [sys.executable, "-m", "hallmark.cli"]


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        env={**os.environ, **environment},
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "absent"),
    [(["--help"], (*HEAVY, "sqlalchemy")), (["version"], (*HEAVY, "sqlalchemy")), (["datasets"], HEAVY)],
)
def test_nothing_heavy_is_loaded_to_start(catalog: Catalog, arguments: list[str], absent: tuple[str, ...]) -> None:
    script = (
        "import json, sys\n"
        "from hallmark.cli import main\n"
        "try:\n    main()\n"
        "finally:\n    print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True)

    assert done.stdout
    assert not set(absent) & set(json.loads(done.stderr))


def test_a_pipe_gets_no_colour_no_trailing_blanks_and_no_complaint(filled: Catalog) -> None:
    done = run("status")

    assert done.returncode == 0
    assert done.stderr == ""
    assert "\x1b" not in done.stdout
    assert all(line == line.rstrip() for line in done.stdout.splitlines())


def test_a_pipe_takes_its_width_from_columns(filled: Catalog) -> None:
    narrow, wide = (run("runs", COLUMNS=columns).stdout.splitlines() for columns in ("80", "160"))

    assert max(map(len, narrow)) <= 80
    assert max(map(len, wide)) > 80
    assert "scheduled__2013-02-01T00:00:00+00:00.5" in wide[1]


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_every_encoding_can_be_printed_in(filled: Catalog, encoding: str) -> None:
    done = run("datasets", PYTHONIOENCODING=encoding)

    assert (done.returncode, done.stderr) == (0, "")
    assert ("✗" if encoding == "utf-8" else "x") + " failed" in done.stdout


def test_exit_statuses_tell_success_unknown_and_unable(filled: Catalog) -> None:
    assert run("datasets").returncode == 0
    assert run("dataset", "nothing").returncode == 1
    unable = run("datasets", AIRFLOW__HALLMARK__CATALOG_URL="nonsense")
    assert unable.returncode == 2
    assert unable.stderr.startswith("hallmark: ")
    assert "Traceback" not in unable.stderr
    assert run("nonsense").returncode == 2


def test_a_reader_that_has_gone_ends_it_quietly(filled: Catalog) -> None:
    for arguments in (["status"], ["runs", "--json"], ["--help"]):
        with subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.close()
            assert process.stderr.read() == b""
            assert process.wait(60) != 0


def test_a_closed_stdout_is_no_error(filled: Catalog) -> None:
    done = subprocess.run(f"{' '.join(COMMAND)} datasets >&-", shell=True, capture_output=True, check=False)

    assert (done.returncode, done.stderr) == (0, b"")


def test_a_mistake_of_hallmark_s_own_is_not_taken_for_a_failed_check(tmp_path: Path) -> None:
    script = (
        "import sys\nfrom hallmark.cli import main\nfrom hallmark.cli import check\ncheck._validated = None\nmain()\n"
    )
    arguments = ["check", str(tmp_path), "--suite", "suite.yml"]
    done = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False)

    assert done.returncode == 70
    assert "TypeError" in done.stderr


def opened_by_reader(fifo: Path, process: subprocess.Popen[bytes]) -> int:
    """Wait until the process reads from the pipe; return the pipe's other end."""
    while process.poll() is None:
        try:
            return os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            time.sleep(0.02)
    raise AssertionError(f"the command ended with {process.returncode}")


def heed_interruptions() -> None:
    """Let the process about to start be interrupted, also where the tests run in a shell's background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_an_interruption_exits_130_without_a_traceback(tmp_path: Path) -> None:
    fifo = tmp_path / "suite.yml"
    os.mkfifo(fifo)
    arguments = ["check", str(tmp_path), "--suite", str(fifo)]
    with subprocess.Popen(
        [*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=heed_interruptions
    ) as process:
        writer = opened_by_reader(fifo, process)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)
        os.close(writer)

    assert (process.returncode, output, errors) == (130, b"", b"")
