"""Arguments read as Great Expectations reads them: ``"2.5"`` is a number, ``"yes"`` a yes, ``"quack"`` no bound.

Its models coerce what they are given (pydantic 1), so a suite written in YAML by hand means the same in both.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from decimal import Decimal
from typing import Any

from hallmark.quality.compiler.refusal import Refusal

__all__ = ["comparable", "flag", "real", "share", "whole", "words"]

_YES = {1, "1", "on", "t", "true", "y", "yes"}
_NO = {0, "0", "off", "f", "false", "n", "no"}
_MOMENT = re.compile(r"\d{4}-\d{1,2}-\d{1,2}([T ]\d{1,2}:\d{1,2}(:\d{1,2}(\.\d{1,6})?)?\s*(Z|[+-]\d{2}:?\d{0,2})?)?$")


def _read(value: Any) -> Any:
    """Return a number, or the number that a text says; None for what is neither."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, (int, float, Decimal)):
        return value
    item = getattr(value, "item", None)
    if callable(item):
        return _read(item())
    try:
        return float(value) if isinstance(value, str) else None
    except ValueError:
        return None


def real(value: Any, argument: str) -> Any:
    """Return a number.

    Raises:
        Refusal: it is none, or NaN.
    """
    made = _read(value)
    if made is None or made != made:
        raise Refusal(f"{argument} is {value!r}, and must be a number")
    return made


def whole(value: Any, argument: str) -> int | None:
    """Return an integer; of a number with a fraction, what stands before the point.

    Raises:
        Refusal: it is none.
    """
    if value is None:
        return None
    made = _read(value)
    if (
        made is None
        or not math.isfinite(made)
        or (isinstance(value, str) and not re.fullmatch(r"\s*[+-]?\d+\s*", value))
    ):
        raise Refusal(f"{argument} is {value!r}, and must be an integer")
    return int(value) if isinstance(value, str) else int(made)


def comparable(value: Any, argument: str) -> Any:
    """Return a bound: a number, a date or a moment, or the text of one.

    Raises:
        Refusal: it is nothing of these.
    """
    if value is None or isinstance(value, (dt.date, dt.datetime)):
        return value
    made = _read(value)
    if made is None and isinstance(value, str) and _MOMENT.match(value):
        return value
    if made is None or made != made:
        raise Refusal(f"{argument} is {value!r}, and must be a number, a date or a time")
    return made


def words(value: Any, argument: str) -> str:
    """Return a text; a number is written out.

    Raises:
        Refusal: it is neither.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float, Decimal)):
        return str(value)
    raise Refusal(f"{argument} is {value!r}, and must be a text")


def flag(value: Any, argument: str, *, optional: bool = False) -> bool:
    """Return a yes or no; where it is optional, none is a no.

    Raises:
        Refusal: it is neither.
    """
    if optional and value is None:
        return False
    said = value.lower() if isinstance(value, str) else value
    known = isinstance(said, (bool, int, float, str))
    if known and said in _YES:
        return True
    if known and said in _NO:
        return False
    raise Refusal(f"{argument} is {value!r}, and must be true or false")


def share(mostly: Any) -> float:
    """Return ``mostly`` as a share.

    Raises:
        Refusal: it is not a number from 0 to 1.
    """
    made = _read(mostly)
    if made is None or not 0 <= made <= 1:
        raise Refusal(f"mostly is {mostly!r}, and must be a number from 0 to 1")
    return float(made)
