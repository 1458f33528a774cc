"""The page of expectations, held against what is compiled and what Great Expectations has."""

from __future__ import annotations

import ast
import importlib.util
import re
from pathlib import Path

import pytest
from fences import ROOT

from hallmark.quality.compiler.expectations import REGISTRY
from hallmark.quality.compiler.registry import Entry

PAGE = (ROOT / "docs" / "reference" / "expectations.md").read_text(encoding="utf-8")
ROWS = {found[1]: found[0] for found in re.finditer(r"^\| `((?:un)?expect\w+)` \|.*\|$", PAGE, re.MULTILINE)}


def of_great_expectations() -> list[str]:
    """Names of the core expectations, read from the package's source without importing it."""
    package = importlib.util.find_spec("great_expectations")
    assert package is not None and package.submodule_search_locations
    source = Path(package.submodule_search_locations[0]) / "expectations" / "core" / "__init__.py"
    imported = [n for n in ast.parse(source.read_text(encoding="utf-8")).body if isinstance(n, ast.ImportFrom)]
    return sorted({str(node.module).rpartition(".")[2] for node in imported})


def cells(type_: str) -> list[str]:
    return [cell.strip() for cell in ROWS[type_].strip("|").split("|")]


def test_the_page_names_every_core_expectation_of_great_expectations() -> None:
    names = of_great_expectations()
    assert len(names) == 60
    assert sorted(ROWS) == names


@pytest.mark.parametrize("entry", REGISTRY.values(), ids=list(REGISTRY))
def test_a_compiled_expectation_is_told_with_its_arguments_and_how_it_runs(entry: Entry) -> None:
    _, needs, may, how = cells(entry.type)
    optional = {name for name, parameter in entry.arguments.items() if parameter.default is not parameter.empty}
    assert re.findall(r"`(\w+)`", needs) == [name for name in entry.arguments if name not in optional]
    assert re.findall(r"`(\w+)`", may) == [name for name in entry.arguments if name in optional]
    assert how == entry.how


def test_what_is_not_compiled_is_said_not_to_be() -> None:
    told = {name for name in ROWS if re.match(r"by Great Expectations itself|not at all", cells(name)[3])}
    assert told == set(ROWS) - set(REGISTRY)


def test_the_counts_in_the_text_are_right() -> None:
    assert f"The {len(ROWS)} core expectations" in PAGE
    assert re.search(rf"\b{len(REGISTRY)} of them are compiled", PAGE)
