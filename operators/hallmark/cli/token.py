"""``hallmark token``: what machines show instead of a login."""

from __future__ import annotations

import getpass
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from hallmark.cli.formats import NOTHING, mark, when
from hallmark.cli.options import AsJson
from hallmark.cli.reach import ask
from hallmark.cli.screen import complain, show, show_json, width
from hallmark.cli.tables import Cell, Heading, table

if TYPE_CHECKING:
    from hallmark.catalog.engine import Database
    from hallmark.governance import Token

__all__ = ["app"]

app = typer.Typer(help="Tokens of machines that send or read lineage: make, list and revoke them.")

_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_LOOKS = {"valid": "passed", "expired": "warned", "revoked": "skipped"}
_HEADINGS = (
    Heading("name"),
    Heading("state"),
    Heading("scopes"),
    Heading("expires"),
    Heading("last used"),
    Heading("made by", spare=True),
    Heading("id", spare=True),
)


def _life(text: str) -> timedelta | None:
    found = re.fullmatch(r"([0-9]{1,6})([hdw])", text)
    if found is None and text != "never":
        raise typer.BadParameter(f"{text!r} is no time to live; write 12h, 90d, 52w or never")
    return int(found[1]) * _UNITS[found[2]] if found else None


@app.command()
def create(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="What it is for, for example spark-cluster.", show_default=False)
    ],
    scope: Annotated[
        list[str],
        typer.Option(help="What it opens: lineage:read, lineage:write. May be given again.", show_default=False),
    ],
    expires: Annotated[str, typer.Option(help="How long it is valid: 12h, 90d, 52w or never.")] = "90d",
    as_json: AsJson = False,
) -> None:
    """Make a token and print it; it is shown this once."""
    from hallmark.governance import create as create_token

    token, secret = create_token(_database(), name, scope, created_by=_user(), life=_life(expires))
    if as_json:
        show_json({**token.to_dict(), "token": secret})
        return
    complain(f"keep it now, it is not shown again: {name}, {_until(token)}")
    typer.echo(secret)


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the tokens, newest first, without what is secret of them."""
    from hallmark.governance import listed

    now = datetime.now(UTC)
    found: list[Token] = ask(lambda catalog: listed(catalog.database), [])
    if as_json:
        show_json([{**token.to_dict(), "state": token.state(now)} for token in found])
    elif found:
        show(table(_HEADINGS, [_row(token, now) for token in found], width()))
    else:
        show("No tokens yet. `hallmark token create NAME --scope lineage:write` makes one.")


@app.command()
def revoke(
    token: Annotated[
        str, typer.Argument(metavar="NAME|ID", help="As `hallmark token list` shows it.", show_default=False)
    ],
) -> None:
    """End a token now and for good."""
    from hallmark.governance import revoke as revoke_token

    ended = revoke_token(_database(), token)
    typer.echo(f"revoked {', '.join(f'{one.name} ({one.id})' for one in ended)}")


def _row(token: Token, now: datetime) -> tuple[Cell, ...]:
    state = token.state(now)
    return (
        token.name,
        mark(state, _LOOKS[state]),
        ", ".join(token.scopes),
        when(token.expires_at) if token.expires_at else "never",
        when(token.last_used_at) if token.last_used_at else NOTHING,
        token.created_by,
        token.id,
    )


def _until(token: Token) -> str:
    return f"valid until {token.expires_at:%d %b %Y}" if token.expires_at else "valid until it is revoked"


def _database() -> Database:
    from hallmark.catalog import open_catalog

    return open_catalog().database


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # no such user in this container
        return "command line"
