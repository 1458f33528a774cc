"""The text of a file in a folder, or in a revision that git has: ``origin/main:contracts/orders.yml``."""

from __future__ import annotations

import os
import posixpath
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from hallmark.errors import ContractError, reason

__all__ = ["Located", "locate"]

# Seconds for git to answer: a partial clone may fetch the file first.
_PATIENCE = 60


@dataclass(frozen=True)
class Located:
    """Where a file is: in the working tree, or in a revision."""

    path: str
    revision: str | None = None

    def __str__(self) -> str:
        return f"{self.revision}:{self.path}" if self.revision else self.path

    def beside(self, path: str) -> Located:
        """Return another file, named relative to the folder of this one."""
        if os.path.isabs(path):
            return Located(path)
        if self.revision is None:
            return Located(str(Path(self.path).parent / path))
        # To git a path is of the repository's root unless it begins with a dot.
        here = "./" if self.path.startswith(("./", "../")) else ""
        joined = posixpath.normpath(posixpath.join(posixpath.dirname(self.path), path))
        return Located(joined if joined.startswith("../") else here + joined, self.revision)

    def text(self) -> str:
        """Read it.

        Raises:
            ContractError: it is not there, is no text, or git cannot give it; it says why.
        """
        try:
            return _from_git(str(self)) if self.revision else Path(self.path).read_text(encoding="utf-8")
        except OSError as error:
            raise ContractError(
                f"file {self.path} cannot be read ({error.strerror or type(error).__name__})", "check the path"
            ) from error
        except ValueError as error:
            raise ContractError(f"{self} is not a text in UTF-8", "name a YAML file") from error


def locate(reference: str) -> Located:
    """Tell a path from ``REVISION:PATH``; a file that has the whole name is meant first."""
    revision, colon, path = reference.partition(":")
    if not colon or not revision or not path or os.path.exists(reference):
        return Located(reference)
    return Located(path, revision)


def _from_git(reference: str) -> str:
    git = shutil.which("git")
    if git is None:
        raise ContractError(f"{reference} is in git, which is not installed", "install git, or name a file")
    # What follows --end-of-options is never an option, whatever the revision is called.
    command = [git, "cat-file", "blob", "--end-of-options", reference]
    quiet = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(command, capture_output=True, env=quiet, timeout=_PATIENCE, check=False)
    except subprocess.TimeoutExpired as error:
        raise ContractError(f"git did not give {reference} in {_PATIENCE} s", "fetch the revision first") from error
    if done.returncode:
        said = reason(ContractError(done.stderr.decode(errors="replace"))).removeprefix("fatal: ")
        raise ContractError(
            f"git has no file {reference} ({said})", "check revision and path, and that the revision was fetched"
        )
    return done.stdout.decode("utf-8")
