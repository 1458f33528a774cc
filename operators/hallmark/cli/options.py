"""Options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["MOST", "AsJson", "Limit"]

# More than anybody reads, and less than a database takes for a number.
MOST = 1_000_000

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, with times in ISO 8601.")]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, max=MOST, help="Show the newest so many.")]
