r"""Python's regular expressions, said in RE2's words where both then mean the same.

Great Expectations' patterns are Python's. DuckDB runs RE2, which never backtracks but reads some of the same signs
differently: ``\d`` and ``\w`` are ASCII there, ``$`` does not stand before a last line break, and there are no
look-arounds or back-references. A pattern is therefore parsed as Python parses it and written anew; what RE2 has no
words for is matched in Python (:mod:`hallmark.quality.compiler.expectations.parsed`).

Source: https://github.com/google/re2/wiki/Syntax and Python's ``re`` documentation.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from hallmark.quality.compiler.refusal import Refusal

__all__ = ["for_re2"]

_SPACE = r"\t-\r\x1c-\x20\x85\xa0\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}"
# Inside a class; the second of each pair is for the ASCII flag.
_CATEGORIES = {
    "CATEGORY_DIGIT": (r"\p{Nd}", "0-9"),
    "CATEGORY_SPACE": (_SPACE, r"\t-\r\x20"),
    "CATEGORY_WORD": (r"\p{L}\p{N}_", "0-9A-Za-z_"),
}
_MOST_REPEATS = 1000


class _NoWordsFor(Exception):
    """RE2 cannot say this, or would mean something else by it."""


@lru_cache(maxsize=1024)
def for_re2(pattern: str) -> str | None:
    """Return a pattern that RE2 finds wherever Python's ``re.search`` finds the given one; None if there is none.

    Raises:
        Refusal: it is not a regular expression.
    """
    parser: Any = re._parser  # type: ignore[attr-defined]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(pattern)
            tree = parser.parse(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise Refusal(f"{pattern!r} is not a regular expression: {error}") from error
    try:
        return _sequence(tree, tree.state.flags, tail=True)
    except (_NoWordsFor, RecursionError):
        return None


def _sequence(items: Any, flags: int, *, tail: bool) -> str:
    """Write a sequence; ``tail`` says that nothing can be matched after it."""
    last = len(items) - 1
    return "".join(_item(op, value, flags, tail and position == last) for position, (op, value) in enumerate(items))


def _item(op: Any, value: Any, flags: int, tail: bool) -> str:
    write = _WRITERS.get(str(op))
    if write is None:
        raise _NoWordsFor(str(op))
    return write(value, flags, tail)


def _literal(code: int, flags: int, _tail: bool) -> str:
    return _folded(_character(code), code, flags)


def _not_literal(code: int, flags: int, _tail: bool) -> str:
    return _folded(f"[^{_character(code)}]", code, flags)


def _character(code: int) -> str:
    return chr(code) if chr(code).isalnum() and code < 128 else f"\\x{{{code:x}}}"


def _folded(text: str, code: int, flags: int) -> str:
    if not flags & re.IGNORECASE:
        return text
    # Beyond ASCII the two fold some letters differently.
    if code > 127:
        raise _NoWordsFor("case folding")
    return f"(?i:{text})"


def _any(_value: Any, flags: int, _tail: bool) -> str:
    return "(?s:.)" if flags & re.DOTALL else r"[^\n]"


def _in(members: Any, flags: int, _tail: bool) -> str:
    negated = str(members[0][0]) == "NEGATE"
    if len(members) == 1 + negated and "_NOT_" in str(members[-1][1]):
        return _outside(str(members[-1][1]), negated, flags)
    parts = [_member(op, value, flags) for op, value in members[negated:]]
    text = f"[{'^' if negated else ''}{''.join(parts)}]"
    if flags & re.IGNORECASE:
        if any(_beyond_ascii(op, value) for op, value in members[negated:]):
            raise _NoWordsFor("case folding")
        return f"(?i:{text})"
    return text


def _beyond_ascii(op: Any, value: Any) -> bool:
    return max(value) > 127 if str(op) == "RANGE" else str(op) == "LITERAL" and value > 127


def _member(op: Any, value: Any, flags: int) -> str:
    kind = str(op)
    if kind == "LITERAL":
        return _character(value)
    if kind == "RANGE":
        return f"{_character(value[0])}-{_character(value[1])}"
    name = str(value)
    if kind != "CATEGORY" or name not in _CATEGORIES:
        # A negated category beside others in a class has no short form in RE2.
        raise _NoWordsFor(name)
    return _CATEGORIES[name][bool(flags & re.ASCII)]


def _outside(name: str, negated: bool, flags: int) -> str:
    """Write a class of all that is not of a category, or with a second negation of all that is."""
    return f"[{'' if negated else '^'}{_CATEGORIES[name.replace('_NOT_', '_')][bool(flags & re.ASCII)]}]"


def _at(value: Any, flags: int, tail: bool) -> str:
    name = str(value)
    if name == "AT_BEGINNING":
        return "(?m:^)" if flags & re.MULTILINE else r"\A"
    if name == "AT_BEGINNING_STRING":
        return r"\A"
    if name == "AT_END_STRING":
        return r"\z"
    if name == "AT_END" and flags & re.MULTILINE:
        return "(?m:$)"
    if name == "AT_END" and tail:
        # It also stands before a last line break; at the end of a pattern that may as well be taken in.
        return r"\n?\z"
    raise _NoWordsFor(name)


def _branch(value: Any, flags: int, tail: bool) -> str:
    return f"(?:{'|'.join(_sequence(branch, flags, tail=tail) for branch in value[1])})"


def _group(value: Any, flags: int, tail: bool) -> str:
    _number, added, removed, items = value
    return f"(?:{_sequence(items, (flags | added) & ~removed, tail=tail)})"


def _repeat(mark: str) -> Callable[[Any, int, bool], str]:
    def write(value: Any, flags: int, _tail: bool) -> str:
        low, high, items = value
        unbounded = str(high) == "MAXREPEAT"
        if _times(low, high) * _repeats(items) > _MOST_REPEATS:
            raise _NoWordsFor("so many repeats")
        return f"(?:{_sequence(items, flags, tail=False)}){{{low},{'' if unbounded else high}}}{mark}"

    return write


def _times(low: int, high: Any) -> int:
    return max(1, low if str(high) == "MAXREPEAT" else high)


def _repeats(items: Any) -> int:
    """Return how often the most repeated part of a sequence is repeated: RE2 counts nested repeats as their product."""
    return max((_repeats_of(str(op), value) for op, value in items), default=1)


def _repeats_of(op: str, value: Any) -> int:
    if op in {"MAX_REPEAT", "MIN_REPEAT"}:
        return _times(value[0], value[1]) * _repeats(value[2])
    if op == "BRANCH":
        return max(_repeats(branch) for branch in value[1])
    return _repeats(value[3]) if op == "SUBPATTERN" else 1


_WRITERS: dict[str, Callable[[Any, int, bool], str]] = {
    "LITERAL": _literal,
    "NOT_LITERAL": _not_literal,
    "ANY": _any,
    "IN": _in,
    "AT": _at,
    "BRANCH": _branch,
    "SUBPATTERN": _group,
    "MAX_REPEAT": _repeat(""),
    "MIN_REPEAT": _repeat("?"),
}
