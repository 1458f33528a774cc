"""Files that are written but not published, and how those of a dead process are found and removed.

Before a stage writes a data file it leaves a manifest that names the file, the receipt and the process. The manifest
goes when the file is published or discarded; one whose process is gone tells the next run what to clean up.
"""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

from hallmark.storage.paths import STAGING, Location, unwritable

__all__ = ["Manifest", "abandoned", "announce", "withdraw"]


@dataclass(frozen=True)
class Manifest:
    """One unpublished data file: ``file`` is relative to the table, ``started`` in seconds since the epoch."""

    receipt: str
    file: str
    host: str
    pid: int
    process_started: float
    started: float

    @classmethod
    def of_this_process(cls, receipt: str, file: str) -> Manifest:
        import psutil

        process = psutil.Process()
        return cls(receipt, file, socket.gethostname(), process.pid, process.create_time(), time.time())


def announce(table: Location, manifest: Manifest) -> None:
    """Leave the manifest before the data file is written."""
    folder = table.child(STAGING)
    folder.make_folder()
    system, path = folder.open()
    try:
        with system.open_output_stream(f"{path}/{manifest.receipt}.json") as stream:
            stream.write(json.dumps(asdict(manifest)).encode())
    except OSError as error:
        raise unwritable(folder.uri, error) from error


def withdraw(table: Location, receipt: str, *, file: str | None = None) -> None:
    """Remove the manifest of a receipt and, if named, the unpublished data file itself."""
    system, root = table.open()
    for relative in filter(None, (file, f"{STAGING}/{receipt}.json")):
        try:
            system.delete_file(f"{root}/{relative}")
        except FileNotFoundError:
            continue


def abandoned(table: Location, ttl_seconds: float) -> Iterator[Manifest]:
    """Yield the manifests whose process is gone, or which are older than ``ttl_seconds`` on another host."""
    from pyarrow.fs import FileSelector

    folder = table.child(STAGING)
    if not folder.exists():
        return
    system, path = folder.open()
    for info in system.get_file_info(FileSelector(path)):
        manifest = _read(system, info.path)
        if manifest is not None and not _alive(manifest, ttl_seconds):
            yield manifest


def _read(system: object, path: str) -> Manifest | None:
    opener: Callable[[str], object] = system.open_input_stream  # type: ignore[attr-defined]
    try:
        with opener(path) as stream:  # type: ignore[attr-defined]
            return Manifest(**json.loads(stream.read()))
    except (FileNotFoundError, ValueError, TypeError):
        # Another run just withdrew it, or its writer died while writing it: then no data file exists yet.
        return None


def _alive(manifest: Manifest, ttl_seconds: float) -> bool:
    if manifest.host != socket.gethostname():
        return time.time() - manifest.started < ttl_seconds
    if manifest.pid == os.getpid():
        return True
    import psutil

    try:
        return bool(abs(psutil.Process(manifest.pid).create_time() - manifest.process_started) < 1.0)
    except psutil.NoSuchProcess:
        return False
