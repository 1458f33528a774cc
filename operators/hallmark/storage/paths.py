"""Where things are below the lake root, and how files there are reached.

A dataset ``flights/clean`` is the Delta table ``<lake_root>/flights/clean``. Data files of a partition lie in
``<column>=<value>`` with the value percent-encoded, as Hive and Delta have it. Below ``_hallmark/staging`` stands one
manifest for every file that is written but not published yet; readers of Delta ignore what begins with ``_``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from hallmark.errors import ConfigError, LakeError, StageError, reason

if TYPE_CHECKING:
    from pyarrow.fs import FileSystem

    from hallmark.config import Settings

__all__ = ["STAGING", "Location", "checked_partition", "partition_folder", "table_of"]

STAGING = "_hallmark/staging"
MAX_PARTITION = 200
# Delta takes a path for a URL, in which these stand for something else.
_MISREAD = re.compile(r"[?#]|%[0-9A-Fa-f]{2}")


@dataclass(frozen=True)
class Location:
    """A folder of the lake: a local path or a remote URI, with the options that open it."""

    uri: str
    options: Mapping[str, str]

    @property
    def local(self) -> bool:
        return "://" not in self.uri

    def child(self, *parts: str) -> Location:
        return Location("/".join((self.uri, *parts)), self.options)

    @property
    def storage_options(self) -> dict[str, str] | None:
        """Options in the spelling of deltalake, or None for a local table."""
        return None if self.local else dict(self.options)

    def open(self) -> tuple[FileSystem, str]:
        """Return an Arrow file system and this folder's path in it."""
        from pyarrow import fs

        if self.local:
            return fs.LocalFileSystem(), self.uri
        scheme, _, path = self.uri.partition("://")
        factory = _REMOTE.get(scheme)
        if factory is None:
            raise LakeError(f"lake roots of scheme {scheme!r} are not supported", "use a local path or s3://bucket")
        return factory(self.options), path

    def exists(self) -> bool:
        from pyarrow.fs import FileType

        system, path = self.open()
        return bool(system.get_file_info(path).type != FileType.NotFound)

    def make_folder(self) -> None:
        system, path = self.open()
        try:
            system.create_dir(path, recursive=True)
        except OSError as error:
            raise unwritable(self.uri, error) from error


def _s3(options: Mapping[str, str]) -> Any:
    from pyarrow import fs

    endpoint = options.get("AWS_ENDPOINT_URL", "")
    scheme, _, host = endpoint.partition("://")
    return fs.S3FileSystem(
        access_key=options.get("AWS_ACCESS_KEY_ID"),
        secret_key=options.get("AWS_SECRET_ACCESS_KEY"),
        session_token=options.get("AWS_SESSION_TOKEN"),
        region=options.get("AWS_REGION"),
        endpoint_override=host or None,
        scheme=scheme or "https",
    )


_REMOTE = {"s3": _s3, "s3a": _s3}


def table_of(name: str, settings: Settings) -> Location:
    """Return where a dataset's table lies below the lake root."""
    return Location(absolute(settings.lake_root), settings.storage_options).child(name)


def unwritable(path: str, error: OSError) -> LakeError:
    """Turn a refusal of the file system into the error a user can act on."""
    told = error.strerror or reason(error)
    return LakeError(f"{path} cannot be written ({told})", "give the worker's user write access to the lake root")


def checked_partition(value: str | None) -> str | None:
    """Return the partition as given, refusing what a template rendered to nothing.

    Raises:
        StageError: empty, only blanks, the text ``None``, or longer than 200 characters when percent-encoded.
    """
    if value is None:
        return None
    if not value.strip() or value.strip() in {"None", "null"}:
        raise StageError(
            f"the partition rendered to {value!r}",
            "check the template: a manual run may have no logical date; pass one, or use a parameter",
        )
    length = len(_encoded(value))
    if length > MAX_PARTITION or "\0" in value:
        raise StageError(
            f"the partition takes {length} characters as a folder's name",
            f"use at most {MAX_PARTITION}, for example a date",
        )
    return value


def partition_folder(column: str, value: str | None) -> str:
    """Return the folder of a partition below the table, empty for a table without partitions."""
    return "" if value is None else f"{quote(column, safe='')}={_encoded(value)}/"


def _encoded(value: str) -> str:
    return quote(value, safe="-_.~")


def absolute(root: str) -> str:
    """Return a local lake root as an absolute path, a remote one as it is.

    Raises:
        ConfigError: a table cannot have that path.
    """
    if root.startswith("file://"):
        root = root.removeprefix("file://")
    if "://" in root:
        return root
    if _MISREAD.search(root):
        raise ConfigError(
            f"[hallmark] lake_root is {root!r}, and a table's path cannot have '?', '#' or a percent-encoding in it",
            "choose a folder of another name",
        )
    return os.path.abspath(Path(root).expanduser())
