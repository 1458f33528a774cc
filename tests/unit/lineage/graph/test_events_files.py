from __future__ import annotations

import gzip
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hallmark.errors import LineageError
from hallmark.lineage.events.files import events_of
from lineage_telling import run

EVENTS = [run("load", ["raw"], ["straße \u2028 [1], {2}"], at=n) for n in range(4)]
LINES = "\n".join(map(json.dumps, EVENTS))


def read(path: Path, content: str | bytes) -> tuple[list[int], list[Any]]:
    """The lines of events, and the events."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    placed = list(events_of(str(path)))
    return [line for line, _ in placed], [json.loads(e) if isinstance(e, str) else e for _, e in placed]


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (LINES, [1, 2, 3, 4]),
        (LINES.replace("\n", "\r\n") + "\r\n", [1, 2, 3, 4]),
        ("\n \n" + LINES.replace("\n", "\n\n\n"), [3, 6, 9, 12]),
        (LINES.encode("utf-8-sig"), [1, 2, 3, 4]),
        (LINES.encode("utf-16"), [1, 2, 3, 4]),
        (gzip.compress(LINES.encode()), [1, 2, 3, 4]),
        (json.dumps(EVENTS), [1, 1, 1, 1]),
        (f"[\n{LINES.split(chr(10))[0]}\n]", [2]),
        (f"[\n{LINES.replace(chr(10), ',' + chr(10))}\n]\n", [2, 3, 4, 5]),
        (gzip.compress(json.dumps(EVENTS, indent=2).encode()), None),
        (json.dumps(EVENTS, indent=2, ensure_ascii=False), None),
        ("\n\n".join(json.dumps(each, indent=1) for each in EVENTS), None),
        ("\n".join(f"[{json.dumps(each)}]" for each in EVENTS), [1, 2, 3, 4]),
    ],
)
def test_lines_documents_and_lists_come_event_by_event(
    tmp_path: Path, content: str | bytes, lines: list[int] | None
) -> None:
    places, events = read(tmp_path / "events", content)

    assert events == EVENTS[: len(places)]
    if lines is None:
        text = gzip.decompress(content).decode() if isinstance(content, bytes) else content
        begins = [n for n, line in enumerate(text.split("\n"), 1) if line.strip() == "{" and len(line) < 4]
        lines = [n for n in begins if text.split("\n")[n].lstrip().startswith('"eventTime"')]
    assert places == lines


@pytest.mark.parametrize("content", ["", "\n \n", "[]", "[ ]\n", gzip.compress(b"")])
def test_nothing_is_no_event(tmp_path: Path, content: str | bytes) -> None:
    assert read(tmp_path / "events", content) == ([], [])


@pytest.mark.parametrize("broken", ["hello", '{"eventTime": "2026', "{", "\x00", "17"])
@pytest.mark.parametrize("place", range(5))
def test_a_broken_line_comes_as_it_is_and_those_around_it_too(tmp_path: Path, broken: str, place: int) -> None:
    lines = LINES.split("\n")
    lines.insert(place, broken)
    path = tmp_path / "events"
    path.write_text("\n".join(lines))

    assert list(events_of(str(path))) == [(n, line) for n, line in enumerate(lines, 1)]


def test_after_a_broken_document_nothing_more_is_read(tmp_path: Path) -> None:
    text = json.dumps(EVENTS, indent=1)
    path = tmp_path / "events"
    place = text.index('"run"', len(text) // 2)
    path.write_text(text[:place] + "} oh" + text[place:])

    *whole, (line, rest) = events_of(str(path))
    assert [event for _, event in whole] == EVENTS[: len(whole)]
    assert isinstance(rest, str)
    assert text.split("\n")[line - 1].strip() == "{"


def test_a_file_that_is_not_there_or_not_whole_is_named(tmp_path: Path) -> None:
    cut = tmp_path / "cut.gz"
    cut.write_bytes(gzip.compress(LINES.encode())[:-9])
    for path in (cut, tmp_path / "nowhere", tmp_path):
        with pytest.raises(LineageError, match=str(path)):
            list(events_of(str(path)))


@pytest.mark.parametrize("indent", [None, 1])
def test_a_large_file_is_never_in_memory_as_a_whole(tmp_path: Path, indent: int | None) -> None:
    event = json.dumps({"eventTime": "x" * 50_000, "n": [1, 2]}, indent=indent)
    path = tmp_path / "events"
    with path.open("w") as file:
        for _ in range(600):
            file.write(event + "\n")

    tracemalloc.start()
    assert sum(1 for _ in events_of(str(path))) == 600
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert path.stat().st_size > 30_000_000
    assert peak < 15_000_000


# Half of a surrogate pair is no text of a file.
TEXT = st.text(st.characters(codec="utf-8"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=6,
)


@settings(max_examples=40, deadline=None)
@given(
    events=st.lists(st.dictionaries(TEXT, JSON, min_size=1), min_size=1, max_size=5),
    indent=st.none() | st.integers(0, 3),
    as_list=st.booleans(),
    ascii_only=st.booleans(),
)
def test_whatever_json_holds_comes_back(
    tmp_path_factory: pytest.TempPathFactory,
    events: list[dict[str, Any]],
    indent: int | None,
    as_list: bool,
    ascii_only: bool,
) -> None:
    path = tmp_path_factory.getbasetemp() / "events.json"
    options: dict[str, Any] = {"indent": indent, "ensure_ascii": ascii_only}
    text = json.dumps(events, **options) if as_list else "\n".join(json.dumps(each, **options) for each in events)
    assert read(path, text)[1] == events
