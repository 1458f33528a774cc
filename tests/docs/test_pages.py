"""Tables, options, messages and links of the documentation, held against the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fences import ROOT, pages

from hallmark import __version__
from hallmark.config import OPTIONS
from hallmark.sources import FileSource, SqlSource

PACKAGE = ROOT / "operators" / "hallmark"
OPERATORS = ("extract", "clean", "transform", "train", "evaluate", "deploy", "score", "gate", "lineage")
# In a message of the documentation this stands for what differs; in a message of the code, for a placeholder.
ANY = "…"
LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^)\s]+)\)")


def read(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def section(page: str, heading: str) -> str:
    """The text below a heading, up to the next."""
    return read(page).split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]


def first_cells(table: str) -> list[str]:
    """The names in the first column of a Markdown table."""
    return re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)


def arguments(file: str, class_: str) -> list[str]:
    """The keyword arguments of a class's constructor, read from its source."""
    tree = ast.parse((PACKAGE / "stages" / file).read_text())
    found = next(n for n in ast.walk(tree) if isinstance(n, ast.ClassDef) and n.name == class_)
    init = next(n for n in found.body if isinstance(n, ast.FunctionDef) and n.name == "__init__")
    return [argument.arg for argument in init.args.kwonlyargs]


@pytest.mark.parametrize("stage", OPERATORS)
def test_an_operators_page_names_each_of_its_arguments(stage: str) -> None:
    named = first_cells(section(f"docs/how-to/{stage}.md", "Arguments"))
    assert sorted(named) == sorted(arguments(f"{stage}.py", f"{stage.capitalize()}Operator"))


def test_the_arguments_that_stages_share_are_named() -> None:
    page = "docs/how-to/index.md"
    assert first_cells(section(page, "Arguments of every stage")) == arguments("base.py", "StageOperator")
    shared = section(page, "Arguments of every stage that publishes a dataset")
    assert first_cells(shared) == arguments("dataset_stage.py", "DatasetStageOperator")


@pytest.mark.parametrize(("heading", "source"), [("From files", FileSource), ("From a SQL database", SqlSource)])
def test_the_arguments_of_sources_are_named(heading: str, source: type) -> None:
    assert first_cells(section("docs/how-to/extract.md", heading)) == list(source._fields)  # type: ignore[attr-defined]


def test_the_table_of_options_is_that_of_the_code() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (yes|no) \| (.+?) \|$", read("docs/reference/configuration.md"), re.M)
    plain = {"{{": "{", "}}": "}"}
    expected = []
    for option in OPTIONS:
        default = option.default
        for doubled, single in plain.items():
            default = default.replace(doubled, single)
        shown = f"`{default}`" if default else "none"
        expected.append((option.name, shown, "yes" if option.sensitive else "no", option.description))
    assert rows == expected


@pytest.mark.parametrize("page", pages())
def test_every_option_that_is_named_exists(page: str) -> None:
    known = {option.name for option in OPTIONS}
    text = read(page)
    named = {name.lower() for name in re.findall(r"AIRFLOW__HALLMARK__([A-Z_]+?)(?:_CMD)?\b(?!<)", text)} - {""}
    named |= set(re.findall(r"\[hallmark\] (\w+)", text)) - {"section"}
    for block in re.findall(r"```ini\n\s*\[hallmark\]\n(.*?)```", text, re.DOTALL):
        named |= set(re.findall(r"^\s*(\w+) =", block, re.MULTILINE))
    assert named <= known


def test_the_cleaning_steps_are_all_there() -> None:
    from hallmark.cleaning import STEPS

    how_to, reference = read("docs/how-to/clean.md"), read("docs/reference/cleaning.md")
    assert [step.__name__ for step in STEPS.values() if f"`{step.__name__}(" not in how_to] == []
    assert [step.__name__ for step in STEPS.values() if f".{step.__name__}\n" not in reference] == []


def test_the_errors_are_all_there() -> None:
    import hallmark.errors

    classes = [name for name, value in vars(hallmark.errors).items() if isinstance(value, type)]
    assert sorted(set(re.findall(r"^\| `(\w+)`", read("docs/reference/errors.md"), re.M))) == sorted(
        set(classes) - {"HallmarkError"}
    )


@cache
def messages() -> tuple[str, ...]:
    """All texts in the code, placeholders as ``…``; the parts of an error are joined as the error joins them."""
    found = []
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call):
                found.append("; ".join(filter(None, (text_of(argument) for argument in node.args))))
            found.append(text_of(node))
    return tuple(" ".join(text.split()) for text in found if len(text) > 8)


def text_of(node: ast.AST) -> str:
    """A text or a format string as it reads, empty for anything else."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(text_of(part) or ANY for part in node.values)
    if isinstance(node, ast.BinOp):
        return (text_of(node.left) or ANY) + (text_of(node.right) or ANY)
    return ""


def quoted() -> Iterator[tuple[str, str]]:
    """The messages in the tables of what goes wrong."""
    for page in ("index", *OPERATORS):
        name = f"docs/how-to/{page}.md"
        for row in read(name).split("\n## What goes wrong", 1)[1].splitlines():
            if found := re.fullmatch(r"\| [^|`]+(?:`[^|`]+`[^|`]*)* \| `(.+)` \|", row):
                yield name, found[1]


def is_said(words: list[str], said: str) -> bool:
    """Whether words are those of the code's texts, which may be made of several: two words or more of each, or "is"."""
    if not words or " ".join(words) in said:
        return True
    parts = [words[:n] for n in range(len(words) - 1, 0, -1) if n > 1 or words[0] == "is"]
    return any(" ".join(part) in said and is_said(words[len(part) :], said) for part in parts)


@pytest.mark.parametrize(("page", "message"), list(quoted()))
def test_a_message_that_is_quoted_is_one_of_the_code(page: str, message: str) -> None:
    said = "\n".join(messages())
    # Quotes around a placeholder come from its representation.
    fragments = [fragment.strip("'; ,:()").split() for fragment in re.split(f"[{ANY}]|; |'", message)]
    assert [" ".join(words) for words in fragments if not is_said(words, said)] == []


def test_the_tables_of_messages_were_found() -> None:
    assert len(list(quoted())) > 50


@pytest.mark.parametrize("page", ["README.md", "docker/README.md"])
def test_links_outside_the_site_lead_somewhere(page: str) -> None:
    targets = [urlsplit(found["target"]) for found in LINK.finditer(read(page))]
    local = [target.path for target in targets if not target.scheme and target.path]
    assert [path for path in local if not ((ROOT / page).parent / path).exists()] == []


def test_the_changelog_has_this_version() -> None:
    assert re.search(rf"^## \[{re.escape(__version__)}\] - \d{{4}}-\d\d-\d\d$", read("CHANGELOG.md"), re.MULTILINE)


def test_the_site_has_every_page() -> None:
    navigation = read("mkdocs.yml")
    absent = [page for page in pages() if page.startswith("docs/") and page.removeprefix("docs/") not in navigation]
    assert absent == []


def test_nothing_in_the_site_comes_from_elsewhere() -> None:
    configured = read("mkdocs.yml")
    assert "font: false" in configured
    assert not re.search(r"https?://", configured)
    assert [page for page in pages() if "```mermaid" in read(page)] == []


def test_pages_are_files() -> None:
    assert all(Path(ROOT / page).is_file() for page in pages())
