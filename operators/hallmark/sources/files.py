"""Files as a source: CSV, JSON and Parquet on a path or a glob, read with the contract's types."""

from __future__ import annotations

import glob
import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from hallmark.dataset import Column, DatasetVersion
from hallmark.errors import SourceError, StageError
from hallmark.sources.base import Mounted, Reading

__all__ = ["FileSource"]


class FileSource(NamedTuple):
    """One or more files of one format on the worker's disk.

    Args:
        path: a path or a glob pattern; templated.
        format: csv, tsv, json, ndjson or parquet; by default from the file's suffix (``.gz`` and ``.zst`` allowed).
        null_values: texts of a CSV file that mean null.
        delimiter: of a CSV file; by default the one that makes the most columns of the header.
        quote: of a CSV file; empty if fields are never quoted.
        escape: what stands before a quote within quotes; by default the quote itself.
    """

    path: str
    format: str | None = None
    null_values: tuple[str, ...] = ("",)
    delimiter: str | None = None
    quote: str = '"'
    escape: str = '"'

    def declared(self, database_url: Callable[[str], str | None]) -> Mounted:
        version = self._named()
        return Mounted(version, (version,))

    def mount(self, reading: Reading, name: str, contract: Sequence[Column]) -> Mounted:
        from hallmark.sources.file_formats import mount_files

        files = self._files()
        columns, rows = mount_files(reading.connection, name, self, files, contract)
        version = replace(
            self._named(),
            version=_checksum(files),
            columns=columns,
            rows=rows,
            bytes=sum(os.path.getsize(f) for f in files),
            files=len(files),
        )
        return Mounted(version, (version,))

    def _named(self) -> DatasetVersion:
        from hallmark.lineage.naming import table_identity

        path = os.path.abspath(self.path)
        return DatasetVersion(os.path.basename(path), *table_identity(path), kind="file")

    def _files(self) -> list[str]:
        if not self.path.strip():
            raise StageError("the source's path rendered to nothing", "check its template")
        found = [self.path] if os.path.exists(self.path) else sorted(glob.glob(self.path))
        if not found:
            raise SourceError(f"{self.path} does not exist", "check the path, and that the feed has arrived")
        for file in found:
            if os.path.isdir(file):
                raise SourceError(f"{file} is a folder", f"name its files, for example {file}/*.csv")
            if os.path.getsize(file) == 0:
                raise SourceError(f"{file} is empty (0 bytes)", "have the feed delivered again")
        return found


def _checksum(files: Sequence[str]) -> str:
    """Return the SHA-256 of a file, or of the checksums of several."""
    digests = []
    for file in files:
        with open(file, "rb") as stream:
            digests.append(hashlib.file_digest(stream, "sha256").hexdigest())
    return digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()
