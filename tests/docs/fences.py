"""The fenced blocks of the documentation: what each is, and how what it shows is compared with what happens."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["ROOT", "Block", "blocks_of", "matches", "pages"]

ROOT = Path(__file__).resolve().parents[2]
ANY = "…"

_FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>\w+)(?P<options>[^\n`]*)\n(?P<body>.*?)^(?P=indent)```[ ]*$",
    re.MULTILINE | re.DOTALL,
)
_NOT_RUN = re.compile(r"<!-- not run: (?P<reason>.+?) -->\s*\Z", re.DOTALL)
_TITLE = re.compile(r'title="(?P<title>[^"]+)"')
# What differs from run to run, and the word that stands for it in a comparison.
_VARIES = (
    (re.compile(r"\b\d{2} [A-Z][a-z]{2} \d{2}:\d{2}\b"), "<time>"),
    (re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), "<id>"),
    (re.compile(r"@[0-9a-f]{12}\b"), "@<sum>"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+\+00:00"), "<moment>"),
    (re.compile(r"\b\d+(\.\d+)? (s|B|kB|MB)\b"), "<figure>"),
    (re.compile(r"\b\d+(\.\d+)? ?%"), "<share>"),
    (re.compile(r"\s+"), " "),
)


@dataclass(frozen=True)
class Block:
    """One fenced block.

    Args:
        page: the file, relative to the repository.
        line: of its first fence.
        language: the word after the fence.
        title: the file it is the content of, or ``Output``.
        body: its text, without the indentation of the fence.
        not_run: the reason in the comment before it, if there is one.
    """

    page: str
    line: int
    language: str
    title: str
    body: str
    not_run: str

    @property
    def id(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def kind(self) -> str:
        """What is done with it: ``dag``, ``python``, ``suite``, ``console``, ``output``, ``file`` or ``shown``."""
        if self.not_run:
            return "shown"
        if self.title == "Output":
            return "output"
        if self.language == "python":
            return "dag" if re.search(r"^with DAG\(|^@dag", self.body, re.MULTILINE) else "python"
        if self.language in {"yaml", "json"} and re.search(r'^\s*"?expectations"?:', self.body, re.MULTILINE):
            return "suite"
        return self.language if self.language == "console" else ("file" if self.title else "shown")

    @property
    def commands(self) -> list[tuple[str, str]]:
        """The commands of a console block, each with the output that is shown below it."""
        found: list[tuple[str, list[str]]] = []
        for line in self.body.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            elif found:
                found[-1][1].append(line)
        return [(command, "\n".join(shown)) for command, shown in found]


def pages() -> list[str]:
    """Return the pages in the order they are walked through: the others look at what the tutorial made."""
    others = sorted(str(p.relative_to(ROOT)) for p in (ROOT / "docs").rglob("*.md"))
    first = ["docs/tutorial.md", "README.md"]
    return [*first, *(p for p in others if p not in first), "docker/README.md"]


def blocks_of(page: str) -> Iterator[Block]:
    """Yield the blocks of a page in order."""
    text = (ROOT / page).read_text(encoding="utf-8")
    for found in _FENCE.finditer(text):
        indent = found["indent"]
        body = "".join(line.removeprefix(indent) for line in found["body"].splitlines(keepends=True))
        title, reason = _TITLE.search(found["options"]), _NOT_RUN.search(text[: found.start()])
        yield Block(
            page,
            text.count("\n", 0, found.start()) + 1,
            found["language"],
            title["title"] if title else "",
            body,
            reason["reason"] if reason else "",
        )


def matches(shown: str, happened: str, *, gaps: bool = False) -> bool:
    """Tell whether what a page shows is what happened.

    Times, sizes, ids and checksums may differ. ``…`` stands for any text in a line and, alone on one, for any lines.

    Args:
        shown: in the page.
        happened: the output.
        gaps: whether the output may have other lines between and other text around those shown, as a log has.
    """
    anything = r"(?:[^\n]*\n)*?"
    parts = [anything if line == ANY else _pattern(line, gaps) for line in _lines(shown)]
    pattern = anything.join(["", *parts, ""]) if gaps else "".join(parts)
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in _lines(happened))) is not None


def _pattern(line: str, gaps: bool) -> str:
    around = r"[^\n]*" if gaps else ""
    return around + r"[^\n]*".join(map(re.escape, line.split(ANY))) + around + "\n"


def _lines(text: str) -> Sequence[str]:
    for varies, word in _VARIES:
        text = "\n".join(varies.sub(word, line).strip() for line in text.splitlines())
    return [line for line in text.splitlines() if line]
