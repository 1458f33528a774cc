"""Docstrings as Markdown has them: roles become code, and an example in the form of a session becomes a block."""

from __future__ import annotations

import re
from typing import Any

import griffe

__all__ = ["Markdown"]

# :class:`~hallmark.sources.FileSource` → `FileSource`, :meth:`work` → `work`
_ROLE = re.compile(r":(?:class|meth|func|mod|data|attr):`(?P<short>~)?(?P<target>[\w.]+)`")
_EXAMPLE = re.compile(r"^Example:$", re.MULTILINE)


class Markdown(griffe.Extension):
    """Rewrites every docstring before it is parsed."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Rewrite one object's docstring."""
        if obj.docstring is not None:
            obj.docstring.value = _EXAMPLE.sub("Examples:", _ROLE.sub(_code, obj.docstring.value))


def _code(role: re.Match[str]) -> str:
    target = role["target"]
    return f"`{target.rpartition('.')[2] if role['short'] else target}`"
