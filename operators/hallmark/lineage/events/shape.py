"""What the parts of an event have to look like, whoever sent it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hallmark.errors import LineageError

__all__ = ["checked_depth", "clean_halves", "clean_name", "clean_text", "mapping", "mappings"]

MAX_DEPTH = 100


def checked_depth(value: Any) -> None:
    """Look how deep JSON is nested, without recursion.

    Raises:
        LineageError: deeper than any facet of the specification could be.
    """
    level = [value]
    for _ in range(MAX_DEPTH):
        deeper: list[Any] = []
        for one in level:
            items = one.values() if type(one) is dict else one
            deeper += [item for item in items if type(item) is dict or type(item) is list]
        level = deeper
        if not level:
            return
    raise LineageError("the event is refused: it is nested too deep", f"nest facets less than {MAX_DEPTH} levels")


def mapping(value: Any, what: str) -> Mapping[str, Any]:
    """Return a part that has to be an object.

    Raises:
        LineageError: it is not.
    """
    if not isinstance(value, dict):
        raise LineageError(
            f"the event is refused: its {what} is not an object but {type(value).__name__}",
            "send what the OpenLineage specification describes",
        )
    return value


def mappings(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of a list, or of what should have been one."""
    if isinstance(value, list):
        yield from (item for item in value if type(item) is dict)


def clean_name(value: Any, what: str, longest: int) -> str:
    """Return a name as databases can keep it, at most ``longest`` bytes.

    Raises:
        LineageError: it is missing, no text, empty or too long.
    """
    if not isinstance(value, str) or not value:
        raise LineageError(f"the event is refused: its {what} is missing or no text", "name it by a text")
    name = clean_text(value)
    if len(name.encode()) > longest:
        raise LineageError(
            f"the event is refused: its {what} is {len(name.encode())} bytes long", f"use at most {longest} bytes"
        )
    return name


def clean_text(value: str) -> str:
    """Replace what no database holds: NUL, and halves of surrogate pairs."""
    if value.isascii() and "\0" not in value:
        return value
    return clean_halves(value.replace("\0", "\N{REPLACEMENT CHARACTER}"))


def clean_halves(value: str) -> str:
    """Replace halves of surrogate pairs, which no encoding has."""
    return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
