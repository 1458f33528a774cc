"""Table names found word by word, for SQL that no parser reads: a procedure's body, a dialect's odd statement."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeAlias

from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError
from sqlglot.tokens import Token, TokenType

from hallmark.lineage.sql.parsing import fold_of

__all__ = ["scanned"]

Name: TypeAlias = tuple[str, ...]

_READS = frozenset({"FROM", "JOIN", "USING"})
_WRITES = frozenset({"INTO", "UPDATE", "OVERWRITE", "TABLE", "VIEW", "TRUNCATE"})
# Words between such a word and the name.
_BETWEEN = frozenset({"TABLE", "VIEW", "IF", "NOT", "EXISTS", "ONLY", "LATERAL", "INTO"})
# Words that are no name where one is looked for.
_NO_NAME = frozenset(
    "SELECT VALUES SET UNNEST STDIN STDOUT OF ON BY AS TO WITH FUNCTION CASCADE RESTRICT".split()  # noqa: SIM905
)
# FROM inside these functions' parentheses names no table: extract(year FROM x).
_FROM_INSIDE = frozenset({"EXTRACT", "SUBSTRING", "TRIM", "OVERLAY", "POSITION"})
_STATEMENT = re.compile(r"\s*(select|with|insert|merge|update|delete|begin|declare|create)\b", re.IGNORECASE)


def scanned(sql: str, dialect: Dialect) -> tuple[frozenset[Name], frozenset[Name]]:
    """Return the names behind FROM and its kin, and those behind INTO and its kin; none if there are no words to find.

    Statements inside strings (``EXECUTE IMMEDIATE '…'``, ``DO $$ … $$``) are scanned as well.

    Args:
        sql: any text.
        dialect: how it writes words, quotes and comments.
    """
    try:
        tokens = dialect.tokenize(sql)
    except SqlglotError:
        return frozenset(), frozenset()
    defined = _defined(tokens)
    fold = fold_of(dialect)
    for token in tokens:
        if fold is not None and token.token_type not in (*_STRINGS, TokenType.IDENTIFIER):
            token.text = fold(token.text)
    read: set[Name] = set()
    written: set[Name] = set()
    for position, token in enumerate(tokens):
        before = tokens[position - 1] if position else None
        if _holds_statement(token, before) and len(token.text) < len(sql):
            inner = scanned(token.text, dialect)
            read |= inner[0]
            written |= inner[1]
        word, led_by = _word(token), _word(before) if before else ""
        if (word in _WRITES and led_by != "ON") or (word == "FROM" and led_by == "DELETE"):
            written |= set(_names(tokens, position + 1, target=True)[:1])
        elif word in _READS or (word == "TABLE" and led_by == "ON"):
            found = [] if _inside_function(tokens, position) else _names(tokens, position + 1)
            read |= {name for name in found if ".".join(name).lower() not in defined}
    return frozenset(read), frozenset(written)


def _holds_statement(token: Token, before: Token | None) -> bool:
    """Tell whether a string is SQL: it starts like it, or it is all that sqlglot keeps of a command."""
    if token.token_type not in _STRINGS:
        return False
    return bool(_STATEMENT.match(token.text) or (before and before.token_type in _COMMANDS))


def _word(token: Token) -> str:
    return "" if token.token_type in (*_STRINGS, TokenType.IDENTIFIER) else token.text.upper()


def _defined(tokens: Sequence[Token]) -> set[str]:
    """Names that a WITH clause gives: ``name AS (``."""
    pairs = zip(tokens, tokens[1:], tokens[2:], strict=False)
    return {
        name.text.lower()
        for name, as_, parenthesis in pairs
        if _word(as_) == "AS" and parenthesis.token_type == TokenType.L_PAREN
    }


def _names(tokens: Sequence[Token], position: int, target: bool = False) -> list[Name]:
    """Return the names from a position on, a list of them if commas stand between.

    A name with a parenthesis is a function, but for a ``target``, which may have its columns in one.
    """
    while position < len(tokens) and _word(tokens[position]) in _BETWEEN:
        position += 1
    names: list[Name] = []
    while position < len(tokens) and _is_name(tokens[position]):
        parts = [tokens[position].text]
        position += 1
        while position + 1 < len(tokens) and tokens[position].token_type == TokenType.DOT:
            parts.append(tokens[position + 1].text)
            position += 2
        if target or position >= len(tokens) or tokens[position].token_type != TokenType.L_PAREN:
            names.append(tuple(parts))
        position += _alias(tokens, position)
        if position >= len(tokens) or tokens[position].token_type != TokenType.COMMA:
            break
        position += 1
    return names


def _alias(tokens: Sequence[Token], position: int) -> int:
    """Return how many words an alias has there."""
    if position < len(tokens) and _word(tokens[position]) == "AS":
        return 2
    return int(position < len(tokens) and tokens[position].token_type == TokenType.VAR)


def _is_name(token: Token) -> bool:
    if token.token_type == TokenType.IDENTIFIER:
        return True
    return token.text.isidentifier() and _word(token) not in _NO_NAME | _READS | _WRITES and bool(_word(token))


def _inside_function(tokens: Sequence[Token], position: int) -> bool:
    """Tell whether a FROM is a function's own word, or that of IS DISTINCT FROM."""
    if position and _word(tokens[position - 1]) == "DISTINCT":
        return True
    depth = 0
    for before in range(position - 1, 0, -1):
        depth += tokens[before].token_type == TokenType.R_PAREN
        if tokens[before].token_type == TokenType.L_PAREN:
            if depth == 0:
                return _word(tokens[before - 1]) in _FROM_INSIDE
            depth -= 1
    return False


_COMMANDS = (TokenType.COMMAND, TokenType.EXECUTE, TokenType.RENAME, TokenType.SHOW, TokenType.FETCH)
_STRINGS = (TokenType.STRING, TokenType.HEREDOC_STRING, TokenType.RAW_STRING)
