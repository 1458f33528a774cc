"""Which code ran: the DAG file's checksum, and its commit if it is under git."""

from __future__ import annotations

import hashlib
import re
import subprocess
from pathlib import Path

from hallmark.receipt import CodeVersion

__all__ = ["code_version"]


def code_version(file: str | Path) -> CodeVersion | None:
    """Describe a file's version, or return None if it is not there (a packaged DAG, say)."""
    # A link's target is what runs, and what may be under git.
    path = Path(file).resolve()
    if not path.is_file():
        return None
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    commit = _git(path, "rev-parse", "HEAD")
    if commit is None:
        return CodeVersion(str(file), digest)
    top = _git(path, "rev-parse", "--show-toplevel") or str(path.parent)
    return CodeVersion(
        file=str(file),
        sha256=digest,
        repository=_without_credentials(_git(path, "config", "--get", "remote.origin.url")),
        commit=commit,
        path=str(path.relative_to(Path(top).resolve())),
        # What git ignores is in no commit either.
        dirty=bool(_git(path, "status", "--porcelain", "--ignored", "--", path.name)),
    )


def _git(path: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", *arguments],  # noqa: S607 - whichever git the worker has
            cwd=path.parent,
            capture_output=True,
            text=True,
            timeout=5,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() or None


def _without_credentials(url: str | None) -> str | None:
    return re.sub(r"(?<=://)[^/]*@", "", url) if url and "://" in url else url
