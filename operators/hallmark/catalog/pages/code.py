"""Where a stage's code, and what lies beside it, can be read: at the commit that ran."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, select

from hallmark.catalog.tables import receipts

__all__ = ["code_url", "url_of"]

_SSH = re.compile(r"^(?:ssh://)?[^@/]+@([^:/]+)[:/](.+)$")
_HTTP = re.compile(r"^https?://(?:[^@/]*@)?(.+)$")


def code_url(connection: Connection, receipt_id: str | None, path: str) -> str | None:
    """Return the address of a file that the DAG file of a receipt names, None where it is not known."""
    if receipt_id is None:
        return None
    code = connection.scalar(select(receipts.c.body["code"]).where(receipts.c.id == receipt_id))
    return url_of(code, path)


def url_of(code: Mapping[str, Any] | None, beside: str | None = None) -> str | None:
    """Return where a DAG file, or a file beside it, is to be read at the commit that ran.

    Args:
        code: of a receipt.
        beside: a path as the DAG file gives it: relative to its folder, or absolute.
    """
    if not code or not code.get("repository") or not code.get("commit") or not code.get("path"):
        return None
    place, path = _web(code["repository"]), code["path"]
    if beside is not None:
        path = _beside(code, beside)
    if place is None or path is None:
        return None
    return f"https://{place}/blob/{quote(code['commit'])}/{quote(path)}"


def _web(repository: str) -> str | None:
    found = _HTTP.match(repository)
    place = found[1] if found else None
    if place is None and (ssh := _SSH.match(repository)):
        place = f"{ssh[1]}/{ssh[2]}"
    return None if place is None else place.rstrip("/").removesuffix(".git")


def _beside(code: Mapping[str, Any], given: str) -> str | None:
    """Return a file's path in the repository of the DAG file that names it."""
    path, file = code["path"], code.get("file") or ""
    if os.path.isabs(given):
        root = file.removesuffix(path) if file.endswith(path) else None
        if root is None or not given.startswith(root):
            return None
        return given[len(root) :]
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(path), given))
    return None if joined.startswith("..") else joined
