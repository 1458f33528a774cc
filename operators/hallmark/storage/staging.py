"""Files that are written but not published, and how those of a dead process are found and removed.

Before a stage writes a data file it leaves a manifest that names the file, the receipt and the process. The manifest
goes when the file is published or discarded; one whose process is gone tells the next run what to clean up.
"""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from hallmark.storage.paths import STAGING, Location, unwritable

if TYPE_CHECKING:
    from pyarrow.fs import FileInfo, FileSystem

__all__ = ["REWRITTEN", "Manifest", "abandoned", "announce", "withdraw"]

# What a data file's name ends with while it is written anew beside the first.
REWRITTEN = ".kept"


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
    """Remove the manifest of a receipt and, if named, the unpublished data file itself.

    Raises:
        LakeError: the lake cannot be written.
    """
    system, root = table.open()
    data = (f"{file}{REWRITTEN}", file) if file else ()
    for relative in (*data, f"{STAGING}/{receipt}.json"):
        try:
            system.delete_file(f"{root}/{relative}")
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            raise unwritable(table.uri, error) from error


def abandoned(table: Location, ttl_seconds: float) -> Iterator[Manifest]:
    """Yield the manifests whose process is gone, or which are older than ``ttl_seconds`` on another host."""
    from pyarrow.fs import FileSelector

    folder = table.child(STAGING)
    if not folder.exists():
        return
    system, path = folder.open()
    for info in system.get_file_info(FileSelector(path)):
        manifest = _read(system, info)
        if manifest is not None and not _alive(manifest, ttl_seconds):
            yield manifest


def _read(system: FileSystem, info: FileInfo) -> Manifest | None:
    """Return a manifest, or None if another run withdraws it at this moment."""
    try:
        with system.open_input_stream(info.path) as stream:
            return Manifest(**json.loads(stream.read()))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError):
        # Its writer is at it, or died before it was written and so before there was a data file: age tells which.
        return Manifest(info.base_name.removesuffix(".json"), "", "", 0, 0.0, info.mtime_ns / 1e9)


def _alive(manifest: Manifest, ttl_seconds: float) -> bool:
    if manifest.host != socket.gethostname():
        return time.time() - manifest.started < ttl_seconds
    import psutil

    try:
        process = psutil.Process(manifest.pid)
        # A number may have been given to another process since, and a zombie writes no more.
        same = abs(process.create_time() - manifest.process_started) < 1.0
        return bool(same and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
