"""Credentials out of any text: URLs' passwords, secrets in query strings, connection strings and JSON.

Every expression here is linear in the text: what it scans it consumes, and what it does not consume is bounded.
"""

from __future__ import annotations

import re

__all__ = ["MASK", "is_secret", "redacted"]

MASK = "***"

# What a key ends in whose value is a secret. Before it may stand another word: ``db_password``, ``clientSecret``.
_WORDS = (
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "secret",
    "token",
    "signature",
    "credential",
    "credentials",
    "api_key",
    "api-key",
    "apikey",
    "access_key",
    "access-key",
    "accesskey",
    "accesskeyid",
    "access_key_id",
    "accountkey",
    "account_key",
    "account-key",
    "private_key",
    "private-key",
    "secret_key",
    "secret-key",
    "secretkey",
    "secret.key",
    "access.key",
)
# These are secrets only as a whole key.
_WHOLE = frozenset({"sig", "pass", "auth", "x-amz-credential", "code_verifier"})
# Of a dotted key (SQL's ``a.token=b.token``) these are columns rather than secrets.
_COLUMNS = ("token", "signature", "credential", "credentials")

# Of all that can be a secret's key, in the few pieces that a text without any does not hold.
_HINTS = ("passw", "passp", "pwd", "pass=", "secret", "token", "sig", "credential", "key", "auth=", "code_verifier")

_URL = re.compile(r"://[^\s\"<>`]+")
# A value ends where a quote, a query string's or a connection string's separator does, and never swallows a quote of
# JSON around it.
_PAIR = re.compile(
    r"""(?<![\w.%-])([\w.%-]+)=
    ( '[^'"]{0,512}' | \{[^}"]{0,512}\} | "(?![\s,}\]:])[^"]{0,512}" | (?P<escape>\\{1,7})"[^"\\]{0,512}(?P=escape)"
    | '?(?:\\[^"'] | [^\s&;"'<>\\] | &(?![\w.%-]{1,64}=))* )""",
    re.VERBOSE,
)
_QUOTES = (("'", "'"), ("{", "}"), *((q, q) for q in ("\\" * depth + '"' for depth in range(8))))
# A member of a JSON object up to its text; within JSON that is itself a text, backslashes stand before each quote.
_OPENING = re.compile(r'(?<!\\)(\\{0,7})"([\w.-]{1,64})\1"\s{0,8}:\s{0,8}\1"')
_TEXT = re.compile(r'[^"\\]*+(?:\\.[^"\\]*+)*+(?=")', re.DOTALL)
_INNER_TEXTS = [
    re.compile(rf'(?:[^"\\]++|\\++[^"\\]|(?!\\{{{depth}}}")\\++")*+(?=\\{{{depth}}}")') for depth in range(1, 8)
]
_KEY = 64


def redacted(text: str) -> str:
    """Return a text with its credentials replaced by ``***``; one without any comes back as it is.

    Found are users and passwords of URLs, ``key=value`` in query strings and connection strings, and members of JSON
    objects, where the key says that the value is a secret. JSON stays JSON.
    """
    if "@" in text and "://" in text:
        text = _URL.sub(_without_userinfo, text)
    if "=" not in text and '"' not in text:
        return text
    lowered = text.lower()
    if not any(hint in lowered for hint in _HINTS):
        return text
    if "=" in text:
        text = _PAIR.sub(_pair, text)
    return _without_members(text) if '"' in text else text


def is_secret(key: str) -> bool:
    """Tell whether a key names a secret, by the word it ends in."""
    key = key[-_KEY:].lower()
    if key in _WHOLE:
        return True
    return key.endswith(_WORDS) and not ("." in key and key.endswith(_COLUMNS))


def _pair(found: re.Match[str]) -> str:
    key, value = found[1], found[2]
    if not value or not is_secret(key):
        return found[0]
    quoted = (pair for pair in _QUOTES if value.startswith(pair[0]) and value[len(pair[0]) :].endswith(pair[1]))
    opening, closing = next(quoted, ("", ""))
    return f"{key}={opening}{MASK}{closing}"


def _without_members(text: str) -> str:
    """Mask the texts of JSON's members whose keys name a secret, whatever text of JSON they stand in."""
    pieces, done, unclosed = [], 0, set()
    for found in _OPENING.finditer(text):
        depth = len(found[1])
        if found.start() < done or depth in unclosed or not is_secret(found[2]):
            continue
        value = (_INNER_TEXTS[depth - 1] if depth else _TEXT).match(text, found.end())
        if value is None:
            # Nor will any later one of its depth be closed.
            unclosed.add(depth)
            continue
        pieces += [text[done : found.end()], MASK]
        done = value.end()
    return "".join((*pieces, text[done:])) if pieces else text


def _without_userinfo(found: re.Match[str]) -> str:
    """Mask the user and password of every URL in a run of characters that has no space in it."""
    if "@" not in found[0]:
        return found[0]
    first, *urls = found[0].split("://")
    schemes = [found.string[max(0, found.start() - 8) : found.start()], *urls]
    cleaned = [_url(url, scheme) for scheme, url in zip(schemes, urls, strict=False)]
    return "://".join([first, *cleaned])


def _url(rest: str, before: str) -> str:
    """Mask what stands before the host in a URL of which ``rest`` is what follows ``://``."""
    end = _authority_end(rest, 0)
    at = rest.rfind("@", 0, end)
    if at < 0:
        # A password that was not encoded may hold a slash; a port does not, and no path stands before an at sign then.
        user, colon, word = rest[:end].partition(":")
        first = rest.find("@", end)
        if not colon or first < 0 or word.partition(",")[0].isdigit() or not user or user.startswith("["):
            return rest
        at = rest.rfind("@", 0, _authority_end(rest, first))
    # A user alone is no secret but where it is a token; a container stands before its account in the same way.
    if at and (":" in rest[:at] or before.lower().endswith(("http", "https"))):
        return MASK + rest[at:]
    return rest


_END = re.compile(r"[/?#]")


def _authority_end(rest: str, start: int) -> int:
    found = _END.search(rest, start)
    return found.start() if found else len(rest)
