from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from typer.testing import Result

from hallmark import __version__
from hallmark.catalog import head_revision

Hallmark = Callable[..., Result]


def test_an_upgrade_tells_the_revision_before_and_after(hallmark: Hallmark) -> None:
    first, second = hallmark("db", "upgrade", columns=200), hallmark("db", "upgrade", columns=200)

    assert [line.rpartition(".db ")[2] for line in first.stdout.splitlines()] == [
        "has no tables yet",
        f"is at revision {head_revision()}",
    ]
    assert second.stdout.splitlines()[1].endswith(f"is at revision {head_revision()}, as before")


def test_current_tells_what_is_needed(hallmark: Hallmark) -> None:
    before = hallmark("db", "current").stdout
    hallmark("db", "upgrade")

    assert before.endswith(f"has no tables yet; this version needs {head_revision()}: run `hallmark db upgrade`\n")
    assert "that is what this version needs" in hallmark("db", "current").stdout


@pytest.mark.parametrize("page", [["datasets"], ["db", "current"], ["status", "--json"]])
def test_an_error_is_one_line_without_a_password_or_a_traceback(
    hallmark: Hallmark, monkeypatch: pytest.MonkeyPatch, page: list[str]
) -> None:
    monkeypatch.setenv("AIRFLOW__HALLMARK__CATALOG_URL", "mysql://ann:secret@host/catalog")

    result = hallmark(*page)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("hallmark: a catalog cannot be kept in mysql; ")
    assert len(result.stderr.splitlines()) == 1
    assert "secret" not in result.stderr


def test_options_come_from_airflow_cfg_too(hallmark: Hallmark, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "airflow.cfg").write_text(f"[hallmark]\ncatalog_url = sqlite:///{tmp_path}/elsewhere.db\n")
    monkeypatch.setenv("AIRFLOW_CONFIG", str(tmp_path / "airflow.cfg"))

    assert "elsewhere.db" in hallmark("db", "current").stdout


@pytest.mark.parametrize("asked", [["version"], ["--version"]])
def test_the_version_is_printed(hallmark: Hallmark, asked: list[str]) -> None:
    assert hallmark(*asked).stdout == f"hallmark {__version__}\n"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], (Path(".demo"), False, None)),
        (["--once", "--folder", "elsewhere", "--port", "8080"], (Path("elsewhere"), True, 8080)),
    ],
)
def test_the_demonstration_gets_its_options_and_gives_the_exit_status(
    hallmark: Hallmark, monkeypatch: pytest.MonkeyPatch, options: list[str], expected: tuple[Any, ...]
) -> None:
    seen = []

    def run(folder: Path, *, once: bool, port: int | None) -> int:
        seen.append((folder, once, port))
        return 3

    runner = ModuleType("hallmark.demo.runner")
    runner.run = run  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "hallmark.demo.runner", runner)
    monkeypatch.setattr("hallmark.demo.runner", runner, raising=False)

    assert hallmark("demo", *options).exit_code == 3
    assert seen == [expected]


def test_help_names_every_command(hallmark: Hallmark) -> None:
    help = hallmark("--help").stdout

    for command in ("status", "datasets", "dataset", "models", "model", "runs", "check", "demo", "version", "db"):
        assert f"│ {command} " in help
