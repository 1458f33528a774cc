from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from typer.testing import Result

from hallmark.catalog import Catalog
from hallmark.governance import check

Hallmark = Callable[..., Result]
READ = ("--scope", "lineage:read")


def test_a_token_alone_is_on_stdout_so_that_it_can_be_piped(catalog: Catalog, hallmark: Hallmark) -> None:
    made = hallmark("token", "create", "spark", *READ, "--scope", "lineage:write")

    assert made.exit_code == 0
    assert "not shown again: spark, valid until" in made.stderr
    assert check(catalog.database, made.stdout.strip(), "lineage:write").name == "spark"


@pytest.mark.parametrize(("expires", "life"), [("12h", 0.5), ("90d", 90), ("2w", 14), ("never", None)])
def test_a_token_lives_as_long_as_it_is_told(
    catalog: Catalog, hallmark: Hallmark, expires: str, life: float | None
) -> None:
    token = json.loads(hallmark("token", "create", "x", *READ, "--expires", expires, "--json").stdout)

    assert token["token"].startswith("hmk_")
    if life is None:
        assert token["expires_at"] is None
    else:
        created, ends = (datetime.fromisoformat(token[key]) for key in ("created_at", "expires_at"))
        assert ends - created == timedelta(days=life)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["x"], "Missing option '--scope'"),
        (["x", *READ, "--expires", "5y"], "no time to live"),
        (["x", *READ, "--expires", "-1d"], "no time to live"),
        (["x", *READ, "--expires", "99999d"], "cannot be valid for that time"),
        (["x", "--scope", "root"], "there is no scope 'root'; choose of lineage:read, lineage:write"),
        (["", *READ], "cannot be named"),
    ],
)
def test_a_token_that_makes_no_sense_is_not_made(
    catalog: Catalog, hallmark: Hallmark, arguments: list[str], said: str
) -> None:
    result = hallmark("token", "create", *arguments)

    assert (result.exit_code, result.stdout) == (2, "")
    assert said in " ".join(result.stderr.split())
    assert json.loads(hallmark("token", "list", "--json").stdout) == []


def test_tokens_are_listed_without_what_is_secret(catalog: Catalog, hallmark: Hallmark) -> None:
    secret = hallmark("token", "create", "spark", *READ).stdout.strip()
    hallmark("token", "create", "old", *READ)
    hallmark("token", "revoke", "old")
    page, told = hallmark("token", "list", columns=160).stdout, json.loads(hallmark("token", "list", "--json").stdout)

    assert secret not in page + json.dumps(told)
    assert {token["name"]: token["state"] for token in told} == {"spark": "valid", "old": "revoked"}
    assert page.splitlines()[0].split()[:3] == ["NAME", "STATE", "SCOPES"]


def test_a_revoked_token_is_told_with_its_id_and_an_unknown_one_is_an_error(
    catalog: Catalog, hallmark: Hallmark
) -> None:
    hallmark("token", "create", "spark", *READ)
    (token,) = json.loads(hallmark("token", "list", "--json").stdout)

    assert hallmark("token", "revoke", token["id"]).stdout == f"revoked spark ({token['id']})\n"
    unknown = hallmark("token", "revoke", "nobody")
    assert (unknown.exit_code, unknown.stderr) == (
        2,
        "hallmark: there is no token 'nobody'; see `hallmark token list`\n",
    )


def test_a_catalog_that_is_not_there_has_no_tokens_and_is_not_made(hallmark: Hallmark) -> None:
    assert "No tokens yet" in hallmark("token", "list").stdout
