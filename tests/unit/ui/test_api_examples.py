from __future__ import annotations

from typing import Any

import pytest
from example_answers import ASKED, WRITTEN
from jsonschema import Draft202012Validator

from hallmark_ui.api.app import create_app

TOLD = create_app().openapi()
ROUTES = {f"{method.upper()} {path}": told for path, of in TOLD["paths"].items() for method, told in of.items()}


def answers(route: str) -> list[dict[str, Any]]:
    found = ROUTES[route]["responses"]
    return [content for code in found if code < "3" for content in found[code].get("content", {}).values()]


def test_the_examples_are_of_these_routes() -> None:
    assert {*ASKED, *WRITTEN} <= set(ROUTES)


@pytest.mark.parametrize("route", ROUTES)
def test_the_example_of_an_answer_is_as_described(route: str) -> None:
    told = answers(route)

    assert told
    for each in told:
        Draft202012Validator({**each["schema"], "components": TOLD["components"]}).validate(each["example"])


@pytest.mark.parametrize("route", ROUTES)
def test_what_has_to_be_sent_has_an_example(route: str) -> None:
    needed = [each for each in ROUTES[route].get("parameters", []) if each["required"]]
    bodies = ROUTES[route].get("requestBody", {}).get("content", {})

    assert [each["name"] for each in needed if "examples" not in each["schema"]] == []
    assert [kind for kind, body in bodies.items() if "example" not in body] == []
