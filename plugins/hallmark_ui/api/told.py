"""What producers told, made fit to be answered: JSON may hold halves of surrogate pairs, and UTF-8 may not."""

from __future__ import annotations

import json
from typing import Annotated, Any

from pydantic import BeforeValidator

__all__ = ["Told", "sayable", "text"]


def text(value: Any) -> str | None:
    """Return a text as UTF-8 can say it; None for what is no text."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else None


def sayable(value: Any) -> Any:
    """Return a value of JSON as UTF-8 can say it."""
    written = json.dumps(value, ensure_ascii=False)
    try:
        written.encode()
    except UnicodeEncodeError:
        return json.loads(written.encode("utf-8", "replace"))
    return value


# Facets, events and the like.
Told = Annotated[dict[str, Any], BeforeValidator(sayable)]
