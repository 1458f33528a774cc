"""The image's recipe names what is there. It is built where there is a Docker engine."""

from __future__ import annotations

import json
import re
import tomllib

from fences import ROOT

DOCKERFILE = (ROOT / "docker" / "Dockerfile").read_text(encoding="utf-8")
INSTRUCTIONS = [
    re.sub(r"\s+", " ", line).strip()
    for line in re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", DOCKERFILE, flags=re.MULTILINE)).splitlines()
    if line.strip()
]


def copied() -> list[str]:
    """What is copied from the source, not from another stage."""
    copies = [line.split()[1:] for line in INSTRUCTIONS if line.startswith("COPY ") and "--from=" not in line]
    return [word for words in copies for word in words[:-1] if not word.startswith("--")]


def test_all_that_is_copied_exists() -> None:
    assert copied()
    assert [source for source in copied() if not (ROOT / source).exists()] == []


def test_all_that_is_copied_is_sent_to_the_builder() -> None:
    rules = (ROOT / "docker" / "Dockerfile.dockerignore").read_text().splitlines()
    sent = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    assert set(copied()) == sent


def test_what_the_build_needs_is_copied() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    build = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {*build["packages"], *build.get("force-include", {}), project["project"]["readme"]}
    assert {path.split("/")[0] for path in needed} <= set(copied())


def test_the_extras_exist() -> None:
    asked = next(line.partition("EXTRAS=")[2] for line in INSTRUCTIONS if line.startswith("ARG EXTRAS="))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert set(asked.split(",")) <= set(project["optional-dependencies"])


def test_the_process_is_not_roots() -> None:
    users = [line.split()[1] for line in INSTRUCTIONS if line.startswith("USER ")]
    assert users and users[-1] not in {"root", "0"}
    assert "useradd" in DOCKERFILE


def test_the_python_of_the_image_is_supported() -> None:
    versions = set(re.findall(r"^FROM python:(\d+\.\d+)", DOCKERFILE, re.MULTILINE))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert versions and all(f"Programming Language :: Python :: {v}" in project["classifiers"] for v in versions)


def test_commands_in_list_form_are_json() -> None:
    for line in INSTRUCTIONS:
        if found := re.search(r"CMD (\[.*\])$", line):
            assert json.loads(found[1])
