"""URLs as producers write them, taken apart without ever raising: scheme, authority, path. The query is left out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hallmark.lineage.naming.systems import System, system_of

__all__ = ["Address", "address_of", "authority_of"]

_SCHEME = re.compile(r"(?:jdbc:)?([A-Za-z][A-Za-z0-9+._-]*):((?:thin|oci):@?)?")
_PORT = re.compile(r":(\d*)$")
# An object's key may hold what begins a query elsewhere; there it takes a query that looks like one.
_ENDS = {"objects": re.compile(r"\?(?=[\w.%-]+=)"), "files": re.compile(r"\?(?=[\w.%-]+=)")}
_END = re.compile(r"[?#;]")
_AFTER_HOST = re.compile(r"[/?#;]")
_SID = re.compile(r"^//([^/:@]+:\d+):")


@dataclass(frozen=True)
class Address:
    """A URL's parts.

    Args:
        scheme: as written, in small letters and without ``jdbc:``.
        authority: what stands between ``//`` and the path; empty without ``//``.
        path: with its leading slash, if it has one.
        system: what the scheme means, None if that is not known.
    """

    scheme: str
    authority: str
    path: str
    system: System | None


def address_of(text: str) -> Address | None:
    """Take a URL apart; None if the text is none.

    ``scheme://...`` is one whatever the scheme, ``scheme:...`` only where the scheme is known.
    """
    found = _SCHEME.match(text)
    if found is None:
        return None
    scheme, rest = found[1].lower(), text[found.end() :]
    system = system_of(scheme)
    if found[2]:
        rest = _SID.sub(r"//\1/", f"//{rest.lstrip('/')}")
    if not rest.startswith("//"):
        return None if system is None else Address(scheme, "", _cut(rest, system), system)
    rest = rest[2:]
    whole = _without_user(rest) if system is not None and system.authority == "host" else rest
    authority, slash, path = _cut(whole, system).partition("/")
    return Address(scheme, authority, slash + path, system)


def authority_of(address: Address) -> str:
    """Return the canonical authority: no user, no password, hosts in small letters, the port that is meant."""
    system = address.system
    if system is not None and system.authority == "text":
        return address.authority.rpartition("@")[2]
    user, _, host = address.authority.rpartition("@")
    # Of several brokers the first speaks for all. An account's host stands behind its container.
    host = host.partition(",")[0].lower()
    if system is None:
        return f"{user.lower()}@{host}" if user and ":" not in user else host
    if system.authority == "container" and user:
        return f"{user.partition(':')[0].lower()}@{host}"
    return _with_port(host, system)


def _with_port(host: str, system: System) -> str:
    found = _PORT.search(host)
    if found is not None:
        host = host[: found.start()]
    port = found[1] if found is not None else ""
    host = system.host(host)
    if not host or port == str(system.hidden):
        return host
    port = port or (str(system.port) if system.port is not None else "")
    return f"{host}:{port}" if port else host


def _without_user(rest: str) -> str:
    """Leave out ``user:password@``, also where the password holds a slash, a question mark or an at sign."""
    if "@" not in rest:
        return rest
    authority = rest[: _end(rest, 0)]
    if "@" in authority:
        return rest[authority.rindex("@") + 1 :]
    user, colon, word = authority.partition(":")
    # What follows a host is a port; of several hosts the first tells.
    if not colon or not user or user.startswith("[") or word.partition(",")[0].isdigit():
        return rest
    return rest[rest.rindex("@", 0, _end(rest, rest.index("@"))) + 1 :]


def _end(rest: str, start: int) -> int:
    end = _AFTER_HOST.search(rest, start)
    return end.start() if end else len(rest)


def _cut(rest: str, system: System | None) -> str:
    """Leave out the query."""
    end = (_ENDS.get(system.shape, _END) if system is not None else _END).search(rest)
    return rest[: end.start()] if end else rest
