"""``hallmark db``: the tables of the catalog."""

from __future__ import annotations

import typer

from hallmark.cli.screen import busy

__all__ = ["app"]

app = typer.Typer(help="The catalog's tables: which revision they are at, and bringing them up to date.")


@app.command()
def current() -> None:
    """Print the revision the catalog is at, and the one this version needs."""
    from hallmark.catalog import current_revision, head_revision
    from hallmark.cli.reach import catalog_name

    found, needed = current_revision(), head_revision()
    typer.echo(f"{catalog_name()} {_at(found)}; {_needs(found, needed)}")


@app.command()
def upgrade() -> None:
    """Create the catalog's tables, or migrate them to what this version needs."""
    from hallmark.catalog import current_revision
    from hallmark.catalog import upgrade as upgrade_catalog
    from hallmark.cli.reach import catalog_name

    before = current_revision()
    typer.echo(f"before: {catalog_name()} {_at(before)}")
    with busy("Migrating"):
        after = upgrade_catalog()
    typer.echo(f"after:  {catalog_name()} {_at(after)}{', as before' if after == before else ''}")


def _at(revision: str | None) -> str:
    return f"is at revision {revision}" if revision else "has no tables yet"


def _needs(found: str | None, needed: str) -> str:
    if found == needed:
        return "that is what this version needs"
    return f"this version needs {needed}: run `hallmark db upgrade`"
