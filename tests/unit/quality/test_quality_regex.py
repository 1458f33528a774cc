"""Regular expressions for RE2: where there is a translation, DuckDB finds what Python's ``re.search`` finds."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from hallmark.quality.compiler.refusal import Refusal
from hallmark.quality.compiler.regex import for_re2

CHARACTERS = "abAB01_ .-\n\t\r\0é€ßſKλ٣日\u2028\u00a0\x1c"
CLASSES = [r"\d", r"\D", r"\w", r"\W", r"\s", r"\S", "."]
ANCHORS = ["^", "$", r"\A", r"\Z", r"\b", r"\B"]
SETS = ["[ab]", "[^ab]", "[a-z0-9]", r"[\d_]", r"[^\s]", r"[^\d\n]", r"[\w.-]", "[]a]", r"[\-\]]", "[é-ü]", r"[\W]"]
REPEATS = ["*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{,2}", "{1,}?", "*+"]


def _literal(character: str) -> str:
    return re.escape(character)


ATOMS = st.one_of(
    st.sampled_from(CHARACTERS).map(_literal), st.sampled_from(CLASSES), st.sampled_from(ANCHORS), st.sampled_from(SETS)
)


def _larger(smaller: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(smaller, smaller).map("".join),
        st.tuples(smaller, smaller).map("|".join),
        st.tuples(smaller, st.sampled_from(REPEATS)).map(lambda p: f"(?:{p[0]}){p[1]}"),
        smaller.map(lambda p: f"({p})"),
        smaller.map(lambda p: f"(?={p})"),
        smaller.map(lambda p: f"(?i:{p})"),
        smaller.map(lambda p: f"(?s:{p})"),
    )


FLAGS = ["", "(?i)", "(?m)", "(?s)", "(?a)", "(?x)", "(?im)"]
PATTERNS = st.tuples(st.sampled_from(FLAGS), st.recursive(ATOMS, _larger, max_leaves=6)).map("".join)
TEXTS = st.lists(st.text(CHARACTERS, max_size=6), min_size=1, max_size=8)


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        yield opened


def found(connection: duckdb.DuckDBPyConnection, pattern: str, texts: list[str]) -> list[bool]:
    # As a literal: DuckDB takes its optimiser's shortcuts for constant patterns only.
    quoted = pattern.replace("'", "''")
    query = f"SELECT regexp_matches(x, '{quoted}') FROM (SELECT unnest(?::VARCHAR[]) AS x)"
    return [bool(row[0]) for row in connection.execute(query, [texts]).fetchall()]


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pattern=PATTERNS, texts=TEXTS)
def test_a_translated_pattern_finds_what_python_finds(
    connection: duckdb.DuckDBPyConnection, pattern: str, texts: list[str]
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compiled = re.compile(pattern)
        except re.error:
            with pytest.raises(Refusal):
                for_re2(pattern)
            return
    translated = for_re2(pattern)
    assume(translated is not None)
    assert translated is not None
    assert found(connection, translated, texts) == [compiled.search(t) is not None for t in texts], translated


@pytest.mark.parametrize(
    "pattern", ["a", "^a$", r"^\d{4}-\d{2}-\d{2}$", r"[A-Z]{2}\d+", "(?i)abc", r"^\s*$", "^(a|b)+$", ".*", "(?s).*", ""]
)
def test_what_suites_commonly_ask_for_runs_in_the_engine(pattern: str) -> None:
    assert for_re2(pattern) is not None


@pytest.mark.parametrize("pattern", [r"(a)\1", "a(?=b)", "(?<!a)b", r"\bword\b", "(?>a+)b", "a++b", "$a", "(?i)é"])
def test_what_re2_has_no_words_for_is_left_to_python(pattern: str) -> None:
    assert for_re2(pattern) is None


@pytest.mark.parametrize("pattern", ["(", "[a", "a{2,1}", "*", r"\g", "(?P<x>a)(?P<x>b)", "(?<=a+)b"])
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(Refusal, match="is not a regular expression"):
        for_re2(pattern)


@pytest.mark.parametrize("pattern", [r"^\d", r"^\D", r"^\w", r"^\W", r"^\s", r"^\S", r"(?a)^\w", r"^[\s]", r"^[^\w]"])
def test_categories_hold_the_same_characters(connection: duckdb.DuckDBPyConnection, pattern: str) -> None:
    translated = for_re2(pattern)
    assert translated is not None
    characters = [chr(code) for code in range(0x3100) if not 0xD800 <= code < 0xE000]
    answers = found(connection, translated, characters)
    wrong = [c for c, said in zip(characters, answers, strict=True) if said != (re.search(pattern, c) is not None)]
    assert wrong == []
