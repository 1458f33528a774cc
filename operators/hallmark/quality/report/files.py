"""Reports as files: there whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from hallmark.errors import HallmarkError

__all__ = ["require_place", "write_report"]

_REMEDY = "give the path of a file in a folder that you may write to"


def require_place(path: Path) -> None:
    """Refuse a place where no report can be written, before the work is done for it.

    Raises:
        HallmarkError: the path is a folder, or its folder is not there or not writable.
    """
    if os.path.isdir(path):
        raise HallmarkError(f"the report cannot be written to {path}, which is a folder", _REMEDY)
    if not os.path.isdir(path.parent):
        raise HallmarkError(f"the report cannot be written to {path}: there is no folder {path.parent}", _REMEDY)
    if not os.access(path.parent, os.W_OK):
        raise HallmarkError(f"the report cannot be written to {path}: its folder is not writable", _REMEDY)


def write_report(path: Path, text: str) -> None:
    """Write a report beside its place and move it there, so that no reader sees half of it.

    What is not a regular file, such as a pipe, is written to as it is.

    Raises:
        HallmarkError: it cannot be written.
    """
    require_place(path)
    whole = os.path.exists(path) and not path.is_file()
    beside = path if whole else path.with_name(f".{path.name[:200]}.{os.getpid()}.part")
    try:
        beside.write_text(text, encoding="utf-8", errors="replace", newline="\n")
        if not whole:
            beside.replace(path)
    except OSError as error:
        if not whole:
            beside.unlink(missing_ok=True)
        raise HallmarkError(f"the report cannot be written to {path} ({error.strerror})", _REMEDY) from error
