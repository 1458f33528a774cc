from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from hallmark.catalog import open_catalog
from hallmark.catalog.engine import Database
from hallmark.catalog.lineage_tables import tokens
from hallmark.governance import SCOPES, Denied, TokenError, check, create, is_token, listed, revoke

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
READ = "lineage:read"


@pytest.fixture
def database() -> Iterator[Database]:
    opened = open_catalog().database
    yield opened
    opened.engine.dispose()


def made(database: Database, name: str = "spark", life: timedelta | None = timedelta(days=1)) -> str:
    return create(database, name, [READ], created_by="me", life=life, now=NOW)[1]


def test_a_token_is_long_and_random_and_only_its_digest_is_kept(database: Database) -> None:
    one, other = made(database, "one"), made(database, "other")
    rows = database.read(lambda connection: connection.execute(select(tokens)).mappings().all())

    assert one != other
    assert is_token(one)
    assert len(one) >= len("hmk_") + 43
    assert one not in str(rows)
    assert hashlib.sha256(one.encode()).hexdigest() in {row["digest"] for row in rows}


def test_a_token_opens_what_its_scope_says_until_it_ends(database: Database) -> None:
    secret = made(database)

    assert check(database, secret, READ, NOW + timedelta(hours=23)).name == "spark"
    for scope, moment, known in (
        ("lineage:write", NOW, True),
        ("anything", NOW, True),
        (READ, NOW + timedelta(days=1), False),
    ):
        with pytest.raises(Denied) as denied:
            check(database, secret, scope, moment)
        assert denied.value.known is known


@pytest.mark.parametrize("secret", ["", "hmk_", "hmk_\ud800\0", "eyJhbGciOiJIUzI1NiJ9.e30.x"])
def test_what_is_no_token_opens_nothing(database: Database, secret: str) -> None:
    made(database)

    with pytest.raises(Denied, match="unknown") as denied:
        check(database, secret, READ, NOW)
    assert not denied.value.known


def test_a_token_that_does_not_expire_lives_until_it_is_revoked(database: Database) -> None:
    secret = made(database, life=None)
    later = NOW + timedelta(days=10_000)

    assert check(database, secret, READ, later).expires_at is None
    (ended,) = revoke(database, "spark", later)
    assert (ended.state(later), revoke(database, ended.id, later + timedelta(1))[0].revoked_at) == ("revoked", later)
    with pytest.raises(Denied, match="revoked"):
        check(database, secret, READ, later)


def test_the_last_use_is_written_at_most_once_a_minute(database: Database) -> None:
    secret = made(database)
    used = []
    for seconds in (0, 30, 59, 60, 200):
        check(database, secret, READ, NOW + timedelta(seconds=seconds))
        used.append(listed(database)[0].last_used_at)

    assert used == [NOW + timedelta(seconds=seconds) for seconds in (0, 0, 0, 60, 200)]


def test_a_token_opens_also_while_its_use_cannot_be_noted(database: Database) -> None:
    secret = made(database)
    never = "CREATE TRIGGER never BEFORE UPDATE ON hallmark_tokens BEGIN SELECT RAISE(ABORT, 'no'); END"
    database.write(lambda connection: connection.execute(text(never)))

    assert check(database, secret, READ, NOW).name == "spark"


def test_a_refused_use_is_none(database: Database) -> None:
    secret = made(database)
    with pytest.raises(Denied):
        check(database, secret, "lineage:write", NOW)

    assert listed(database)[0].last_used_at is None


def test_a_name_is_free_again_when_its_token_has_ended(database: Database) -> None:
    made(database)
    with pytest.raises(TokenError, match="a valid token named 'spark'"):
        made(database)

    revoke(database, "spark", NOW)
    made(database)
    assert [token.state(NOW) for token in listed(database)].count("valid") == 1


@pytest.mark.parametrize(
    ("name", "scopes", "life", "reason"),
    [
        ("", [READ], None, "cannot be named"),
        (" ", [READ], None, "cannot be named"),
        ("a\nb", [READ], None, "cannot be named"),
        ("x" * 201, [READ], None, "cannot be named"),
        ("x", [], None, "needs a scope"),
        ("x", [READ, "root"], None, "no scope 'root'"),
        ("x", [READ], timedelta(0), "valid for that time"),
        ("x", [READ], timedelta(days=-1), "valid for that time"),
        ("x", [READ], timedelta(days=4000), "valid for that time"),
    ],
)
def test_a_token_that_makes_no_sense_is_not_made(
    database: Database, name: str, scopes: list[str], life: timedelta | None, reason: str
) -> None:
    with pytest.raises(TokenError, match=reason):
        create(database, name, scopes, created_by="me", life=life)

    assert listed(database) == []


def test_revoking_what_is_not_there_is_an_error(database: Database) -> None:
    with pytest.raises(TokenError, match="no token 'nobody'"):
        revoke(database, "nobody")


def test_scopes_are_kept_in_the_order_of_the_table(database: Database) -> None:
    token, _ = create(database, "x", list(reversed(SCOPES)), created_by="me")

    assert token.scopes == tuple(SCOPES) == listed(database)[0].scopes
