"""Examples in the description of the API: what each route answers, as it answered once."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import FastAPI

__all__ = ["FILE", "install"]

# By method and path; real answers, their lists cut short (see tests/unit/ui/example_answers.py, which writes it).
FILE = Path(__file__).parent / "examples.json"


@cache
def _examples() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def install(app: FastAPI) -> None:
    """Let an app's description carry the examples; what a route says of itself goes before."""
    describe = app.openapi

    def described() -> dict[str, Any]:
        known, told = app.openapi_schema, describe()
        if known is None:
            for path, operations in told["paths"].items():
                for method, operation in operations.items():
                    _exemplify(operation, f"{method.upper()} {path}")
        return told

    app.openapi = described  # type: ignore[method-assign]


def _exemplify(operation: dict[str, Any], route: str) -> None:
    if route not in _examples():
        return
    for code, response in operation["responses"].items():
        if code.startswith("2"):
            for kind in response.get("content", {}).values():
                kind.setdefault("example", _examples()[route])
