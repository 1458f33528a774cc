"""Names as parts of paths: ``{dataset:name}`` is one segment, ``{namespace:names}`` all the rest.

They are decoded when they are taken out of the path, which :mod:`hallmark_ui.api.rawpath` leaves as it was sent.
"""

from __future__ import annotations

from urllib.parse import quote, unquote

from starlette.convertors import CONVERTOR_TYPES, Convertor

__all__: list[str] = []


class _Name(Convertor[str]):
    """One segment of a path, decoded."""

    regex = "[^/]+"

    def convert(self, value: str) -> str:
        return unquote(value)

    def to_string(self, value: str) -> str:
        return quote(value, safe="")


class _Names(_Name):
    """All the rest of a path: what a client should have encoded and did not."""

    regex = ".+"


# Not register_url_convertor: it refuses a name that is taken, and the module may be loaded again.
CONVERTOR_TYPES.update({"name": _Name(), "names": _Names()})
