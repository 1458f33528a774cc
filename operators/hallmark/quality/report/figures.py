"""Figures and values as a reader wants them: thousands set apart, what is invisible made visible, length bounded."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

from hallmark.quality.result import MASK

__all__ = ["LONGEST", "Shown", "count", "figure", "percent", "plural", "seconds", "shown", "visible"]

# A value is shown up to so many characters.
LONGEST = 160
# Numbers of fewer digits are set without a comma: 2013 may be a year, 5000 reads well enough.
_GROUPED_FROM = 10_000
_DIGITS = 6
_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


@dataclass(frozen=True)
class Shown:
    """A value of the data, ready for a page.

    Args:
        text: what is shown, without control or direction marks.
        kind: ``value``, or one of ``null``, ``empty`` and ``masked``, for which the text is a word and not the value.
        more: characters that were cut off.
    """

    text: str
    kind: str = "value"
    more: int = 0

    def __str__(self) -> str:
        return f"{self.text}… ({count(self.more)} characters more)" if self.more else self.text


def shown(value: Any, longest: int = LONGEST) -> Shown:
    """Return a value of the data as it is shown: no thousands set apart, for it may be a key or a year."""
    if value is None:
        return Shown("null", "null")
    if isinstance(value, str) and value == MASK:
        return Shown(MASK, "masked")
    text = _text(value)
    if not text:
        return Shown("empty text", "empty")
    # Cut first: what is visible of a megabyte is a few hundred characters.
    return Shown(visible(text[:longest]), more=max(len(text) - longest, 0))


def visible(text: str) -> str:
    """Return text in which control characters, direction marks and the like are written as escapes."""
    return text if text.isprintable() else "".join(c if c.isprintable() else _escape(c) for c in text)


def count(value: float | None) -> str:
    """Return a whole number with its thousands set apart, ``-`` if there is none."""
    return "-" if value is None else f"{value:,.0f}"


def plural(number: int, noun: str) -> str:
    """Return ``1 row``, ``1,204 rows``."""
    return f"{count(number)} {noun}{'' if number == 1 else 's'}"


def figure(value: Any) -> str:
    """Return a statistic or a limit: up to six significant digits, thousands set apart from five digits on."""
    if isinstance(value, bool) or not isinstance(value, Real):
        return str(shown(value, 60))
    if isinstance(value, Integral):
        return f"{int(value):,}" if abs(int(value)) >= _GROUPED_FROM else str(int(value))
    return _real(float(value))


def percent(part: float, whole: float) -> str:
    """Return a share; what is little is not shown as none, and what is nearly all not as all."""
    if whole <= 0:
        return "0 %"
    share = 100 * part / whole
    if 0 < share < 0.01:
        return "<0.01 %"
    if 99.99 < share < 100:
        return ">99.99 %"
    digits = 2 if share < 1 or share > 99 else 1
    return f"{share:.{digits}f}".rstrip("0").rstrip(".") + " %"


def seconds(value: float) -> str:
    """Return a duration: milliseconds below a second, minutes from two on."""
    if value < 1:
        return f"{value * 1000:.0f} ms"
    return f"{value:.1f} s" if value < 120 else f"{value // 60:,.0f} min {value % 60:.0f} s"


def _real(value: float) -> str:
    if not math.isfinite(value):
        return str(value)
    size = abs(value)
    if size and not 1e-4 <= size < 1e15:
        return f"{value:.4g}"
    before = math.floor(math.log10(size)) + 1 if size else 1
    text = f"{value:,.{max(_DIGITS - max(before, 1), 0)}f}" if before > 0 else f"{value:.{_DIGITS - before}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace(",", "") if size < _GROUPED_FROM else text


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, (Mapping, list, tuple, set, frozenset)):
        return json.dumps(_bare(value), ensure_ascii=False, default=str)
    return str(value)


def _bare(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _bare(item) for key, item in value.items()}
    return [_bare(item) for item in value] if isinstance(value, (list, tuple, set, frozenset)) else value


def _escape(character: str) -> str:
    code = ord(character)
    if character in _ESCAPES:
        return _ESCAPES[character]
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
