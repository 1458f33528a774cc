"""Tokens of machines: what a producer of lineage or a script shows instead of a login.

A token is ``hmk_`` and 32 random bytes. It is shown once, when it is made; the catalog keeps its SHA-256, which is
enough to know it again and useless to whoever reads the catalog. Random bytes need no salt and no slow hash.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import uuid4

from sqlalchemy import Connection, Row, Select, or_, select, update

from hallmark.catalog.engine import Database
from hallmark.catalog.lineage_tables import tokens
from hallmark.catalog.values import Answer
from hallmark.errors import CatalogError, HallmarkError

__all__ = ["DEFAULT_LIFE", "SCOPES", "Denied", "Token", "TokenError", "check", "create", "is_token", "listed", "revoke"]

SCOPES: Mapping[str, str] = {
    "lineage:read": "ask for datasets, jobs, runs, events and the graph",
    "lineage:write": "send OpenLineage events, and change what Marquez's clients may change",
}
DEFAULT_LIFE = timedelta(days=90)

_PREFIX = "hmk_"
_BYTES = 32
_MAX_NAME = 200
_MAX_LIFE = timedelta(days=3650)
# The time of last use tells which tokens are alive, not when exactly: it must not cost every request a write.
_USE_NOTED_EVERY = timedelta(minutes=1)

State = Literal["valid", "expired", "revoked"]


class TokenError(HallmarkError):
    """A token cannot be made or found as asked."""

    subject = "token"


class Denied(TokenError):
    """A token does not open the door.

    Args:
        known: whether it is a valid token, which only lacks the scope.
    """

    def __init__(self, found: str, remedy: str = "", *, known: bool = False) -> None:
        super().__init__(found, remedy)
        self.known = known


@dataclass(frozen=True, kw_only=True)
class Token(Answer):
    """What is known of a token, the token itself excepted.

    Args:
        id: to revoke it by.
        name: what it is for; no two valid tokens have the same.
        scopes: what it opens, of :data:`SCOPES`.
        created_by: who made it.
        expires_at: when it ends by itself, None for never.
        revoked_at: when somebody ended it.
        last_used_at: to within a minute.
    """

    id: str
    name: str
    scopes: tuple[str, ...]
    created_by: str
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None

    def state(self, now: datetime) -> State:
        """Tell whether it opens anything at some time."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= now else "valid"


def is_token(text: str) -> bool:
    """Tell whether a text is meant to be one of these tokens, and not a JWT of Airflow's."""
    return text.startswith(_PREFIX)


def create(
    database: Database,
    name: str,
    scopes: Collection[str],
    *,
    created_by: str,
    life: timedelta | None = DEFAULT_LIFE,
    now: datetime | None = None,
) -> tuple[Token, str]:
    """Make a token.

    Args:
        database: the catalog's.
        name: what it is for.
        scopes: what it opens.
        created_by: who asked for it.
        life: how long it is valid; None: until it is revoked.
        now: the time, with its zone; by default this machine's.

    Returns:
        What is known of it, and the token itself, which cannot be had again.

    Raises:
        TokenError: a scope is unknown, the name is empty or taken by a valid token, or its life is no time to live.
        CatalogError: the catalog is out of reach.
    """
    moment = now or datetime.now(UTC)
    _checked(name, scopes, life)
    secret = _PREFIX + secrets.token_urlsafe(_BYTES)
    token = Token(
        id=uuid4().hex,
        name=name,
        scopes=tuple(scope for scope in SCOPES if scope in scopes),
        created_by=created_by,
        created_at=moment,
        expires_at=None if life is None else moment + life,
    )
    row = {**vars(token), "scopes": list(token.scopes), "digest": _digest(secret)}

    def keep(connection: Connection) -> None:
        if any(other.state(moment) == "valid" for other in _all(connection, tokens.c.name == name)):
            raise TokenError(f"there is a valid token named {name!r}", "revoke it first, or choose another name")
        connection.execute(tokens.insert().values(row))

    database.write(keep)
    return token, secret


def listed(database: Database) -> list[Token]:
    """Return all tokens, newest first, those that are no longer valid included.

    Raises:
        CatalogError: the catalog is out of reach.
    """
    return database.read(_all)


def revoke(database: Database, id_or_name: str, now: datetime | None = None) -> list[Token]:
    """End a token, named by its id or its name; one that was revoked before stays as it was.

    Returns:
        The tokens of that id or name, as they are now.

    Raises:
        TokenError: there is none.
        CatalogError: the catalog is out of reach.
    """
    moment = now or datetime.now(UTC)
    named = or_(tokens.c.id == id_or_name, tokens.c.name == id_or_name)

    def end(connection: Connection) -> list[Token]:
        connection.execute(update(tokens).where(named, tokens.c.revoked_at.is_(None)).values(revoked_at=moment))
        return _all(connection, named)

    found = database.write(end)
    if not found:
        raise TokenError(f"there is no token {id_or_name!r}", "see `hallmark token list`")
    return found


def check(database: Database, secret: str, scope: str, now: datetime | None = None) -> Token:
    """Let a token in, or not.

    Args:
        database: the catalog's.
        secret: what was shown.
        scope: what it has to open.
        now: the time, with its zone; by default this machine's.

    Raises:
        Denied: it is unknown, has ended, or does not open that.
        CatalogError: the catalog is out of reach.
    """
    moment = now or datetime.now(UTC)
    digest = _digest(secret)
    row = database.read(lambda connection: connection.execute(_query(tokens.c.digest == digest)).first())
    if row is None or not hmac.compare_digest(row.digest, digest):
        raise Denied("the token is unknown", "make one with `hallmark token create`")
    token = _token(row)
    state = token.state(moment)
    if state != "valid":
        raise Denied(f"the token {token.name!r} is {state}", "make a new one with `hallmark token create`")
    if scope not in token.scopes:
        raise Denied(f"the token {token.name!r} lacks the scope {scope}", "make one with that scope", known=True)
    _note_use(database, token, moment)
    return token


def _checked(name: str, scopes: Collection[str], life: timedelta | None) -> None:
    if not name.strip() or len(name) > _MAX_NAME or not name.isprintable():
        raise TokenError(f"a token cannot be named {name[:50]!r}", f"use 1 to {_MAX_NAME} printable characters")
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        told = f"there is no scope {', '.join(map(repr, unknown))}" if unknown else "a token needs a scope"
        raise TokenError(told, f"choose of {', '.join(SCOPES)}")
    if life is not None and not timedelta(0) < life <= _MAX_LIFE:
        raise TokenError(
            "a token cannot be valid for that time", f"let it live up to {_MAX_LIFE.days} days, or for ever"
        )


def _note_use(database: Database, token: Token, now: datetime) -> None:
    if token.last_used_at is not None and now - token.last_used_at < _USE_NOTED_EVERY:
        return
    before = or_(tokens.c.last_used_at.is_(None), tokens.c.last_used_at < now)
    statement = update(tokens).where(tokens.c.id == token.id, before).values(last_used_at=now)
    # Who only reads is not turned away because somebody else writes for long.
    with suppress(CatalogError):
        database.write(lambda connection: connection.execute(statement))


def _all(connection: Connection, *conditions: Any) -> list[Token]:
    rows = connection.execute(_query(*conditions).order_by(tokens.c.created_at.desc(), tokens.c.id))
    return [_token(row) for row in rows]


def _query(*conditions: Any) -> Select[Any]:
    return select(tokens).where(*conditions)


def _token(row: Row[Any]) -> Token:
    known = {name: value for name, value in row._mapping.items() if name != "digest"}
    return Token(**{**known, "scopes": tuple(known["scopes"])})


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
