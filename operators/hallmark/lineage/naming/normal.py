"""The one form of what any producer calls a dataset, so that two that mean the same meet in the graph."""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Callable, Mapping

from hallmark.lineage.naming.addresses import Address, address_of, authority_of
from hallmark.lineage.naming.systems import Shape, system_of
from hallmark.lineage.redaction import redacted

__all__ = ["normal"]

# Longest namespace and name, in characters; what is longer ends in its checksum.
NAMESPACE = 512
NAME = 2048
# How much of a longer text is kept to be recognised.
HEAD = 200

_SLASHES = re.compile(r"/{2,}")
_HEAD = re.compile(r"[\w/. -]*")
_PLAIN = re.compile(r"[^=@:?\"`\[\]]*")


def normal(namespace: str, name: str) -> tuple[str, str]:
    """Return the canonical namespace and name of a dataset, whoever named it.

    Schemes and hosts are in small letters and in the spelling of OpenLineage's naming conventions, default ports are
    filled in, paths have no doubled or trailing slashes, and neither part holds a credential. What is no URL stays as
    it is. Applied again it changes nothing, and it never fails.
    """
    if len(namespace) + len(name) <= NAME:
        return _cached(namespace, name)
    return _normal(_bounded(namespace, NAMESPACE), _bounded(name, NAME))


def _normal(namespace: str, name: str) -> tuple[str, str]:
    """Apply the rules until nothing changes: what one of them leaves may be for another."""
    found = namespace, name
    for _ in range(_ROUNDS):
        before, found = found, _once(*found)
        if found == before:
            break
    return found


_ROUNDS = 8
_cached = functools.lru_cache(maxsize=16_384)(_normal)


def _once(namespace: str, name: str) -> tuple[str, str]:
    namespace, name = namespace.strip(), _clean(name.strip())
    address = address_of(namespace) or _bare(namespace)
    if address is None:
        return _bounded(redacted(namespace), NAMESPACE), _bounded(name, NAME)
    address, name = _named_by_url(address, name)
    space = namespace_of(address)
    if address.system is not None:
        name = _NAMES[address.system.shape](address, name)
    else:
        # What a scheme that is not known has after its host may be anything.
        space = f"{space}{address.path.rstrip('/')}"
    return _bounded(redacted(space), NAMESPACE), _bounded(name, NAME)


def namespace_of(address: Address) -> str:
    """Return the canonical namespace of an address."""
    system = address.system
    if system is None:
        return f"{address.scheme}://{authority_of(address)}"
    if system.authority == "file":
        return f"{system.scheme}:///{_file_of(address)}"
    authority = "" if system.authority == "none" else authority_of(address)
    if system.scheme == "file" and authority in {"localhost", "127.0.0.1"}:
        authority = ""
    return f"{system.scheme}://{authority}" if authority else system.scheme


def _file_of(address: Address) -> str:
    """Return a database's file without its leading slash."""
    file = f"{address.authority}{address.path}"
    user, _, behind = file.rpartition("@")
    return _slashes(behind if ":" in user else file).strip("/")


def _bare(namespace: str) -> Address | None:
    """Read a namespace that is a scheme alone, such as ``file`` and ``bigquery``."""
    system = system_of(namespace.lower())
    if system is None or not (system.shape in {"objects", "files"} or system.authority == "none"):
        return None
    return Address(system.scheme, "", "", system)


def _named_by_url(address: Address, name: str) -> tuple[Address, str]:
    """Take a name that is a URL of the namespace's own kind apart: it says all that the namespace says."""
    system = address.system
    while system is not None and system.shape in {"objects", "files"} and ":" in name:
        own = address_of(name)
        if own is None or own.system is not system:
            break
        address, name = Address(own.scheme, own.authority or address.authority, "", system), own.path
    return address, name


def _object(address: Address, name: str) -> str:
    """Return an object's key; ``/`` for the bucket itself, as the conventions have it."""
    return _below(_slashes(address.path).strip("/"), _slashes(name).strip("/")) or "/"


def _file(address: Address, name: str) -> str:
    name = _slashes(name)
    name = name.rstrip("/") or name
    if (address.authority or address.path) and not name.startswith("/"):
        # On a host, or below a path, every name is absolute.
        name = f"/{name}"
    return _below(_slashes(address.path).rstrip("/"), name) or "/"


def _below(path: str, name: str) -> str:
    """Put a namespace's path before a name, unless the name says it already."""
    if not path or name == path or name.startswith(f"{path}/"):
        return name
    return f"{path}/{name.lstrip('/')}".rstrip("/")


def _table(address: Address, name: str) -> str:
    """Return a table's full name, with the database or the schema that a URL has and the name has not."""
    system = address.system
    assert system is not None  # noqa: S101  the shape is the system's
    for quote in system.quotes:
        if quote in name:
            name = name.replace(quote, "")
    if system.caseless:
        name = name.lower()
    if system.schema and not system.levels:
        # SQLite's names have nothing before them but what its own schema is called.
        name = name.removeprefix(f"{system.schema}.")
    missing = len(system.levels) + 1 - len(name.split("."))
    if missing <= 0 or not name:
        return name
    levels = system.before(*database_and_schema(address))[:missing]
    return name if None in levels else ".".join((*map(str, levels), name))


def database_and_schema(address: Address) -> tuple[str | None, str | None]:
    """Return the database and the schema that a URL names; a file's database is called like the file."""
    system = address.system
    if system is not None and system.authority == "file":
        file = _file_of(address).rpartition("/")[2].strip(":")
        return file.partition(".")[0] or None, None
    whole = address.path if system is None or system.authority != "none" else f"{address.authority}{address.path}"
    database, schema, *_ = [*filter(None, whole.split("/")), None, None]
    return database, schema


def _as_named(address: Address, name: str) -> str:
    """Return a topic or a model as it is called; one that stands in the URL is the name where none is given."""
    return name.strip("/") or address.path.strip("/")


_NAMES: Mapping[Shape, Callable[[Address, str], str]] = {
    "objects": _object,
    "files": _file,
    "tables": _table,
    "names": _as_named,
}


def _clean(name: str) -> str:
    """Take credentials out of a name, and with a secret the query string that holds it."""
    if _PLAIN.fullmatch(name):
        return name
    cleaned = redacted(name)
    if cleaned == name:
        return name
    return cleaned.partition("?")[0]


def _slashes(path: str) -> str:
    return _SLASHES.sub("/", path) if "//" in path else path


def _bounded(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    head = _HEAD.match(text[:HEAD])
    digest = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:16]
    return f"{head[0] if head else ''}~{digest}"
