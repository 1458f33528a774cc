from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import pytest

from hallmark.lineage.code import code_version


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one commit, of a DAG in a folder."""
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
    root = tmp_path / "repository"
    (root / "dags").mkdir(parents=True)
    (root / "dags" / "flights.py").write_text("dag = 1\n")
    git(root, "init", "-q")
    git(root, "add", ".")
    git(root, "-c", "user.name=Ada", "-c", "user.email=ada@example.org", "commit", "-q", "-m", "First")
    return root


def git(root: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=True).stdout.strip()


def test_a_file_under_git_has_its_commit_and_its_path(repository: Path) -> None:
    file = repository / "dags" / "flights.py"
    found = code_version(file)
    assert found is not None
    assert (found.file, found.sha256) == (str(file), hashlib.sha256(b"dag = 1\n").hexdigest())
    assert (found.commit, found.path) == (git(repository, "rev-parse", "HEAD"), "dags/flights.py")
    assert (found.repository, found.dirty) == (None, False)


def test_a_change_that_is_not_committed_is_told(repository: Path) -> None:
    file = repository / "dags" / "flights.py"
    (repository / "dags" / "other.py").write_text("another file's changes are not this one's\n")
    clean = code_version(file)
    file.write_text("dag = 2\n")
    dirty = code_version(file)
    assert clean is not None and dirty is not None
    assert (clean.dirty, dirty.dirty) == (False, True)
    assert dirty.commit == clean.commit and dirty.sha256 != clean.sha256


@pytest.mark.parametrize("ignored", [False, True])
def test_a_file_that_is_in_no_commit_is_dirty(repository: Path, ignored: bool) -> None:
    if ignored:
        (repository / ".gitignore").write_text("new.py\n")
    (repository / "dags" / "new.py").write_text("dag = 1\n")
    found = code_version(repository / "dags" / "new.py")
    assert found is not None and found.dirty


@pytest.mark.parametrize(
    ("remote", "shown"),
    [
        ("https://ada:hunter2@git.example/team/flights.git", "https://git.example/team/flights.git"),
        ("https://hunter2@git.example:8443/flights", "https://git.example:8443/flights"),
        ("https://ada:hunt@hunter2@git.example/flights", "https://git.example/flights"),
        ("ssh://git@git.example/flights.git", "ssh://git.example/flights.git"),
        ("git@git.example:team/flights.git", "git@git.example:team/flights.git"),
        ("https://git.example/a@b/flights", "https://git.example/a@b/flights"),
        ("/srv/git/flights", "/srv/git/flights"),
    ],
)
def test_the_remote_is_told_without_credentials(repository: Path, remote: str, shown: str) -> None:
    git(repository, "remote", "add", "origin", remote)
    found = code_version(repository / "dags" / "flights.py")
    assert found is not None and found.repository == shown


def test_a_link_is_the_version_of_what_it_points_at(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "dags").mkdir()
    link = tmp_path / "dags" / "linked.py"
    link.symlink_to(repository / "dags" / "flights.py")
    found = code_version(link)
    assert found is not None
    assert (found.file, found.path) == (str(link), "dags/flights.py")
    assert found.commit == git(repository, "rev-parse", "HEAD")


def test_a_link_out_of_a_repository_has_no_commit(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.py").write_text("dag = 3\n")
    link = repository / "dags" / "linked.py"
    link.symlink_to(tmp_path / "outside.py")
    found = code_version(link)
    assert found is not None and (found.commit, found.path) == (None, None)
    assert found.sha256 == hashlib.sha256(b"dag = 3\n").hexdigest()


def test_a_file_outside_git_has_its_checksum(tmp_path: Path) -> None:
    (tmp_path / "flights.py").write_text("dag = 1\n")
    found = code_version(tmp_path / "flights.py")
    assert found is not None
    assert (found.commit, found.path, found.repository, found.dirty) == (None, None, None, False)


def test_a_repository_without_a_commit_has_none(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / "flights.py").write_text("dag = 1\n")
    found = code_version(str(tmp_path / "flights.py"))
    assert found is not None and found.commit is None


def test_without_git_there_is_the_checksum(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    found = code_version(repository / "dags" / "flights.py")
    assert found is not None and found.commit is None and len(found.sha256) == 64


def test_a_file_that_is_not_there_has_no_version(tmp_path: Path) -> None:
    assert code_version(tmp_path / "packaged.zip" / "dag.py") is None
    assert code_version(tmp_path) is None
