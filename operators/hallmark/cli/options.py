"""Options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["AsJson", "Limit"]

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, with times in ISO 8601.")]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, help="Show the newest so many.")]
